"""What opens something is given once and kept as a hash: the records open nothing to a thief."""

from __future__ import annotations

import base64

from atelier.model.people import Actor
from atelier.workspace import calendars, invites, links, people
from atelier.workspace.invites import Offer
from tests.builders import World, in_network
from tests.mailed import confirming
from tests.workspace.keyholders import keyholder
from tests.workspace.test_signing_in import OTHER, PASSWORD

CODES = [f"recovery code {number}" for number in range(10)]


async def given(world: World, bo: Actor) -> dict[str, str]:
    """Every kind of token that somebody holds at the same time, by what it is for."""
    ws, awa = world.ws, await keyholder(world, "Awa")
    await awa.add_app()
    step = await awa.sign_in()
    assert step.is_step
    tokens = {
        "session": awa.token,
        "step": step.token,
        "feed": await calendars.make(ws, awa.actor),
        "invitation": (await invites.invite(ws, world.steward, Offer("zoe@example.org"))).token,
        "new address": await confirming(ws, awa.actor.person_id, is_new=True),
        "reset": await ws.db.write(lambda tx: links.start_reset(ws, tx, awa.actor.person_id)),
        "welcome": await people.issue_link(ws, world.steward, bo.person_id),
    }
    return tokens | dict(zip(CODES, awa.codes, strict=True))


@in_network
async def test_no_token_that_was_given_stands_in_any_file(world: World) -> None:
    bo = await world.person("Bo")
    tokens = await given(world, bo)
    assert len(tokens) == 17
    files = [path for path in world.data.rglob("*") if path.is_file()]
    everything = b"\0".join(path.read_bytes() for path in files)
    assert b"awa@example.org" in everything, "what is not secret is found by the same look"
    for purpose, token in tokens.items():
        assert token.encode() not in everything, purpose
        assert token.replace("-", "").encode() not in everything, purpose
    for secret in (PASSWORD, OTHER):
        assert secret.encode() not in everything


@in_network
async def test_a_token_is_256_bits_and_never_given_twice(world: World) -> None:
    bo = await world.person("Bo")
    tokens = await given(world, bo)
    long = {purpose: token for purpose, token in tokens.items() if purpose not in CODES}
    assert len(long) == 7
    for purpose, token in long.items():
        assert len(base64.urlsafe_b64decode(f"{token}=")) == 32, purpose
    again = await people.issue_link(world.ws, world.steward, bo.person_id)
    assert len({*tokens.values(), again}) == len(tokens) + 1
