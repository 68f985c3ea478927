"""The acts on one's own account, for `write_paths`."""

from __future__ import annotations

from typing import Final

from atelier.database import email_changes as changes
from atelier.database import sessions
from atelier.database.engine import Transaction
from atelier.workspace import email_changes, forgotten, own_account
from tests.act import Act, awa, bo
from tests.mailed import confirming, mailed
from tests.stage import PASSWORD, Stage

_OTHER: Final = "une autre phrase pour les essais"
_ELSEWHERE: Final = "ailleurs@example.org"
# A try of a password counts before the password is looked at.
_TRIED: Final = frozenset({"sign_in_attempts", "sqlite_sequence"})
_LINK: Final = "c" * 43


async def _asked(stage: Stage) -> None:
    """Awa has asked for another address; the old one has confirmed."""

    async def unit(tx: Transaction) -> None:
        at = stage.world.clock()
        await changes.put(tx, awa(stage).person_id, _ELSEWHERE, at)
        await changes.confirm(tx, awa(stage).person_id, at, is_new=False)

    await stage.world.ws.db.write(unit)


async def _linked(stage: Stage) -> None:
    """And the link of the new one, whose token is known here."""
    await _asked(stage)
    made = await confirming(stage.world.ws, awa(stage).person_id, is_new=True)
    await stage.world.change(
        "UPDATE sign_in_links SET token_hash = :known WHERE token_hash = :minted",
        known=sessions.hashed(_LINK),
        minted=sessions.hashed(made),
    )


async def _end_one(stage: Stage) -> None:
    # Named as before it ended, when it is done again.
    handle = sessions.hashed(stage.session)[: sessions.HANDLE_CHARACTERS]
    await own_account.end_session(stage.world.ws, awa(stage), handle)


ACCOUNTS: Final = (
    Act(
        "change one's password",
        (own_account.change_password, own_account.prove),
        lambda on: own_account.change_password(
            mailed(on.world.ws),
            awa(on),
            on.session,
            current=PASSWORD,
            chosen=_OTHER,
            address="192.0.2.1",
        ),
        stays=_TRIED,
    ),
    Act("end one of one's sessions", (own_account.end_session,), _end_one),
    Act(
        "end one's other sessions",
        (own_account.end_other_sessions,),
        lambda on: own_account.end_other_sessions(on.world.ws, awa(on), "x" * 43),
    ),
    Act(
        "sign out everywhere",
        (own_account.sign_out_everywhere,),
        lambda on: own_account.sign_out_everywhere(on.world.ws, awa(on)),
    ),
    Act(
        "forget one's password",
        (forgotten.ask,),
        lambda on: forgotten.ask(mailed(on.world.ws), "awa@example.org", "192.0.2.1"),
    ),
    Act(
        "ask for another address",
        (email_changes.ask, own_account.prove),
        lambda on: email_changes.ask(
            mailed(on.world.ws), awa(on), _ELSEWHERE, current=PASSWORD, address="192.0.2.1"
        ),
        stays=_TRIED,
    ),
    Act(
        "ask for another address no more",
        (email_changes.give_up,),
        lambda on: email_changes.give_up(on.world.ws, awa(on)),
        before=_asked,
    ),
    Act(
        "confirm another address",
        (email_changes.confirm,),
        lambda on: email_changes.confirm(mailed(on.world.ws), _LINK),
        before=_linked,
    ),
    Act(
        "give somebody another address",
        (email_changes.set_by_steward,),
        lambda on: email_changes.set_by_steward(
            mailed(on.world.ws), on.marie, bo(on).person_id, _ELSEWHERE
        ),
    ),
)
