"""Every outlet of a search tells of readable documents only: hits, totals, facets, help, names.

Two words stand in twin documents, one of which Awa may not read; whatever comes out for the
hidden one is what comes out for a word that never was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest

from atelier.database.engine import Transaction, Unit
from atelier.errors import Invalid
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId
from atelier.model.people import Actor
from atelier.model.search import (
    Asked,
    FileKind,
    MisreadKind,
    Narrowing,
    Results,
    Sort,
    Suggested,
    WiderKind,
)
from atelier.workspace import glossary, known_terms, search, trash
from atelier.workspace.place import Records
from atelier.workspace.suggesting import suggest
from tests.builders import World, in_network

T = TypeVar("T")

# Nothing like any of them was ever written.
NEVER = "wqjzhkwqjz"
OLDER = Narrowing(with_older=True)


@dataclass(frozen=True)
class Scene:
    """Two folders with twin documents; Awa reads the first, Béa deposited the second's."""

    awa: Actor
    bea: Actor
    shown: FolderId
    hidden: FolderId
    mango: DocumentId
    kiwano: DocumentId


async def scene(world: World) -> Scene:
    awa = await world.person("Awa", of="Mairie")
    bea = await world.person("Béa", of="Hôpital")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(shown, awa, Role.CONTRIBUTOR)
    await world.grant(hidden, bea, Role.CONTRIBUTOR)
    mango = await world.deposit(awa, shown, "mangoustan.txt", "Du mangoustan à l'été.".encode())
    kiwano = await world.deposit(bea, hidden, "kiwanoteque.txt", "Du kiwanotèque mûr.".encode())
    await world.settle()
    return Scene(awa, bea, shown, hidden, mango.document_id, kiwano.document_id)


def without_words(results: Results) -> Results:
    """As it came out, but for what was typed."""
    return replace(
        results,
        asked=Asked("", replace(results.asked.narrowing, folder=None, person=None)),
        understood=replace(results.understood, words=(), phrases=(), titles=()),
        facets=replace(results.facets, folders=(), people=(), organisations=()),
    )


@in_network
async def test_a_hidden_word_comes_out_of_no_outlet_and_a_readable_one_of_all(
    world: World,
) -> None:
    at = await scene(world)
    found = await search.find(world.ws, at.awa, Asked("mangoustan"))
    (hit,) = found.hits
    assert (found.total, hit.document_id) == (1, at.mango)
    assert any(piece.is_match for piece in hit.pages[0].snippet)
    assert [(one.value, one.count) for one in found.facets.folders] == [(str(at.shown), 1)]
    for words in ("kiwanoteque", "kiwano*", '"du kiwanotèque"', "titre:kiwanoteque", "kiwanotequ"):
        hidden = await search.find(world.ws, at.awa, Asked(words))
        never = await search.find(world.ws, at.awa, Asked(words.replace("kiwano", NEVER)))
        assert without_words(hidden) == without_words(never), words
        assert (hidden.total, hidden.hits, hidden.spelling, hidden.wider) == (0, (), "", ())
        assert hidden.facets == never.facets
        hers = await search.find(world.ws, at.bea, Asked(words))
        assert hers.total == 1, words


@in_network
async def test_facets_count_and_name_only_what_she_may_read(world: World) -> None:
    at = await scene(world)
    everything = (await search.find(world.ws, at.awa, Asked("mûr OR été"))).facets
    assert [one.name for one in everything.people] == ["Awa"]
    assert [one.name for one in everything.organisations] == ["Mairie"]
    assert [(one.value, one.count) for one in everything.kinds] == [("text", 1)]
    await world.grant(at.hidden, at.awa)
    both = (await search.find(world.ws, at.awa, Asked("mûr OR été"))).facets
    assert sorted(one.name for one in both.people) == ["Awa", "Béa"]
    assert sorted(one.name for one in both.folders) == ["Commun", "Direction"]
    assert [(one.value, one.count) for one in both.years] == [("2026", 2)]


