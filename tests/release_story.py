"""Stores the data folder of a release, by the code of that release, for tests/test_releases.py.

In a tree of the release, with this file in its tests:

    python -m tests.release_story tests/releases/3

It tells a story of a year and keeps what a later Atelier must find again: the records as SQL,
the bytes, and who may do what where.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import shutil
import sqlite3
import sys
import tempfile
from datetime import date
from pathlib import Path

from atelier import access
from atelier.database.engine import Transaction
from atelier.errors import Forbidden, NotFound
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.workspace import documents, folders, people, sharing
from tests.builders import World, network


async def tell(world: World) -> None:
    """A year of a network: people of three organisations, folders, versions, changes."""
    awa = await world.person("Awa", of="CH d'Argentan")
    bo = await world.person("Bo", of=["Mairie", "CH d'Argentan"])
    cleo = await world.person("Cléo", of="Association Éole")
    dan = await world.person("Dan")
    group = await world.group("Précarité", "awa@example.org", "bo@example.org=Mairie")
    meetings = await world.folder("Réunions/2026 : printemps")
    bureau = await world.folder("Réunions/Bureau", closed=True)
    common = await world.folder("Commun")
    await world.grant(FolderId(1), awa, Role.CONTRIBUTOR)
    await world.grant(common, None, Role.READER)
    await world.grant(common, group, Role.COORDINATOR)
    await world.grant(meetings, bo, Role.READER, until=date(2026, 6, 30))
    await world.grant(bureau, cleo, Role.READER)
    gone = await world.grant(common, dan, Role.CONTRIBUTOR)
    await sharing.withdraw(world.ws, world.steward, common, gone)
    world.clock.forward(days=30)
    first = await world.deposit(awa, meetings, "Compte rendu.txt", b"une maraude", comment="jet")
    await world.revise(awa, first.document_id, b"deux maraudes")
    await world.deposit(bo, common, "jumeau.txt", b"une maraude")
    await world.deposit(world.steward, bureau, "Été.html", "<p>réservé</p>".encode())
    last = await world.deposit(world.steward, common, "vide.bin", b"")
    await world.settle()
    world.clock.forward(days=30)
    await documents.restore(world.ws, awa, first.document_id, 1, expected=2)
    await documents.rename(world.ws, awa, first.document_id, "CR du 12 mars.txt")
    await documents.move(world.ws, world.steward, last.document_id, FolderId(meetings))
    await folders.rename(world.ws, world.steward, common, "À tous")
    await people.set_language(world.ws, cleo, "en")
    await world.settle()
    await world.revise(awa, first.document_id, b"trois maraudes, pas encore lues")
    if importlib.util.find_spec("atelier.workspace.trash"):
        await tell_of_access(world, awa)
    if importlib.util.find_spec("atelier.workspace.meetings"):
        await tell_of_meetings(world, meetings, bo)


async def tell_of_access(world: World, awa: Actor) -> None:
    """What releases since the second can: a trash, organisations that merge, a log."""
    from atelier.model.requests import About
    from atelier.workspace import organisations, requests, trash

    extra = await world.folder("À jeter/dedans")
    await world.deposit(world.steward, extra, "jeté.txt", b"dans un dossier")
    await trash.remove_folder(world.ws, world.steward, FolderId(extra))
    thrown = await world.deposit(awa, FolderId(1), "brouillon.txt", b"seul")
    await trash.remove_document(world.ws, awa, thrown.document_id)
    home, other = await world.organisation("Cabinet Ouest"), await world.organisation("Cabinet O.")
    eve = await world.person("Ève", of="Cabinet O.")
    await world.grant(FolderId(1), other, Role.CONTRIBUTOR)
    await world.deposit(eve, FolderId(1), "ordonnance.txt", b"pour un cabinet")
    await organisations.merge(world.ws, world.steward, other.id, home.id)
    dan = await world.actor("dan@example.org")
    await requests.ask(world.ws, dan, About.FOLDER, 1, role=Role.READER, message="à lire")
    (document, *_) = await world.values("SELECT id FROM documents ORDER BY id")
    (await documents.content(world.ws, awa, document, 1)).opened.close()  # type: ignore[arg-type]
    await world.ws.trail.flush()


async def tell_of_meetings(world: World, folder: FolderId, bo: Actor) -> None:
    """What releases since the sixth can: meetings from their agenda to approved minutes."""
    from atelier.model.agenda import Line
    from atelier.model.folders import Subject, SubjectKind
    from atelier.model.meetings import Answer, MeetingState
    from atelier.workspace import agenda, invitations, papers_pinned, preparing, record
    from tests.agendas import items, meet, state
    from tests.recordings import held

    ws, steward = world.ws, world.steward
    done = await held(ws, steward, folder)
    (first, *_) = await items(world, done)
    paper = await world.deposit(steward, folder, "budget.txt", b"le budget, en chiffres")
    await papers_pinned.pin(ws, steward, done, first.id, paper.document_id)
    await record.approve(ws, steward, done, expected=await state(world, done))
    coming = await meet(world, folder, "Bilan", "Divers", day=date(2026, 9, 10), series="Comité")
    gone = await agenda.add(ws, steward, coming, Line("Un point de trop", note="à retirer"))
    await agenda.remove(ws, steward, coming, gone)
    await invitations.invite(ws, steward, coming, [Subject(SubjectKind.PERSON, bo.person_id)])
    await preparing.set_state(ws, steward, coming, MeetingState.CONVENED)
    await invitations.answer(ws, bo, coming, Answer.REPRESENTED, "Zoé Hors-Réseau")


async def rights(world: World) -> dict[str, dict[str, list[int]]]:
    """For everybody, the folders where she may do each thing, by the rule of access."""
    numbers = await world.values("SELECT id FROM folders ORDER BY id")
    found: dict[str, dict[str, list[int]]] = {}
    for email in sorted(str(one) for one in await world.values("SELECT email FROM people")):
        actor = await world.actor(email)
        found[email] = {}
        for action in Action:
            may = [n for n in numbers if await _may(world, actor, FolderId(int(str(n))), action)]
            found[email][action.value] = [int(str(number)) for number in may]
    return found


async def _may(world: World, actor: Actor, folder: FolderId, action: Action) -> bool:
    async def unit(tx: Transaction) -> bool:
        try:
            await access.enter(tx, actor, folder, action)
        except (NotFound, Forbidden):
            return False
        return True

    return await world.ws.db.read(unit)


def dumped(records: Path) -> str:
    """The records as SQL that makes them again, with what marks them as ours."""
    with contextlib.closing(sqlite3.connect(records)) as connection:
        lines = [f"PRAGMA {name} = {connection.execute(f'PRAGMA {name}').fetchone()[0]};"
                 for name in ("application_id", "user_version")]  # fmt: skip
        return "\n".join([*lines, *connection.iterdump()]) + "\n"


def store(target: Path) -> None:
    """Tell the story in an empty folder and keep what became of it."""

    async def told(data: Path) -> None:
        async with network(data) as world:
            await tell(world)
            facts = {"at": world.clock.now.isoformat(), "rights": await rights(world)}
        (target / "told.json").write_text(json.dumps(facts, ensure_ascii=False) + "\n")

    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "network"
        asyncio.run(told(data))
        (target / "records.sql").write_text(dumped(data / "atelier.sqlite3"))
        (target / "blobs").mkdir()
        for path in (data / "blobs").rglob("*"):
            if path.is_file():
                shutil.copyfile(path, target / "blobs" / path.name)


if __name__ == "__main__":
    store(Path(sys.argv[1]))
