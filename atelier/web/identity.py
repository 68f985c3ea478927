"""Who is asking: the session cookie, the session it opens, and where to go afterwards.

One cookie. Over https it is `__Host-session` (no other host can set it), Secure. Over
plain http, which settings allow on loopback only, it is `session` without Secure:
Safari takes no Secure cookie from http://localhost. Both are HttpOnly, SameSite=Lax,
Path=/, without Domain, and end with the browser's session, or, on a device where one stays
signed in, with the days that settings give; the server ends them sooner.
People who are not signed in may choose a language: that choice, no secret, has a cookie
of its own.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from atelier.errors import SignInNeeded
from atelier.model.people import Session
from atelier.web.language import LANGUAGES, choose
from atelier.web.site import Site
from atelier.workspace.place import Workspace

FindSession = Callable[[Workspace, str], Awaitable[Session]]

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_LANGUAGE_COOKIE: Final = "language"
_LANGUAGE_SECONDS: Final = 365 * 24 * 3600
_MAX_NEXT_CHARACTERS: Final = 2_000


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The one cookie that says who is asking."""

    name: str
    is_secure: bool

    @classmethod
    def of(cls, site: Site, name: str = "session") -> SessionCookie:
        """The cookie as this site sets it; one of another `name` for a step before a session."""
        return cls(f"__Host-{name}" if site.is_https else name, site.is_https)

    def token(self, request: Request) -> str | None:
        """The token the request carries; None for none, several, or a misshapen one."""
        given = cookie_values(request, self.name)
        return given[0] if len(given) == 1 and _TOKEN.fullmatch(given[0]) else None

    def give(self, response: Response, token: str, *, kept_seconds: int | None = None) -> None:
        """Sets the token, for the browser's session or so long; what was there is replaced."""
        response.set_cookie(
            self.name,
            token,
            max_age=kept_seconds,
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
            path="/",
        )

    def take_back(self, response: Response) -> None:
        """Makes the browser forget it."""
        response.delete_cookie(
            self.name, secure=self.is_secure, httponly=True, samesite="lax", path="/"
        )


async def recognise(request: Request, cookie: SessionCookie, find: FindSession) -> Session | None:
    """The session of this request, or None; kept for `visitor`."""
    token = cookie.token(request)
    session: Session | None = None
    request.state.session = None
    if token is not None:
        try:
            session = await find(workspace_of(request), token)
        except SignInNeeded:
            session = None
    request.state.session = session
    return session


def workspace_of(request: Request) -> Workspace:
    """The workspace that the application's lifespan gave to each request."""
    ws: Workspace = getattr(request.state, "ws", None)  # type: ignore[assignment]
    return ws


def visitor(request: Request) -> Session | None:
    """The session, None when nobody is signed in or nobody was asked yet."""
    session: Session | None = getattr(request.state, "session", None)
    return session


def language_of(request: Request, default: str = "fr") -> str:
    """The language to answer in: the person's, the one chosen here, the browser's, the default."""
    session = visitor(request)
    chosen = cookie_values(request, _LANGUAGE_COOKIE)
    accept = request.headers.get("accept-language", "")
    return choose(
        session.language if session else None,
        chosen[0] if len(chosen) == 1 else None,
        accept=f"{accept},{default};q=0.001" if accept else default,
    )


def remember_language(response: Response, language: str, site: Site) -> None:
    """Keeps the language chosen by someone who is not signed in; ignores unknown ones."""
    if language in LANGUAGES:
        response.set_cookie(
            _LANGUAGE_COOKIE,
            language,
            max_age=_LANGUAGE_SECONDS,
            secure=site.is_https,
            httponly=True,
            samesite="lax",
            path="/",
        )


def safe_next(text: str | None) -> str:
    """A path of ours to go to, "/" for whatever could lead elsewhere.

    Browsers read `//` and `/\\` as another host, and drop tabs and line ends.
    """
    if not text or len(text) > _MAX_NEXT_CHARACTERS or not text.startswith("/"):
        return "/"
    if text.startswith("//") or "\\" in text or not text.isprintable() or " " in text:
        return "/"
    return text


def cookie_values(request: Request, name: str) -> list[str]:
    """Every value the request carries under this name: honest browsers send one."""
    pairs = (
        pair.strip().partition("=")
        for header in request.headers.getlist("cookie")
        for pair in header.split(";")
    )
    return [value for key, _, value in pairs if key == name]
