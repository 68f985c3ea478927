"""The glossary as searches ask for it: read once, and as it stands whoever changed it."""

from __future__ import annotations

from atelier import app
from atelier.model.search import Asked
from atelier.workspace import glossary, search
from atelier.workspace.known_terms import terms
from tests.builders import World, in_network


@in_network
async def test_the_terms_are_read_again_only_when_they_changed(world: World) -> None:
    ws, ada = world.ws, world.steward
    assert await terms(ws) == ()
    cls = await glossary.add(ws, ada, "CLS", "contrat local de santé")
    first = await terms(ws)
    assert [(one.term, one.meanings) for one in first] == [("CLS", ("contrat local de santé",))]
    await world.folder("Réunions")
    assert await terms(ws) is first
    await glossary.change(ws, ada, cls.id, "CLS", "contrat santé", expected=cls.state)
    assert [one.meanings for one in await terms(ws)] == [("contrat santé",)]


@in_network
async def test_what_another_process_changes_widens_the_next_search(world: World) -> None:
    ws, ada = world.ws, world.steward
    folder = await world.folder("Réunions")
    await world.deposit(ada, folder, "a.txt", b"Le contrat local est vote.")
    await world.settle()
    assert (await search.find(ws, ada, Asked("CLS"))).total == 0
    async with app.open_workspace(ws.settings) as other:
        cls = await glossary.add(other, ada, "CLS", "contrat local")
        found = await search.find(ws, ada, Asked("CLS"))
        assert (found.total, [one.also for one in found.widened]) == (1, [("contrat local",)])
        assert await terms(other) == await terms(ws)
        await glossary.remove(other, ada, cls.id, expected=cls.state)
        assert (await search.find(ws, ada, Asked("CLS"))).total == 0
