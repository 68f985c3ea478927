"""Names as every system can keep them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from atelier.errors import BadName
from atelier.model import names
from atelier.model import portable as portables
from atelier.model.portable import TURNING, apart, original, portable

REFUSED = frozenset('<>:"/\\|?*')


@pytest.mark.parametrize(
    ("name", "mapped"),
    [
        ("compte rendu.pdf", "compte rendu.pdf"),
        ("Été à 100%.pdf", "Été à 100%.pdf"),
        ('10:30 "bilan"?.pdf', "10：30 ＂bilan＂？.pdf"),
        ("à suivre...", "à suivre..．"),
        ("a ", "a␠"),
        ("CON", "‛CON"),
        ("con.txt", "‛con.txt"),
        ("Lpt1 .txt", "‛Lpt1 .txt"),
        ("COM²", "‛COM²"),
        ("content.txt", "content.txt"),
        ("console", "console"),
        ("a：b", "a‛：b"),
        ("‛", "‛‛"),
        ("a\u202efdp.exe", "a‛202E‛fdp.exe"),
    ],
)
def test_what_another_system_refuses_takes_a_form_that_reads_alike(name: str, mapped: str) -> None:
    assert portable(name) == mapped
    assert original(mapped) == name


@given(
    st.text(st.sampled_from('aZ0 .:*?"<>|：＊．␠‛\u202e2E') | st.characters(), min_size=1)
    | st.sampled_from(["con", "aux.", "NUL.tar.gz", "‛con", "com1 ", "‛‛prn.txt", "‛202E‛"])
)
def test_every_name_comes_back_and_no_system_refuses_the_form_it_had(name: str) -> None:
    try:
        given_name = names.checked(name)
    except BadName:
        assume(False)
    mapped = portable(given_name)
    assert original(mapped) == given_name
    assert not REFUSED & set(mapped) and not TURNING & set(mapped)
    assert not mapped.endswith((".", " ")) and mapped not in ("", ".", "..")
    stem = mapped.partition(".")[0].rstrip().casefold()
    assert stem not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@given(st.lists(st.text(st.sampled_from("aA:：.‛ (2)"), min_size=1), max_size=6))
def test_names_in_one_place_stay_apart_whatever_the_letters(wanted: list[str]) -> None:
    given_names = apart((name, False) for name in wanted)
    assert len({names.key(name) for name in given_names}) == len(wanted)


def test_the_first_of_two_twins_keeps_its_name() -> None:
    wanted = [("Bilan.pdf", False), ("bilan.pdf", False), ("Bilan.pdf", True), ("autre", False)]
    assert apart(wanted) == ["Bilan.pdf", "bilan (2).pdf", "Bilan.pdf (2)", "autre"]
    assert apart([("a", True), ("a (2)", True), ("A", True)]) == ["a", "a (2)", "A (3)"]


def test_many_twins_are_told_apart_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(name: str) -> str:
        asked.append(name)
        return names.key(name)

    monkeypatch.setattr(portables, "key", counted)
    given_names = apart([("Dossier", True), ("dossier", True)] * 500)
    assert given_names[-1] == "dossier (1000)"
    assert len({names.key(name) for name in given_names}) == 1_000
    assert len(asked) < 5_000
