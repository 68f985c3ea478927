"""The demonstration network, planned: the same plan every time, and quick to make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from atelier.demo import cast
from atelier.demo.content import load
from atelier.demo.dossiers import dossiers
from atelier.demo.french import typeset
from atelier.demo.library import documents
from atelier.demo.plan import Account, Document, Folder, Grant, Meeting, Plan
from atelier.model.folders import Role, SubjectKind

FOUNDED_AT = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
_OPENED_BEFORE = timedelta(days=12)


def plan() -> Plan:
    """The whole network as values; nothing is rendered."""
    content, papers = load("people"), documents()
    meetings = dossiers(_keepers())
    return Plan(
        network_name=typeset(content["network"]),
        password=content["password"],
        organisations=tuple(cast.organisations().values()),
        people=tuple(cast.people().values()),
        groups=tuple(cast.groups().values()),
        folders=_folders(papers, meetings),
        grants=_grants(),
        papers=papers,
        meetings=meetings,
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


def _keepers() -> dict[str, str]:
    """Who coordinates each folder, by address: its own coordinator, else that of the one above."""
    keepers: dict[str, str] = {}
    for row in load("folders")["folders"]:
        named, above = row.get("coordinator"), row["path"].rpartition("/")[0]
        keepers[row["path"]] = cast.people()[named].email if named else keepers[above]
    return keepers


def _folders(papers: tuple[Document, ...], meetings: tuple[Meeting, ...]) -> tuple[Folder, ...]:
    keepers = _keepers()
    acts = [(one.folder, one.versions[0].deposited_at) for one in papers]
    acts += [(one.folder, one.made_at) for one in meetings]
    return tuple(
        _folder(row, keepers[row["path"]], _opened(row["path"], acts))
        for row in load("folders")["folders"]
    )


def _folder(row: dict[str, Any], keeper: str, made_at: datetime) -> Folder:
    named = row.get("coordinator")
    return Folder(
        path=row["path"],
        is_closed=row.get("closed", False),
        keeper=keeper,
        coordinator=cast.people()[named].email if named else None,
        made_at=made_at,
    )


def _opened(path: str, acts: list[tuple[str, datetime]]) -> datetime:
    """Some days before anything was put in it or below."""
    first = min(at for folder, at in acts if f"{folder}/".startswith(f"{path}/"))
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
