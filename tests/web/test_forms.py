"""Forms without files."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.errors import BodyCut, CrossSite, Invalid, Malformed, TooLarge
from atelier.web.forms import Form, FormLimits, decoded, read_form
from tests.web.builders import request

KIND = "application/x-www-form-urlencoded"


def read(
    body: bytes,
    *names: str,
    kind: str = KIND,
    repeated: tuple[str, ...] = (),
    limits: FormLimits | None = None,
    leaves: bool = False,
) -> Form:
    asked = request(("content-type", kind), method="POST", body=[body], leaves=leaves)
    return asyncio.run(read_form(asked, names, repeated=repeated, limits=limits))


def test_a_form_gives_what_was_typed() -> None:
    form = read(b"name=%C3%A9t%C3%A9+%26+co&empty=&form_token=t", "name", "empty")
    assert form.text("name") == "été & co"
    assert form.text("empty") == form.text("absent") == ""
    assert read(b"", "name").fields == {}


def test_spaces_around_count_in_secrets_only() -> None:
    form = read(b"password=+a+", "password")
    assert form.secret("password") == " a " and form.text("password") == "a"


def test_line_ends_are_those_of_text() -> None:
    assert read(b"comment=a%0D%0Ab", "comment").text("comment") == "a\nb"


def test_a_field_twice_is_refused_unless_it_may_repeat() -> None:
    assert read(b"member=1&member=2", repeated=("member",)).texts("member") == ("1", "2")
    with pytest.raises(Malformed):
        read(b"name=a&name=b", "name")


def test_nothing_can_be_set_that_was_not_asked_for() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"name=a&is_steward=1", "name")
    assert (refused.value.field, refused.value.fault) == ("is_steward", "unknown")


@pytest.mark.parametrize(
    "body", [b"name=%ff", b"name=%zz", b"name=%", b"name=a%00", b"name=%c0%ae", b"name=\xff"]
)
def test_what_is_no_text_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body, "name")


def test_a_semicolon_separates_nothing() -> None:
    assert read(b"name=a;b=c;" * 1, "name").text("name") == "a;b=c;"


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json", "multipart/form-data"])
def test_another_media_type_is_refused(kind: str) -> None:
    assert read(b"name=a", "name", kind=f"{KIND}; charset=utf-8").text("name") == "a"
    with pytest.raises(Malformed):
        read(b"name=a", "name", kind=kind)


def test_too_many_fields_and_too_many_bytes_are_refused() -> None:
    with pytest.raises(Malformed):
        read(b"a&" * 200, "a")
    with pytest.raises(TooLarge):
        read(b"a=" + b"x" * 70_000, "a")
    assert read(b"a=" + b"x" * 70_000, "a", limits=FormLimits(max_body_bytes=80_000)).text("a")
    with pytest.raises(BodyCut):
        read(b"a=x", "a", leaves=True)


def test_a_number_is_digits_alone() -> None:
    assert Form({"id": " 12 "}).number("id") == 12
    for typed in ("", "-1", "1.0", "١", "1e3", "NaN", "9" * 100_000):
        with pytest.raises(Invalid) as refused:
            Form({"id": typed}).number("id")
        assert len(refused.value.value) <= 40


def test_a_form_must_bring_back_the_token_of_the_visit() -> None:
    form = Form({"form_token": "right"})
    assert form.checked("right") is form
    assert form.checked(None) is form
    for sent in ({}, {"form_token": "wrong"}, {"form_token": "é"}):
        with pytest.raises(CrossSite):
            Form(sent).checked("right")


TEXT = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]))


@given(st.lists(st.tuples(TEXT.filter(bool), TEXT)))
def test_whatever_a_browser_encodes_comes_back(pairs: list[tuple[str, str]]) -> None:
    assert decoded(urlencode(pairs).encode(), 1_000) == pairs


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_malformed(body: bytes) -> None:
    try:
        pairs = decoded(body, 100)
    except Malformed:
        return
    assert len(pairs) <= 100
