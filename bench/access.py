"""Rights in a wide network: scope, latest, who sees, withdrawing, moving, hidden and missing."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from atelier import access
from atelier.app import open_workspace
from atelier.database import documents
from atelier.errors import NotFound
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, OrganisationId, PersonId
from atelier.model.people import Actor
from atelier.settings import load
from atelier.workspace import audience, folders, people, sharing
from atelier.workspace.place import Workspace
from bench import wide
from bench.figures import Figure, at_most
from bench.serving import serving
from bench.visiting import Visitor, commanded, p95

ACTORS = 200
PAIRS = 10_000
TURNS = 20
# Four standard deviations of how often one of two equal answers comes later, in 10,000 pairs.
TELLS = 4 * 0.5 / PAIRS**0.5
_PASSWORD = "une phrase pour mesurer"  # noqa: S105
_SOMEONE = "p77@mesure.example"


def run() -> list[Figure]:
    """Measure the use-cases, then what a stranger could time over HTTP."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "network"
        commanded("init", "--network", "Mesure", "--admin", "a@mesure.example", "--data", str(data))
        wide.fill(data / "atelier.sqlite3")
        figures = asyncio.run(_use_cases(data))
        link = str(commanded("person", "link", _SOMEONE, "--data", str(data))["link"])
        with serving("serve", "--data", str(data), log=Path(place) / "log") as server:
            visitor = Visitor(server.port)
            visitor.come_in(link, _PASSWORD)
            figures += _hidden_and_missing(visitor, asyncio.run(_hidden(data)))
    return figures


async def _use_cases(data: Path) -> list[Figure]:
    async with open_workspace(load(data, os.environ, Path.cwd())) as ws:
        steward = await people.actor(ws, None)
        return [
            *await _lists(ws, steward),
            await _who_sees(ws, steward),
            *await _withdrawing(ws, steward),
            await _moving(ws, steward),
        ]


async def _lists(ws: Workspace, steward: Actor) -> list[Figure]:
    """Scope and latest, of people who read little and of those who read most."""
    chance = random.Random(7)  # noqa: S311
    few = [
        replace(steward, person_id=PersonId(chance.randint(2, wide.PEOPLE))) for _ in range(ACTORS)
    ]
    reads_most = [
        replace(steward, person_id=PersonId(1 + turn * wide.ORGANISATIONS)) for turn in range(1, 7)
    ]
    scopes = [await _timed(_read(ws, one, _scope)) for one in few + reads_most]
    latest = [await _timed(_read(ws, one, _latest)) for one in few]
    most = [await _timed(_read(ws, one, _latest)) for one in reads_most for _ in range(20)]
    nothing = p95([await _timed(_read(ws, steward, _nothing)) for _ in range(ACTORS)])
    beside = f"a statement that finds nothing: {nothing * 1000:.2f} ms"
    return [
        at_most("scope of an actor, p95", p95(scopes) * 1000, "ms", 5, beside),
        at_most("latest 50, p95", p95(latest) * 1000, "ms", 10, beside),
        at_most("latest 50 of who reads most, p95", p95(most) * 1000, "ms", 10, beside),
    ]


async def _who_sees(ws: Workspace, steward: Actor) -> Figure:
    """The people of the folder that all 10,000 read, and why, filtered and not."""
    seconds = []
    for turn in range(TURNS):
        contains = "" if turn % 2 else "personne 12"
        seconds.append(
            await _timed(audience.people(ws, steward, FolderId(wide.COMMON), contains=contains))
        )
    return at_most("who sees a folder of 10,000 readers, p95", p95(seconds) * 1000, "ms", 100)


async def _withdrawing(ws: Workspace, steward: Actor) -> list[Figure]:
    """A grant on the root, given and taken back; the next request is refused."""
    root = FolderId(wide.ROOT)
    subject = Subject(SubjectKind.ORGANISATION, OrganisationId(3))
    someone = replace(steward, person_id=PersonId(2), is_steward=False)
    seconds, refused = [], 0
    for _ in range(TURNS):
        grant = await sharing.grant(ws, steward, root, subject, Role.READER)
        await folders.enter(ws, someone, root, Action.READ)
        seconds.append(await _timed(sharing.withdraw(ws, steward, root, grant)))
        try:
            await folders.enter(ws, someone, root, Action.READ)
        except NotFound:
            refused += 1
    return [
        at_most("withdrawing a grant on the root, p95", p95(seconds) * 1000, "ms", 20),
        at_most("requests answered after it", TURNS - refused, "requests", 0, f"{TURNS} tries"),
    ]


async def _moving(ws: Workspace, steward: Actor) -> Figure:
    """A folder with 2,000 below it, there and back."""
    elsewhere = await folders.make(ws, steward, FolderId(wide.ROOT), "Ailleurs")
    places = [elsewhere, FolderId(wide.ROOT)] * 5
    seconds = [
        await _timed(folders.move(ws, steward, FolderId(wide.MOVED), place)) for place in places
    ]
    return at_most(f"moving a folder with {wide.UNDER_MOVED:,} below", max(seconds), "s", 1)


async def _hidden(data: Path) -> list[int]:
    """Folders of five digits that someone may not read."""
    async with open_workspace(load(data, os.environ, Path.cwd())) as ws:
        someone = await people.actor(ws, _SOMEONE)
        readable = await ws.db.read(lambda tx: access.readable_folders(tx, someone))
    return [one for one in range(10_000, wide.FOLDERS + 1) if one not in readable]


def _hidden_and_missing(visitor: Visitor, hidden: Sequence[int]) -> list[Figure]:
    """Asks for a hidden folder and one that never was, in turn, which first by chance."""
    chance = random.Random(11)  # noqa: S311
    later, bodies, gaps = 0, set(), []
    for _ in range(PAIRS):
        pair = {"hidden": chance.choice(hidden), "missing": chance.randint(30_000, 99_999)}
        seconds = {}
        for which in chance.sample(sorted(pair), 2):
            reply = visitor.get(f"/folders/{pair[which]}")
            if reply.status != 404:
                raise RuntimeError(f"a {which} folder answered {reply.status}")
            bodies.add(reply.body.replace(b"/folders/%d" % pair[which], b"/folders/N"))
            seconds[which] = reply.seconds
        later += seconds["hidden"] > seconds["missing"]
        gaps.append(seconds["hidden"] - seconds["missing"])
    beside = f"{PAIRS:,} pairs, median gap {statistics.median(gaps) * 1e6:.1f} µs"
    return [
        at_most(
            "hidden answers later than missing, off half",
            abs(later / PAIRS - 0.5),
            "",
            TELLS,
            beside,
        ),
        at_most("different answers to hidden and missing", len(bodies) - 1, "bodies", 0, beside),
    ]


async def _timed(act: Awaitable[object]) -> float:
    started = time.perf_counter()
    await act
    return time.perf_counter() - started


async def _read(
    ws: Workspace, actor: Actor, unit: Callable[[access.Transaction, Actor], Awaitable[object]]
) -> object:
    return await ws.db.read(lambda tx: unit(tx, actor))


async def _scope(tx: access.Transaction, actor: Actor) -> object:
    return await access.scope(tx, actor, Action.READ)


async def _latest(tx: access.Transaction, actor: Actor) -> object:
    return await documents.latest(tx, actor, 50)  # type: ignore[arg-type]


async def _nothing(tx: access.Transaction, actor: Actor) -> object:
    return await tx.rows("SELECT id FROM folders WHERE id = 0")
