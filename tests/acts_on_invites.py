"""The acts on invitations, for `write_paths`."""

from __future__ import annotations

from typing import Final

from atelier.database.sessions import hashed
from atelier.model.ids import InviteId
from atelier.model.invites import Offer, TypedLine
from atelier.workspace import accepting, invite_lists, invites, passkeys
from atelier.workspace.entering import Visitor
from tests.act import Act, bo
from tests.stage import PASSWORD, Stage
from tests.workspace.keyholders import Device

_ONE: Final = InviteId(1)
_TOKEN: Final = "known to this test alone"
_DEVICE: Final = Device()
# A challenge is spent and a try is counted before what they are for is looked at.
_SPENT: Final = frozenset({"passkey_challenges", "sign_in_attempts", "sqlite_sequence"})


def _offer(stage: Stage, email: str) -> Offer:
    return Offer(
        email,
        "Zoé",
        organisation_id=stage.organisations["Mairie"],
        folder_id=stage.folders["other"],
    )


async def _invited(stage: Stage, email: str = "zoe@example.org") -> None:
    """An invitation with a link that is known here."""
    await invites.invite(stage.world.ws, stage.marie, _offer(stage, email))
    await stage.world.change(
        f"UPDATE sign_in_links SET token_hash = '{hashed(_TOKEN)}' WHERE invite_id = 1"
    )


async def _invited_bo(stage: Stage) -> None:
    """One for somebody who has an account by now."""
    await _invited(stage)
    await stage.world.change(
        "UPDATE invites SET email = 'bo@example.org', email_key = 'bo@example.org'"
    )


async def _by_passkey(stage: Stage) -> None:
    # An earlier try of the act may have left its challenge.
    await stage.world.change("DELETE FROM passkey_challenges")
    ws, here = stage.world.ws, Visitor("::1")
    answer = _DEVICE.make(await accepting.ask_passkey(ws, _TOKEN, "Zoé", here))
    await accepting.accept_by_passkey(ws, _TOKEN, "Zoé", answer, here)


INVITES: Final = (
    Act(
        "invite somebody",
        (invites.invite,),
        lambda on: invites.invite(on.world.ws, on.marie, _offer(on, "zoe@example.org")),
    ),
    Act(
        "invite somebody who has an account",
        (invites.invite,),
        lambda on: invites.invite(on.world.ws, on.marie, _offer(on, "bo@example.org")),
    ),
    Act(
        "invite a list",
        (invite_lists.take,),
        lambda on: invite_lists.take(
            on.world.ws, on.marie, _offer(on, ""), [TypedLine(1, "zoe@example.org")]
        ),
    ),
    Act(
        "send an invitation again",
        (invites.resend,),
        lambda on: invites.resend(on.world.ws, on.marie, _ONE),
        before=_invited,
    ),
    Act(
        "copy the link of an invitation",
        (invites.copy_link,),
        lambda on: invites.copy_link(on.world.ws, on.marie, _ONE),
        before=_invited,
    ),
    Act(
        "withdraw an invitation",
        (invites.withdraw,),
        lambda on: invites.withdraw(on.world.ws, on.marie, _ONE),
        before=_invited,
    ),
    Act(
        "accept an invitation",
        (accepting.accept,),
        lambda on: accepting.accept(on.world.ws, _TOKEN, "Zoé", PASSWORD, Visitor("::1")),
        before=_invited,
    ),
    Act(
        "accept an invitation by a passkey",
        (accepting.ask_passkey, accepting.accept_by_passkey, passkeys.made_by_newcomer),
        _by_passkey,
        before=_invited,
        stays=_SPENT,
    ),
    Act(
        "take an invitation with one's account",
        (accepting.take,),
        lambda on: accepting.take(on.world.ws, bo(on), _TOKEN),
        before=_invited_bo,
    ),
)