@in_network
async def test_what_narrows_to_the_hidden_narrows_to_nothing_like_what_never_was(
    world: World,
) -> None:
    at = await scene(world)
    zoe = await world.person("Zoé", of="Cabinet")  # who never deposited anything
    for hidden, never in (
        (Narrowing(folder=at.hidden), Narrowing(folder=FolderId(10**17))),
        (Narrowing(person=at.bea.person_id), Narrowing(person=zoe.person_id)),
        (
            Narrowing(organisation=at.bea.main_organisation),
            Narrowing(organisation=zoe.main_organisation),
        ),
    ):
        told = []
        for narrowing in (hidden, never):
            found = await search.find(world.ws, at.awa, Asked("mûr OR été", narrowing))
            chosen = [
                (one.count, one.is_chosen)
                for choices in (
                    found.facets.folders, found.facets.people, found.facets.organisations
                )
                for one in choices
            ]  # fmt: skip
            told.append((found.total, found.hits, found.spelling, chosen, len(found.wider)))
        assert told[0] == told[1] and told[0][0] == 0
        assert (await search.find(world.ws, at.bea, Asked("mûr", hidden))).total == 1


@in_network
async def test_a_chosen_person_or_structure_is_named_as_in_the_directory_and_a_folder_only_if_hers(
    world: World,
) -> None:
    at = await scene(world)

    async def named(actor: Actor, narrowing: Narrowing) -> set[str]:
        found = (await search.find(world.ws, actor, Asked(NEVER, narrowing))).facets
        return {one.name for one in (*found.folders, *found.people, *found.organisations)}

    assert await named(at.awa, Narrowing(person=at.bea.person_id)) == {"Béa"}
    assert await named(at.awa, Narrowing(organisation=at.bea.main_organisation)) == {"Hôpital"}
    assert await named(at.awa, Narrowing(folder=at.shown)) == {"Commun"}
    assert await named(at.bea, Narrowing(folder=at.shown)) == {""}
    assert await named(at.awa, Narrowing(folder=FolderId(10**17))) == {""}
    assert await named(at.awa, Narrowing(person=PersonId(10**17))) == {""}
    assert await named(at.awa, Narrowing(organisation=OrganisationId(10**17))) == {""}


@in_network
async def test_when_no_one_choice_is_to_blame_a_search_without_any_is_offered(
    world: World,
) -> None:
    at = await scene(world)
    other = await world.folder("Vide")
    await world.grant(other, at.awa)
    both = Asked("mangoustan", Narrowing(folder=other, kind=FileKind.FILM))
    told = (await search.find(world.ws, at.awa, both)).wider
    assert [(one.kind, one.asked, one.total) for one in told] == [
        (WiderKind.WITHOUT_CHOICES, Asked("mangoustan"), 1)
    ]
    hers = await search.find(world.ws, at.bea, both)
    assert hers.wider == (), "not of what she may not read"


@in_network
async def test_a_value_that_cannot_be_is_told_with_what_is_searched_instead(world: World) -> None:
    at = await scene(world)
    found = await search.find(world.ws, at.awa, Asked("mangoustan après:truc"))
    assert [(one.kind, one.written, one.words) for one in found.misread] == [
        (MisreadKind.DATE, "après:truc", ("après", "truc"))
    ]
    assert found.understood.words == ("mangoustan", "après:truc")
    assert (await search.find(world.ws, at.awa, Asked("mangoustan après:2023"))).misread == ()


@in_network
async def test_folders_are_counted_with_all_below_them_step_by_step(world: World) -> None:
    top = await world.folder("Réunions")
    year = await world.folder("Réunions/2025")
    month = await world.folder("Réunions/2025/Mai")
    other = await world.folder("Projets")
    for folder in (top, year, month, month, other):
        name = f"{len(await world.values('SELECT id FROM documents'))}.txt"
        await world.deposit(world.steward, folder, name, b"du kiwano")
    await world.settle()

    async def counted(folder: FolderId | None) -> list[tuple[str, int, bool]]:
        asked = Asked("kiwano", Narrowing(folder=folder))
        found = await search.find(world.ws, world.steward, asked)
        assert found.total == (5 if folder is None else found.facets.folders[0].count)
        return [(one.name, one.count, one.is_chosen) for one in found.facets.folders]

    assert await counted(None) == [("Réunions", 4, False), ("Projets", 1, False)]
    assert await counted(top) == [("Réunions", 4, True), ("2025", 3, False)]
    assert await counted(year) == [("2025", 3, True), ("Mai", 2, False)]
    assert await counted(month) == [("Mai", 2, True)]


