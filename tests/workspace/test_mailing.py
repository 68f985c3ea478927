"""Letters leave at most once, by the rights of the moment in which they do."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from atelier.database import letters as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, NotFound
from atelier.model.ids import InviteId, LetterId
from atelier.model.letters import LetterFault, LetterKind, LetterRow, LetterState, MailHealth
from atelier.model.people import Actor
from atelier.post.smtp import Patience, SmtpPost
from atelier.settings import Mail
from atelier.web.letters import composer
from atelier.worker import runner
from atelier.workspace import (
    links,
    mail_desk,
    mailing,
    retention,
    sending,
    upkeep,
)
from atelier.workspace.backups import backup
from tests.builders import TurnedClock, World, in_network, network
from tests.post.mail_server import Mailbox, mail_server
from tests.workspace.test_backups import brought_back, elsewhere

SENDER = "atelier@reseau.example"
Story = Callable[[World, Mailbox], Awaitable[None]]


def post_at(port: int, clock: TurnedClock) -> SmtpPost:
    """The post of that server, whose patience is short and turns with the network's clock."""
    mail = Mail(server="localhost", port=port, security="none", sender=SENDER)
    compose = composer(SENDER, "fr", "Europe/Paris")
    patience = Patience(answer=5, taking=0.5)
    return SmtpPost(mail, compose, patience=patience, clock=lambda: clock().timestamp())


@contextlib.asynccontextmanager
async def mailed(folder: Path, port: int) -> AsyncIterator[World]:
    """A network whose letters leave by the server at that port."""
    clock = TurnedClock()
    given = {"MAIL_SERVER": "localhost", "MAIL_SENDER": SENDER}
    async with network(folder, clock=clock, post=post_at(port, clock), **given) as world:
        yield world


def told(folder: Path, story: Story, box: Mailbox | None = None) -> Mailbox:
    """A story in a network with a mail server; what came there."""
    filled = box or Mailbox()

    async def run() -> None:
        async with mail_server(filled) as port, mailed(folder, port) as world:
            await story(world, filled)

    asyncio.run(run())
    return filled


async def queue(
    world: World, to: Actor, kind: LetterKind = LetterKind.TEST, *, about: int = 0, once: str = ""
) -> bool:
    """Queue a letter to somebody, alone in its transaction."""

    async def unit(tx: Transaction) -> bool:
        return await mailing.queue(world.ws, tx, kind, person=to.person_id, about=about, once=once)

    return await world.ws.db.write(unit)


async def letter(world: World, number: int = 1) -> LetterRow:
    """A letter by its number."""
    found = await world.ws.db.read(lambda tx: records.found(tx, LetterId(number)))
    assert found is not None
    return found


async def later(world: World) -> None:
    """An hour and a bit on, with what is due then."""
    world.clock.forward(minutes=65)
    await world.send_letters()


@in_network
async def test_without_a_server_nothing_is_queued_and_nothing_breaks(world: World) -> None:
    assert not mailing.is_set(world.ws)
    assert not await queue(world, world.steward)
    await world.send_letters()
    assert await world.values("SELECT id FROM letters") == []
    assert await world.values("SELECT id FROM jobs") == []


