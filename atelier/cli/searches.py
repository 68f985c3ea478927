"""Commands about the searches that a person keeps: list, keep, forget, news."""

from __future__ import annotations

from typing import Any

import click

from atelier import app
from atelier.cli.asked import Asked, command, say, voice
from atelier.cli.worded import Worded
from atelier.model.asked import query_of
from atelier.model.ids import SavedId
from atelier.model.people import Actor
from atelier.model.saved import Saved, SavedNews
from atelier.model.search import FileKind
from atelier.web.asking import asked_in
from atelier.web.language import N_
from atelier.web.pages.narrowing import kept_beside
from atelier.workspace import folders, saved
from atelier.workspace.place import Workspace

_NUMBER = click.IntRange(1, 2**62)


@command("list")
def list_searches(asked: Asked) -> None:
    """List the searches she keeps."""
    kept = asked.act(saved.listed)
    lines = [f"{one.id}  {one.name} ({_asked(one)})" for one in kept]
    asked.tell({"searches": [_told(one) for one in kept]}, *(lines or [_nothing()]))


@command("keep", cls=Worded)
@click.argument("words", nargs=-1, required=True)
@click.option("--name", default="", help="What she calls it; its words otherwise.")
@click.option("--folder", metavar="PATH", help="Only in this folder, with all below it.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in FileKind]), help="Only files of this kind."
)
@click.option("--year", type=int, metavar="YEAR", help="Only documents of this year.")
@click.option("--older", is_flag=True, flag_value="1", help="Look through older versions too.")
@click.option("--exact", is_flag=True, flag_value="1", help="Let the glossary add nothing.")
def keep_search(
    asked: Asked, words: tuple[str, ...], name: str, folder: str | None, **narrowed: Any
) -> None:
    """Keep a search; what matches it now counts as seen."""

    async def keep(ws: Workspace, actor: Actor) -> SavedId:
        await app.catch_up_index(ws)
        inside = None if folder is None else await folders.find(ws, actor, folder)
        given = {"q": " ".join(words), "folder": inside, **narrowed}
        wanted = asked_in({field: str(value) for field, value in given.items() if value})
        return await saved.keep(ws, actor, wanted, name)

    number = asked.act(keep)
    asked.tell({"search": number}, say(N_("Recherche gardée sous le numéro %(n)s."), n=number))


@command("forget")
@click.argument("number", type=_NUMBER)
def forget_search(asked: Asked, number: int) -> None:
    """Keep a search no longer."""
    asked.act(lambda ws, actor: saved.forget(ws, actor, SavedId(number)))
    asked.tell({"forgotten": number}, say(N_("Cette recherche enregistrée est supprimée.")))


@command("news")
def tell_news(asked: Asked) -> None:
    """Tell how many documents are new in each search she keeps."""

    async def news(ws: Workspace, actor: Actor) -> tuple[SavedNews, ...]:
        await app.catch_up_index(ws)
        return await saved.news(ws, actor)

    told = asked.act(news)
    asked.tell(
        {
            "searches": [
                {**_told(one.saved), "new": one.count, "has_more": one.has_more} for one in told
            ]
        },
        *([f"{one.saved.id}  {one.saved.name} : {_new_in(one)}" for one in told] or [_nothing()]),
    )


def _asked(one: Saved) -> str:
    """Its words, and the choices made with them in the words of the page."""
    return " ; ".join((one.asked.words, *kept_beside(one.asked, voice())))


def _told(one: Saved) -> dict[str, object]:
    return {
        "search": one.id,
        "name": one.name,
        "words": one.asked.words,
        "choices": kept_beside(one.asked, voice()),
        "query": query_of(one.asked),
        "kept_at": one.created_at.isoformat(),
    }


def _new_in(one: SavedNews) -> str:
    if one.count is None:
        return say(N_("Pas de réponse pour l'instant"))
    if one.has_more:
        return say(N_("plus de %(n)s nouveaux documents"), n=one.count)
    said = voice().plural("%(n)s nouveau document", "%(n)s nouveaux documents", one.count)
    return said if one.count else say(N_("Rien de nouveau"))


def _nothing() -> str:
    return say(N_("Aucune recherche enregistrée"))


COMMANDS = (
    click.Group(
        "searches",
        [list_searches, keep_search, forget_search, tell_news],
        help="Searches that people keep.",
    ),
)
