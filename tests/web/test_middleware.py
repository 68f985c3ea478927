"""What every request passes, and what every answer wears."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from atelier.errors import AtelierError, CrossSite, Malformed, NotFound
from atelier.web.errors import ProtocolRefusal
from atelier.web.middleware import Gate, Proxies, SecurityHeaders, checked_path
from atelier.web.site import Site
from tests.web.builders import LOCAL, SITE

HOST = ("host", "atelier.example")
OURS, THEIRS = "https://atelier.example", "https://evil.example"


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def unsent(message: Message) -> None:
    raise AssertionError("sent")


def passed(
    *headers: tuple[str, str],
    method: str = "GET",
    path: str = "/",
    query: str = "",
    site: Site = SITE,
) -> int:
    """200 when the gate lets the request through, else the status or the error it raises."""
    reached = False

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal reached
        reached = True

    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    gate = Gate(app, site)(scope, nothing, unsent)
    with pytest.raises(StopIteration):
        gate.send(None)
    return 200 if reached else 0


def refused(*headers: tuple[str, str], **asked: Any) -> int:
    with pytest.raises(ProtocolRefusal) as refusal:
        passed(*headers, **asked)
    return refusal.value.status


def test_known_methods_pass_and_others_do_not() -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"):
        assert passed(HOST, method=method)
    for method in ("TRACE", "CONNECT"):
        assert refused(HOST, method=method) == 405
    for method in ("get", "BREW", "PROPFIND", "", "GET\r\nX"):
        assert refused(HOST, method=method) == 501


def test_long_addresses_and_heads_are_refused() -> None:
    assert passed(HOST, path="/" + "a" * 8191)
    assert refused(HOST, path="/" + "a" * 8192) == 414
    assert refused(HOST, query="q=" + "a" * 8192) == 414
    assert passed(HOST, *[("x", "y")] * 99)
    assert refused(HOST, *[("x", "y")] * 100) == 431
    assert refused(HOST, ("cookie", "a" * 65_536)) == 431


def test_only_our_own_host_is_answered() -> None:
    assert passed(HOST) and passed(("host", "Atelier.Example:443"))
    for host in (
        "evil.example",
        "atelier.example:8000",
        "atelier.example.evil",
        "atelier.example.",
        "",
    ):
        assert refused(("host", host)) == 421
    assert refused() == 421
    assert passed(("host", "10.0.0.7"), path="/health")
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert passed(("host", host), site=LOCAL)
    assert refused(("host", "localhost"), site=LOCAL) == 421


def test_headers_that_claim_another_host_or_method_change_nothing() -> None:
    claims = [
        ("x-forwarded-host", "evil.example"),
        ("x-original-url", "/admin"),
        ("x-http-method-override", "DELETE"),
        ("remote-user", "admin"),
    ]
    assert passed(HOST, *claims)
    assert refused(("host", "evil.example"), ("x-forwarded-host", "atelier.example")) == 421


@pytest.mark.parametrize(
    "name", ["host", "content-length", "content-type", "origin", "sec-fetch-site"]
)
def test_a_header_that_decides_may_stand_only_once(name: str) -> None:
    value = HOST[1] if name == "host" else "5"
    with pytest.raises(Malformed):
        passed(HOST, (name, value), (name, value))


def cross_site(*headers: tuple[str, str], method: str = "POST") -> bool:
    try:
        passed(HOST, *headers, method=method)
    except CrossSite:
        return True
    return False


def test_a_changing_request_of_another_site_is_refused() -> None:
    assert not cross_site(("origin", OURS))
    assert not cross_site(("sec-fetch-site", "same-origin"), ("origin", OURS))
    assert not cross_site(("sec-fetch-site", "none"))
    for origin in (THEIRS, "null", "http://atelier.example", OURS + ".evil", OURS + ":444", ""):
        assert cross_site(("origin", origin))
        assert cross_site(("origin", origin), ("sec-fetch-site", "same-origin"))
    for site in ("cross-site", "same-site", "x", ""):
        assert cross_site(("sec-fetch-site", site), ("origin", OURS))
    for method in ("PUT", "DELETE", "PATCH"):
        assert cross_site(("origin", THEIRS), method=method)


def test_a_program_without_cookie_need_not_say_where_it_comes_from() -> None:
    assert not cross_site()
    assert cross_site(("cookie", "__Host-session=x"))
    assert not cross_site(("cookie", "__Host-session=x"), ("origin", OURS))


def test_another_site_may_link_to_us_but_not_embed_us() -> None:
    elsewhere = ("sec-fetch-site", "cross-site")
    visit = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"))
    assert not cross_site(elsewhere, *visit, method="GET")
    assert not cross_site(
        ("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "iframe"), method="GET"
    )
    for kind in ("iframe", "embed", "object", "frame"):
        assert cross_site(elsewhere, visit[0], ("sec-fetch-dest", kind), method="GET")
    for kind in ("image", "script", "empty"):
        assert cross_site(
            elsewhere, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", kind), method="GET"
        )


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("/folders/12", "/folders/12"),
        ("/a%20b", "/a b"),
        ("/%C3%A9t%C3%A9", "/été"),
        ("/a%252e%252e", "/a%2e%2e"),
        ("/...", "/..."),
        ("/a..b", "/a..b"),
        ("/a;b", "/a;b"),
    ],
)
def test_a_path_is_decoded_once(raw: str, path: str) -> None:
    assert checked_path(raw.encode()) == path


@pytest.mark.parametrize(
    "raw",
    [
        "/%00",
        "/a%0d%0ab",
        "/%c0%ae",
        "/%ff",
        "/%zz",
        "/%",
        "/%uff0e",
        "/%7f",
        "/%c2%85",
        "/%ed%a0%80",
    ],
)
def test_what_is_no_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        checked_path(raw.encode())


@pytest.mark.parametrize(
    "raw", ["/..", "/../x", "/./x", "/%2e%2e/x", "/..;/x", "/.;a/x", "/a\\b", "/a%5cb", "/x/..%2f"]
)
def test_climbing_leads_nowhere(raw: str) -> None:
    with pytest.raises(NotFound):
        checked_path(raw.encode())


@given(st.binary(max_size=60))
def test_any_path_is_text_or_refused(raw: bytes) -> None:
    try:
        path = checked_path(b"/" + raw)
    except AtelierError:
        return
    assert path.isascii() or path.encode()
    assert "\0" not in path and "\r" not in path and "/../" not in path


def clothed(response: Response, site: Site = SITE) -> dict[str, str]:
    async def endpoint(request: Request) -> Response:
        return response

    app = SecurityHeaders(Starlette(routes=[Route("/", endpoint)]), site)
    return dict(TestClient(app).get("/").headers)


def test_a_page_wears_the_headers_of_a_page() -> None:
    headers = clothed(HTMLResponse("<p>"))
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store" and headers["vary"] == "Cookie"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"] and "*" not in headers["permissions-policy"]


def test_whatever_is_no_page_may_load_nothing() -> None:
    for response in (JSONResponse({}), Response(b"x"), Response(status_code=303)):
        headers = clothed(response)
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "vary" not in headers and "access-control-allow-origin" not in headers


def test_an_answers_own_headers_stay() -> None:
    own = {"Content-Security-Policy": "sandbox", "Cache-Control": "private, no-cache"}
    headers = clothed(Response(b"x", headers=own))
    assert headers["content-security-policy"] == "sandbox"
    assert headers["cache-control"] == "private, no-cache"


def test_only_https_is_promised_for_the_future() -> None:
    assert "max-age=31536000" in clothed(Response())["strict-transport-security"]
    assert "strict-transport-security" not in clothed(Response(), LOCAL)


def believed(peer: str, *headers: tuple[str, str], trusted: str = "10.0.0.0/8") -> tuple[str, str]:
    scope: Scope = {
        "type": "http",
        "client": (peer, 1234),
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        return None

    with pytest.raises(StopIteration):
        Proxies(app, (ip_network(trusted),))(scope, nothing, unsent).send(None)
    return scope["client"][0], scope["scheme"]


def test_a_listed_proxy_is_believed_and_nobody_else() -> None:
    told = (("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"))
    assert believed("10.0.0.1", *told) == ("203.0.113.9", "https")
    assert believed("203.0.113.1", *told) == ("203.0.113.1", "http")
    assert believed("", *told) == ("", "http")


def test_what_a_client_wrote_before_the_proxies_is_not_believed() -> None:
    chain = ("x-forwarded-for", "1.2.3.4, 203.0.113.9, 10.0.0.2")
    assert believed("10.0.0.1", chain)[0] == "203.0.113.9"
    assert believed("10.0.0.1", ("x-forwarded-for", "1.2.3.4, junk"))[0] == "10.0.0.1"
    assert believed("10.0.0.1", ("x-forwarded-proto", "javascript"))[1] == "http"
    assert believed("::ffff:10.0.0.1", ("x-forwarded-for", "2001:db8::1"))[0] == "2001:db8::1"
