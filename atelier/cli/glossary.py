"""Commands about the glossary: words of the network that mean the same."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from atelier.cli.asked import Asked, command, say
from atelier.errors import Invalid
from atelier.model.glossary import GlossaryTerm
from atelier.model.people import Actor
from atelier.web.language import N_
from atelier.web.pages.field_faults import FAULTS
from atelier.workspace import glossary, glossary_lists
from atelier.workspace.glossary_lists import Fate, Line
from atelier.workspace.place import Workspace


@command("list")
def glossary_list(asked: Asked) -> None:
    """List the terms, as `import` takes them."""
    terms = asked.act(glossary.every)
    asked.tell({"terms": [_told(one) for one in terms]}, *map(_line, terms))


@command("add")
@click.argument("term")
@click.argument("meanings", nargs=-1, required=True)
def glossary_add(asked: Asked, term: str, meanings: tuple[str, ...]) -> None:
    """Add a term with its meanings."""
    said = "\n".join(meanings)
    added = asked.act(lambda ws, actor: glossary.add(ws, actor, term, said))
    asked.tell(_told(added), say(N_("Ajouté au glossaire : %(term)s"), term=_line(added)))


@command("remove")
@click.argument("term")
def glossary_remove(asked: Asked, term: str) -> None:
    """Remove a term."""

    async def remove(ws: Workspace, actor: Actor) -> GlossaryTerm:
        found = await glossary.named(ws, actor, term)
        return await glossary.remove(ws, actor, found.id, expected=found.state)

    removed = asked.act(remove)
    asked.tell(_told(removed), say(N_("Retiré du glossaire : %(term)s"), term=_line(removed)))


@command("import")
@click.argument("file", type=click.File("rb"))
def glossary_import(asked: Asked, file: BinaryIO) -> None:
    """Add many terms: one a line, TERM = MEANING; several meanings between semicolons.

    FILE is UTF-8 text, - for what comes in. A term that is there gains the meanings. Exit
    status 1 when a line is refused; the others are written.
    """
    text = _text(file.read())
    report = asked.act(lambda ws, actor: glossary_lists.take(ws, actor, text))
    counts = {fate.value: len(report.of(fate)) for fate in Fate}
    refused = [{"line": one.number, "text": one.text, "fault": one.fault} for one in _left(report)]
    summary = N_("Ajoutés : %(added)s. Complétés : %(changed)s. Déjà là : %(same)s.")
    asked.tell(
        {**counts, "refused_lines": refused}, say(summary, **counts), *map(_why, _left(report))
    )
    if refused:
        sys.exit(1)


def _text(given: bytes) -> str:
    """What a file holds, with or without a mark at its beginning."""
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = given[: error.start].count(b"\n") + 1
        raise Invalid("file", "not_utf8", say(N_("ligne %(n)s"), n=line)) from error


def _left(report: glossary_lists.Report) -> tuple[Line, ...]:
    return report.of(Fate.REFUSED)


def _why(line: Line) -> str:
    refused = N_("Ligne %(n)s refusée : %(text)s. %(why)s")
    return say(refused, n=line.number, text=line.text, why=say(FAULTS[line.fault]))


def _line(term: GlossaryTerm) -> str:
    return f"{term.term} = {' ; '.join(term.meanings)}"


def _told(term: GlossaryTerm) -> dict[str, object]:
    return {"term": term.term, "meanings": list(term.meanings)}


COMMANDS = (
    click.Group(
        "glossary",
        [glossary_list, glossary_add, glossary_remove, glossary_import],
        help="The glossary that widens searches.",
    ),
)
