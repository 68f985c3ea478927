"""The acts on keys, for `write_paths`."""

from __future__ import annotations

from typing import Final

import pyotp

from atelier.database import keys, sessions
from atelier.model.ids import PasskeyId
from atelier.workspace import (
    authenticators,
    own_keys,
    passkeys,
    second_step,
    signing_in,
)
from tests.act import Act, awa
from tests.stage import PASSWORD, Stage
from tests.workspace.keyholders import HOME, Device

_SECRET: Final = "JBSWY3DPEHPK3PXP" * 2
_DEVICE: Final = Device()
_STEP: Final = "x" * 43
# A challenge is spent and a try is counted before what they are for is looked at.
_SPENT: Final = frozenset({"passkey_challenges", "sign_in_attempts", "sqlite_sequence"})


async def _fresh(stage: Stage) -> None:
    """She has just proved herself."""
    now = int(stage.world.clock().timestamp() * 1000)
    await stage.world.change("UPDATE sessions SET proved_at = :at", at=now)


async def _with_passkey(stage: Stage) -> None:
    await _fresh(stage)
    await _add_passkey(stage)


async def _with_app(stage: Stage) -> None:
    await _fresh(stage)
    person, now = awa(stage).person_id, stage.world.clock()
    await stage.world.ws.db.write(lambda tx: keys.add_app(tx, person, _SECRET, now))


async def _with_linked_app(stage: Stage) -> None:
    await _with_app(stage)
    person = awa(stage).person_id
    await stage.world.ws.db.write(lambda tx: keys.confirm_app(tx, person, 0))
    await stage.world.change("UPDATE sessions SET proof = 'totp'")


async def _on_step(stage: Stage) -> None:
    """With an app and a passkey, her password shown."""
    await _with_passkey(stage)
    await _with_linked_app(stage)
    person, now = awa(stage).person_id, stage.world.clock()
    token = sessions.hashed(_STEP)
    await stage.world.ws.db.write(
        lambda tx: sessions.add_step(tx, token, person, now, is_kept=True)
    )


async def _signed(stage: Stage) -> str:
    """What her passkey signs; an earlier try of the act may have left its challenge."""
    await stage.world.change("DELETE FROM passkey_challenges")
    return _DEVICE.sign(await passkeys.ask(stage.world.ws, HOME))


async def _add_passkey(stage: Stage) -> None:
    await stage.world.change("DELETE FROM passkey_challenges")
    ws, token = stage.world.ws, stage.session
    answer = _DEVICE.make(await passkeys.ask_to_add(ws, awa(stage), token))
    await passkeys.add(ws, awa(stage), token, answer, "Téléphone")


async def _sign_in(stage: Stage) -> None:
    await passkeys.sign_in(stage.world.ws, await _signed(stage), HOME)


async def _prove(stage: Stage) -> None:
    answer = await _signed(stage)
    await passkeys.prove(stage.world.ws, awa(stage), stage.session, answer, HOME)


async def _second(stage: Stage) -> None:
    answer = await _signed(stage)
    await second_step.by_passkey(stage.world.ws, _STEP, answer, HOME)


def _code(stage: Stage) -> str:
    return pyotp.TOTP(_SECRET).at(int(stage.world.clock().timestamp()))


KEYS: Final = (
    Act("add a passkey", (passkeys.ask_to_add, passkeys.add), _add_passkey, before=_fresh,
        stays=_SPENT | {"people"}),
    Act("come in by a passkey", (passkeys.ask, passkeys.sign_in, passkeys.verified), _sign_in,
        before=_with_passkey, stays=_SPENT),
    Act("prove oneself again by a passkey", (passkeys.prove,), _prove, before=_with_passkey,
        stays=_SPENT),
    Act(
        "remove a passkey",
        (passkeys.remove,),
        lambda on: passkeys.remove(on.world.ws, awa(on), on.session, PasskeyId(1)),
        before=_with_passkey,
    ),
    Act(
        "prove oneself again by a password",
        (own_keys.prove,),
        lambda on: own_keys.prove(on.world.ws, awa(on), on.session, PASSWORD),
        stays=_SPENT,
    ),
    Act(
        "begin to link an app",
        (authenticators.start,),
        lambda on: authenticators.start(on.world.ws, awa(on), on.session),
        before=_fresh,
    ),
    Act(
        "link an app",
        (authenticators.confirm,),
        lambda on: authenticators.confirm(on.world.ws, awa(on), on.session, _code(on)),
        before=_with_app,
    ),
    Act(
        "use an app no more",
        (authenticators.remove,),
        lambda on: authenticators.remove(on.world.ws, awa(on), on.session),
        before=_with_linked_app,
    ),
    Act(
        "renew recovery codes",
        (own_keys.renew_codes,),
        lambda on: own_keys.renew_codes(on.world.ws, awa(on), on.session),
        before=_with_passkey,
    ),
    Act(
        "come in by a second proof, a code",
        (second_step.by_code,),
        lambda on: second_step.by_code(on.world.ws, _STEP, _code(on), HOME),
        before=_on_step,
        stays=_SPENT,
    ),
    Act("come in by a second proof, a passkey", (second_step.by_passkey,), _second,
        before=_on_step, stays=_SPENT),
    Act(
        "reach the step to a second proof",
        (signing_in.sign_in,),
        lambda on: signing_in.sign_in(on.world.ws, "awa@example.org", PASSWORD, HOME),
        before=_on_step,
        stays=_SPENT,
    ),
    Act(
        "take the keys of somebody away",
        (own_keys.remove_all,),
        lambda on: own_keys.remove_all(on.world.ws, on.marie, awa(on).person_id),
        before=_on_step,
    ),
)  # fmt: skip
