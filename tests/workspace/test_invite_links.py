"""Links of an invitation that is sent again: those of before open nothing any more."""

from __future__ import annotations

from atelier.model.ids import InviteId
from atelier.model.invites import Offer
from atelier.workspace import accepting, invites
from tests.builders import World, in_network
from tests.mailed import mailed
from tests.workspace.test_invites import ZOE, accept, is_spent


async def link_of_letter(world: World, number: InviteId) -> str:
    """The token of the link that its letter would carry if it left now."""
    return await world.ws.db.write(lambda tx: invites.mint_link(world.ws, tx, number))


@in_network
async def test_sent_again_without_letters_the_new_link_alone_opens(world: World) -> None:
    folder = await world.folder("Chutes")
    made = await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))
    assert made.invite_id is not None
    copied = (await invites.copy_link(world.ws, world.steward, made.invite_id)).token
    assert await accepting.look(world.ws, made.token), "a copied link takes the place of none"
    resent = (await invites.resend(world.ws, world.steward, made.invite_id)).token
    assert await is_spent(world, made.token) and await is_spent(world, copied)
    assert (await accept(world, resent)).folder_id == folder


@in_network
async def test_sent_again_by_letter_earlier_links_end_unless_no_letter_follows(
    world: World,
) -> None:
    world.ws = mailed(world.ws)
    folder = await world.folder("Chutes")
    made = await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))
    assert made.invite_id is not None and made.token == ""
    first = await link_of_letter(world, made.invite_id)
    await invites.resend(world.ws, world.steward, made.invite_id)
    assert await accepting.look(world.ws, first), "within a minute no second letter leaves"
    world.clock.forward(minutes=2)
    await invites.resend(world.ws, world.steward, made.invite_id)
    assert await is_spent(world, first)
    second = await link_of_letter(world, made.invite_id)
    await invites.withdraw(world.ws, world.steward, made.invite_id)
    assert await is_spent(world, second)
