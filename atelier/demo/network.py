"""The demonstration network, planned: the same plan every time, and quick to make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from atelier.demo import cast
from atelier.demo.content import load
from atelier.demo.french import typeset
from atelier.demo.library import documents
from atelier.demo.plan import Account, Document, Folder, Grant, Plan
from atelier.model.folders import Role, SubjectKind

FOUNDED_AT = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
_OPENED_BEFORE = timedelta(days=12)


def plan() -> Plan:
    """The whole network as values; nothing is rendered."""
    content, papers = load("people"), documents()
    return Plan(
        network_name=typeset(content["network"]),
        password=content["password"],
        organisations=tuple(cast.organisations().values()),
        people=tuple(cast.people().values()),
        groups=tuple(cast.groups().values()),
        folders=_folders(papers),
        grants=_grants(),
        papers=papers,
        glossary=tuple(typeset(line) for line in load("glossary")["lines"]),
    )


def accounts() -> tuple[Account, ...]:
    """One account per role, all with the same password."""
    content = load("people")
    return tuple(
        Account(
            role=row["role"],
            name=cast.people()[row["person"]].name,
            email=cast.people()[row["person"]].email,
            password=content["password"],
            about=row["about"],
        )
        for row in content["accounts"]
    )


def _folders(papers: tuple[Document, ...]) -> tuple[Folder, ...]:
    rows = load("folders")["folders"]
    keepers = {row["path"]: row["coordinator"] for row in rows if "coordinator" in row}
    return tuple(_folder(row, keepers, papers) for row in rows)


def _folder(row: dict[str, Any], keepers: dict[str, str], papers: tuple[Document, ...]) -> Folder:
    path = row["path"]
    named = row.get("coordinator")
    keeper = path
    while keeper not in keepers:
        keeper = keeper.rpartition("/")[0]
    return Folder(
        path=path,
        is_closed=row.get("closed", False),
        keeper=cast.people()[keepers[keeper]].email,
        coordinator=cast.people()[named].email if named else None,
        made_at=_opened(path, papers),
    )


def _opened(path: str, papers: tuple[Document, ...]) -> datetime:
    """Some days before the first deposit in it or below."""
    inside = (one for one in papers if f"{one.folder}/".startswith(f"{path}/"))
    first = min(one.versions[0].deposited_at for one in inside)
    return max(FOUNDED_AT, first - _OPENED_BEFORE)


def _grants() -> tuple[Grant, ...]:
    return tuple(
        _grant(row["path"], *each)
        for row in load("folders")["folders"]
        for each in row.get("grants", ())
    )


def _grant(folder: str, to: str, role: str, *until: Any) -> Grant:
    kind, _, key = to.partition(":")
    return Grant(
        folder=folder,
        kind=SubjectKind(kind),
        subject=_subject(SubjectKind(kind), key),
        role=Role(role),
        until=until[0] if until else None,
    )


def _subject(kind: SubjectKind, key: str) -> str:
    if kind is SubjectKind.ORGANISATION:
        return cast.organisations()[key].name
    if kind is SubjectKind.GROUP:
        return cast.groups()[key].name
    if kind is SubjectKind.PERSON:
        return cast.people()[key].email
    return ""
