"""The glossary: who reads and writes it, what it takes, and that it widens searches."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from atelier.database import journal
from atelier.errors import AlreadySo, EffectChanged, Forbidden, Invalid, NotFound, Refusal
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.glossary import MAX_TERMS
from atelier.model.ids import GlossaryTermId
from atelier.model.search import Asked
from atelier.workspace import glossary, glossary_lists, search, sharing
from atelier.workspace.glossary_lists import Fate
from tests.builders import World, in_network

NOBODYS = GlossaryTermId(999_999)


async def said(world: World) -> dict[str, tuple[str, ...]]:
    """The whole glossary."""
    terms = await glossary.every(world.ws, world.steward)
    return {one.term: one.meanings for one in terms}


async def noted(world: World) -> list[tuple[str, dict[str, str]]]:
    """What the network's journal tells of the glossary, oldest first."""
    lines = await world.ws.db.read(lambda tx: journal.network_lines(tx, before=2**62, limit=50))
    ours = [one for one in lines if "term" in one.verb or "glossary" in one.verb]
    return [(str(one.verb), one.facts) for one in reversed(ours)]


@in_network
async def test_everybody_reads_and_only_those_who_coordinate_write(world: World) -> None:
    folder = await world.folder("Réunions")
    reader = await world.person("Rémi", of="Mairie")
    contributor = await world.person("Kim", of="Hôpital")
    coordinator = await world.person("Mona", of="Cabinet")
    guest = await world.person("Gaël")
    await world.grant(folder, reader, Role.READER)
    await world.grant(folder, contributor, Role.CONTRIBUTOR)
    await world.grant(folder, coordinator, Role.COORDINATOR)
    ws = world.ws
    writers, readers = (coordinator, world.steward), (reader, contributor, guest)
    for number, writer in enumerate(writers):
        made = await glossary.add(ws, writer, f"T{number}", "un mot")
        made = await glossary.change(
            ws, writer, made.id, made.term, "deux mots", expected=made.state
        )
        assert (await glossary.enter(ws, writer, made.id)).meanings == ("deux mots",)
        await glossary.remove(ws, writer, made.id, expected=made.state)
        assert (await glossary_lists.take(ws, writer, f"L{number} = mot")).of(Fate.ADDED)
        assert (await glossary.listed(ws, writer)).may_change
    term = await glossary.named(ws, world.steward, "L0")
    before = await said(world)
    for one in readers:
        listing = await glossary.listed(ws, one)
        assert [t.term for t in listing.terms] == ["L0", "L1"] and not listing.may_change
        for act in (
            glossary.add(ws, one, "X", "mot"),
            glossary.change(ws, one, term.id, "X", "mot", expected=term.state),
            glossary.remove(ws, one, term.id, expected=term.state),
            glossary.enter(ws, one, term.id),
            glossary.enter(ws, one, NOBODYS),
            glossary_lists.take(ws, one, "X = mot"),
        ):
            with pytest.raises(Forbidden) as refused:
                await act
            assert refused.value.action == "glossary"
    assert await said(world) == before


@in_network
async def test_the_right_to_write_ends_with_the_coordination(world: World) -> None:
    folder = await world.folder("Réunions")
    mona = await world.person("Mona", of="Cabinet")
    grant = await world.grant(
        folder, mona, Role.COORDINATOR, until=world.today() + timedelta(days=1)
    )
    await glossary.add(world.ws, mona, "A1", "mot")
    world.clock.forward(days=2)
    later = await world.actor("mona@example.org")
    with pytest.raises(Forbidden):
        await glossary.add(world.ws, later, "A2", "mot")
    await world.grant(folder, later, Role.COORDINATOR)
    await glossary.add(world.ws, later, "A2", "mot")
    grants = (await sharing.look(world.ws, world.steward, folder)).grants
    for one in grants:
        if one.subject.kind is SubjectKind.PERSON and one.subject.id == later.person_id:
            await sharing.withdraw(world.ws, world.steward, folder, one.id)
    with pytest.raises(Forbidden):
        await glossary.add(world.ws, later, "A3", "mot")
    assert grant


