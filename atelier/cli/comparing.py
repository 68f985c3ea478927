"""The command that tells what changed between two versions of a document."""

from __future__ import annotations

from collections.abc import Iterator

import click

from atelier.cli.asked import Asked, command, say, voice
from atelier.model.comparison import Change, Comparison, Passage, Words
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.web.language import N_
from atelier.web.pages.comparing import fault, headline, missing, place
from atelier.workspace.comparison import Compared, compare
from atelier.workspace.place import Workspace

_MARKS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~", Change.MOVED: ">"}


@command("compare")
@click.argument("document", type=click.IntRange(min=1))
@click.option("--versions", nargs=2, type=click.IntRange(min=1), help="By default the last two.")
def compare_versions(asked: Asked, document: int, versions: tuple[int, int] | None) -> None:
    """Tell what changed between two versions of a document, by its number.

    + added, - removed, ~ changed, > moved; page numbers where the formats have pages.
    """
    older, newer = versions or (None, None)

    async def tell(ws: Workspace, actor: Actor) -> Compared:
        return await compare(ws, actor, DocumentId(document), older=older, newer=newer)

    found = asked.act(tell)
    comparison = found.comparison
    if comparison is None or comparison.fault:
        raise click.ClickException(_why(found))
    asked.tell(
        _object(found, comparison), headline(comparison, voice()), *_lines(found, comparison)
    )


def _why(found: Compared) -> str:
    """Why there is no comparison."""
    if found.comparison is not None:
        return fault(found.comparison.fault, voice())
    told = [missing(side, voice()) for side in (found.older, found.newer)]
    one = say(N_("C'est deux fois la même : choisissez-en une autre."))
    return " ".join(filter(None, told)) or one


def _lines(found: Compared, comparison: Comparison) -> Iterator[str]:
    for passage in comparison.passages:
        if passage.change is Change.SAME or passage.is_contents:
            continue
        mark = _MARKS[passage.change]
        yield ""
        yield f"{mark} {_places(found, passage)}".rstrip()
        if passage.change is Change.CHANGED:
            yield f"  - {_row(passage.older)}"
            yield f"  + {_row(passage.newer)}"
        else:
            yield f"  {_row(passage.newer or passage.older)}"


def _row(words: tuple[Words, ...]) -> str:
    """Words in one line, [those that are not on the other side] in brackets."""
    is_told = any(one.change is Change.SAME for one in words)
    return "".join(
        f"{' ' * one.text.startswith(' ')}[{one.text.strip()}]"
        if is_told and one.change is not Change.SAME
        else one.text
        for one in words
    )


def _places(found: Compared, passage: Passage) -> str:
    before = place(found.older.page_kind, passage.older_page, voice())
    after = place(found.newer.page_kind, passage.newer_page, voice())
    return " → ".join(filter(None, (before, after)))


def _object(found: Compared, comparison: Comparison) -> dict[str, object]:
    return {
        "document": found.document.id,
        "name": found.document.name,
        "older": found.older.version.number,
        "newer": found.newer.version.number,
        "older_words": comparison.older_words,
        "newer_words": comparison.newer_words,
        "added_words": comparison.added_words,
        "removed_words": comparison.removed_words,
        "changes": {change.value: n for change, n in comparison.tally().items()},
        "passages": [_passage(one) for one in comparison.passages if one.change is not Change.SAME],
    }


def _passage(passage: Passage) -> dict[str, object]:
    return {
        "change": passage.change.value,
        "older": [[one.change.value, one.text] for one in passage.older],
        "newer": [[one.change.value, one.text] for one in passage.newer],
        "older_page": passage.older_page,
        "newer_page": passage.newer_page,
        "is_contents": passage.is_contents,
    }


COMMANDS = (compare_versions,)