@in_network
async def test_a_misspelt_word_is_put_right_from_readable_texts_alone(world: World) -> None:
    at = await scene(world)
    wrong = Asked('mangoustna "à l\'été" -brouillon')
    assert (await search.find(world.ws, at.awa, wrong)).spelling == (
        'mangoustan "à l\'été" -brouillon'
    )
    assert (await search.find(world.ws, at.bea, wrong)).spelling == ""
    # With its accents, as people write it.
    assert (await search.find(world.ws, at.bea, Asked("kiwanoteqeu"))).spelling == "kiwanotèque"
    assert (await search.find(world.ws, at.awa, Asked("kiwanoteqeu"))).spelling == ""
    # A word that is there is left as it is.
    assert (await search.find(world.ws, at.awa, Asked("mangoustan"))).spelling == ""


@in_network
async def test_wider_searches_find_what_they_say_within_her_rights(world: World) -> None:
    at = await scene(world)
    for asked, kind in (
        (Asked("mangoustan kiwanoteque absente"), WiderKind.ANY_WORD),
        (Asked("mangoustan -été"), WiderKind.WITHOUT_EXCLUSIONS),
        (Asked("mangoustan type:pdf"), WiderKind.WITHOUT_BOUNDS),
        (Asked("mangoustan", Narrowing(year=1999)), WiderKind.WITHOUT_BOUNDS),
        (Asked("mangoustan dossier:ailleurs"), WiderKind.EVERYWHERE),
        (Asked("mangoustan", Narrowing(folder=at.hidden)), WiderKind.EVERYWHERE),
    ):
        found = await search.find(world.ws, at.awa, asked)
        (wider,) = found.wider
        assert (found.total, wider.kind, wider.total) == (0, kind, 1), asked
        again = await search.find(world.ws, at.awa, wider.asked)
        assert (again.total, again.is_partial) == (1, False)
        assert (await search.find(world.ws, at.bea, asked)).wider == () or "kiwano" in asked.words
    await world.revise(at.awa, at.mango, b"tout autre chose")
    await world.settle()
    (older,) = (await search.find(world.ws, at.awa, Asked('"à l\'été"'))).wider
    assert (older.kind, older.total) == (WiderKind.WITH_OLDER, 1)


@in_network
async def test_nothing_found_says_what_was_searched(world: World) -> None:
    await scene(world)
    words = (
        'absent vaccin* "ordre du jour" -projet titre:note par:Awa type:pdf dossier:x après:2024'
    )
    said = (await search.find(world.ws, world.steward, Asked(words))).understood
    assert (said.words, said.phrases, said.excluded) == (
        ("absent", "vaccin*"), ("ordre du jour",), ("projet",)
    )  # fmt: skip
    assert (said.titles, said.people, said.kinds, said.folders) == (
        ("note",), ("Awa",), ("pdf",), ("x",)
    )  # fmt: skip
    assert said.after is not None and said.before is None


@in_network
async def test_suggestions_are_words_and_names_she_may_read(world: World) -> None:
    at = await scene(world)
    assert (await suggest(world.ws, at.awa, "du man")).words == ("du mangoustan",)
    named = await suggest(world.ws, at.awa, "mangous")
    assert [(one.name, one.folder) for one in named.documents] == [("mangoustan.txt", "Commun")]
    assert (await suggest(world.ws, at.awa, "à l'et")).words == ("à l'été",)
    assert [one.document_id for one in (await suggest(world.ws, at.bea, "kiw")).documents] == [
        at.kiwano
    ]
    for start in ("kiw", "du kiwanot", "direction kiw", "", "k", "kiwanotèque ", NEVER, "\x00ki"):
        assert await suggest(world.ws, at.awa, start) == Suggested(), start
    # Its name at once, before anybody follows; and not to those who may not read it.
    await world.deposit(at.awa, at.shown, "pitaya.txt", b"rien")
    assert [one.name for one in (await suggest(world.ws, at.awa, "pita")).documents] == [
        "pitaya.txt"
    ]
    assert await suggest(world.ws, at.bea, "pita") == Suggested()
    await trash.remove_document(world.ws, world.steward, at.mango)
    assert await suggest(world.ws, at.awa, "mangous") == Suggested()