@in_network
async def test_one_who_looks_as_somebody_else_writes_nothing(world: World) -> None:
    reader = await world.person("Rémi", of="Mairie")
    await world.folder("Réunions")
    seeing = replace(world.steward, seeing=Subject(SubjectKind.PERSON, reader.person_id))
    with pytest.raises(Forbidden):
        await glossary.add(world.ws, seeing, "CLS", "contrat local de santé")
    assert not (await glossary.listed(world.ws, seeing)).may_change
    await glossary.add(world.ws, world.steward, "CLS", "contrat local de santé")


@in_network
async def test_a_term_acts_its_journal_tells(world: World) -> None:
    ws, ada = world.ws, world.steward
    cls = await glossary.add(
        ws, ada, " CLS ", "contrat  local de santé\n\ncontrat santé; cls; Contrat Santé"
    )
    assert (cls.term, cls.meanings) == ("CLS", ("contrat local de santé", "contrat santé"))
    assert cls.changed_by == ada.person_id and cls.changed_at == world.clock.now
    same = await glossary.change(
        ws, ada, cls.id, "CLS", "\n".join(cls.meanings), expected=cls.state
    )
    assert same.state == cls.state
    world.clock.forward(days=1)
    clsm = await glossary.change(ws, ada, cls.id, "CLSM", "contrat", expected=cls.state)
    assert clsm.changed_at == world.clock.now
    await glossary.remove(ws, ada, cls.id, expected=clsm.state)
    assert await said(world) == {}
    assert await noted(world) == [
        ("term_added", {"subject": "CLS", "meanings": "contrat local de santé ; contrat santé"}),
        ("term_changed", {"subject": "CLSM", "meanings": "contrat", "before": "CLS"}),
        ("term_removed", {"subject": "CLSM", "meanings": "contrat"}),
    ]


@in_network
async def test_what_cannot_be_a_term_is_refused_and_changes_nothing(world: World) -> None:
    ws, ada = world.ws, world.steward
    kept = await glossary.add(ws, ada, "CLS", "contrat local de santé")
    eleven = "\n".join(f"sens{n}" for n in range(11))
    for term, meanings, field, fault in (
        ("", "mot", "term", "without_words"),
        ("–!", "mot", "term", "without_words"),
        ("x" * 81, "mot", "term", "term_too_long"),
        ("X", "", "meanings", "without_meaning"),
        ("X", " ; \n", "meanings", "without_meaning"),
        ("X", "…", "meanings", "without_words"),
        ("X", "x ; X.", "meanings", "without_meaning"),
        ("le", "la", "meanings", "too_common"),
        ("de", "la ; les", "meanings", "too_common"),
        ("X", "y" * 201, "meanings", "meaning_too_long"),
        ("X", eleven, "meanings", "too_many_meanings"),
    ):
        for act in (
            glossary.add(ws, ada, term, meanings),
            glossary.change(ws, ada, kept.id, term, meanings, expected=kept.state),
        ):
            with pytest.raises(Invalid) as refused:
                await act
            assert (refused.value.field, refused.value.fault) == (field, fault)
    await glossary.add(ws, ada, "x" * 80, f"{'y' * 200}\n{eleven[12:]}")
    assert (await said(world))["CLS"] == kept.meanings
    si = await glossary.add(ws, ada, "SI", "système d'information")
    assert si.meanings, "one that is not too common is enough"


