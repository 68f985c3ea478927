"""A folder of 20,000 documents in a network of 1,300 organisations: its page, and what it asks."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from pathlib import Path

from atelier.app import open_workspace
from atelier.settings import load
from atelier.workspace import folders, people
from bench.asked import statements_of
from bench.figures import Figure, at_most
from bench.serving import serving
from bench.visiting import Visitor, commanded, p95

DOCUMENTS = 20_000
ORGANISATIONS = 1_300
PEOPLE = 10_000
PAGE_SECONDS = 0.150
PAGES = 60
_PASSWORD = "une phrase pour mesurer"  # noqa: S105


def run() -> list[Figure]:
    """Measure the big folder's pages in every order beside those of an empty one."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "network"
        link = str(
            commanded(
                "init", "--network", "Mesure", "--admin", "a@mesure.example", "--data", str(data)
            )["link"]
        )
        for name in ("Grand", "Vide"):
            commanded("folder", "add", name, "--data", str(data))
        _fill(data)
        with serving("serve", "--data", str(data), log=Path(place) / "log") as server:
            visitor = Visitor(server.port)
            visitor.come_in(link, _PASSWORD)
            full, empty = _pages(visitor, 1), _pages(visitor, 2)
        few, many = asyncio.run(_statements(data))
    beside = f"an empty folder's page: {p95(empty) * 1000:.1f} ms"
    return [
        at_most(
            "page of 20,000 documents, p95", p95(full) * 1000, "ms", PAGE_SECONDS * 1000, beside
        ),
        at_most("statements for that page", many, "statements", few, f"an empty folder: {few}"),
    ]


def _pages(visitor: Visitor, folder: int) -> list[float]:
    sorts = ("name", "-name", "changed", "-changed", "size", "-size")
    seconds = []
    for turn in range(PAGES):
        address = f"/folders/{folder}?sort={sorts[turn % len(sorts)]}&page={1 + turn % 7}"
        reply = visitor.get(address)
        if reply.status != 200:
            raise RuntimeError(f"{address} answered {reply.status}")
        seconds.append(reply.seconds)
    return seconds


async def _statements(data: Path) -> tuple[int, int]:
    """How many statements a look at the empty folder and at the big one takes."""
    async with open_workspace(load(data, os.environ, Path.cwd())) as ws:
        actor = await people.actor(ws, None)
        found = await folders.home(ws, actor)
        big = next(row.id for row in found.entries if row.name == "Grand")
        small = next(row.id for row in found.entries if row.name == "Vide")
        return (
            await statements_of(ws, lambda: folders.look(ws, actor, small)),
            await statements_of(ws, lambda: folders.look(ws, actor, big)),
        )


def _fill(data: Path) -> None:
    """Rows written straight into the records: 20,000 deposits would measure something else."""
    records = sqlite3.connect(data / "atelier.sqlite3")
    with records:
        records.executemany(
            "INSERT INTO organisations (name, name_key, created_at) VALUES (?, ?, 0)",
            [(f"Structure {n}", f"structure {n}") for n in range(ORGANISATIONS)],
        )
        records.executemany(
            "INSERT INTO people (email, email_key, name, created_at) VALUES (?, ?, ?, 0)",
            [
                (f"p{n}@mesure.example", f"p{n}@mesure.example", f"Personne {n}")
                for n in range(PEOPLE)
            ],
        )
        records.execute(
            "INSERT INTO memberships (person_id, organisation_id)"
            " SELECT id, 1 + id % ? FROM people",
            (ORGANISATIONS,),
        )
        records.execute(
            "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
            " SELECT 1, 'organisation', id, 'reader', 1, 0 FROM organisations"
        )
        records.executemany(
            "INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at)"
            " VALUES (?, 1, ?, ?, 1, ?, ?)",
            [
                (n, f"Compte rendu {n:05d}.pdf", f"compte rendu {n:05d}.pdf", n, n * 7919 % 10**7)
                for n in range(1, DOCUMENTS + 1)
            ],
        )
        records.execute(
            "INSERT INTO versions (document_id, number, sha256, size_bytes, media_type, author_id,"
            " organisation_id, state, created_at) SELECT id, 1, printf('%064d', id), id * 31,"
            " 'application/pdf', 1 + id % 100, 1 + id % 100, 'ok', 0 FROM documents"
        )
        records.execute(
            "INSERT INTO names (folder_id, key, kind, id)"
            " SELECT folder_id, sort_key, 'document', id FROM documents"
        )
    records.close()
