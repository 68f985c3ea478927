"""The command line: the same use-cases as the pages, acting as someone.

One file per family of commands, all made with `asked.command`; they are put together
here. Each command prints for people, or one JSON object with `--json`. Errors go to
stderr; exit status 1 for a refused request, 2 for wrong usage. Commands work with or
without a running server on the same data folder.
"""

from __future__ import annotations

import ctypes
import sys

import click

from atelier import __version__
from atelier.cli import (
    comparing,
    documents,
    durations,
    folders,
    glossary,
    inviting,
    keeping,
    people,
    searches,
    serving,
    trail,
    upkeep,
)
from atelier.cli.asked import say, voice
from atelier.cli.helping import teach_click, translated
from atelier.errors import AtelierError, Invalid, Refusal
from atelier.web.language import N_
from atelier.web.pages.sentences import explain

_M_ARENA_MAX = -8  # malloc.h


@click.group(
    commands=[
        *serving.COMMANDS,
        *people.COMMANDS,
        *inviting.COMMANDS,
        *folders.COMMANDS,
        *glossary.COMMANDS,
        *documents.COMMANDS,
        *searches.COMMANDS,
        *comparing.COMMANDS,
        *upkeep.COMMANDS,
        *durations.COMMANDS,
        *keeping.COMMANDS,
        *trail.COMMANDS,
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(version)s")
def commands() -> None:
    """Atelier: shared folders, versions and search for a professional network."""


def main() -> None:
    """Run one command; an `AtelierError` becomes a sentence on stderr and exit status 1."""
    _share_memory_between_threads()
    teach_click()
    try:
        translated(commands)()
    except AtelierError as error:
        click.echo(_told_why(error), err=True)
        sys.exit(1)


def _told_why(error: AtelierError) -> str:
    """What happened and what to do; for a refused request the value instead of a page's form."""
    said = explain(error, voice())
    if not isinstance(error, Refusal):
        return f"{said.title}. {said.happened} {said.kept} {said.next}"
    value = f" ({error.field} : {error.value})" if isinstance(error, Invalid) else ""
    unchanged = say(N_("Rien n'a été changé."))
    return f"{said.title}. {said.happened}{value} {unchanged}"


def _share_memory_between_threads() -> None:
    """Two of glibc's memory arenas for all threads, instead of eight for each processor.

    Indexing 160 documents just read took 290 MB with as many as it likes, 85 MB with two.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)
