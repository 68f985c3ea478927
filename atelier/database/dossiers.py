"""A meeting whole, as one person may see it: a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from atelier import access
from atelier.database import meetings
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_day
from atelier.model.folders import Action, Subject, SubjectKind
from atelier.model.ids import (
    DecisionId,
    DocumentId,
    FolderId,
    ItemId,
    MeetingId,
    OrganisationId,
    PersonId,
    TodoId,
)
from atelier.model.meetings import (
    Answer,
    Attendee,
    Decision,
    Item,
    Kept,
    Meeting,
    Paper,
    Part,
    Presence,
    Reply,
    Todo,
    Votes,
    Way,
)
from atelier.model.people import Actor

# Whoever reads the dossier reads the document: each grant that lets in there lets in here too.
_FOR_ALL = """NOT EXISTS (
    SELECT 1 FROM reach r JOIN grants g ON g.folder_id = r.ancestor_id
    WHERE r.folder_id = :dossier AND NOT EXISTS (
        SELECT 1 FROM reach own WHERE own.folder_id = d.folder_id
        AND own.ancestor_id = r.ancestor_id))"""


async def whole(tx: Transaction, actor: Actor, meeting: MeetingId) -> Meeting:
    """A meeting with all that belongs to it; the caller has entered its dossier."""
    row, rest = await meetings.head(tx, meeting)
    return Meeting(
        row=row,
        state_number=rest.state_number,
        uid=rest.uid,
        sequence=rest.sequence,
        changed_at=rest.changed_at,
        invited=tuple(await invited(tx, meeting)),
        items=tuple(await items(tx, actor, meeting, row.dossier_id)),
        replies=tuple(await replies(tx, meeting)),
        attendance=tuple(await attendance(tx, meeting)),
        kept=tuple(await kept(tx, meeting, row.dossier_id)),
        odt_id=rest.odt_id,
        pdf_id=rest.pdf_id,
        edition=rest.edition,
        approved_at=rest.approved_at,
        approved_by=rest.approved_by,
    )


async def items(tx: Transaction, actor: Actor, meeting: MeetingId, dossier: FolderId) -> list[Item]:
    """The agenda in its order, with papers, decisions and actions."""
    rows = await tx.rows(
        "SELECT id, title, allotted_minutes, presenter, note, text, state, is_left_over,"
        " carried_from FROM agenda_items WHERE meeting_id = :meeting ORDER BY place, id",
        meeting=meeting,
    )
    laid = await papers(tx, actor, meeting, dossier)
    decided = await decisions(tx, meeting)
    to_do = await todos(tx, meeting)
    return [
        Item(
            id=ItemId(row[0]),
            title=row[1],
            allotted_minutes=row[2],
            presenter=row[3],
            note=row[4],
            text=row[5],
            state=row[6],
            is_left_over=bool(row[7]),
            carried_from=row[8],
            papers=tuple(laid.get(row[0], ())),
            decisions=tuple(decided.get(row[0], ())),
            todos=tuple(to_do.get(row[0], ())),
        )
        for row in rows
    ]


async def papers(
    tx: Transaction, actor: Actor, meeting: MeetingId, dossier: FolderId
) -> dict[int, list[Paper]]:
    """The papers of each item in their order; of those not hers neither name nor newest."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT p.item_id, p.document_id, p.version, p.name, p.sha256,"
        f" d.id IS NOT NULL AND {access.meets('d.folder_id')}, d.version, d.name, d.removed_at,"
        f" d.id IS NOT NULL AND {_FOR_ALL}, d.id IS NULL, v.id IS NULL"
        " FROM agenda_items i JOIN item_papers p ON p.item_id = i.id"
        " LEFT JOIN documents d ON d.id = p.document_id"
        " LEFT JOIN versions v ON v.document_id = p.document_id AND v.number = p.version"
        " WHERE i.meeting_id = :meeting ORDER BY p.item_id, p.place",
        meeting=meeting,
        dossier=dossier,
        **access.asking(actor),
    )
    found: dict[int, list[Paper]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(_paper(row[1:]))
    return found


async def decisions(tx: Transaction, meeting: MeetingId) -> dict[int, list[Decision]]:
    """The decisions of each item, in the order in which they were taken down."""
    rows = await tx.rows(
        "SELECT d.id, d.item_id, d.text, d.way, d.decided_on, d.votes_yes, d.votes_no,"
        " d.votes_abstained FROM agenda_items i JOIN decisions d ON d.item_id = i.id"
        " WHERE i.meeting_id = :meeting ORDER BY d.id",
        meeting=meeting,
    )
    found: dict[int, list[Decision]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(decision(row))
    return found


def decision(row: tuple[Any, ...]) -> Decision:
    """A decision: id, item, text, way, day, and the votes for, against and neither."""
    number, item, text, way, day, yes, no, abstained = row
    votes = None if yes is None else Votes(yes, no or 0, abstained or 0)
    decided_on = to_day(day)
    assert decided_on is not None
    return Decision(DecisionId(number), ItemId(item), text, Way(way), decided_on, votes)


async def todos(tx: Transaction, meeting: MeetingId) -> dict[int, list[Todo]]:
    """The actions of each item, in the order in which they were taken down."""
    rows = await tx.rows(
        f"SELECT {TODO_COLUMNS} FROM agenda_items i JOIN todos t ON t.item_id = i.id"
        f" {TODO_NAMES} WHERE i.meeting_id = :meeting ORDER BY t.id",
        meeting=meeting,
    )
    found: dict[int, list[Todo]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(todo(row))
    return found


TODO_COLUMNS = """t.id, t.item_id, t.text, t.who, t.person_id, t.organisation_id, o.name, t.due_on,
    t.done_on, pe.disabled_at"""
TODO_NAMES = """LEFT JOIN organisations o ON o.id = t.organisation_id
    LEFT JOIN people pe ON pe.id = t.person_id"""


def todo(row: tuple[Any, ...]) -> Todo:
    """An action, of a row of `TODO_COLUMNS`."""
    return Todo(
        id=TodoId(row[0]),
        item_id=ItemId(row[1]),
        text=row[2],
        who=row[3],
        person_id=None if row[4] is None else PersonId(row[4]),
        organisation_id=None if row[5] is None else OrganisationId(row[5]),
        organisation=row[6] or "",
        due_on=to_day(row[7]),
        done_on=to_day(row[8]),
        is_gone=row[9] is not None,
    )


async def invited(tx: Transaction, meeting: MeetingId) -> list[Subject]:
    """Whom it invites, organisations first, then groups and people, each by name."""
    rows = await tx.rows(
        "SELECT i.subject_kind, i.subject_id, COALESCE(o.name, g.name, p.name, '')"
        " FROM meeting_invited i"
        " LEFT JOIN organisations o ON i.subject_kind = 'organisation' AND o.id = i.subject_id"
        " LEFT JOIN groups g ON i.subject_kind = 'group' AND g.id = i.subject_id"
        " LEFT JOIN people p ON i.subject_kind = 'person' AND p.id = i.subject_id"
        " WHERE i.meeting_id = :meeting ORDER BY 3, 2",
        meeting=meeting,
    )
    order = list(SubjectKind)
    found = [Subject(SubjectKind(kind), number, name) for kind, number, name in rows]
    return sorted(found, key=lambda one: order.index(one.kind))


async def replies(tx: Transaction, meeting: MeetingId) -> list[Reply]:
    """What people answered, by name."""
    rows = await tx.rows(
        "SELECT r.person_id, p.name, o.name, r.answer, r.instead, r.answered_at"
        " FROM meeting_replies r JOIN people p ON p.id = r.person_id"
        " LEFT JOIN organisations o ON o.id = r.organisation_id"
        " WHERE r.meeting_id = :meeting ORDER BY p.name, p.id",
        meeting=meeting,
    )
    return [
        Reply(PersonId(person), name, organisation or "", Answer(said), instead, from_ms(at))
        for person, name, organisation, said, instead, at in rows
    ]


async def attendance(tx: Transaction, meeting: MeetingId) -> list[Attendee]:
    """Who was there and who was not, in the order of the list."""
    rows = await tx.rows(
        "SELECT person_id, name, organisation, presence, instead FROM meeting_attendance"
        " WHERE meeting_id = :meeting ORDER BY place",
        meeting=meeting,
    )
    return [
        Attendee(person, name, organisation, Presence(presence), instead)
        for person, name, organisation, presence, instead in rows
    ]


async def kept(tx: Transaction, meeting: MeetingId, dossier: FolderId) -> list[Kept]:
    """Recognised documents that still stand in the dossier."""
    rows = await tx.rows(
        "SELECT d.id, d.name, k.part FROM meeting_documents k JOIN documents d"
        " ON d.id = k.document_id WHERE k.meeting_id = :meeting AND d.folder_id = :dossier"
        " AND d.removed_at IS NULL ORDER BY k.part, d.name",
        meeting=meeting,
        dossier=dossier,
    )
    return [Kept(DocumentId(number), name, Part(part)) for number, name, part in rows]


def _paper(cells: tuple[Any, ...]) -> Paper:
    document, version, name, sha256, is_hers, newest, name_now, removed_at, is_for_all = cells[:9]
    is_gone, has_no_version = cells[9:]
    if not is_hers:
        # That the document was purged is told to all; of one that is there, nothing.
        return Paper(DocumentId(document), version, "", sha256, False, is_ended=bool(is_gone))
    return Paper(
        document_id=DocumentId(document),
        version=version,
        name=name,
        sha256=sha256,
        is_hers=True,
        newest=newest,
        name_now=name_now,
        is_removed=removed_at is not None,
        is_for_all=bool(is_for_all),
        is_ended=bool(has_no_version),
    )
