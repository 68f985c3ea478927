"""One request as a door sees it: who asks, of which workspace, and how to answer with a page."""

from __future__ import annotations

import dataclasses
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from atelier.errors import AtelierError, CrossSite, Invalid, SignInNeeded
from atelier.model.people import Actor, Session
from atelier.web.devices import device_of
from atelier.web.errors import status_of
from atelier.web.forms import Form, FormLimits, read_form
from atelier.web.identity import SessionCookie, language_of, safe_next
from atelier.web.language import Voice
from atelier.web.pages.rendering import Renderer
from atelier.web.pages.sentences import explain
from atelier.web.pages.words import notice
from atelier.web.site import Site
from atelier.workspace import people
from atelier.workspace.people import STEP_MINUTES, Entry, Visitor
from atelier.workspace.place import Workspace

_NOTICE = "done"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every visit shares: the site, its pages, its cookie, its language."""

    site: Site
    renderer: Renderer
    cookie: SessionCookie
    step: SessionCookie
    default_language: str = "fr"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by someone, signed in or not."""

    request: Request
    ws: Workspace
    around: Surroundings
    session: Session | None

    @property
    def actor(self) -> Actor:
        """Who is asking; `SignInNeeded` when nobody is signed in.

        While she looks as somebody else she has no powers of her own: pages offer none.
        """
        if self.session is None:
            raise SignInNeeded()
        actor = self.session.actor
        if actor.seeing is None:
            return actor
        return dataclasses.replace(actor, is_steward=False, may_open_top=False)

    async def still(self) -> Actor:
        """Who is asking by now, after a long body: `SignInNeeded` when the session has ended."""
        return (await people.session(self.ws, self.token)).actor

    @property
    def voice(self) -> Voice:
        """The reader's language."""
        language = language_of(self.request, self.around.default_language)
        return self.around.renderer.voice(language)

    @property
    def address(self) -> str:
        """The client's network address."""
        return self.request.client.host if self.request.client else ""

    @property
    def token(self) -> str:
        """The session's own token; `SignInNeeded` when there is none."""
        token = self.around.cookie.token(self.request)
        if token is None:
            raise SignInNeeded()
        return token

    @property
    def visitor(self) -> Visitor:
        """From where somebody asks to come in, and the session that her browser holds."""
        held = self.around.cookie.token(self.request)
        return Visitor(self.address, device_of(self.request), held)

    @property
    def is_looking(self) -> bool:
        """Whether the address is one that a browser may come back to."""
        return self.request.method in ("GET", "HEAD")

    @property
    def here(self) -> str:
        """This very address, without the notice: where to come back to."""
        path = self.request.scope["raw_path"].decode("latin-1")
        pairs = parse_qsl(self.request.url.query, keep_blank_values=True)
        kept = [pair for pair in pairs if pair[0] != _NOTICE]
        return f"{path}?{urlencode(kept)}" if kept else path

    def number(self, name: str) -> int:
        """An id out of the address."""
        return int(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """A value of the query, "" when it is absent."""
        return str(self.request.query_params.get(name, ""))

    def asked_number(self, name: str) -> int | None:
        """A number from 1 out of the query, None when it is absent; `Invalid` otherwise."""
        if not self.asked(name):
            return None
        number = Form({name: self.asked(name)}).number(name)
        if number < 1:
            raise Invalid(name, "out_of_range", str(number))
        return number

    async def form(self, *names: str, repeated: Collection[str] = ()) -> Form:
        """The form that was sent, with the token of this visit; the errors of `read_form`."""
        limits = FormLimits(max_body_bytes=self.ws.settings.limits.max_form_bytes)
        form = await read_form(self.request, names, repeated=repeated, limits=limits)
        return form.checked(self.form_token)

    @property
    def form_token(self) -> str | None:
        """What a form of this visit must bring back."""
        return self.session.form_token if self.session else None

    def check_token(self) -> None:
        """The token of this visit in `X-Form-Token`, for bodies that are no form; `CrossSite`."""
        sent = self.request.headers.get("x-form-token", "").encode()
        if not hmac.compare_digest(sent, (self.form_token or "").encode()):
            raise CrossSite()

    def page(self, template: str, *, status: int = 200, **values: object) -> Response:
        """The page, with what every page knows; `values` come before it."""
        common: dict[str, object] = {
            "session": self.session,
            "path": self.here,
            "notice": notice(self.asked(_NOTICE), self.voice),
        }
        if self.session is not None:
            common["network_name"] = self.session.network.name
        body = self.around.renderer.render(template, self.voice.language, common | values)
        return Response(body, status, media_type="text/html")

    def entered(self, entry: Entry, path: str, done: str = "") -> Response:
        """After a proof: signed in and on to a page of ours, or first to the second factor."""
        if entry.is_step:
            response = onward("/signin/second?" + urlencode({"next": safe_next(path)}))
            self.around.step.give(response, entry.token, kept_seconds=STEP_MINUTES * 60)
            self.around.cookie.take_back(response)
            return response
        response = onward(path, done)
        self.around.cookie.give(response, entry.token, kept_seconds=entry.kept_seconds)
        self.around.step.take_back(response)
        return response

    def refused(
        self, error: AtelierError, field: str, typed: Mapping[str, str] | None = None
    ) -> Refused:
        """What a page of a form needs to be shown again: status, faults, what was typed."""
        sentence = explain(error, self.voice).happened
        return Refused(status_of(error, self.request), {field: sentence}, dict(typed or {}))


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: its status, a sentence for each field, what was typed."""

    status: int = 200
    errors: Mapping[str, str] | None = None
    typed: Mapping[str, str] | None = None

    def values(self) -> dict[str, object]:
        """For the page that shows the form again."""
        return {"errors": self.errors or {}, "typed": self.typed or {}}


def onward(path: str, done: str = "") -> Response:
    """After a change: to a page of ours that says what was done."""
    target = safe_next(path)
    if done:
        target += f"{'&' if '?' in target else '?'}{_NOTICE}={done}"
    return RedirectResponse(target, 303)
