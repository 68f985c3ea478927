"""Rows of passkeys, authenticator apps and recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.ids import PasskeyId, PersonId
from atelier.model.keys import Passkey


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody can prove herself with besides a password."""

    passkeys: int
    has_app: bool
    codes: int


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey as it is verified; ids and key in base64url without padding.

    `user_handle` is what the device knows its person by.
    """

    id: PasskeyId
    person_id: PersonId
    public_key: str
    sign_count: int
    user_handle: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey to write; as `PasskeyRow`."""

    person_id: PersonId
    credential_id: str
    public_key: str
    sign_count: int
    name: str


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a browser signs: somebody, or the bearer of a link by its hash; neither: nobody."""

    person_id: PersonId | None = None
    link_hash: str = ""


@dataclass(frozen=True, slots=True)
class AppRow:
    """An authenticator app: its secret in base 32, and the last step a code was taken of."""

    secret: str
    last_step: int
    created_at: datetime


async def held(tx: Transaction, person: PersonId) -> Held:
    """How many passkeys and unused recovery codes she has, and whether an app."""
    row = await tx.row(
        "SELECT (SELECT COUNT(*) FROM passkeys WHERE person_id = :person),"
        " EXISTS (SELECT 1 FROM authenticators WHERE person_id = :person AND is_confirmed = 1),"
        " (SELECT COUNT(*) FROM recovery_codes WHERE person_id = :person AND used_at IS NULL)",
        person=person,
    )
    assert row is not None
    return Held(row[0], bool(row[1]), row[2])


async def passkeys(tx: Transaction, person: PersonId) -> list[Passkey]:
    """Her passkeys, the oldest first."""
    rows = await tx.rows(
        "SELECT id, name, created_at, used_at FROM passkeys WHERE person_id = :person ORDER BY id",
        person=person,
    )
    return [
        Passkey(PasskeyId(number), name, from_ms(made), None if used is None else from_ms(used))
        for number, name, made, used in rows
    ]


async def credentials(tx: Transaction, person: PersonId) -> list[str]:
    """What her passkeys are known by."""
    rows = await tx.rows(
        "SELECT credential_id FROM passkeys WHERE person_id = :person ORDER BY id", person=person
    )
    return [row[0] for row in rows]


async def passkey(tx: Transaction, credential_id: str) -> PasskeyRow | None:
    """The passkey known by this, whosever it is."""
    row = await tx.row(
        "SELECT k.id, k.person_id, k.public_key, k.sign_count, p.user_handle"
        " FROM passkeys k JOIN people p ON p.id = k.person_id WHERE k.credential_id = :credential",
        credential=credential_id,
    )
    return None if row is None else PasskeyRow(PasskeyId(row[0]), PersonId(row[1]), *row[2:])


async def add_passkey(tx: Transaction, new: NewPasskey, at: datetime) -> bool:
    """Write a passkey; False when one is known by the same."""
    added = await tx.run(
        "INSERT INTO passkeys (person_id, credential_id, public_key, sign_count, name, created_at)"
        " VALUES (:person, :credential, :key, :count, :name, :at)"
        " ON CONFLICT (credential_id) DO NOTHING",
        person=new.person_id,
        credential=new.credential_id,
        key=new.public_key,
        count=new.sign_count,
        name=new.name,
        at=to_ms(at),
    )
    return added == 1


async def use_passkey(tx: Transaction, number: PasskeyId, sign_count: int, at: datetime) -> bool:
    """Note a use; False when it is gone, or has been used since by this count or a later one.

    Many devices do not count: theirs is always 0.
    """
    used = await tx.run(
        "UPDATE passkeys SET sign_count = :count, used_at = :at WHERE id = :id"
        " AND (sign_count < :count OR (sign_count = 0 AND :count = 0))",
        id=number,
        count=sign_count,
        at=to_ms(at),
    )
    return used == 1


async def remove_passkey(tx: Transaction, number: PasskeyId) -> None:
    """Forget a passkey."""
    await tx.run("DELETE FROM passkeys WHERE id = :id", id=number)


async def user_handle(tx: Transaction, person: PersonId, otherwise: str) -> str:
    """What devices know her by: what it was, or from now on the other."""
    await tx.run(
        "UPDATE people SET user_handle = :handle WHERE id = :id AND user_handle IS NULL",
        handle=otherwise,
        id=person,
    )
    return str(await tx.value("SELECT user_handle FROM people WHERE id = :id", id=person))


async def add_challenge(tx: Transaction, challenge: str, asker: Asker, at: datetime) -> None:
    """Write what a browser must sign: somebody's for a new passkey, nobody's to come in."""
    await tx.run(
        "INSERT INTO passkey_challenges (challenge, person_id, link_hash, created_at)"
        " VALUES (:challenge, :person, :link, :at)",
        challenge=challenge,
        person=asker.person_id,
        link=asker.link_hash,
        at=to_ms(at),
    )


async def take_challenge(tx: Transaction, challenge: str, asker: Asker, since: datetime) -> bool:
    """Take a challenge away; whether it was there, for this asker, given since a time."""
    taken = await tx.row(
        "DELETE FROM passkey_challenges WHERE challenge = :challenge"
        " RETURNING person_id, link_hash, created_at",
        challenge=challenge,
    )
    if taken is None or Asker(taken[0], taken[1]) != asker:
        return False
    return from_ms(taken[2]) > since


async def forget_challenges(tx: Transaction, before: datetime) -> None:
    """Forget challenges that nobody answered."""
    await tx.run("DELETE FROM passkey_challenges WHERE created_at < :at", at=to_ms(before))


async def app(tx: Transaction, person: PersonId, *, is_confirmed: bool = True) -> AppRow | None:
    """Her authenticator app, or the one that she has still to confirm."""
    row = await tx.row(
        "SELECT secret, last_step, created_at FROM authenticators"
        " WHERE person_id = :person AND is_confirmed = :confirmed",
        person=person,
        confirmed=int(is_confirmed),
    )
    return None if row is None else AppRow(row[0], row[1], from_ms(row[2]))


async def add_app(tx: Transaction, person: PersonId, secret: str, at: datetime) -> None:
    """Write an app to be confirmed, in the place of another one that was to be."""
    await tx.run(
        "INSERT INTO authenticators (person_id, secret, created_at) VALUES (:person, :secret, :at)"
        " ON CONFLICT (person_id, is_confirmed) DO UPDATE"
        " SET secret = excluded.secret, created_at = excluded.created_at",
        person=person,
        secret=secret,
        at=to_ms(at),
    )


async def confirm_app(tx: Transaction, person: PersonId, step: int) -> None:
    """The app that waited is hers now, in the place of the one before."""
    await tx.run(
        "DELETE FROM authenticators WHERE person_id = :person AND is_confirmed = 1", person=person
    )
    await tx.run(
        "UPDATE authenticators SET is_confirmed = 1, last_step = :step WHERE person_id = :person",
        person=person,
        step=step,
    )


async def take_step(tx: Transaction, person: PersonId, step: int) -> bool:
    """Note that a code of this step was taken; False when one of it or a later one was."""
    taken = await tx.run(
        "UPDATE authenticators SET last_step = :step"
        " WHERE person_id = :person AND is_confirmed = 1 AND last_step < :step",
        person=person,
        step=step,
    )
    return taken == 1


async def remove_app(tx: Transaction, person: PersonId) -> None:
    """Forget her app, and one that waited."""
    await tx.run("DELETE FROM authenticators WHERE person_id = :person", person=person)


async def set_codes(tx: Transaction, person: PersonId, hashes: Iterable[str]) -> None:
    """Write her recovery codes, in the place of those before."""
    await tx.run("DELETE FROM recovery_codes WHERE person_id = :person", person=person)
    for code in hashes:
        await tx.run(
            "INSERT INTO recovery_codes (code_hash, person_id) VALUES (:hash, :person)",
            hash=code,
            person=person,
        )


async def code_is_used(tx: Transaction, person: PersonId, code_hash: str) -> bool | None:
    """Whether this recovery code of hers was used; None when she has no such code."""
    found = await tx.row(
        "SELECT used_at FROM recovery_codes WHERE code_hash = :hash AND person_id = :person",
        hash=code_hash,
        person=person,
    )
    return None if found is None else found[0] is not None


async def use_code(tx: Transaction, person: PersonId, code_hash: str, at: datetime) -> None:
    """Note that this recovery code was used."""
    await tx.run(
        "UPDATE recovery_codes SET used_at = :at WHERE code_hash = :hash AND person_id = :person",
        at=to_ms(at),
        hash=code_hash,
        person=person,
    )


async def remove_all(tx: Transaction, person: PersonId) -> bool:
    """Forget every key of hers and her recovery codes; whether there was any."""
    removed = 0
    for table in ("passkeys", "authenticators", "recovery_codes"):
        removed += await tx.run(f"DELETE FROM {table} WHERE person_id = :person", person=person)
    await tx.run("DELETE FROM passkey_challenges WHERE person_id = :person", person=person)
    return removed > 0
