"""Help and wrong usage in the language of the terminal.

The commands' docstrings are their help, in English like all docstrings, and so are Click's
own words: here the source is English, and `locale/commands.fr.po` the French.
"""

from __future__ import annotations

import copy
import gettext
import inspect
from functools import cache
from typing import Final

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

from atelier.cli.asked import voice
from atelier.web.language import compiled

_SPEAKING: Final = (
    click.core,
    click.decorators,
    click.exceptions,
    click.formatting,
    click.parser,
    click.types,
)


def spoken(message: str) -> str:
    """A text of help, or one of Click's, in the language of the terminal."""
    return _french().gettext(message) if voice().language == "fr" else message


def spoken_number(one: str, many: str, n: int) -> str:
    """`one` or `many` as the language counts."""
    return _french().ngettext(one, many, n) if voice().language == "fr" else (one, many)[n != 1]


_OURS: Final = {"_": spoken, "ngettext": spoken_number}


def teach_click() -> None:
    """Have Click say its own words so.

    It asks the standard library's gettext, which reads compiled catalogues from folders
    only; ours is text, as the pages' is.
    """
    for module in _SPEAKING:
        said = vars(module)
        said |= {name: ours for name, ours in _OURS.items() if name in said}


def translated(command: click.Command) -> click.Command:
    """The command, with all below it, as it is shown; the one that is given stays as it is."""
    shown = copy.copy(command)
    shown.help = command.help and spoken(inspect.cleandoc(command.help))
    shown.params = [_translated(param) for param in command.params]
    if isinstance(shown, click.Group):
        shown.commands = {name: translated(one) for name, one in shown.commands.items()}
    return shown


def _translated(param: click.Parameter) -> click.Parameter:
    shown = copy.copy(param)
    if isinstance(shown, click.Option) and shown.help:
        shown.help = spoken(shown.help)
    return shown


@cache
def _french() -> gettext.NullTranslations:
    return compiled("commands.fr.po", "fr")
