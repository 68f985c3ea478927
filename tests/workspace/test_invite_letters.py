"""What the letters of invitations tell, to a real server, and what their links prove."""

from __future__ import annotations

from pathlib import Path

from atelier.model.folders import Role
from atelier.model.invites import Fate, Offer
from atelier.workspace import accepting, email_changes, folders, forgotten, invites, memberships
from atelier.workspace import people as accounts
from tests.builders import World
from tests.post.mail_server import Mailbox
from tests.workspace.test_account_letters import NEW, PASSWORD, link_in, recipients
from tests.workspace.test_invite_abuse import hide, is_proved
from tests.workspace.test_invites import HERE, ZOE, prove, town_of, withdraw_grants
from tests.workspace.test_mailing import told
from tests.workspace.test_memberships import place_of, representative


def said(box: Mailbox, number: int = -1) -> str:
    """The text of a message, on one line."""
    body = box.messages[number].get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_an_invitation_names_the_folder_who_invites_and_until_when(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        cora, folder = await world.person("Cora", of="Mairie"), await world.folder("Chutes")
        other = await world.folder("Sommeil")
        for one in (folder, other):
            await world.grant(one, cora, Role.COORDINATOR)
        await invites.invite(world.ws, cora, Offer(ZOE, "Zoé", folder_id=folder, message="À lundi"))
        await invites.invite(world.ws, cora, Offer("yan@example.org", folder_id=other))
        await withdraw_grants(world, other, cora)
        await world.send_letters()
        [to] = recipients(box)
        assert ZOE in to
        last = world.today(plus=world.ws.settings.sessions.invitation_days)
        for fact in ("Cora", "Mairie", "« Chutes »", "À lundi", f"jusqu’au {last.day}"):
            assert fact in said(box).replace("\u00a0", " ").replace("\u202f", " "), fact
        shown = await accepting.look(world.ws, link_in(box, 0, "invite"))
        assert (shown.inviter_home, shown.folder, shown.is_mailed) == ("Mairie", "Chutes", True)
        token = link_in(box, 0, "invite")
        await accepting.accept(world.ws, token, "Zoé", PASSWORD, HERE)
        zoe = await world.actor(ZOE)
        assert await is_proved(world, zoe)
        await world.grant(other, cora, Role.COORDINATOR)
        made = await invites.invite(world.ws, cora, Offer(ZOE, folder_id=other))
        assert made.fate is Fate.GIVEN
        assert (await folders.look(world.ws, zoe, other)).folder.id == other

    told(tmp_path, story)


def test_links_out_of_letters_prove_an_address_and_a_new_one_its_own(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa")
        link = await accounts.issue_link(world.ws, world.steward, awa.person_id)
        await accounts.use_link(world.ws, link, PASSWORD)
        assert not await is_proved(world, awa)
        await forgotten.ask(world.ws, "awa@example.org", "192.0.2.1")
        await world.send_letters()
        await accounts.use_link(world.ws, link_in(box, 0, "reset"), PASSWORD)
        assert await is_proved(world, awa)
        await world.change("UPDATE people SET email_proved_at = NULL")
        await email_changes.ask(world.ws, awa, NEW, current=PASSWORD, address="192.0.2.1")
        await world.send_letters()
        tokens = [
            link_in(box, number, "confirm")
            for number, to in enumerate(recipients(box))
            if "/confirm/" in said(box, number)
        ]
        for token in tokens:
            assert not await is_proved(world, awa)
            await email_changes.confirm(world.ws, token)
        assert await is_proved(world, awa)

    told(tmp_path, story)


def test_who_joins_an_organisation_is_told_while_she_is_of_it(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        ref = await representative(world, "Rita", "Mairie")
        town, nora = await town_of(world, ref), await world.person("Nora", of="CCAS")
        max_ = await world.person("Max", of="CCAS")
        await prove(world, nora, max_)
        for email in ("nora@example.org", "max@example.org"):
            made = await invites.invite(world.ws, ref, Offer(email, organisation_id=town))
            assert made.fate is Fate.GIVEN
        place = await place_of(world, max_, "Mairie")
        day = world.today(plus=-1)
        await memberships.end(world.ws, ref, max_.person_id, place.id, day)
        await world.send_letters()
        [to] = recipients(box)
        assert "nora@example.org" in to and "rattaché à Mairie" in said(box)
        assert f"/organisations/{town}" in said(box)

    told(tmp_path, story)


def test_no_letter_goes_to_an_account_that_is_disabled_and_hidden(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        cora, nil = await world.person("Cora"), await world.person("Nil")
        folder = await world.folder("Chutes")
        await world.grant(folder, cora, Role.COORDINATOR)
        await hide(world, nil)
        await world.disable(nil.person_id)
        made = await invites.invite(world.ws, cora, Offer("nil@example.org", folder_id=folder))
        assert made.fate is Fate.INVITED
        await world.send_letters()
        assert await world.values("SELECT state FROM letters") == ["dropped"]

    assert not told(tmp_path, story).messages
