"""Search on the command line: what it tells beside the documents, and as whom it searches."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from atelier import cli
from tests.samples import pdf


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network with three documents in one folder, and Awa who may read none."""
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    folder = tmp_path / "network"
    files = tmp_path / "files"
    files.mkdir()
    (files / "note.txt").write_text("Les amendements du budget.")
    (files / "seance.pdf").write_bytes(pdf(["ordre du jour", "la navette du budget"]))
    (files / "Bonjour.bin").write_bytes(bytes(range(256)))
    said(folder, "init", "--network", "Réseau", "--admin", "marie@example.org")
    said(folder, "folder", "add", "Commun")
    said(folder, "person", "add", "awa@example.org", "--name", "Awa")
    said(folder, "import", *map(str, sorted(files.iterdir())), "--into", "Commun", "--wait")
    return folder


def said(network: Path, *words: str) -> str:
    """What a command that works prints, with plain spaces and apostrophes."""
    ran = CliRunner().invoke(cli.commands, [*words, "--data", str(network)])
    assert ran.exit_code == 0, ran.output or ran.exception
    return ran.output.translate({0xA0: " ", 0x202F: " ", 0x2019: "'"})


def test_a_hit_is_told_with_its_page_where_there_is_one(network: Path) -> None:
    assert "seance.pdf (Commun, p. 2)\n    " in said(network, "search", "navette")
    for word, name in (("amendements", "note.txt"), ("bonjour", "Bonjour.bin")):
        told = said(network, "search", word)
        assert f"{name} (Commun)\n" in told and "p. " not in told and "–" not in told


def test_what_is_not_exact_or_not_understood_is_told_as_on_the_page(network: Path) -> None:
    told = said(network, "search", "budget amendements absent")
    assert "Aucun document ne contient exactement tout cela" in told and "note.txt" in told
    told = said(network, "search", "amendemants budget")
    assert "Vouliez-vous dire « amendements budget » ?" in told
    told = said(network, "search", "budget après:truc type:chose")
    assert "« après:truc » n'est pas une date" in told
    assert "« type:chose » n'est pas un type de fichier" in told
    assert "Ce qui a été cherché à la place : après, truc." in told
    said(network, "glossary", "add", "CLS", "navette")
    assert "Nous avons aussi cherché : navette (pour CLS)." in said(network, "search", "CLS")
    plain = said(network, "search", "budget", "type:pdf")
    assert "1 document\nseance.pdf" in plain, "nothing is said of what is as it was asked"


def test_it_searches_as_the_account_that_is_named_and_its_help_says_as_whom(network: Path) -> None:
    assert "2 documents" in said(network, "search", "budget")
    told = said(network, "search", "budget", "--as", "awa@example.org")
    assert "note.txt" not in told and "Vouliez-vous dire" not in told
    assert "amendements" not in said(network, "search", "amendemants", "--as", "awa@example.org")
    shown = " ".join(CliRunner().invoke(cli.commands, ["search", "--help"]).output.split())
    assert "account that --as names" in shown and "first administrator" in shown


def ended(network: Path, *words: str) -> tuple[int, str]:
    """How a command ended, and all that it printed."""
    ran = CliRunner().invoke(cli.commands, [*words, "--data", str(network)])
    return ran.exit_code, " ".join(ran.output.translate({0xA0: " ", 0x202F: " "}).split())


def test_words_that_begin_with_a_dash_are_words_and_wrong_options_are_not(network: Path) -> None:
    for words in (("budget", "-amendements"), ("-amendements", "budget")):
        assert "1 document\nseance.pdf" in said(network, "search", *words)
    # None of these letters is an option here: -h is help, and so is -hépatite not.
    assert "2 documents" in said(network, "search", "-hépatite", "budget")
    assert "1 document" in said(network, "search", "budget", "-amendements", "--kind", "pdf")
    code, told = ended(network, "search", "budget", "--knid", "pdf")
    assert code == 2 and "--kind" in told and "document" not in told
    for asked in ("-h", "--help"):
        code, told = ended(network, "search", asked)
        assert code == 0 and "WORDS" in told
    assert said(network, "searches", "keep", "budget", "-amendements")
    assert "(budget -amendements)" in said(network, "searches", "list")


def test_no_word_is_asked_for(network: Path) -> None:
    for words in ((), ("",), (" ", "")):
        for command in (("search",), ("searches", "keep")):
            code, told = ended(network, *command, *words)
            assert code == 2 and "WORDS" in told, words
    assert "Écrivez au moins un mot de deux lettres." in said(network, "search", "*")


def test_of_many_pages_it_is_told_which_this_is_and_how_to_ask_for_the_next(
    network: Path, tmp_path: Path
) -> None:
    more = tmp_path / "more"
    more.mkdir()
    for number in range(41):
        (more / f"{number}.txt").write_text(f"Une maraude, numéro {number}.")
    said(network, "import", str(more), "--into", "Commun", "--wait")
    first = said(network, "search", "maraude")
    assert "41 documents" in first and "Page 1 sur 3. La suite : --page 2" in first
    assert "Page 2 sur 3. La suite : --page 3" in said(network, "search", "maraude", "--page", "2")
    last = said(network, "search", "maraude", "--page", "3")
    assert "Page 3 sur 3.\n" in last and "La suite" not in last
    past = said(network, "search", "maraude", "--page", "4")
    assert "41 documents" in past and "n'a que 3 pages de résultats" in past
    assert "age " not in said(network, "search", "navette")
    assert "n'a qu'une page" in said(network, "search", "navette", "--page", "2")


def test_what_the_glossary_added_in_vain_is_told_too(network: Path) -> None:
    said(network, "glossary", "add", "PTSM", "projet territorial")
    told = said(network, "search", "ptsm")
    assert "projet territorial (pour ptsm), sans rien trouver." in told and "0 document" in told
