"""Authenticator apps: codes of six digits that change every thirty seconds (RFC 6238)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import pyotp

from atelier.database import keys
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import BadProof, NotFound
from atelier.model.ids import PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.keys import AppSecret
from atelier.model.people import Actor, Proof
from atelier.workspace import own_keys
from atelier.workspace.place import Workspace

DIGITS: Final = 6
STEP_SECONDS: Final = 30
_TO_CONFIRM: Final = timedelta(hours=1)
# A phone may be half a minute off (RFC 6238 §5.2). While an app is set up, a code of ten
# minutes around tells that its clock is wrong; later that would tell a guesser too much.
_SKEW: Final = 1
_AROUND: Final = 20


async def start(ws: Workspace, actor: Actor, token: str) -> None:
    """A new secret for an app of hers; it counts once a first code confirms it."""

    async def unit(tx: Transaction) -> None:
        await own_keys.check_may_change(ws, tx, actor, token)
        await keys.add_app(tx, actor.person_id, pyotp.random_base32(), ws.clock())

    await ws.db.write(unit)


async def secret(ws: Workspace, actor: Actor, token: str) -> AppSecret:
    """What her app is to be told; `NotFound` when none waits, `BadProof` as for a change."""

    async def unit(tx: Transaction) -> AppSecret:
        await own_keys.check_may_change(ws, tx, actor, token)
        waiting = await _waiting(ws, tx, actor.person_id)
        person = await records.person(tx, actor.person_id)
        assert person is not None
        network = await records.network(tx)
        assert network is not None
        named = {"name": person.email, "issuer_name": network.name}
        return AppSecret(waiting, pyotp.TOTP(waiting).provisioning_uri(**named))

    return await ws.db.read(unit)


async def confirm(ws: Workspace, actor: Actor, token: str, code: str) -> tuple[str, ...]:
    """Her app gave a first code: it is asked for from now on, in the place of one before.

    Gives her recovery codes when she had none. `BadProof`: `wrong`, or `clock` when the
    code is of another time.
    """

    async def unit(tx: Transaction) -> tuple[str, ...]:
        await own_keys.check_may_change(ws, tx, actor, token)
        waiting = await _waiting(ws, tx, actor.person_id)
        steps = _steps(waiting, code, ws.clock(), _SKEW)
        if not steps:
            is_late = bool(_steps(waiting, code, ws.clock(), _AROUND))
            raise BadProof("clock" if is_late else "wrong")
        await keys.confirm_app(tx, actor.person_id, max(steps))
        return await own_keys.added(ws, tx, actor, token, NetworkVerb.APP_ADDED, Proof.TOTP)

    return await ws.db.write(unit)


async def remove(ws: Workspace, actor: Actor, token: str) -> None:
    """Her app is asked for no more; `Invalid` when it is the last key of one who must have one."""

    async def unit(tx: Transaction) -> None:
        if await keys.app(tx, actor.person_id) is None:
            raise NotFound("key")
        # Before it is gone: what her account asks for hangs on what she has.
        await own_keys.check_may_change(ws, tx, actor, token)
        await keys.remove_app(tx, actor.person_id)
        await own_keys.removed(ws, tx, actor, token, NetworkVerb.APP_REMOVED)

    await ws.db.write(unit)


async def take(ws: Workspace, tx: Transaction, person: PersonId, code: str) -> None:
    """Take a code of her app; `BadProof`: `wrong`, or `used` for one of a step taken before."""
    known = await keys.app(tx, person)
    steps = [] if known is None else _steps(known.secret, code, ws.clock(), _SKEW)
    if not steps:
        raise BadProof("wrong")
    if not await keys.take_step(tx, person, max(steps)):
        raise BadProof("used")


def _steps(secret: str, code: str, at: datetime, skew: int) -> list[int]:
    """The steps around a time that have this code."""
    now = int(at.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    around: Iterable[int] = range(max(0, now - skew), now + skew + 1)
    given = code.encode()
    return [one for one in around if hmac.compare_digest(app.generate_otp(one).encode(), given)]


async def _waiting(ws: Workspace, tx: Transaction, person: PersonId) -> str:
    found = await keys.app(tx, person, is_confirmed=False)
    if found is None or ws.clock() - found.created_at > _TO_CONFIRM:
        raise NotFound("key")
    return found.secret