@in_network
async def test_a_twin_is_refused(world: World) -> None:
    ws, ada = world.ws, world.steward
    cls = await glossary.add(ws, ada, "CLS", "contrat local de santé")
    other = await glossary.add(ws, ada, "CPTS", "communauté professionnelle")
    for twin in ("cls", "C.L.S.", "Çls", "le CLS"):
        with pytest.raises(AlreadySo) as refused:
            await glossary.add(ws, ada, twin, "autre chose")
        assert refused.value.what == "term"
        with pytest.raises(AlreadySo):
            await glossary.change(ws, ada, other.id, twin, "autre chose", expected=other.state)
    again = await glossary.change(ws, ada, cls.id, "C.L.S.", "contrat", expected=cls.state)
    assert await said(world) == {"C.L.S.": ("contrat",), "CPTS": other.meanings}
    assert (await glossary.named(ws, ada, "cls")).id == again.id
    with pytest.raises(NotFound):
        await glossary.named(ws, ada, "CLSM")


@in_network
async def test_of_two_writers_one_wins(world: World) -> None:
    ws, ada = world.ws, world.steward
    cls = await glossary.add(ws, ada, "CLS", "contrat local de santé")
    acts = [
        glossary.change(ws, ada, cls.id, "CLS", f"sens {n}", expected=cls.state) for n in range(3)
    ]
    acts.append(glossary.remove(ws, ada, cls.id, expected=cls.state))
    done = await asyncio.gather(*acts, return_exceptions=True)
    lost = [one for one in done if isinstance(one, Refusal)]
    assert len(lost) == 3 and all(isinstance(one, EffectChanged | NotFound) for one in lost)
    twins = [glossary.add(ws, ada, "PTSM", f"sens {n}") for n in range(3)]
    done = await asyncio.gather(*twins, return_exceptions=True)
    assert sum(isinstance(one, AlreadySo) for one in done) == 2
    with pytest.raises(NotFound):
        await glossary.change(ws, ada, NOBODYS, "X", "mot", expected="")
    with pytest.raises(NotFound):
        await glossary.remove(ws, ada, NOBODYS, expected="")


@in_network
async def test_a_list_is_taken_line_by_line(world: World) -> None:
    ws, ada = world.ws, world.steward
    await glossary.add(ws, ada, "CLS", "contrat local de santé")
    text = "\n".join(
        (
            "CPTS = communauté professionnelle territoriale de santé",
            "",
            "c.l.s. = contrat santé ; Contrat local de santé",
            "CLS = contrat santé",
            "sans signe égal",
            "= sans terme",
            "PTSM = ",
            f"{'x' * 81} = mot",
            "A=B = deux signes",
        )
    )
    report = await glossary_lists.take(ws, ada, text)
    assert [(one.number, one.fate, one.fault) for one in report.lines] == [
        (1, Fate.ADDED, ""),
        (3, Fate.CHANGED, ""),
        (4, Fate.SAME, ""),
        (5, Fate.REFUSED, "not_a_term"),
        (6, Fate.REFUSED, "without_words"),
        (7, Fate.REFUSED, "without_meaning"),
        (8, Fate.REFUSED, "term_too_long"),
        (9, Fate.ADDED, ""),
    ]
    assert await said(world) == {
        "A": ("B = deux signes",),
        "CLS": ("contrat local de santé", "contrat santé"),
        "CPTS": ("communauté professionnelle territoriale de santé",),
    }
    assert (await noted(world))[-1] == ("glossary_imported", {"added": "2", "changed": "1"})
    again = await glossary_lists.take(ws, ada, text)
    assert not again.of(Fate.ADDED) and not again.of(Fate.CHANGED)
    assert len([one for one in await noted(world) if one[0] == "glossary_imported"]) == 1
    for empty in ("", " \n \n"):
        with pytest.raises(Invalid) as refused:
            await glossary_lists.take(ws, ada, empty)
        assert refused.value.fault == "empty"


