"""What every request passes before a door sees it, and every answer before it leaves.

Pure ASGI, outermost first: `SecurityHeaders` clothes the answers, `Proxies` believes
listed proxies only, `Gate` refuses what no door should have to think about. The limits
of time and of unfinished heads are in `protocol`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelier.errors import CrossSite, Malformed, NotFound
from atelier.web.addresses import Networks, is_within, parsed
from atelier.web.errors import ProtocolRefusal
from atelier.web.site import Site

Header = tuple[bytes, bytes]

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# Known to the standard and never wanted here: 405. What nobody knows is 501 (RFC 9110 §9.1).
_NEVER: Final = frozenset({"TRACE", "CONNECT"})
# A monitor may ask by any name: the answer is a constant.
_ANY_HOST: Final = frozenset({"/health"})
_ONCE: Final = frozenset(
    {b"host", b"origin", b"content-length", b"content-type", b"sec-fetch-site",
     b"sec-fetch-mode", b"sec-fetch-dest"}
)  # fmt: skip
_BAD_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_CLIMBING: Final = re.compile(r"(?:^|/)\.\.?(?:[;/]|$)")
_BY_PROXY: Final = "atelier.by_proxy"

_OFF: Final = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation "
    "gyroscope hid magnetometer microphone midi payment picture-in-picture "
    "publickey-credentials-get screen-wake-lock serial sync-xhr usb xr-spatial-tracking"
)
_PAGE_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    b"object-src 'none'; frame-src 'self'; frame-ancestors 'none'; "
    b"require-trusted-types-for 'script'"
)
_COMMON: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_PAGE: Final[tuple[Header, ...]] = (
    (b"content-security-policy", _PAGE_POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in _OFF.split()).encode()),
    (b"vary", b"Cookie"),
)
_NOT_A_PAGE: Final[tuple[Header, ...]] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
# A page that plays sound or film of ours, and may fill the screen with it when she asks.
MEDIA_PAGE: Final[Mapping[str, str]] = {
    "content-security-policy": f"{_PAGE_POLICY.decode()}; media-src 'self'",
    "permissions-policy": ", ".join(
        f"{name}=({'self' if name == 'fullscreen' else ''})" for name in _OFF.split()
    ),
}
# A page where she may show a passkey of hers.
PASSKEY_PAGE: Final[Mapping[str, str]] = {
    "permissions-policy": ", ".join(
        f"{name}=({'self' if name == 'publickey-credentials-get' else ''})" for name in _OFF.split()
    ),
}
_HSTS: Final[Header] = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class SecurityHeaders:
    """Adds to each answer the headers it lacks: those of a page, or the strictest."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        extra = (_HSTS,) if site.is_https else ()
        self._page = _COMMON + _PAGE + extra
        self._other = _COMMON + _NOT_A_PAGE + extra

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def clothed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._clothed(list(message.get("headers", ())))
            await send(message)

        await self._app(scope, receive, clothed if scope["type"] == "http" else send)

    def _clothed(self, headers: list[Header]) -> list[Header]:
        worn = {name.lower(): value for name, value in headers}
        is_page = worn.get(b"content-type", b"").startswith(b"text/html")
        wanted = self._page if is_page else self._other
        headers.extend(header for header in wanted if header[0] not in worn)
        return headers


class Proxies:
    """Believes `X-Forwarded-For` and `-Proto` of listed peers, and nobody else's."""

    def __init__(self, app: ASGIApp, trusted: Networks) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if self._trusted and scope["type"] == "http":
            client = scope.get("client")
            if client and is_within(client[0], self._trusted):
                self._believe(scope)
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope) -> None:
        scope[_BY_PROXY] = True
        told = {name: value for name, value in scope["headers"] if name.startswith(b"x-forwarded")}
        addresses = told.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        # From the right: each trusted proxy vouches for the one before it, and no further.
        for address in (text.strip() for text in reversed(addresses)):
            if parsed(address) is None:
                break
            scope["client"] = (address, 0)
            if not is_within(address, self._trusted):
                break
        scheme = told.get(b"x-forwarded-proto", b"").decode("latin-1").rpartition(",")[2].strip()
        if scheme in ("http", "https"):
            scope["scheme"] = scheme


