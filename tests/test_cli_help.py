"""Help and wrong usage, in the language of the terminal."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from atelier import cli
from tests.house import ROOT

Shown = Callable[..., str]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shown:
    """What a command line prints that shows help or is wrong, in this language."""

    def run(language: str, *words: str) -> str:
        monkeypatch.setenv("LANG", language)
        monkeypatch.setattr(sys, "argv", ["atelier", *words])
        with pytest.raises(SystemExit):
            cli.main()
        return "".join(capsys.readouterr())

    return run


def helps(command: click.Command) -> Iterator[str]:
    """Every text of help of a command and of those below it."""
    yield inspect.cleandoc(command.help or "")
    yield from (one.help or "" for one in command.params if isinstance(one, click.Option))
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from helps(below)


def test_every_text_of_help_has_its_french_and_none_is_left_over() -> None:
    """The French stands in `atelier/locale/commands.fr.po`; what is Click's is marked there."""
    with (ROOT / "atelier" / "locale" / "commands.fr.po").open("rb") as stream:
        messages = [one for one in read_po(stream, locale="fr") if one.id]
    ours = {str(one.id) for one in messages if "click" not in one.auto_comments}
    assert sorted(ours ^ (set(helps(cli.commands)) - {""})) == []
    source = "".join(path.read_text() for path in Path(click.__file__).parent.glob("*.py"))
    for one in messages:
        assert one.string and all(one.string), one.id
        for said in one.id if isinstance(one.id, tuple) else (one.id,):
            assert said in ours or f'"{said}"' in source, said


def test_help_is_in_french_with_clicks_words_and_in_english_for_others(shown: Shown) -> None:
    told = shown("fr_FR.UTF-8", "backup", "--help")
    assert told.startswith("Utilisation\u00a0:") and "Affiche cette aide." in told
    assert "[par défaut\u00a0: storage]" in told and "serveur allumé ou éteint" in told
    assert not {"Usage", "Show", "default", "the"} & set(told.replace(":", " ").split())
    whole = shown("fr_FR.UTF-8", "--help")
    assert "Commandes:" in whole and "Sauvegarde tout dans un seul fichier neuf" in whole
    assert shown("C.UTF-8", "--help") == whole, "French is the default, as everywhere"
    english = shown("en_GB.UTF-8", "backup", "--help")
    assert english.startswith("Usage:") and "Show this message and exit." in english
    assert shown("fr_FR.UTF-8", "backup", "--help") == told


@pytest.mark.parametrize(
    ("words", "french", "english"),
    [
        (("init",), "Il manque l'option '--network'.", "Missing option '--network'."),
        (("nothing",), "La commande 'nothing' n'existe pas.", "No such command 'nothing'."),
        (("backup",), "Il manque l'argument 'DESTINATION'.", "Missing argument 'DESTINATION'."),
        (("work", "--x"), "L'option '--x' n'existe pas.", "No such option '--x'."),
        (("work", "x"), "Argument de trop (x)", "Got unexpected extra argument (x)"),
        (("work", "x", "y"), "Arguments de trop (x y)", "Got unexpected extra arguments (x y)"),
    ],
)
def test_wrong_usage_is_told_in_the_same_language(
    shown: Shown, words: tuple[str, ...], french: str, english: str
) -> None:
    told = shown("fr_FR.UTF-8", *words)
    assert f"Erreur\u00a0: {french}" in told and "Pour l'aide" in told and "Try" not in told
    assert f"Error: {english}" in shown("en_GB.UTF-8", *words)