@in_network
async def test_the_glossary_is_bounded_and_shown_by_pages(world: World) -> None:
    ws, ada = world.ws, world.steward
    lines = "\n".join(f"T{n:04} = sens {n} commun" for n in range(MAX_TERMS))
    assert len((await glossary_lists.take(ws, ada, lines)).of(Fate.ADDED)) == MAX_TERMS
    with pytest.raises(Invalid) as refused:
        await glossary.add(ws, ada, "TROP", "mot")
    assert refused.value.fault == "glossary_full"
    (line,) = (await glossary_lists.take(ws, ada, "TROP = mot")).lines
    assert (line.fate, line.fault) == (Fate.REFUSED, "glossary_full")
    with pytest.raises(Invalid):
        await glossary_lists.take(ws, ada, lines + "\nTROP = mot")
    first = await glossary.listed(ws, ada)
    assert (first.total, first.pages, len(first.terms)) == (MAX_TERMS, 20, 100)
    last = await glossary.listed(ws, ada, page=99)
    assert (last.page, last.terms[-1].term) == (20, "T1999")
    found = await glossary.listed(ws, ada, containing="SENS 199")
    assert found.total == 11 and found.pages == 1
    assert (await glossary.listed(ws, ada, containing="zzzz")).terms == ()
    with pytest.raises(Invalid):
        await glossary.listed(ws, ada, page=0)


@in_network
async def test_invisible_characters_do_not_make_another_term(world: World) -> None:
    made = await glossary.add(
        world.ws, world.steward, "C\u200bLS\x00", "contrat\u202e local\tde santé"
    )
    assert (made.term, made.meanings) == ("C LS", ("contrat local de santé",))


@in_network
async def test_a_search_is_widened_from_the_next_one_on_and_never_finds_less(world: World) -> None:
    ws, ada = world.ws, world.steward
    folder = await world.folder("Réunions")
    await world.deposit(ada, folder, "a.txt", "Le CLS d'Argentan est signé.".encode())
    await world.deposit(ada, folder, "b.txt", "Le contrat local de santé de Flers.".encode())
    await world.deposit(ada, folder, "c.txt", "La santé locale, sans rien d'autre.".encode())
    await world.settle()

    async def found(words: str, *, is_exact: bool = False) -> tuple[list[str], bool]:
        results = await search.find(ws, ada, Asked(words, is_exact=is_exact))
        is_widened = bool(results.widened) and not results.widened_in_vain
        return [hit.name for hit in results.hits], is_widened

    assert await found("CLS") == (["a.txt"], False)
    term = await glossary.add(ws, ada, "CLS", "contrat local de santé")
    assert await found("CLS") == (["a.txt", "b.txt"], True)
    assert await found("contrats locaux santé") == (["b.txt", "a.txt"], True)
    assert await found("CLS", is_exact=True) == (["a.txt"], False)
    assert await found("-CLS") == (["b.txt", "c.txt"], False)
    # Nothing is about the CLS and about these: most of what was typed is enough.
    assert await found("CLS rien autre") == (["c.txt"], False)
    await glossary.remove(ws, ada, term.id, expected=term.state)
    assert await found("CLS") == (["a.txt"], False)


@in_network
async def test_what_the_glossary_added_in_vain_is_told(world: World) -> None:
    ws, ada = world.ws, world.steward
    folder = await world.folder("Réunions")
    await world.deposit(ada, folder, "a.txt", b"La navette du samedi.")
    await world.settle()
    await glossary.add(ws, ada, "PTSM", "projet territorial de santé mentale")
    for words, total in (("ptsm", 0), ("ptsm navette samedi", 1)):
        found = await search.find(ws, ada, Asked(words))
        assert (found.total, found.widened_in_vain) == (total, True)
        assert [one.also for one in found.widened] == [("projet territorial de santé mentale",)]
    exact = await search.find(ws, ada, Asked("ptsm", is_exact=True))
    assert (exact.widened, exact.widened_in_vain) == ((), False)
    await world.deposit(ada, folder, "b.txt", "Le projet territorial de santé mentale.".encode())
    await world.settle()
    found = await search.find(ws, ada, Asked("ptsm"))
    assert (found.total, bool(found.widened), found.widened_in_vain) == (1, True, False)