def test_a_letter_is_sent_once_and_the_same_is_queued_once(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        assert await queue(world, world.steward, once="one")
        assert not await queue(world, world.steward, once="one")
        await world.send_letters()
        await sending.send(world.ws, 1)
        await sending.send(world.ws, 99)
        assert not await queue(world, world.steward, once="one")
        await later(world)
        sent = await letter(world)
        assert (sent.state, sent.sent_to) == (LetterState.SENT, "marie@example.org")
        assert sent.answer == "250 taken"

    assert len(told(tmp_path, story).messages) == 1


def test_a_letter_is_queued_with_what_it_tells_or_not_at_all(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        async def unit(tx: Transaction) -> None:
            await mailing.queue(world.ws, tx, LetterKind.TEST, person=world.steward.person_id)
            raise NotFound("folder")

        with pytest.raises(NotFound):
            await world.ws.db.write(unit)
        await world.send_letters()
        assert await world.values("SELECT id FROM letters") == []

    assert told(tmp_path, story).messages == []


def test_a_server_that_does_not_take_it_yet_is_asked_again_later(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        await world.send_letters()
        waiting = await letter(world)
        assert (waiting.state, waiting.attempts) == (LetterState.WAITING, 1)
        assert waiting.answer == "451 busy"
        await world.send_letters()
        assert len(box.answers) == 1  # not at once
        await later(world)
        await later(world)
        await later(world)
        assert (await letter(world)).state is LetterState.SENT

    box = told(tmp_path, story, Mailbox(answers=["451 busy", "421 busy"]))
    assert len(box.messages) == 1


def test_a_server_that_is_down_loses_nothing(tmp_path: Path) -> None:
    box = Mailbox()

    async def story() -> None:
        async with mail_server(box) as port:
            pass
        async with mailed(tmp_path, port) as world:
            for number in range(3):
                await queue(world, world.steward, once=str(number))
            await world.send_letters()
            await later(world)
            assert box.messages == []
            assert (await mail_desk.look(world.ws, world.steward)).health.waiting == 3
            async with mail_server(box, port=port):
                await later(world)
                await later(world)
            assert len(box.messages) == 3

    asyncio.run(story())


def test_how_the_mail_fares_is_told_to_stewards_alone(tmp_path: Path) -> None:
    box = Mailbox(refused={"awa@example.org": "550 unknown", "bo@example.org": "451 later"})

    async def story() -> None:
        async with mail_server(box) as port:
            pass
        async with mailed(tmp_path, port) as world:
            awa, bo = await world.person("Awa"), await world.person("Bo")
            with pytest.raises(Forbidden):
                await mail_desk.health(world.ws, awa)
            calm = await mail_desk.health(world.ws, world.steward)
            assert calm == MailHealth(0, None, None, "", None)
            begun = world.clock()
            await queue(world, world.steward)
            await world.send_letters()
            await later(world)
            await queue(world, bo)
            down = await mail_desk.health(world.ws, world.steward)
            assert down == MailHealth(2, begun, None, "", begun)
            async with mail_server(box, port=port):
                await queue(world, awa)
                await later(world)
                await later(world)
                up = await mail_desk.health(world.ws, world.steward)
                assert (up.waiting, up.unreached_since) == (1, None)
                assert up.refusal == "550 unknown" and up.refused_at is not None
            settled = "SELECT MAX(changed_at) FROM letters WHERE state <> 'waiting'"
            answered = await world.values(settled)
            await queue(world, world.steward)
            await later(world)
            again = await mail_desk.health(world.ws, world.steward)
            assert again.unreached_since is not None
            assert again.unreached_since.timestamp() * 1000 >= answered[0]
            assert again.waiting_since is not None
            assert again.waiting_since < again.unreached_since

    asyncio.run(story())


def test_one_that_was_tried_for_three_days_is_given_up_and_told(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        for _ in range(80):
            await later(world)
        given_up = await letter(world)
        assert given_up.state is LetterState.REFUSED
        assert given_up.answer == "450 not now"
        box.refused.clear()
        await mail_desk.send_again(world.ws, world.steward, given_up.id)
        await world.send_letters()
        assert (await letter(world)).state is LetterState.SENT

    told(tmp_path, story, Mailbox(refused={"marie@example.org": "450 not now"}))


def test_a_refused_address_is_told_to_stewards_with_the_answer_and_tried_no_more(
    tmp_path: Path,
) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa", of="Mairie")
        await queue(world, awa)
        await queue(world, world.steward)
        await later(world)
        desk = await mail_desk.look(world.ws, world.steward)
        [one] = desk.troubled
        assert (one.to, one.row.sent_to) == ("Awa", "awa@example.org")
        assert (one.row.state, one.row.answer) == (LetterState.REFUSED, "550 unknown")
        assert (desk.sent, desk.health.waiting) == (1, 0)
        box.refused.clear()
        await later(world)
        assert len(box.messages) == 1
        for asking in (
            lambda: mail_desk.look(world.ws, awa),
            lambda: mail_desk.send_again(world.ws, awa, one.row.id),
            lambda: mail_desk.send_test(world.ws, awa),
        ):
            with pytest.raises(Forbidden):
                await asking()
        await mail_desk.send_again(world.ws, world.steward, one.row.id)
        await world.send_letters()
        assert len(box.messages) == 2
        with pytest.raises(AlreadySo):
            await mail_desk.send_again(world.ws, world.steward, one.row.id)

    told(tmp_path, story, Mailbox(refused={"awa@example.org": "550 unknown"}))


def test_one_whose_sending_ends_the_worker_each_time_is_given_up_too(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        await world.change("UPDATE jobs SET attempts = :many", many=runner.MAX_ATTEMPTS)
        await world.send_letters()
        given_up = await letter(world)
        assert (given_up.state, given_up.answer) == (LetterState.REFUSED, LetterFault.DEFECT)
        await mail_desk.send_again(world.ws, world.steward, given_up.id)
        await world.send_letters()
        await sending.give_up(world.ws, given_up.id)
        await sending.give_up(world.ws, 99)
        assert (await letter(world)).state is LetterState.SENT

    assert len(told(tmp_path, story).messages) == 1


def test_an_address_that_no_letter_can_go_to_is_told_and_tried_no_more(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa", of="Mairie")
        await queue(world, awa)
        await queue(world, world.steward)
        await world.change("UPDATE people SET email = 'zoé..@x' WHERE name = 'Awa'")
        await later(world)
        [one] = (await mail_desk.look(world.ws, world.steward)).troubled
        assert (one.to, one.row.sent_to) == ("Awa", "zoé..@x")
        assert (one.row.state, one.row.answer) == (LetterState.REFUSED, LetterFault.ADDRESS)
        assert await world.values("SELECT id FROM jobs") == []

    assert len(told(tmp_path, story).messages) == 1


@pytest.mark.parametrize("way", ["dies", "hangs"])
def test_one_that_may_have_left_is_never_sent_again_but_by_a_steward(
    tmp_path: Path, way: str
) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        await world.send_letters()
        box.dies, box.waits_at = False, ""
        await later(world)
        unsure = await letter(world)
        assert unsure.state is LetterState.HANDED
        assert unsure.answer
        before = len(box.messages)
        [one] = (await mail_desk.look(world.ws, world.steward)).troubled
        await mail_desk.send_again(world.ws, world.steward, one.row.id)
        await world.send_letters()
        assert len(box.messages) == before + 1
        assert len({message["Message-ID"] for message in box.messages}) == 1

    told(tmp_path, story, Mailbox(dies=way == "dies", waits_at="DATA" if way == "hangs" else ""))


def test_a_crash_while_it_leaves_sends_it_no_second_time(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        sending = asyncio.create_task(world.send_letters())
        await box.reached.wait()
        with pytest.raises(AlreadySo):  # it may be on its way this very moment
            await mail_desk.send_again(world.ws, world.steward, LetterId(1))
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        box.waits_at = ""
        await later(world)
        assert (await letter(world)).state is LetterState.HANDED
        assert box.messages == []
        assert len((await mail_desk.look(world.ws, world.steward)).troubled) == 1
        await mail_desk.send_again(world.ws, world.steward, LetterId(1))
        await world.send_letters()
        assert len(box.messages) == 1

    told(tmp_path, story, Mailbox(waits_at="DATA"))


def test_a_crash_before_it_leaves_loses_nothing(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        sending = asyncio.create_task(world.send_letters())
        await box.reached.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        assert (await letter(world)).state is LetterState.WAITING
        box.waits_at = ""
        await later(world)
        assert len(box.messages) == 1

    told(tmp_path, story, Mailbox(waits_at="RCPT"))


def test_a_link_is_made_only_when_its_letter_leaves_and_stands_nowhere(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa", of="Mairie")
        await queue(world, awa, LetterKind.RESET)
        await world.send_letters()
        assert await world.values("SELECT 1 FROM sign_in_links WHERE purpose = 'reset'") == []
        box.refused.clear()
        await later(world)
        text, html = box.texts()
        token = re.findall(r"http://localhost:8000/reset/([\w-]{43})", text)[0]
        assert token in html
        assert token.encode() not in (world.data / "atelier.sqlite3").read_bytes()
        person = await links.look_at_link(world.ws, token)
        assert person.id == awa.person_id

    told(tmp_path, story, Mailbox(refused={"awa@example.org": "450 later"}))


def test_nothing_leaves_for_a_disabled_account_or_about_what_she_may_not_read(
    tmp_path: Path,
) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Mairie")
        folder = await world.folder("Dossier discret")
        await world.grant(folder, bo)
        for one in (awa, bo):
            await queue(world, one, LetterKind.ACCESS_GIVEN, about=folder)
        await queue(world, awa, LetterKind.RESET)
        await world.disable(awa.person_id)
        await world.send_letters()
        assert [message["To"].addresses[0].username for message in box.messages] == ["bo"]
        assert (await letter(world, 1)).state is LetterState.DROPPED
        cy = await world.person("Cy", of="Mairie")
        await queue(world, cy, LetterKind.ACCESS_GIVEN, about=folder)
        await queue(world, cy, LetterKind.ACCESS_GIVEN, about=10**15)
        await queue(world, cy, LetterKind.EMAIL_OLD)
        await queue(world, cy, LetterKind.EMAIL_NEW)
        await world.send_letters()
        states = await world.values(
            "SELECT state FROM letters WHERE person_id = :id", id=cy.person_id
        )
        assert states == ["dropped"] * 4

    assert len(told(tmp_path, story).messages) == 1


def test_a_grant_withdrawn_before_it_leaves_is_not_told(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        bo = await world.person("Bo", of="Mairie")
        folder = await world.folder("Dossier discret")
        await world.grant(folder, bo)
        await queue(world, bo, LetterKind.ACCESS_GIVEN, about=folder)
        await world.change("DELETE FROM grants WHERE subject_kind = 'person'")
        await world.send_letters()

    assert told(tmp_path, story).messages == []


async def invite(world: World, *, state: str = "") -> InviteId:
    """An invitation of a stranger by the steward; `state` is a column that ends it."""
    now = int(world.clock().timestamp() * 1000)

    async def unit(tx: Transaction) -> int:
        return int(
            await tx.value(
                "INSERT INTO invites (email, email_key, name, language, message, invited_by,"
                " created_at, expires_at) VALUES ('new@x.example', 'new@x.example', 'Nadia',"
                " 'fr', 'À bientôt', :by, :now, :now + 604800000) RETURNING id",
                by=world.steward.person_id,
                now=now,
            )
        )

    number = await world.ws.db.write(unit)
    if state:
        await world.change(f"UPDATE invites SET {state} = :now WHERE id = :id", now=now, id=number)
    return InviteId(number)


def test_an_invitation_leaves_with_a_link_until_it_is_over(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        for state in ("", "accepted_at", "withdrawn_at", "expires_at"):
            number = await invite(world, state=state)

            async def unit(tx: Transaction, number: InviteId = number) -> None:
                kind = LetterKind.INVITATION
                await mailing.queue(world.ws, tx, kind, invite=number, once=str(number))

            await world.ws.db.write(unit)
        await world.send_letters()
        [message] = box.messages
        assert message["To"].addresses[0].addr_spec == "new@x.example"
        text, _ = box.texts()
        assert "À bientôt" in text
        assert re.search(r"/invite/[\w-]{43}", text)
        purposes = await world.values("SELECT purpose FROM sign_in_links WHERE invite_id = 1")
        assert purposes == ["invite"]

    told(tmp_path, story)


def test_a_change_of_address_is_confirmed_at_both(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa", of="Mairie")
        await world.change(
            "INSERT INTO email_changes (person_id, email, email_key, created_at)"
            " VALUES (:id, 'awa@new.example', 'awa@new.example', 0)",
            id=awa.person_id,
        )
        await queue(world, awa, LetterKind.EMAIL_OLD)
        await queue(world, awa, LetterKind.EMAIL_NEW)
        await world.send_letters()
        went = [message["To"].addresses[0].addr_spec for message in box.messages]
        assert went == ["awa@example.org", "awa@new.example"]
        purposes = await world.values("SELECT purpose FROM sign_in_links ORDER BY rowid")
        assert purposes[-2:] == ["email_old", "email_new"]

    told(tmp_path, story)


def test_old_letters_are_forgotten_and_those_that_wait_are_not(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        await world.send_letters()
        await queue(world, world.steward)
        world.clock.forward(days=retention.LETTER_DAYS + 1)
        await upkeep.forget_expired(world.ws)
        assert await world.values("SELECT state FROM letters") == ["waiting"]

    told(tmp_path, story)


def test_after_a_restore_what_waited_may_have_left(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        await world.ws.db.write(lambda tx: records.doubt_waiting(tx, LetterFault.RESTORED))
        await world.send_letters()
        assert box.messages == []
        [one] = (await mail_desk.look(world.ws, world.steward)).troubled
        assert one.row.answer == LetterFault.RESTORED

    told(tmp_path, story)


def test_the_worker_sends_letters_beside_all_else_and_waits_for_none(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        assert await upkeep.is_quiet(world.ws)
        assert not await runner.do_next(world.ws)
        working = asyncio.create_task(runner.work(world.ws))
        await box.reached.wait()
        box.going_on.set()
        while not box.messages:
            await asyncio.wait({working}, timeout=0.05)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    told(tmp_path, story, Mailbox(waits_at="RCPT"))


def test_letters_of_a_backup_that_came_back_wait_for_a_steward(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        await queue(world, world.steward)
        data = await brought_back(world, await backup(world.ws, elsewhere(world)))
        await world.send_letters()
        async with network(data, clock=world.clock, post=world.ws.post) as back:
            await back.send_letters()
            assert (await letter(back)).answer == LetterFault.RESTORED
        assert len(box.messages) == 1

    told(tmp_path, story)


def test_an_address_that_changes_while_it_leaves_is_asked_anew(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa = await world.person("Awa", of="Mairie")
        await queue(world, awa)
        sending = asyncio.create_task(world.send_letters())
        await box.reached.wait()
        await world.change("UPDATE people SET email = 'awa@new.example' WHERE name = 'Awa'")
        box.going_on.set()
        await sending
        assert box.messages == []
        await later(world)
        assert [str(one["To"]) for one in box.messages] == ["Awa <awa@new.example>"]

    told(tmp_path, story, Mailbox(waits_at="RCPT"))
