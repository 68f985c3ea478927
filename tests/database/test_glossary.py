"""Rows of the glossary: read in order and whole, and found by index."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.database import glossary
from atelier.database.engine import Transaction
from atelier.model.ids import GlossaryTermId
from atelier.workspace import glossary as changing
from atelier.workspace import glossary_lists
from tests.builders import World, in_network

AT = datetime(2026, 3, 12, tzinfo=UTC)


@in_network
async def test_terms_come_in_order_with_their_meanings_in_order(world: World) -> None:
    by = world.steward.person_id

    async def unit(tx: Transaction) -> None:
        for key, term, meanings in (
            ("cpts", "CPTS", ("z", "a")),
            ("ars", "ARS", ("agence",)),
            ("cls", "C.L.S.", ("un", "deux", "trois")),
        ):
            await glossary.add(tx, term, meanings, key=key, by=by, at=AT)

    await world.ws.db.write(unit)
    terms = await world.ws.db.read(glossary.terms)
    assert [(one.term, one.meanings) for one in terms] == [
        ("ARS", ("agence",)),
        ("C.L.S.", ("un", "deux", "trois")),
        ("CPTS", ("z", "a")),
    ]
    assert {(one.changed_by, one.changed_at) for one in terms} == {(by, AT)}
    cls = terms[1]
    assert await world.ws.db.read(lambda tx: glossary.get(tx, cls.id)) == cls
    assert await world.ws.db.read(lambda tx: glossary.holder(tx, "cls")) == cls
    assert await world.ws.db.read(lambda tx: glossary.holder(tx, "clsm")) is None
    assert await world.ws.db.read(lambda tx: glossary.get(tx, GlossaryTermId(99))) is None


@in_network
async def test_what_is_removed_leaves_no_meaning_behind(world: World) -> None:
    async def unit(tx: Transaction) -> list[tuple[object, ...]]:
        by = world.steward.person_id
        number = await glossary.add(tx, "CLS", ("un", "deux"), key="cls", by=by, at=AT)
        await glossary.change(tx, number, "CLS", ("trois",), key="cls")
        before = await tx.rows("SELECT meaning FROM glossary_meanings")
        assert before == [("trois",)]
        await glossary.remove(tx, number)
        assert await glossary.count(tx) == 0
        return await tx.rows("SELECT meaning FROM glossary_meanings")

    assert await world.ws.db.write(unit) == []


@in_network
async def test_its_state_is_another_after_each_change_and_the_same_without_one(
    world: World,
) -> None:
    ws, ada = world.ws, world.steward
    states = [await ws.db.read(glossary.state)]
    # The clock stands still meanwhile.
    cls = await changing.add(ws, ada, "CLS", "contrat local")
    states.append(await ws.db.read(glossary.state))
    cls = await changing.change(ws, ada, cls.id, "CLS", "contrat santé", expected=cls.state)
    states.append(await ws.db.read(glossary.state))
    await changing.remove(ws, ada, cls.id, expected=cls.state)
    states.append(await ws.db.read(glossary.state))
    await glossary_lists.take(ws, ada, "CLS = contrat local")
    states.append(await ws.db.read(glossary.state))
    await glossary_lists.take(ws, ada, "CLS = contrat santé")
    states.append(await ws.db.read(glossary.state))
    assert len(set(states)) == 6
    await glossary_lists.take(ws, ada, "CLS = contrat santé")
    await world.folder("Réunions")
    assert await ws.db.read(glossary.state) == states[-1]
