"""Commands that bring documents in and find them: import, search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from atelier import app, importing
from atelier.cli.asked import Asked, command, say, voice
from atelier.cli.worded import Worded
from atelier.errors import AtelierError
from atelier.model.documents import Deposited
from atelier.model.folders import Action
from atelier.model.jobs import Rank
from atelier.model.people import Actor
from atelier.model.search import FileKind, Hit, MeetingHit, Results, Sort, Understood
from atelier.settings import Settings
from atelier.web.api.told import Told, told
from atelier.web.asking import asked_in
from atelier.web.language import N_
from atelier.web.pages.found import remarks
from atelier.web.pages.narrowing import KINDS
from atelier.web.pages.sentences import explain
from atelier.workspace import documents, folders, search
from atelier.workspace.place import Workspace

_ALSO = N_("Nous avons aussi cherché : %(also)s (pour %(words)s).")
_IN_VAIN = N_("Nous avons aussi cherché : %(also)s (pour %(words)s), sans rien trouver.")


@command("import")
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--into", required=True, metavar="PATH", help="The folder that receives them.")
@click.option("--wait", is_flag=True, help="Return once everything is read and searchable.")
def import_files(asked: Asked, sources: tuple[Path, ...], into: str, wait: bool) -> None:
    """Deposit files, and folders with their sub-folders."""

    async def bring(ws: Workspace, actor: Actor) -> dict[str, object]:
        folder = await folders.find(ws, actor, into)
        brought = await importing.bring(ws, actor, list(sources), folder, _announced(asked))
        if wait:
            # What is read again in the background is nothing to wait for.
            await app.finish_waiting_work(ws, rank=Rank.LONG)
        return await _imported(ws, actor, brought)

    found = asked.act(bring)
    asked.tell(
        found,
        say(
            N_("Déposés : %(deposited)s. Déjà là : %(unchanged)s. Refusés : %(refused)s."),
            deposited=found["deposited"],
            unchanged=found["unchanged"],
            refused=len(found["refused"]),  # type: ignore[arg-type]
        ),
    )


@command("search", cls=Worded)
@click.argument("words", nargs=-1, required=True)
@click.option("--page", default=1, show_default=True, help="Which page of hits.")
@click.option("--folder", metavar="PATH", help="Only in this folder, with all below it.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in FileKind]), help="Only files of this kind."
)
@click.option("--year", type=int, metavar="YEAR", help="Only documents of this year.")
@click.option(
    "--sort",
    type=click.Choice([sort.value for sort in Sort]),
    default=Sort.RELEVANCE.value,
    help="What comes first.",
)
@click.option("--older", is_flag=True, flag_value="1", help="Look through older versions too.")
@click.option("--exact", is_flag=True, flag_value="1", help="Let the glossary add nothing.")
def search_words(
    asked: Asked, words: tuple[str, ...], page: int, folder: str | None, **narrowed: Any
) -> None:
    """Find documents by their words, among those that one account may read.

    It searches as the account that --as names; without it, as the first administrator, who
    does not read everything either. What was not understood, near answers and other spellings
    are told as on the page.
    """

    async def find(ws: Workspace, actor: Actor) -> tuple[Results, Told]:
        await app.catch_up_index(ws)
        inside = None if folder is None else await folders.find(ws, actor, folder)
        given = {"q": " ".join(words), "folder": inside, **narrowed}
        wanted = asked_in({name: str(value) for name, value in given.items() if value})
        results = await search.find(ws, actor, wanted, page=page)
        return results, told(results, _site(ws.settings))

    results, found = asked.act(find)
    asked.tell(
        found,
        _count(results),
        *_remarks(results),
        *map(_line, results.hits),
        *_onward(results),
    )


def _site(settings: Settings) -> str:
    """What comes before addresses, when it was said: a server may listen on another port."""
    return settings.server.public_url if "server.public_url" in settings.sources else ""


def _count(results: Results) -> str:
    if results.total or not results.not_yet:
        return voice().plural(N_("%(n)s document"), N_("%(n)s documents"), results.total)
    return say(N_("La réponse n'est pas encore complète"))


def _onward(results: Results) -> Iterator[str]:
    """Which page this is, and how to ask for another; nothing where there is one only."""
    pages = search.pages_of(results)
    if results.page > pages > 0:
        one = "Cette recherche n'a qu'une page de résultats."
        yield voice().plural(one, "Cette recherche n'a que %(n)s pages de résultats.", pages)
    elif results.page < pages:
        said = N_("Page %(n)s sur %(pages)s. La suite : --page %(next)s")
        yield say(said, n=results.page, pages=pages, next=results.page + 1)
    elif pages > 1:
        yield say(N_("Page %(n)s sur %(pages)s."), n=results.page, pages=pages)


def _remarks(results: Results) -> Iterator[str]:
    """What is to know about the answer, in the words of the page."""
    said = remarks(results, voice())
    if not results.total and results.understood == Understood():
        yield say(N_("Écrivez au moins un mot de deux lettres."))
    yield from said.misread
    if said.nearly:
        yield said.nearly
    if results.spelling:
        yield say(N_("Vouliez-vous dire « %(words)s » ?"), words=results.spelling)
    for one in results.widened:
        yield say(
            _IN_VAIN if results.widened_in_vain else _ALSO,
            also=", ".join(one.also),
            words=one.words,
        )
    if said.not_yet:
        yield said.not_yet


def _line(hit: Hit) -> str:
    """Its name and folder, the page that answers best where the format has pages, its words."""
    if hit.part is not None and hit.meeting is not None:
        return _part_line(hit, FileKind(hit.part), hit.meeting)
    place = hit.folder
    if hit.is_older:
        place += ", " + say(N_("version %(n)s, ancienne"), n=hit.version)
    best = hit.pages[0] if hit.pages else None
    if best is None:
        return f"{hit.name} ({place})"
    if best.page is not None:
        place += ", " + say(N_("p. %(n)s"), n=best.page)
    return f"{hit.name} ({place})\n    {''.join(piece.text for piece in best.snippet)}"


def _part_line(hit: Hit, kind: FileKind, meeting: MeetingHit) -> str:
    """What part of which meeting it is, its date, its best line."""
    day = voice().day(meeting.starts_at)
    told = f"{meeting.title} ({say(KINDS[kind])}, {day})"
    if not hit.pages:
        return told
    return f"{told}\n    {''.join(piece.text for piece in hit.pages[0].snippet)}"


def _announced(asked: Asked) -> importing.Told:
    def told(
        source: importing.Source, what: Deposited | AtelierError | importing.Unreadable
    ) -> None:
        if isinstance(what, Deposited):
            if not asked.as_json:
                click.echo(f"  {source.path}")
        else:
            click.echo(f"  {source.path} : {_why(what)}", err=True)

    return told


def _why(error: AtelierError | importing.Unreadable) -> str:
    if isinstance(error, AtelierError):
        return explain(error, voice()).happened
    reasons = {
        "link": N_("C'est un lien : il n'est pas suivi."),
        "special": N_("Ce n'est pas un fichier ordinaire."),
    }
    return say(reasons[error.why]) if error.why in reasons else error.why


async def _imported(ws: Workspace, actor: Actor, brought: importing.Brought) -> dict[str, object]:
    states: Counter[str] = Counter()
    for _, deposited in brought.done:
        # Not a reading: the access log is not to tell that she opened what she brought.
        seen = await documents.enter_to(ws, actor, deposited.document_id, Action.READ)
        states[seen.document.current.state] += 1
    new = sum(deposited.is_new_version for _, deposited in brought.done)
    return {
        "deposited": new,
        "unchanged": len(brought.done) - new,
        "refused": [
            {"path": str(source.path), "reason": _why(error)} for source, error in brought.refused
        ],
        "states": dict(sorted(states.items())),
    }


COMMANDS = (import_files, search_words)
