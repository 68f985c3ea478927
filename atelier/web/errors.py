"""Errors become answers: a status for each class, a page or JSON that says what to do next.

`PUT` and whoever asks for JSON get JSON; everybody else a page. All that passes
`Answers` is one of the tree, a `ProtocolRefusal`, or a defect (500, logged in full).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelier import errors
from atelier.errors import (
    AtelierError,
    Fault,
    Malformed,
    NotFound,
    SecondFactorNeeded,
    SignInNeeded,
)
from atelier.web import tus
from atelier.web.identity import language_of, visitor
from atelier.web.language import N_, Voice
from atelier.web.pages.rendering import Renderer
from atelier.web.pages.sentences import Explanation, explain
from atelier.web.site import Site

_log = logging.getLogger("atelier.web")

STATUS: Final[Mapping[type[AtelierError], int]] = {
    errors.AtelierError: 500,
    errors.Refusal: 422,
    errors.SignInNeeded: 401,
    errors.BadSignIn: 422,
    errors.SecondFactorNeeded: 403,
    errors.BadProof: 422,
    errors.LinkSpent: 404,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Malformed: 400,
    errors.BodyCut: 400,
    errors.CrossSite: 403,
    errors.Invalid: 422,
    errors.BadName: 422,
    errors.Clash: 409,
    errors.NameTaken: 409,
    errors.FolderCycle: 409,
    errors.AlreadySo: 409,
    errors.PlaceClosed: 409,
    errors.LastCoordinator: 409,
    errors.LastSteward: 409,
    errors.EffectChanged: 409,
    errors.OffsetMismatch: 409,
    errors.UploadInUse: 423,
    errors.VersionClash: 409,
    errors.Locked: 423,
    errors.MeetingChanged: 409,
    errors.TextClash: 409,
    errors.MinutesApproved: 409,
    errors.DigestMismatch: 400,
    errors.TooLarge: 413,
    errors.TextTooLarge: 413,
    errors.TooManyFiles: 413,
    errors.ArchiveTooLarge: 422,
    errors.TooMany: 429,
    errors.TooManyInvitations: 429,
    errors.TooManyWaiting: 429,
    errors.TooManyUploads: 429,
    errors.Fault: 503,
    errors.NoRoom: 507,
    errors.QuotaFull: 507,
    errors.WriteFailed: 507,
    errors.Busy: 503,
    errors.BlobMissing: 410,
    errors.IndexUnready: 503,
    # None of these can leave a request; should one do so, it is a defect.
    errors.StartRefused: 500,
    errors.SettingsFault: 500,
    errors.FolderInUse: 500,
    errors.FolderUnwritable: 500,
    errors.FolderUnready: 500,
    errors.CopyRefused: 500,
    errors.PortInUse: 500,
}
_INDEX_RETRY_SECONDS: Final = 30
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")

WRONG_HOST: Final = Explanation(
    N_("Adresse non reconnue"),
    N_("Ce serveur ne répond pas sous l'adresse que vous avez ouverte."),
    N_("Rien n'a été changé."),
    N_("Ouvrez %(url)s, ou demandez à l'administrateur de corriger le réglage public_url."),
)


class ProtocolRefusal(Exception):
    """A refusal that only HTTP knows: 405, 412, 414, 415, 421, 431, 501."""

    def __init__(self, status: int, allow: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.allow = allow


def status_of(error: AtelierError, request: Request) -> int:
    """The status of an error; a class of its own row, else that of its nearest parent.

    `VersionClash` is 412 where the request carried `If-Match` (RFC 9110 §13.1.1), 409
    where the expected version came in a form or a query.
    """
    if isinstance(error, errors.VersionClash) and "if-match" in request.headers:
        return 412
    if isinstance(error, errors.DigestMismatch) and tus.is_spoken(request):
        return 460
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def wants_json(request: Request) -> bool:
    """Whether a program asks: by `PUT`, by tus, at its own door, or by accepting no page."""
    accept = request.headers.get("accept", "")
    if tus.is_spoken(request) or request.url.path.endswith(".json"):
        return True
    return request.method == "PUT" or ("application/json" in accept and "html" not in accept)


class Answers:
    """Turns whatever a door raises into an answer. Stands outside the gate and the doors."""

    def __init__(
        self, app: ASGIApp, renderer: Renderer, site: Site, default_language: str = "fr"
    ) -> None:
        self._app, self._renderer, self._site = app, renderer, site
        self._default_language = default_language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def noted(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            note(error)
            # The server closes a connection whose answer stays unfinished.
            if not has_started:
                request = Request(scope, receive)
                answer = self._answer(request, error)
                if tus.is_spoken(request):
                    answer.headers.update(tus.ALWAYS)
                await answer(scope, receive, send)

    def _answer(self, request: Request, error: Exception) -> Response:
        if isinstance(error, ProtocolRefusal):
            return self._refusal(request, error)
        if not isinstance(error, AtelierError):
            return self._said(request, 500, AtelierError())
        if isinstance(error, SignInNeeded) and not wants_json(request):
            return _to_sign_in(request)
        if isinstance(error, SecondFactorNeeded) and not wants_json(request):
            return RedirectResponse("/account/keys?done=second-factor-needed", 303)
        # One answer for whatever may not be read, and for what never was.
        said = NotFound("page") if isinstance(error, NotFound) else error
        answer = self._said(request, status_of(error, request), said)
        answer.headers.update(_extra_headers(error))
        return answer

    def _refusal(self, request: Request, refusal: ProtocolRefusal) -> Response:
        if refusal.status == 421:
            said = _spoken(WRONG_HOST, self._voice(request), url=self._site.url)
            return self._shown(request, 421, said, {"error": "wrong_host"})
        answer = self._said(request, refusal.status, Malformed("request"))
        if refusal.status == 405:
            answer.headers["allow"] = refusal.allow
        return answer

    def _said(self, request: Request, status: int, error: AtelierError) -> Response:
        said = explain(error, self._voice(request))
        return self._shown(request, status, said, _for_programs(error))

    def _shown(
        self, request: Request, status: int, said: Explanation, told: dict[str, object]
    ) -> Response:
        if wants_json(request):
            body = msgspec.json.encode(asdict(said) | told)
            return Response(body, status, media_type="application/json")
        session = visitor(request)
        context: dict[str, object] = {"status": status, "session": session, **asdict(said)}
        if session is not None:
            context["network_name"] = session.network.name
        page = self._renderer.render("errors/error.html", self._voice(request).language, context)
        return Response(page, status, media_type="text/html")

    def _voice(self, request: Request) -> Voice:
        return self._renderer.voice(language_of(request, self._default_language))


def _for_programs(error: AtelierError) -> dict[str, object]:
    """What a program acts upon: the class in snake case, what stands in the way, what was kept."""
    told: dict[str, object] = {"error": _CAPITAL.sub("_", type(error).__name__).lower()}
    if isinstance(error, errors.NameTaken):
        told["kind"] = error.kind
    if isinstance(error, errors.VersionClash | errors.Locked) and error.aside is not None:
        told["aside"] = error.aside
    return told


def _spoken(said: Explanation, voice: Voice, **facts: object) -> Explanation:
    texts = (
        voice.text(text, **facts) for text in (said.title, said.happened, said.kept, said.next)
    )
    return Explanation(*texts)


def note(error: Exception) -> None:
    """Write a fault or a defect into the log; refusals and quotas are nobody's fault."""
    if isinstance(error, errors.QuotaFull):
        return
    if isinstance(error, Fault):
        facts = {"error": type(error).__name__, **error.facts()}
        _log.error("fault", extra={"facts": facts})
    elif not isinstance(error, errors.Refusal | ProtocolRefusal):
        _log.error("defect", exc_info=error)


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page, and back here afterwards; a form cannot be sent again, so to home."""
    path, words = request.scope["raw_path"], request.scope["query_string"]
    here = (path + (b"?" + words if words else b"")).decode("latin-1")
    query = f"?{urlencode({'next': here})}" if request.method in ("GET", "HEAD") else ""
    return RedirectResponse(f"/signin{query}", 303)


def _extra_headers(error: AtelierError) -> dict[str, str]:
    match error:
        case errors.TooMany() | errors.Busy():
            return {"retry-after": str(error.retry_after_seconds)}
        case errors.OffsetMismatch():
            return {"upload-offset": str(error.offset_bytes)}
        case errors.IndexUnready():
            return {"retry-after": str(_INDEX_RETRY_SECONDS)}
        case errors.SignInNeeded():
            # RFC 9110 §15.5.2 wants one; browsers ask nothing for a scheme they do not know.
            return {"www-authenticate": "Session"}
        case _:
            return {}
