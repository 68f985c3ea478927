"""Rows of invitations. One that is over keeps no word about whom it was for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_day, from_ms, to_day, to_ms
from atelier.model import names
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId, InviteId, OrganisationId, PersonId
from atelier.model.invites import Invite, Offer
from atelier.model.people import Actor

_INVITE = """i.id, i.email, i.name, i.organisation_id, i.function, i.is_representative,
    i.folder_id, i.role, i.until, i.message, i.language, i.invited_by, i.created_at,
    i.expires_at, COALESCE(o.name, ''), p.name"""
_FROM = """FROM invites i JOIN people p ON p.id = i.invited_by
    LEFT JOIN organisations o ON o.id = i.organisation_id
    LEFT JOIN folders f ON f.id = i.folder_id"""
_WAITS = "i.accepted_at IS NULL AND i.withdrawn_at IS NULL"
_FORGOTTEN = "email = '', email_key = '', name = '', function = '', message = ''"


async def add(
    tx: Transaction, offer: Offer, by: PersonId, at: datetime, expires_at: datetime
) -> InviteId:
    """Write an invitation that waits."""
    return InviteId(
        await tx.value(
            "INSERT INTO invites (email, email_key, name, organisation_id, function,"
            " is_representative, folder_id, role, until, message, language, invited_by,"
            " created_at, expires_at) VALUES (:email, :key, :name, :organisation, :function,"
            " :representative, :folder, :role, :until, :message, :language, :by, :at, :expires)"
            " RETURNING id",
            email=offer.email,
            key=names.key(offer.email),
            name=offer.name,
            organisation=offer.organisation_id,
            function=offer.function,
            representative=int(offer.is_representative),
            folder=offer.folder_id,
            role=offer.role if offer.folder_id is not None else "",
            until=from_day(offer.until),
            message=offer.message,
            language=offer.language,
            by=by,
            at=to_ms(at),
            expires=to_ms(expires_at),
        )
    )


async def waiting(tx: Transaction, number: InviteId) -> Invite | None:
    """The invitation of this number if it waits, expired or not, with its folder's name."""
    row = await tx.row(
        f"SELECT {_INVITE}, COALESCE(f.name, '') {_FROM} WHERE i.id = :id AND {_WAITS}", id=number
    )
    return None if row is None else _invite(row)


async def same(tx: Transaction, offer: Offer) -> list[Invite]:
    """Those that wait, expired or not, for an address to the same folder and organisation."""
    rows = await tx.rows(
        f"SELECT {_INVITE}, COALESCE(f.name, '') {_FROM} WHERE i.email_key = :key AND {_WAITS}"
        " AND COALESCE(i.folder_id, 0) = :folder AND COALESCE(i.organisation_id, 0) = :home"
        " ORDER BY i.id",
        key=names.key(offer.email),
        folder=offer.folder_id or 0,
        home=offer.organisation_id or 0,
    )
    return [_invite(row) for row in rows]


async def of_address(tx: Transaction, email: str, now: datetime) -> list[Invite]:
    """Those that wait for an address and have not expired, oldest first."""
    rows = await tx.rows(
        f"SELECT {_INVITE}, COALESCE(f.name, '') {_FROM} WHERE i.email_key = :key AND {_WAITS}"
        " AND i.expires_at > :now ORDER BY i.id",
        key=names.key(email),
        now=to_ms(now),
    )
    return [_invite(row) for row in rows]


async def listed(
    tx: Transaction,
    actor: Actor,
    *,
    folder: FolderId | None = None,
    organisation: OrganisationId | None = None,
) -> list[Invite]:
    """Those that wait, expired ones too, the last first: to a folder, an organisation, or all.

    A folder that the actor may not read stays nameless.
    """
    shown = f"CASE WHEN {access.meets('i.folder_id')} THEN f.name ELSE '' END"
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {_INVITE}, {shown} {_FROM}"
        f" WHERE {_WAITS} AND (:folder = 0 OR i.folder_id = :folder)"
        " AND (:home = 0 OR i.organisation_id = :home) ORDER BY i.id DESC",
        folder=folder or 0,
        home=organisation or 0,
        **access.asking(actor),
    )
    return [_invite(row) for row in rows]