@in_network
async def test_terms_of_the_glossary_are_suggested_to_anyone_as_it_stands(world: World) -> None:
    at = await scene(world)
    gael = await world.person("Gaël")
    term = await glossary.add(world.ws, world.steward, "C.L.S.", "contrat local de santé")
    await glossary.add(world.ws, world.steward, "CLSM", "conseil local en santé mentale")
    for actor in (at.awa, at.bea, gael):
        assert (await suggest(world.ws, actor, "le cl")).words == ("le C.L.S.", "le CLSM")
        assert (await suggest(world.ws, actor, "Cls")).words == ("CLSM",)
        assert (await suggest(world.ws, actor, "contrat")).words == ()
    await glossary.remove(world.ws, world.steward, term.id, expected=term.state)
    assert (await suggest(world.ws, gael, "cl")).words == ("CLSM",)
    assert (await suggest(world.ws, at.awa, "mango")).words == ("mangoustan",)
    await glossary.add(world.ws, world.steward, "Mangoustan", "fruit")
    assert (await suggest(world.ws, at.awa, "mango")).words == ("Mangoustan",)


@in_network
async def test_the_newest_are_told_with_their_version_and_only_hers(world: World) -> None:
    at = await scene(world)
    world.clock.forward(hours=1)
    later = await world.deposit(at.awa, at.shown, "b.txt", b"Du mangoustan aussi.")
    world.clock.forward(hours=1)
    await world.revise(at.awa, at.mango, b"Le mangoustan, encore.")
    for _ in range(2):
        told = await search.newest(world.ws, at.awa, Asked("titre:mangoustan OR mangoustan"))
        assert told[0] == (at.mango, 2)
        await world.settle()
    told = await search.newest(world.ws, at.awa, Asked("mangoustan"))
    assert told == ((at.mango, 2), (later.document_id, 1))
    assert await search.newest(world.ws, at.awa, Asked("mangoustan"), limit=1) == ((at.mango, 2),)
    assert await search.newest(world.ws, at.bea, Asked("mangoustan")) == ()
    # Most of the words, or one nearly so, is nothing new.
    assert await search.newest(world.ws, at.awa, Asked("mangoustna")) == ()


@in_network
async def test_hidden_and_missing_run_the_same_statements(
    world: World,
) -> None:
    at = await scene(world)
    await world.deposit(at.bea, at.hidden, "tard.txt", b"du ramboutan")
    counted = Counted(world.ws.db)
    ws = replace(world.ws, db=counted)

    async def statements(act: Callable[[], Awaitable[object]]) -> list[int]:
        counted.taken.clear()
        await act()
        return list(counted.taken)

    await known_terms.terms(ws)  # read once and kept, whatever is searched
    for hidden, never in (
        (Asked("kiwanoteque"), Asked(NEVER)),
        (Asked("ramboutan"), Asked(NEVER)),
        (Asked("été", Narrowing(folder=at.hidden)), Asked("été", Narrowing(folder=FolderId(9**9)))),
        (Asked("été dossier:direction"), Asked("été dossier:jamaisvu")),
        (
            Asked("kiwanoteque", Narrowing(with_older=True)),
            Asked(NEVER, Narrowing(with_older=True)),
        ),
    ):
        first = await statements(lambda one=hidden: search.find(ws, at.awa, one))  # type: ignore[misc]
        second = await statements(lambda one=never: search.find(ws, at.awa, one))  # type: ignore[misc]
        assert first == second and first, hidden
    assert await statements(lambda: suggest(ws, at.awa, "kiwan")) == await statements(
        lambda: suggest(ws, at.awa, "wqjzh")
    )


class Counted:
    """Records that tell how many statements each transaction took."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.taken: list[int] = []

    async def read(self, unit: Unit[T]) -> T:
        return await self._records.read(lambda tx: self._counted(tx, unit))

    async def write(self, unit: Unit[T]) -> T:
        return await self._records.write(unit)

    async def _counted(self, tx: Transaction, unit: Unit[T]) -> T:
        done = await unit(tx)
        self.taken.append(tx.statements)
        return done


@in_network
async def test_absurd_pages_are_refused_and_absurd_words_answered(world: World) -> None:
    at = await scene(world)
    for page in (-1, 0, 10**18):
        with pytest.raises(Invalid):
            await search.find(world.ws, at.awa, Asked("été"), page=page)
    for words in ("", "-", '"', "*" * 10_000, "OR " * 2_000, "\x00", "\ud800", "l'", "-été"):
        for narrowing in (Narrowing(), Narrowing(with_older=True, kind=FileKind.TEXT)):
            for sort in Sort:
                found = await search.find(world.ws, at.awa, Asked(words, narrowing, sort))
                assert found.total in (0, 1)
