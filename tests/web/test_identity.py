"""The session cookie, languages, and where one may go next."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from atelier.web.identity import (
    SessionCookie,
    language_of,
    recognise,
    remember_language,
    safe_next,
    visitor,
)
from tests.web.builders import LOCAL, SITE, TOKEN, find_anne, request

HOST = SessionCookie.of(SITE)
PLAIN = SessionCookie.of(LOCAL)


def test_over_https_the_cookie_belongs_to_this_host_alone() -> None:
    response = Response()
    HOST.give(response, TOKEN)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"__Host-session={TOKEN};")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "path=/", "samesite=lax", "secure"}


def test_on_loopback_the_cookie_is_not_secure_and_otherwise_alike() -> None:
    response = Response()
    PLAIN.give(response, TOKEN)
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith("session=")
    assert "secure" not in cookie and "httponly" in cookie and "samesite=lax" in cookie


def test_signing_out_makes_the_browser_forget() -> None:
    response = Response()
    HOST.take_back(response)
    assert "max-age=0" in response.headers["set-cookie"].lower()
    assert "__Host-session=" in response.headers["set-cookie"]


def test_a_session_is_found_by_its_token_and_by_nothing_else() -> None:
    async def recognised(*cookies: str) -> bool:
        asked = request(*[("cookie", cookie) for cookie in cookies])
        found = await recognise(asked, HOST, find_anne)
        assert visitor(asked) is found
        return found is not None

    async def scenario() -> None:
        assert await recognised(f"other=1; __Host-session={TOKEN}")
        assert not await recognised()
        assert not await recognised(f"session={TOKEN}")
        assert not await recognised(f"__Host-session={'b' * 43}")
        assert not await recognised("__Host-session=../../etc")
        # Two of one name: somebody planted one.
        assert not await recognised(f"__Host-session={TOKEN}; __Host-session={'b' * 43}")
        assert not await recognised(f"__Host-session={TOKEN}", f"__Host-session={TOKEN}")

    asyncio.run(scenario())


def test_the_language_is_the_persons_then_the_chosen_then_the_browsers() -> None:
    english = ("accept-language", "en-US,en;q=0.9")
    assert language_of(request()) == "fr"
    assert language_of(request(), "en") == "en"
    assert language_of(request(english)) == "en"
    assert language_of(request(english, ("cookie", "language=fr"))) == "fr"
    assert language_of(request(english, ("cookie", "language=xx"))) == "en"
    assert language_of(request(("accept-language", "de")), "en") == "en"

    async def signed_in() -> str:
        asked = request(english, ("cookie", f"session={TOKEN}; language=en"))
        await recognise(asked, PLAIN, find_anne)
        return language_of(asked)

    assert asyncio.run(signed_in()) == "fr"


def test_only_a_language_of_ours_is_remembered() -> None:
    kept, unknown = Response(), Response()
    remember_language(kept, "en", SITE)
    remember_language(unknown, "en; Domain=evil", SITE)
    assert kept.headers["set-cookie"].startswith("language=en;")
    assert "set-cookie" not in unknown.headers


@pytest.mark.parametrize("path", ["/", "/folders/3?page=2", "/search?q=a%20b", "/a//b"])
def test_a_path_of_ours_may_come_next(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "evil",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:x",
        "/\t/evil.example",
        "/\n/evil",
        "/a\r\nSet-Cookie: x=1",
        " /a",
        "/a b",
        "/\u2028",
        "/" * 2001,
    ],
)
def test_whatever_could_lead_elsewhere_leads_home(text: str | None) -> None:
    assert safe_next(text) == "/"


@given(st.text())
def test_next_never_leaves_this_host_nor_breaks_a_header(text: str) -> None:
    chosen = safe_next(text)
    assert chosen[0] == "/" and chosen[1:2] not in ("/", "\\")
    assert "\r" not in chosen and "\n" not in chosen and "\t" not in chosen
