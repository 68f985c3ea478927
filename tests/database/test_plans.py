"""How the important statements find their rows: by index, never by reading a whole table.

The natural first attempts cost a hundred times more on 20,000 folders, which no test of
results would show.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from atelier import access
from atelier.database import (
    archives,
    aside,
    digests,
    documents,
    entries,
    findings,
    folders,
    follows,
    glossary,
    inbox,
    jobs,
    journal,
    meeting_entries,
    notices,
    orphans,
    reading,
    requests,
    saved,
    sharing,
    unread,
)
from atelier.database.engine import Transaction, open_database
from atelier.model.folders import Action
from atelier.model.follows import DigestRow, Follow, Followable, Pace
from atelier.model.ids import (
    DigestId,
    DocumentId,
    DropFolderId,
    FolderId,
    FollowId,
    GlossaryTermId,
    MeetingId,
    SavedId,
)
from tests.oracle import Asker
from tests.oracle_networks import NOW, actor_of

AWA = actor_of(Asker(1))
FOLDER = FolderId(1)
# Tables that grow with the network. In a plan they stand under their aliases.
BIG = frozenset(
    [
        "documents",
        "folders",
        "reach",
        "versions",
        "names",
        "grants",
        "journal",
        "people",
        "memberships",
        "jobs",
        "notices",
        "set_aside",
        "drop_arrivals",
        "glossary",
        "glossary_meanings",
        "saved_searches",
        "saved_seen",
        "follows",
        "search_told",
        "digest_turns",
        "digests",
        "meetings",
    ]
)

ASKED: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "enter": lambda tx: access.enter(tx, AWA, FOLDER, Action.READ),
    "set aside for her": lambda tx: aside.readable(tx, AWA, NOW),
    "findings for her": lambda tx: findings.waiting(tx, AWA, 10),
    "findings of a document": lambda tx: findings.of_document(tx, DocumentId(1), None),
    "findings in a folder": lambda tx: findings.in_folder(tx, FOLDER, None, 20),
    "what could not be read": lambda tx: unread.listed(tx, AWA, FOLDER, offset=0, limit=100),
    "how much could not be read": lambda tx: unread.count(tx, AWA, FOLDER),
    "what to read again": lambda tx: unread.after(tx, AWA, FOLDER, 0, 100),
    "anything of an older reader": lambda tx: reading.is_any_outdated(tx, 2),
    "set aside of a document": lambda tx: aside.of_document(tx, AWA.person_id, DocumentId(1), NOW),
    "searches she keeps": lambda tx: saved.of_person(tx, AWA.person_id),
    "how many she keeps": lambda tx: saved.count(tx, AWA.person_id),
    "one she keeps": lambda tx: saved.found(tx, AWA.person_id, SavedId(1)),
    "the same search": lambda tx: saved.same(tx, AWA.person_id, "q=a"),
    "what she saw of it": lambda tx: saved.seen(tx, SavedId(1)),
    "what she follows": lambda tx: follows.of_person(tx, AWA),
    "what she follows of a kind": lambda tx: follows.paces(tx, AWA.person_id, Followable.FOLDER),
    "whether she follows it": lambda tx: follows.found(tx, AWA.person_id, Followable.FOLDER, 1),
    "digests that are due": lambda tx: digests.due(tx, NOW, 50),
    "lines of a digest": lambda tx: digests.lines(
        tx, AWA, {one.id: 0 for one in FOLLOWED}, FOLLOWED, 9
    ),
    "what a digest tells of a search": lambda tx: digests.searched(tx, DIGEST),
    "what came": lambda tx: inbox.arrivals(tx, AWA, FOLDER, before=9, limit=9),
    "what drops into a folder": lambda tx: inbox.of_folder(tx, FOLDER),
    "what was left": lambda tx: inbox.left(tx, DropFolderId(1)),
    "names in use": lambda tx: documents.holders(tx, FOLDER, ["a", "b"]),
    "a term": lambda tx: glossary.get(tx, GlossaryTermId(1)),
    "the term of a spelling": lambda tx: glossary.holder(tx, "cls"),
    "who may write the glossary": lambda tx: access.keep_glossary(tx, AWA),
    "scope": lambda tx: access.scope(tx, AWA, Action.READ),
    "readable folders": lambda tx: access.readable_folders(tx, AWA),
    "coordinated": lambda tx: access.is_coordinated(tx, AWA, FOLDER),
    "entry points": lambda tx: folders.entries(tx, AWA),
    "children": lambda tx: folders.children(tx, AWA, FOLDER),
    "crumbs": lambda tx: folders.crumbs(tx, AWA, FOLDER),
    "allowing": lambda tx: folders.allowing(tx, AWA, Action.ADD),
    "below": lambda tx: folders.below(tx, FOLDER),
    "depth": lambda tx: folders.depth_and_path_characters(tx, FOLDER),
    "a name": lambda tx: folders.named(tx, FOLDER, "a"),
    "latest": lambda tx: documents.latest(tx, AWA, 50),
    "the hits of a search": lambda tx: documents.readable(tx, AWA, tuple(range(1, 21))),
    "a document": lambda tx: documents.folder_of(tx, DocumentId(1)),
    "the tree of an archive": lambda tx: archives.tree(tx, AWA, FOLDER, 100),
    "the documents of an archive": lambda tx: archives.below(tx, AWA, FOLDER, 100),
    "a selection": lambda tx: archives.among(tx, FOLDER, [DocumentId(1), DocumentId(2)]),
    "a selection once more": lambda tx: archives.count_readable(tx, AWA, [DocumentId(1)]),
    "the grants of a folder": lambda tx: sharing.reaching(tx, AWA, FOLDER),
    "the journal": lambda tx: journal.lines(tx, FOLDER, before=2**62, limit=100),
    "requests to answer": lambda tx: requests.received(tx, AWA, limit=100),
    "what she is told": lambda tx: notices.told(tx, AWA, NOW, lately=NOW, limit=20),
    "heads of orphans": lambda tx: orphans.heads(tx, [FOLDER]),
    "a due job": lambda tx: jobs.is_due(tx, NOW),
    "entries to follow": lambda tx: entries.after(tx, 0, 50),
    "entries waiting": lambda tx: entries.waiting(tx, AWA, 0),
    "what the index reads": lambda tx: entries.indexable(tx, [1, 2]),
    "what it reads of meetings": lambda tx: meeting_entries.told(tx, [1 << 40, 5 << 40]),
    **{
        f"documents by {order}": lambda tx, by=order: documents.listed(
            tx, FOLDER, order=by, contains="", offset=0, limit=200
        )
        for order in documents.ORDERS
    },
}

FOLLOWED = [
    Follow(FollowId(n), what, 1, Pace.DAILY, "A", 1, 0, 0, MeetingId(0))
    for n, what in enumerate(Followable, start=1)
]
DIGEST = DigestRow(DigestId(1), AWA.person_id, Pace.DAILY, 9, MeetingId(0), {FollowId(1): 0})

BOUND = "LIMIT :looked_at"

# A scan that ends at the first row: is there anyone active at all?
ENDS_EARLY = {"coordinated": {"people"}}


class Planned(Transaction):
    """A transaction that keeps the plan of each statement it runs."""

    def __init__(self, inner: Transaction) -> None:
        super().__init__(inner._connection)
        self.plans: list[tuple[str, list[str]]] = []

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """As `Transaction.rows`."""
        plan = await super().rows(f"EXPLAIN QUERY PLAN {sql}", **values)
        self.plans.append((sql, [str(row[3]) for row in plan]))
        return await super().rows(sql, **values)


@pytest.mark.parametrize("asked", ASKED)
def test_no_important_statement_reads_a_whole_table(tmp_path: Path, asked: str) -> None:
    plans = planned(tmp_path, ASKED[asked])
    assert plans
    for sql, plan in plans:
        assert whole_tables(sql, plan) <= ENDS_EARLY.get(asked, set()), "\n".join(plan)


def test_a_statement_that_reads_a_whole_table_is_seen(tmp_path: Path) -> None:
    def scanned(sql: str) -> set[str]:
        ((found, plan),) = planned(tmp_path, lambda tx: tx.rows(sql))
        return whole_tables(found, plan)

    assert scanned("SELECT d.name FROM documents d ORDER BY changed_at") == {"documents"}
    assert scanned("SELECT id FROM documents WHERE removed_at IS NULL ORDER BY changed_at") == {
        "documents"
    }
    assert scanned("SELECT name FROM folders WHERE name LIKE 'A%'") == {"folders"}
    assert scanned("SELECT d.name FROM documents d WHERE d.id = 1") == set()


def planned(
    folder: Path, unit: Callable[[Transaction], Awaitable[object]]
) -> list[tuple[str, list[str]]]:
    """The statements of a unit with their plans, over one folder that Awa reads."""

    async def story() -> list[tuple[str, list[str]]]:
        database = await open_database(folder / "atelier.sqlite3")
        try:
            await database.write(one_folder)

            async def recorded(tx: Transaction) -> list[tuple[str, list[str]]]:
                recording = Planned(tx)
                await unit(recording)
                return recording.plans

            return await database.read(recorded)
        finally:
            await database.close()

    return asyncio.run(story())


async def one_folder(tx: Transaction) -> None:
    """Awa coordinates the only folder."""
    if await tx.rows("SELECT 1 FROM folders"):
        return
    await tx.run(
        "INSERT INTO people (id, email, email_key, name, created_at) VALUES (1, '', '', '', 0)"
    )
    await folders.add(tx, None, "A", AWA.person_id, NOW, is_closed=False)
    await tx.run(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
        " VALUES (1, 'person', 1, 'coordinator', 1, 0)"
    )


def whole_tables(sql: str, plan: list[str]) -> set[str]:
    """The big tables that a plan reads from end to end, by their names."""
    named: dict[str, set[str]] = {}
    for table, alias in re.findall(r"\b(?:FROM|JOIN)\s+(\w+)(?:\s+(?!WHERE|ON)([a-z]\w*))?", sql):
        named.setdefault(alias or table, set()).add(table)
    # An alias of a big table and of a small one could not be judged.
    assert all(tables <= BIG or not tables & BIG for tables in named.values()), named
    # An index made for one statement reads the whole table too.
    reads = re.compile(r"SCAN (\w+)|SEARCH (\w+) USING AUTOMATIC")
    if BOUND in sql:  # so many rows from the end of this index, and no more
        plan = [line for line in plan if not line.endswith("INDEX documents_newest")]
    scanned = {found[1] or found[2] for line in plan if (found := reads.match(line))}
    return {table for alias in scanned for table in named.get(alias, set()) & BIG}


def test_what_could_not_be_read_is_found_by_its_own_index(tmp_path: Path) -> None:
    for sql, plan in planned(tmp_path, ASKED["what could not be read"]):
        assert any("USING INDEX versions_unread" in step for step in plan), (sql, plan)


def test_open_findings_are_found_by_their_own_index(tmp_path: Path) -> None:
    for asked in ("findings for her", "findings in a folder"):
        for sql, plan in planned(tmp_path, ASKED[asked]):
            assert any("fi USING INDEX findings_open" in step for step in plan), (sql, plan)