async def renew(tx: Transaction, number: InviteId, by: PersonId, expires_at: datetime) -> None:
    """Somebody answers for it from now on, and until when."""
    await tx.run(
        "UPDATE invites SET invited_by = :by, expires_at = :expires WHERE id = :id",
        by=by,
        expires=to_ms(expires_at),
        id=number,
    )


async def accept(tx: Transaction, number: InviteId, by: PersonId, at: datetime) -> None:
    """It was taken by somebody: its links are spent, and what it said of her ends."""
    await tx.run(
        f"UPDATE invites SET accepted_at = :at, accepted_by = :by, {_FORGOTTEN} WHERE id = :id",
        at=to_ms(at),
        by=by,
        id=number,
    )
    await tx.run(
        "UPDATE sign_in_links SET used_at = :at WHERE invite_id = :id AND used_at IS NULL",
        at=to_ms(at),
        id=number,
    )


async def given(
    tx: Transaction, token_hash: str, to: PersonId
) -> tuple[FolderId | None, OrganisationId | None] | None:
    """To what the invitation of a link was that somebody has accepted; None for any other."""
    row = await tx.row(
        "SELECT i.folder_id, i.organisation_id FROM sign_in_links l"
        " JOIN invites i ON i.id = l.invite_id"
        " WHERE l.token_hash = :token AND i.accepted_by = :person",
        token=token_hash,
        person=to,
    )
    return None if row is None else (row[0], row[1])


async def withdraw(tx: Transaction, number: InviteId, at: datetime) -> None:
    """It stands no more: its links end, and what it said of her."""
    await tx.run(
        f"UPDATE invites SET withdrawn_at = :at, {_FORGOTTEN} WHERE id = :id",
        at=to_ms(at),
        id=number,
    )
    await _end_links(tx, number)


async def merge(tx: Transaction, organisation: OrganisationId, into: OrganisationId) -> None:
    """Those to an organisation are to another one from now on."""
    await tx.run(
        "UPDATE invites SET organisation_id = :target WHERE organisation_id = :number",
        target=into,
        number=organisation,
    )


async def forget_folders(tx: Transaction, ending: str, *, folder: FolderId) -> None:
    """Those to folders that end lose them; what was to nothing else stands no more.

    `ending` is a statement that gives the folders' numbers, about `:folder`.
    """
    await tx.run(
        f"UPDATE invites SET withdrawn_at = expires_at, {_FORGOTTEN} WHERE accepted_at IS NULL"
        " AND withdrawn_at IS NULL AND organisation_id IS NULL"
        f" AND folder_id IN ({ending})",
        folder=folder,
    )
    await tx.run(
        f"UPDATE invites SET folder_id = NULL, role = '' WHERE folder_id IN ({ending})",
        folder=folder,
    )


async def forget_before(tx: Transaction, at: datetime) -> None:
    """Withdraw those that expired before this time, and forget whom they were for."""
    await tx.run(
        "DELETE FROM sign_in_links WHERE invite_id IN (SELECT i.id FROM invites i"
        f" WHERE {_WAITS} AND i.expires_at < :at)",
        at=to_ms(at),
    )
    await tx.run(
        f"UPDATE invites SET withdrawn_at = :at, {_FORGOTTEN}"
        " WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at < :at",
        at=to_ms(at),
    )


async def _end_links(tx: Transaction, number: InviteId) -> None:
    await tx.run("DELETE FROM sign_in_links WHERE invite_id = :id", id=number)


def _invite(row: tuple[Any, ...]) -> Invite:
    number, email, name, home, function, represents, folder, role, until, message = row[:10]
    language, by, created, expires, organisation, inviter, folder_name = row[10:]
    offer = Offer(
        email=email,
        name=name,
        organisation_id=None if home is None else OrganisationId(home),
        function=function,
        is_representative=bool(represents),
        folder_id=None if folder is None else FolderId(folder),
        role=Role(role) if role else Role.READER,
        until=to_day(until),
        message=message,
        language=language,
    )
    return Invite(
        InviteId(number),
        offer,
        organisation,
        folder_name,
        PersonId(by),
        inviter,
        from_ms(created),
        from_ms(expires),
    )