def came_by_proxy(scope: Scope) -> bool:
    """Whether a listed proxy brought this request: it stands between us and the client."""
    return bool(scope.get(_BY_PROXY))


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How long a request's first line and headers may be (THREATS 66)."""

    max_url_bytes: int = 8 * 1024
    max_headers_bytes: int = 64 * 1024
    max_headers: int = 100


class Gate:
    """Refuses odd methods, sizes, hosts and paths, and what other sites make browsers send.

    Raises the tree's errors, or `ProtocolRefusal` where the fault is one of HTTP alone;
    the handler of `errors` stands outside it.
    """

    def __init__(self, app: ASGIApp, site: Site, limits: RequestLimits | None = None) -> None:
        self._app = app
        self._site = site
        self._limits = limits or RequestLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            _check_method(scope["method"])
            self._check_size(scope)
            values = _values(scope["headers"])
            self._check_host(scope, values)
            checked_path(scope["raw_path"])
            self._check_site(scope, values)
        await self._app(scope, receive, send)

    def _check_size(self, scope: Scope) -> None:
        limits = self._limits
        if len(scope["raw_path"]) + len(scope["query_string"]) > limits.max_url_bytes:
            raise ProtocolRefusal(414)
        headers = scope["headers"]
        # Two bytes of ": " and two of line end, as they stood on the wire.
        size = sum(len(name) + len(value) + 4 for name, value in headers)
        if len(headers) > limits.max_headers or size > limits.max_headers_bytes:
            raise ProtocolRefusal(431)

    def _check_host(self, scope: Scope, values: Mapping[bytes, bytes]) -> None:
        if scope["path"] in _ANY_HOST:
            return
        if values.get(b"host", b"").lower() not in self._site.hosts:
            raise ProtocolRefusal(421)

    def _check_site(self, scope: Scope, values: Mapping[bytes, bytes]) -> None:
        said = values.get(b"sec-fetch-site")
        if scope["method"] in _SAFE:
            if said in (b"cross-site", b"same-site") and not _is_visit(values):
                raise CrossSite()
            return
        origin = values.get(b"origin")
        if said not in (None, b"same-origin", b"none"):
            raise CrossSite()
        if origin is not None and origin not in self._site.origins:
            raise CrossSite()
        # A browser always tells one of the two; a cookie without either is not to be trusted.
        if said is None and origin is None and b"cookie" in values:
            raise CrossSite()


def checked_path(raw_path: bytes) -> str:
    """The path, decoded once; `Malformed` or `NotFound` for what no honest client sends."""
    if _BAD_ESCAPE.search(raw_path):
        raise Malformed("path")
    try:
        path = unquote_to_bytes(raw_path).decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("path") from None
    if _CONTROL.search(path):
        raise Malformed("path")
    # `..;/` climbs in servers that cut parameters off; ours does not, and says nothing is there.
    if "\\" in path or _CLIMBING.search(path):
        raise NotFound("page")
    return path


def _check_method(method: str) -> None:
    if method not in METHODS:
        raise ProtocolRefusal(405 if method in _NEVER else 501)


def _values(headers: Iterable[Header]) -> dict[bytes, bytes]:
    values: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in values and name in _ONCE:
            raise Malformed("header")
        values[name] = value
    return values


def _is_visit(values: Mapping[bytes, bytes]) -> bool:
    """Whether a person follows a link from elsewhere, as opposed to another site embedding us."""
    is_navigation = values.get(b"sec-fetch-mode") == b"navigate"
    return is_navigation and values.get(b"sec-fetch-dest") in (None, b"document")
