"""Names: which cannot be given, which are the same, and how both of two are kept."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.errors import BadName
from atelier.model.names import (
    MAX_NAME_BYTES,
    Fault,
    checked,
    is_suspect,
    key,
    numbered,
    visible,
)

REFUSED = [
    ("", Fault.EMPTY),
    ("   ", Fault.EMPTY),
    ("\u00a0\t", Fault.EMPTY),
    (".", Fault.DOTS),
    ("..", Fault.DOTS),
    (". . .", Fault.DOTS),
    ("a/b", Fault.SLASH),
    ("/", Fault.SLASH),
    ("..\\secret", Fault.SLASH),
    ("a\0b", Fault.CONTROL),
    ("a\nb", Fault.CONTROL),
    ("a\x1bb", Fault.CONTROL),
    ("a\x7f", Fault.CONTROL),
    ("a\x80b", Fault.CONTROL),
    ("a\ud800", Fault.SURROGATE),
    ("\udcff", Fault.SURROGATE),
    ("a" * 256, Fault.TOO_LONG),
    ("é" * 128, Fault.TOO_LONG),
    ("e\u0301" * 128, Fault.TOO_LONG),
    ("\U0001f600" * 64, Fault.TOO_LONG),
]
GIVEN = [
    "a", "compte rendu.pdf", "…", ".profile", "a.", "CON", "a:b*c?d\"e<f>g|h", "<b>x",
    "{{ 7*7 }}", "'; DROP TABLE documents; --", "=1+1", "%s%n", "é" * 127 + "a", "a" * 255,
    "e\u0301" * 127, "\u202eexe.fdp", "日本語", "a\u200bb",
]  # fmt: skip


@pytest.mark.parametrize(("name", "fault"), REFUSED)
def test_a_name_that_cannot_be_given_is_refused_with_its_fault(name: str, fault: Fault) -> None:
    with pytest.raises(BadName) as refusal:
        checked(name, field="title")
    assert (refusal.value.field, refusal.value.fault) == ("title", fault)
    refusal.value.value.encode()
    assert len(refusal.value.value) <= 80 * 6


@pytest.mark.parametrize("name", GIVEN)
def test_any_other_name_keeps_the_form_it_was_given(name: str) -> None:
    assert checked(name) == name
    assert checked(f"  {name}\u00a0") == name


@given(st.text())
def test_whatever_is_accepted_is_short_printable_and_accepted_again(name: str) -> None:
    try:
        accepted = checked(name)
    except BadName:
        return
    assert accepted == checked(accepted) == accepted.strip()
    assert 0 < len(unicodedata.normalize("NFC", accepted).encode()) <= MAX_NAME_BYTES
    assert not set(accepted) & set("/\\\0\n\r")


@given(st.text())
def test_a_name_and_its_other_forms_are_one_name(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert key(unicodedata.normalize(form, name)) == key(name)
    assert key(key(name)) == key(name)


def test_case_and_accents_typed_differently_are_one_name_and_other_letters_are_not() -> None:
    assert key("Été.PDF") == key("e\u0301te\u0301.pdf") == key("ÉTÉ.pdf")
    assert key("Straße") == key("STRASSE")
    assert key("été") != key("ete")
    assert key("a b") != key("ab")


def test_a_number_stands_before_the_ending_of_a_name() -> None:
    assert numbered("compte rendu.pdf", 2) == "compte rendu (2).pdf"
    assert numbered("archive.tar.gz", 3) == "archive.tar (3).gz"
    assert numbered("note", 2) == "note (2)"
    assert numbered(".profile", 2) == ".profile (2)"
    assert numbered("réunion du 12.mars prochain", 2) == "réunion du 12.mars prochain (2)"


def test_marks_that_change_how_a_name_reads_are_suspect() -> None:
    assert is_suspect("facture\u202efdp.exe")
    assert is_suspect("a\u200bb")
    assert not is_suspect("facture (définitive).pdf")
    assert visible("facture\u202efdp\u200b.exe") == "facturefdp.exe"
    assert visible("facture\n(définitive)\u00a0😀") == "facture\n(définitive)\u00a0😀"


@given(st.text())
def test_what_is_visible_is_not_suspect(text: str) -> None:
    assert not is_suspect(visible(text))
    assert is_suspect(text) or visible(text) == text


@given(st.text(min_size=1, max_size=255), st.integers(1, 999), st.integers(1, 999))
def test_every_number_gives_a_name_that_can_be_given_with_its_ending(
    typed: str, first: int, second: int
) -> None:
    try:
        name = checked(typed)
    except BadName:
        return
    one, two = numbered(name, first), numbered(name, second)
    assert checked(one) == one
    assert len(unicodedata.normalize("NFC", one).encode()) <= MAX_NAME_BYTES
    assert f" ({first})" in one
    stem, _, ending = name.rpartition(".")
    if stem and len(ending) <= 8:
        assert one.endswith(f" ({first}).{ending}")
    assert (key(one) == key(two)) == (first == second)
