"""The letters about one's own account, to a real server: to whom they go, where they lead."""

from __future__ import annotations

import re
from pathlib import Path

from atelier.workspace import email_changes, forgotten, own_account, people
from atelier.workspace.entering import Visitor
from tests.builders import World
from tests.post.mail_server import Mailbox
from tests.workspace.test_mailing import told

PASSWORD = "un cheval bleu sous la pluie"
OTHER = "trois pommes et une poire"
NEW = "awa@ailleurs.example"
HERE = "192.0.2.1"


def link_in(box: Mailbox, number: int, start: str) -> str:
    """The token of the link that a message carries."""
    body = box.messages[number].get_body(("plain",))
    assert body is not None
    found = re.search(rf"/{start}/([\w-]{{43}})", body.get_content())
    assert found, body.get_content()
    return found[1]


def recipients(box: Mailbox) -> list[str]:
    """To whom the messages went."""
    return [str(message["to"]) for message in box.messages]


def test_a_forgotten_password_is_mailed_to_who_has_an_account_and_to_nobody_else(
    tmp_path: Path,
) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await world.person("Awa")
        bo = await world.person("Bo")
        await world.disable(bo.person_id)
        for email in ("nobody@example.org", "bo@example.org", "AWA@example.org"):
            await forgotten.ask(world.ws, email, HERE)
        await world.send_letters()
        [to] = recipients(box)
        assert "awa@example.org" in to
        states = await world.values("SELECT state FROM letters ORDER BY id")
        assert states == ["dropped", "dropped", "sent"]
        await people.use_link(world.ws, link_in(box, 0, "reset"), PASSWORD)
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor(HERE))

    told(tmp_path, story)


def test_both_addresses_are_written_to_and_a_change_of_password_is_told(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa")
        link = await people.issue_link(world.ws, world.steward, awa.person_id)
        token = (await people.use_link(world.ws, link, PASSWORD)).token
        await email_changes.ask(world.ws, awa, NEW, current=PASSWORD, address=HERE)
        await world.send_letters()
        old, new = recipients(box)
        assert "awa@example.org" in old and NEW in new
        assert not await email_changes.confirm(world.ws, link_in(box, 1, "confirm"))
        assert await email_changes.confirm(world.ws, link_in(box, 0, "confirm"))
        await own_account.change_password(
            world.ws, awa, token, current=PASSWORD, chosen=OTHER, address=HERE
        )
        await world.send_letters()
        assert [NEW in to for to in recipients(box)] == [False, True, True, True]
        sent = [message.as_string() for message in box.messages]
        assert not any(secret in one for one in sent for secret in (PASSWORD, OTHER))

    told(tmp_path, story)


def test_the_owner_of_an_address_that_is_asked_for_gets_no_letter(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa")
        await world.person("Bo")
        link = await people.issue_link(world.ws, world.steward, awa.person_id)
        await people.use_link(world.ws, link, PASSWORD)
        await email_changes.ask(world.ws, awa, "bo@example.org", current=PASSWORD, address=HERE)
        await world.send_letters()
        [to] = recipients(box)
        assert "awa@example.org" in to

    told(tmp_path, story)
