"""Commands that bring documents in and find them: import, search."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from atelier import app, importing
from atelier.cli.asked import Asked, command, say, voice
from atelier.errors import AtelierError
from atelier.model.documents import Deposited
from atelier.model.folders import Action
from atelier.model.jobs import Rank
from atelier.model.people import Actor
from atelier.model.search import Hit
from atelier.settings import Settings
from atelier.web.language import N_
from atelier.web.pages.sentences import explain
from atelier.workspace import documents, folders, search
from atelier.workspace.place import Workspace


@command("import")
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--into", required=True, metavar="PATH", help="The folder that receives them.")
@click.option("--wait", is_flag=True, help="Return once everything is read and searchable.")
def import_files(asked: Asked, sources: tuple[Path, ...], into: str, wait: bool) -> None:
    """Deposit files, and folders with their sub-folders."""

    async def bring(ws: Workspace, actor: Actor) -> dict[str, object]:
        folder = await folders.find(ws, actor, into)
        brought = await importing.bring(ws, actor, list(sources), folder, _told(asked))
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


@command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--page", default=1, show_default=True, help="Which page of hits.")
def search_words(asked: Asked, words: tuple[str, ...], page: int) -> None:
    """Find documents by their words."""

    async def find(ws: Workspace, actor: Actor) -> tuple[int, list[dict[str, object]]]:
        await app.catch_up_index(ws)
        results = await search.find(ws, actor, " ".join(words), page=page)
        return results.total, [_hit(ws.settings, hit) for hit in results.hits]

    total, hits = asked.act(find)
    lines = [
        f"{hit['name']} ({hit['folder']}, p. {hit['page'] or '–'})\n    {hit['snippet']}"
        for hit in hits
    ]
    asked.tell(
        {"total": total, "hits": hits},
        voice().plural(N_("%(n)s document"), N_("%(n)s documents"), total),
        *lines,
    )


def _told(asked: Asked) -> importing.Told:
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


def _hit(settings: Settings, hit: Hit) -> dict[str, object]:
    best = hit.pages[0] if hit.pages else None
    page = best.page if best else None
    place = "" if page is None else f"?page={page}"
    return {
        "document": hit.document_id,
        "name": hit.name,
        "folder": hit.folder,
        "version": hit.version,
        "page": page,
        "snippet": "".join(piece.text for piece in best.snippet) if best else "",
        "url": f"{settings.server.public_url}/documents/{hit.document_id}{place}",
    }


COMMANDS = (import_files, search_words)
