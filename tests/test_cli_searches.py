"""Kept searches on the command line: listed, kept, told and forgotten, each person's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atelier.cli import main

Typed = Callable[..., Any]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Type a command on one data folder: its JSON, its lines with `said`, or how it ended."""
    data = tmp_path / "network"
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")

    def run(*words: str, said: bool = False) -> Any:
        form = [] if said else ["--json"]
        monkeypatch.setattr(sys, "argv", ["atelier", *words, "--data", str(data), *form])
        status: object = 0
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
        out, err = capsys.readouterr()
        if status != 0:
            return status, err
        return out if said else json.loads(out.splitlines()[-1])

    run("init", "--network", "Réseau", "--admin", "marie@example.org")
    return run


def bring(typed: Typed, tmp_path: Path, name: str, text: str) -> None:
    """A file in the common folder, read."""
    source = tmp_path / name
    source.write_text(text)
    typed("import", str(source), "--into", "Commun", "--wait")


def test_a_search_is_kept_told_and_forgotten(typed: Typed, tmp_path: Path) -> None:
    typed("folder", "add", "Commun")
    bring(typed, tmp_path, "une.txt", "premiere maraude")
    assert typed("searches", "list") == {"searches": []}
    assert "Aucune recherche" in typed("searches", "news", said=True)
    kept = typed("searches", "keep", "maraude", "--name", "Nuit", "--kind", "text")
    number = kept["search"]
    [one] = typed("searches", "list")["searches"]
    assert one["query"] == "q=maraude&kind=text"
    assert (one["search"], one["name"], one["words"]) == (number, "Nuit", "maraude")
    assert one["choices"] == ["Type\u00a0: Texte"]
    listed = typed("searches", "list", said=True).replace("\u00a0", " ")
    assert f"{number}  Nuit (maraude ; Type : Texte)" in listed
    assert "Rien de nouveau" in typed("searches", "news", said=True)
    bring(typed, tmp_path, "deux.txt", "la maraude de nuit")
    [told] = typed("searches", "news")["searches"]
    assert (told["new"], told["has_more"]) == (1, False)
    assert "1 nouveau document" in typed("searches", "news", said=True)
    assert typed("searches", "keep", "maraude", "--kind", "text") == kept
    assert typed("searches", "forget", str(number)) == {"forgotten": number}
    assert typed("searches", "list") == {"searches": []}


def test_another_persons_search_is_like_none(typed: Typed) -> None:
    typed("person", "add", "awa@example.org", "--name", "Awa")
    number = str(typed("searches", "keep", "maraude")["search"])
    for which in (number, "999999"):
        status, said = typed("searches", "forget", which, "--as", "awa@example.org")
        assert status == 1 and "Cette recherche enregistrée n’existe pas" in said.replace("'", "’")
    assert typed("searches", "list", "--as", "awa@example.org") == {"searches": []}
    status, _ = typed("searches", "keep", "maraude", "--folder", "Nulle part")
    assert status == 1
    assert len(typed("searches", "list")["searches"]) == 1
