"""The second step of signing in: a code, a recovery code or a passkey after the password."""

from __future__ import annotations

from typing import Final

from atelier.database import keys, sessions
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import BadProof, SignInNeeded
from atelier.model.keys import Ways
from atelier.model.people import Person, Proof
from atelier.workspace import authenticators, entering, own_keys, passkeys, throttle
from atelier.workspace.entering import Entry, Visitor
from atelier.workspace.place import Workspace, today

# One person's failures bring pauses about; what one office fails with stands apart.
_FAILURES: Final = throttle.FAILURES


async def look(ws: Workspace, token: str) -> Ways:
    """By what the one on the step of this token may prove herself; `SignInNeeded` for no step."""

    async def unit(tx: Transaction) -> Ways:
        row = await _step(ws, tx, token)
        held = await keys.held(tx, row.person_id)
        return Ways(held.has_app, held.passkeys > 0, held.codes)

    return await ws.db.read(unit)


async def by_code(ws: Workspace, token: str, typed: str, visitor: Visitor) -> tuple[Entry, Proof]:
    """Come in with a code of the app or a recovery code; which of the two it was.

    `SignInNeeded` when the step is over or was taken, `BadProof`, `TooMany`.
    """
    await _check(ws, token)
    code = "".join(typed.split())
    is_recovery = not (code.isdigit() and len(code) == authenticators.DIGITS)

    async def unit(tx: Transaction) -> tuple[Entry, Proof]:
        row = await _step(ws, tx, token)
        person = await _person(tx, row)
        if is_recovery:
            actor = await entering.actor_of(tx, person, today(ws))
            await own_keys.use_code(ws, tx, actor, code)
        else:
            await authenticators.take(ws, tx, row.person_id, code)
        proof = Proof.RECOVERY if is_recovery else Proof.TOTP
        return await _enter(ws, tx, token, person, visitor, proof), proof

    return await ws.db.write(unit)


async def by_passkey(ws: Workspace, token: str, answer: str, visitor: Visitor) -> Entry:
    """Come in with a passkey of hers; errors as `by_code`, and `foreign` for somebody else's."""
    await _check(ws, token)
    seen = await passkeys.verified(ws, answer)

    async def unit(tx: Transaction) -> Entry:
        row = await _step(ws, tx, token)
        if seen.person_id != row.person_id:
            raise BadProof("foreign")
        person = await passkeys.use(ws, tx, seen, visitor)
        return await _enter(ws, tx, token, person, visitor, Proof.PASSKEY)

    return await ws.db.write(unit)


async def _enter(
    ws: Workspace, tx: Transaction, token: str, person: Person, visitor: Visitor, proof: Proof
) -> Entry:
    row = await _step(ws, tx, token)
    await sessions.end_step(tx, sessions.hashed(token))
    await sessions.forget_attempts(tx, throttle.second_factor(person.id))
    return await entering.begin(ws, tx, person, visitor, proof=proof, is_kept=row.is_kept)


async def _check(ws: Workspace, token: str) -> None:
    """Note a try, in a transaction of its own: it counts also when what follows is refused."""

    async def unit(tx: Transaction) -> None:
        row = await _step(ws, tx, token)
        key = throttle.second_factor(row.person_id)
        await throttle.check(tx, {key: _FAILURES}, ws.clock())

    await ws.db.write(unit)


async def _step(ws: Workspace, tx: Transaction, token: str) -> sessions.StepRow:
    row = await entering.step_of(ws, tx, token)
    if row is None:
        raise SignInNeeded
    return row


async def _person(tx: Transaction, row: sessions.StepRow) -> Person:
    person = await records.person(tx, row.person_id)
    assert person is not None
    return person
