"""A wide network: 20,000 folders, 200,000 documents, 10,000 people, 1,300 organisations.

Rows are written straight into the records: 200,000 deposits would measure something else.
"""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path

FOLDERS = 20_000
UNDER_ROOT = 15_000
UNDER_MOVED = 2_000
UNDER_COMMON = 500
DEPTH = 12
ORGANISATIONS = 1_300
PEOPLE = 10_000
GROUPS = 200
DOCUMENTS = 200_000
ROOT = 1
MOVED = 2  # a folder in the root with 2,000 below it
COMMON = 3  # a folder in the root that the whole network reads
_ROLES = ("reader", "reader", "reader", "contributor", "coordinator")


@dataclass(frozen=True)
class Tree:
    """Parents and closed folders by number; every parent is older than its child."""

    parents: dict[int, int | None]
    closed: frozenset[int]


def fill(records_path: Path, seed: int = 12) -> None:
    """Write the network beside what `init` wrote; person 1, its steward, coordinates the root."""
    chance = random.Random(seed)  # noqa: S311
    tree = _tree(chance)
    records = sqlite3.connect(records_path)
    with records:
        _write_people(records, chance)
        _write_tree(records, tree)
        _write_grants(records, tree, chance)
        _write_documents(records, chance)
    records.close()


def _tree(chance: random.Random) -> Tree:
    family: list[int]
    elsewhere: list[int] = []
    parents: dict[int, int | None] = {ROOT: None, MOVED: ROOT, COMMON: ROOT}
    depths = {ROOT: 1, MOVED: 2, COMMON: 2}
    moved, common, rest = [MOVED], [COMMON], [ROOT]
    for folder in range(COMMON + 1, FOLDERS + 1):
        if len(moved) <= UNDER_MOVED:
            family = moved
        elif len(common) <= UNDER_COMMON:
            family = common
        elif folder <= UNDER_ROOT:
            family = rest
        else:
            family = elsewhere
        is_top = family is elsewhere and (not elsewhere or chance.random() < 0.01)
        parent = None if is_top else chance.choice(family)
        while parent is not None and depths[parent] >= DEPTH - 1:
            parent = parents[parent]
        parents[folder] = parent
        depths[folder] = 1 if parent is None else depths[parent] + 1
        family.append(folder)
    closed = frozenset(chance.sample(range(COMMON + 1, FOLDERS + 1), FOLDERS // 50))
    return Tree(parents, closed)


def _write_people(records: sqlite3.Connection, chance: random.Random) -> None:
    records.executemany(
        "INSERT INTO organisations (name, name_key, created_at) VALUES (?, ?, 0)",
        [(f"Structure {n}", f"structure {n}") for n in range(1, ORGANISATIONS + 1)],
    )
    addresses = [f"p{n}@mesure.example" for n in range(2, PEOPLE + 1)]
    records.executemany(
        "INSERT INTO people (email, email_key, name, sort_key, created_at) VALUES (?, ?, ?, ?, 0)",
        [(one, one, f"Personne {one[1:-15]}", f"personne {one[1:-15]}") for one in addresses],
    )
    places = {(n, 1 + n % ORGANISATIONS) for n in range(2, PEOPLE + 1)}
    places |= {
        (chance.randint(2, PEOPLE), chance.randint(1, ORGANISATIONS)) for _ in range(PEOPLE // 5)
    }
    records.executemany(
        "INSERT INTO memberships (person_id, organisation_id) VALUES (?, ?)", sorted(places)
    )
    records.executemany(
        "INSERT INTO groups (name, name_key, created_at) VALUES (?, ?, 0)",
        [(f"Groupe {n}", f"groupe {n}") for n in range(1, GROUPS + 1)],
    )
    seats = {(group, chance.randint(1, len(places))) for group in range(1, 201) for _ in range(15)}
    records.executemany(
        "INSERT INTO group_members (group_id, membership_id) VALUES (?, ?)", sorted(seats)
    )


def _write_tree(records: sqlite3.Connection, tree: Tree) -> None:
    records.executemany(
        "INSERT INTO folders (id, parent_id, name, is_closed, created_by, created_at, changed_at)"
        " VALUES (?, ?, ?, ?, 1, 0, 0)",
        [
            (folder, parent, f"Dossier {folder}", int(folder in tree.closed))
            for folder, parent in tree.parents.items()
        ],
    )
    reach: dict[int, list[int]] = {}
    for folder, parent in tree.parents.items():
        above = [] if parent is None or folder in tree.closed else reach[parent]
        reach[folder] = [folder, *above]
    records.executemany(
        "INSERT INTO reach (folder_id, ancestor_id) VALUES (?, ?)",
        ((folder, above) for folder, chain in reach.items() for above in chain),
    )
    records.executemany(
        "INSERT INTO names (folder_id, key, kind, id) VALUES (?, ?, 'folder', ?)",
        [
            (parent, f"dossier {folder}", folder)
            for folder, parent in tree.parents.items()
            if parent is not None and folder not in tree.closed
        ],
    )


def _write_grants(records: sqlite3.Connection, tree: Tree, chance: random.Random) -> None:
    """Each top and closed folder has a coordinator; one folder in seven carries more."""
    heads = [one for one, parent in tree.parents.items() if parent is None or one in tree.closed]
    grants = {(folder, "person", _anyone(chance)): "coordinator" for folder in heads}
    grants[ROOT, "person", 1] = "coordinator"
    grants[ROOT, "organisation", 1] = "reader"
    grants[ROOT, "organisation", 2] = "contributor"
    grants[COMMON, "network", 0] = "reader"
    for folder in chance.sample(range(MOVED, FOLDERS + 1), FOLDERS // 7):
        for _ in range(chance.randint(1, 3)):
            kind, number = _subject(chance)
            grants[folder, kind, number] = chance.choice(_ROLES)
    records.executemany(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
        " VALUES (?, ?, ?, ?, 1, 0)",
        [(*key, role) for key, role in grants.items()],
    )


def _anyone(chance: random.Random) -> int:
    return chance.randint(2, PEOPLE)


def _subject(chance: random.Random) -> tuple[str, int]:
    kind = chance.choice(("organisation", "organisation", "organisation", "group", "person"))
    most = {"organisation": ORGANISATIONS, "group": GROUPS, "person": PEOPLE}[kind]
    return kind, chance.randint(2, most)


def _write_documents(records: sqlite3.Connection, chance: random.Random) -> None:
    folders = [1 + int(FOLDERS * chance.random() ** 2) for _ in range(DOCUMENTS)]
    records.executemany(
        "INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at)"
        " VALUES (?, ?, ?, ?, 1, ?, ?)",
        [
            (n, folder, f"Compte rendu {n}.pdf", f"compte rendu {n:06d}.pdf", n, n * 7919 % 10**7)
            for n, folder in enumerate(folders, start=1)
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
