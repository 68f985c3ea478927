"""Digests: told once, folded, at their pace, and by the rights of when they leave."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from atelier.model.follows import Followable, Pace
from atelier.model.ids import DocumentId, FolderId, GrantId
from atelier.model.meetings import MeetingState
from atelier.model.people import Actor
from atelier.model.search import Asked
from atelier.workspace import (
    digests,
    documents,
    folders,
    follows,
    meetings,
    preparing,
    saved,
    sharing,
    stopping,
    trash,
)
from atelier.workspace.meetings import Draft
from tests.builders import World
from tests.post.digests import digested, said, told, with_mail
from tests.post.mail_server import Mailbox

PARIS = ZoneInfo("Europe/Paris")


async def shared(world: World) -> tuple[Actor, FolderId, GrantId]:
    """A reader, a folder she reads, and her grant."""
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    return awa, folder, await world.grant(folder, awa)


async def follow(
    world: World,
    actor: Actor,
    what_id: int,
    pace: Pace = Pace.AT_ONCE,
    what: Followable = Followable.FOLDER,
) -> None:
    """Have her follow it."""
    await follows.follow(world.ws, actor, what, what_id, pace)


@with_mail
async def test_twelve_deposits_are_one_line_of_one_letter(world: World, box: Mailbox) -> None:
    awa, folder, _ = await shared(world)
    anne = await world.person("Anne Roux", of="Mairie")
    await world.grant(folder, anne, role="contributor")  # type: ignore[arg-type]
    await follow(world, awa, folder)
    for number in range(12):
        await world.deposit(anne, folder, f"note {number}.txt", b"%d" % number)
    [letter] = await told(world, box)
    assert "Anne Roux (Mairie) a déposé 12 documents dans « Réunions »" in letter
    assert f"https://atelier.example.org/folders/{folder}" in letter
    assert letter.count("a déposé") == 1
    message = box.messages[0]
    assert message["To"] == "Awa <awa@example.org>"
    assert message["Subject"] == "1 nouveauté dans Atelier d'essai"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert await told(world, box) == [], "told once"


@with_mail
async def test_a_letter_says_nothing_of_what_a_document_holds(world: World, box: Mailbox) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder)
    await world.deposit(world.steward, folder, "note.txt", b"le secret de la note")
    await told(world, box)
    assert b"note.txt" in box.raw[0] and b"secret" not in box.raw[0]


@with_mail
async def test_a_digest_made_before_and_sent_after_a_grant_is_withdrawn_shows_nothing(
    world: World, box: Mailbox
) -> None:
    awa, folder, grant = await shared(world)
    other = await world.folder("Annuaire")
    await world.grant(other, awa)
    await follow(world, awa, folder)
    await world.deposit(world.steward, folder, "note.txt")
    await digested(world)
    world.clock.forward(minutes=6)
    await digested(world)
    assert await world.values("SELECT kind FROM letters") == ["digest"], "made"
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    await world.send_letters()
    assert box.raw == []
    assert await world.values("SELECT state FROM letters") == ["dropped"]

    grant = await world.grant(folder, awa)
    await follow(world, awa, other)
    await world.deposit(world.steward, folder, "deux.txt")
    await world.deposit(world.steward, other, "trois.txt")
    await digested(world)
    world.clock.forward(minutes=6)
    await digested(world)
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    await world.send_letters()
    assert "trois.txt" in said(box, 0)
    assert "deux.txt" not in said(box, 0) and "Réunions" not in said(box, 0)


@with_mail
async def test_what_is_closed_moved_away_or_removed_meanwhile_is_not_told(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder)
    below = await folders.make(world.ws, world.steward, folder, "Dessous")
    hidden = await world.folder("Direction")
    await world.deposit(world.steward, below, "fermé.txt")
    gone = await world.deposit(world.steward, folder, "jeté.txt")
    away = await world.deposit(world.steward, folder, "parti.txt", b"ailleurs")
    await world.deposit(world.steward, folder, "resté.txt", b"ici")
    await digested(world)
    world.clock.forward(minutes=6)
    await digested(world)
    await folders.close(world.ws, world.steward, below)
    await trash.remove_document(world.ws, world.steward, gone.document_id)
    await documents.move(world.ws, world.steward, away.document_id, hidden)
    await world.send_letters()
    assert "resté.txt" in said(box, 0)
    for name in ("fermé", "Dessous", "jeté", "parti"):
        assert name not in said(box, 0)


@with_mail
async def test_several_acts_on_a_document_are_one_line_under_its_name_of_now(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder)
    done = await world.deposit(world.steward, folder, "brouillon.txt")
    await world.revise(world.steward, done.document_id, b"deux")
    await documents.rename(world.ws, world.steward, done.document_id, "final.txt")
    [letter] = await told(world, box)
    assert "brouillon" not in letter
    assert letter.count("final.txt") == 1 and "a déposé « final.txt »" in letter
    await world.revise(world.steward, done.document_id, b"trois")
    [letter] = await told(world, box)
    assert "a déposé une nouvelle version de « final.txt »" in letter
    await documents.rename(world.ws, world.steward, done.document_id, "vrai final.txt")
    [letter] = await told(world, box)
    assert "a renommé un document, qui s’appelle maintenant « vrai final.txt »" in letter


@with_mail
async def test_nobody_is_told_of_her_own_acts_nor_of_nothing(world: World, box: Mailbox) -> None:
    await world.folder("Réunions")
    folder = await world.folder("Notes")
    await follow(world, world.steward, folder)
    await follow(world, world.steward, folder, Pace.DAILY)
    await world.deposit(world.steward, folder, "note.txt")
    assert await told(world, box, days=2) == []


@with_mail
async def test_one_document_followed_slowly_in_a_folder_followed_at_once_is_told_once(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    done = await world.deposit(world.steward, folder, "note.txt")
    await follow(world, awa, folder)
    await follow(world, awa, done.document_id, Pace.WEEKLY, Followable.DOCUMENT)
    await world.revise(world.steward, done.document_id, b"deux")
    [letter] = await told(world, box)
    assert letter.count("note.txt") == 1
    assert await told(world, box, days=8) == []


@with_mail
async def test_a_follow_of_a_document_tells_of_it_alone(world: World, box: Mailbox) -> None:
    awa, folder, _ = await shared(world)
    one = await world.deposit(world.steward, folder, "une.txt", b"une")
    two = await world.deposit(world.steward, folder, "deux.txt", b"deux")
    await follow(world, awa, one.document_id, what=Followable.DOCUMENT)
    await world.revise(world.steward, two.document_id, b"2")
    assert await told(world, box) == []
    await world.revise(world.steward, one.document_id, b"1")
    [letter] = await told(world, box)
    assert "Document « une.txt »" in letter and "deux.txt" not in letter


@with_mail
async def test_a_daily_digest_comes_at_seven_and_a_weekly_one_on_monday(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    ben = await world.person("Ben")
    await world.grant(folder, ben)
    await follow(world, awa, folder, Pace.DAILY)
    await follow(world, ben, folder, Pace.WEEKLY)
    await world.deposit(world.steward, folder, "note.txt")
    world.clock.now = datetime(2026, 3, 13, 5, 59, tzinfo=UTC)  # 06:59 in Paris, a Friday
    assert await told(world, box, seconds=1) == []
    assert len(await told(world, box, minutes=2)) == 1
    assert box.messages[-1]["To"] == "Awa <awa@example.org>"
    world.clock.now = datetime(2026, 3, 16, 5, 59, tzinfo=UTC)
    assert await told(world, box, seconds=1) == []
    assert len(await told(world, box, minutes=2)) == 1
    assert box.messages[-1]["To"] == "Ben <ben@example.org>"


@pytest.mark.parametrize(
    ("now", "pace", "turn"),
    [
        ("2026-03-12T09:00", Pace.DAILY, "2026-03-13T06:00"),
        ("2026-03-12T05:00", Pace.DAILY, "2026-03-12T06:00"),
        ("2026-03-12T06:00", Pace.DAILY, "2026-03-13T06:00"),
        ("2026-03-28T09:00", Pace.DAILY, "2026-03-29T05:00"),  # summer time has begun
        ("2026-10-24T09:00", Pace.DAILY, "2026-10-25T06:00"),  # and ended
        ("2026-03-27T09:00", Pace.WEEKLY, "2026-03-30T05:00"),
        ("2026-03-30T04:00", Pace.WEEKLY, "2026-03-30T05:00"),
        ("2026-03-30T05:00", Pace.WEEKLY, "2026-04-06T05:00"),
        ("2026-10-19T06:00", Pace.WEEKLY, "2026-10-26T06:00"),
        ("2026-10-24T09:00", Pace.BEFORE_MEETING, "2026-10-25T06:00"),
    ],
)
def test_a_turn_is_at_seven_by_the_clock_on_the_wall(now: str, pace: Pace, turn: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert digests.next_turn(pace, moment, PARIS) == datetime.fromisoformat(turn).replace(
        tzinfo=UTC
    )
    assert digests.next_turn(Pace.AT_ONCE, moment, PARIS) is None


async def meeting(world: World, folder: FolderId, day: date, title: str = "Comité") -> int:
    """A meeting of the series COPIL in a folder."""
    draft = Draft(title, day, time(14), series="COPIL")
    return await meetings.make(world.ws, world.steward, folder, draft)


@with_mail
async def test_before_a_meeting_she_is_told_two_days_before_once(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    await meeting(world, folder, date(2026, 3, 20))
    await follow(world, awa, folder, Pace.BEFORE_MEETING)
    await world.deposit(world.steward, folder, "note.txt")
    world.clock.now = datetime(2026, 3, 17, 7, tzinfo=UTC)
    assert await told(world, box) == []
    world.clock.now = datetime(2026, 3, 18, 5, 59, tzinfo=UTC)
    [letter] = await told(world, box)
    assert "note.txt" in letter
    subject = str(box.messages[0]["Subject"]).replace("\u00a0", " ")
    assert subject == "Avant la réunion « Comité » du 20 mars 2026 : ce qui est nouveau"
    await world.deposit(world.steward, folder, "tard.txt", b"tard")
    assert await told(world, box, days=1) == []
    assert await told(world, box, days=30) == [], "no meeting comes"


@with_mail
async def test_a_series_tells_what_becomes_of_its_meetings(world: World, box: Mailbox) -> None:
    awa, folder, _ = await shared(world)
    number = await meeting(world, folder, date(2026, 3, 20))
    [series] = await world.values("SELECT id FROM series")
    await follow(world, awa, int(str(series)), what=Followable.SERIES)
    await preparing.set_state(world.ws, world.steward, number, MeetingState.CONVENED)  # type: ignore[arg-type]
    [letter] = await told(world, box)
    assert "a convoqué la réunion « Comité » du 20 mars 2026" in letter
    assert f"/meetings/{number}" in letter
    moved = Draft("Comité", date(2026, 3, 21), time(14), series="COPIL")
    await preparing.change(world.ws, world.steward, number, moved)  # type: ignore[arg-type]
    [letter] = await told(world, box)
    assert "a changé la réunion « Comité », maintenant prévue le 21 mars 2026" in letter
    await preparing.cancel(world.ws, world.steward, number)  # type: ignore[arg-type]
    [letter] = await told(world, box)
    assert "a annulé la réunion « Comité »" in letter
    await meeting(world, folder, date(2026, 4, 20), "Suite")
    await meeting(world, folder, date(2026, 5, 20), "Fin")
    [letter] = await told(world, box)
    assert "prépare 2 réunions : Fin, Suite" in letter


@with_mail
async def test_a_search_tells_what_it_newly_finds_as_far_as_she_may_read_it(
    world: World, box: Mailbox
) -> None:
    awa, folder, grant = await shared(world)
    await world.deposit(world.steward, folder, "avant.txt", b"une maraude")
    await world.settle()
    number = await saved.keep(world.ws, awa, Asked("maraude"))
    await follow(world, awa, number, what=Followable.SEARCH)
    await world.deposit(world.steward, folder, "budget.txt", b"un budget")
    await world.deposit(world.steward, folder, "apres.txt", b"la maraude de nuit")
    await world.settle()
    [letter] = await told(world, box)
    assert "La recherche trouve « apres.txt »" in letter
    assert "avant.txt" not in letter and "budget.txt" not in letter
    assert await told(world, box) == []

    await world.deposit(world.steward, folder, "tard.txt", b"encore une maraude")
    await world.settle()
    await digested(world)
    world.clock.forward(minutes=6)
    await digested(world)
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    before = len(box.raw)
    await world.send_letters()
    assert len(box.raw) == before


@with_mail
async def test_what_a_followed_folder_and_searches_bring_is_told_once(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    other = await world.folder("Archives")
    await world.grant(other, awa)
    await world.settle()
    await follow(world, awa, folder)
    for words in ("maraude", "nuit"):
        number = await saved.keep(world.ws, awa, Asked(words))
        await follow(world, awa, number, what=Followable.SEARCH)
    await world.deposit(world.steward, folder, "ici.txt", b"la maraude de nuit")
    await world.deposit(world.steward, other, "ailleurs.txt", b"une maraude de nuit aussi")
    await world.settle()
    [letter] = await told(world, box)
    assert letter.count("ici.txt") == letter.count("ailleurs.txt") == 1
    assert "a déposé « ici.txt » dans « Réunions »" in letter
    assert "La recherche trouve « ailleurs.txt »" in letter
    assert "Dossier « Réunions »" in letter and letter.count("Recherche « ") == 1
    assert await told(world, box) == []


@with_mail
async def test_what_a_quicker_folder_told_no_slower_search_tells_again(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    await world.settle()
    await follow(world, awa, folder)
    number = await saved.keep(world.ws, awa, Asked("maraude"))
    await follow(world, awa, number, Pace.DAILY, what=Followable.SEARCH)
    await world.deposit(world.steward, folder, "ici.txt", b"la maraude de nuit")
    await world.settle()
    [letter] = await told(world, box)
    assert "ici.txt" in letter
    assert await told(world, box, days=2) == []


@with_mail
async def test_the_button_of_a_digest_opens_the_workspace(world: World, box: Mailbox) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder)
    await world.deposit(world.steward, folder, "note.txt")
    [letter] = [one.replace("\r", "") for one in await told(world, box)]
    assert "Ouvrir l’atelier :\nhttps://atelier.example.org/\n" in letter
    assert "Choisir ce que vous suivez :\nhttps://atelier.example.org/account/follows\n" in letter
    assert 'href="https://atelier.example.org/account/follows"' in box.texts()[1]


@with_mail
async def test_a_digest_cut_short_between_its_steps_tells_all_of_it_once(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder)
    await world.deposit(world.steward, folder, "note.txt")
    await digested(world)
    world.clock.forward(minutes=6)

    def fails(operation: str, path: object) -> None:
        raise OSError(28, "full")

    healthy, world.seam.behaviour = world.seam.behaviour, fails
    with pytest.raises(Exception, match=r".*"):
        await digests.tick(world.ws)
    world.seam.behaviour = healthy
    assert await world.values("SELECT id FROM letters") == []
    turns = await world.values("SELECT person_id FROM digest_turns")
    assert turns == [awa.person_id]
    await digested(world)
    await digested(world)
    await world.send_letters()
    await world.send_letters()
    assert len(box.raw) == 1


@with_mail
async def test_of_two_that_make_the_same_digest_one_does(world: World, box: Mailbox) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder, Pace.DAILY)
    await world.deposit(world.steward, folder, "note.txt")
    await digested(world)
    world.clock.forward(days=1)
    [turn] = await world.ws.db.read(lambda tx: digests.records.due(tx, world.clock(), 9))
    assert await digests.make(world.ws, turn)
    assert not await digests.make(world.ws, turn)
    assert await world.values("SELECT kind FROM letters") == ["digest"]


@with_mail
async def test_who_is_disabled_or_stopped_digests_is_not_written_to(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder)
    await world.deposit(world.steward, folder, "note.txt")
    await stopping.choose(world.ws, awa, frozenset())
    assert await told(world, box) == []
    ben = await world.person("Ben")
    await world.grant(folder, ben)
    await follow(world, ben, folder, Pace.DAILY)
    await world.deposit(world.steward, folder, "deux.txt", b"deux")
    await world.disable(ben.person_id)
    assert await told(world, box, days=1) == []


@with_mail
async def test_a_letter_is_in_the_language_of_who_reads_it_and_counts_what_is_too_much(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    await world.change("UPDATE people SET language = 'en' WHERE id = :id", id=awa.person_id)
    await follow(world, awa, folder, Pace.DAILY)
    for number in range(53):
        await world.deposit(world.steward, folder, f"note {number}.txt", b"%d" % number)
        world.clock.forward(minutes=61)
    world.clock.now = datetime(2026, 3, 30, 9, tzinfo=UTC)
    [letter] = await told(world, box)
    assert letter.count("deposited") == 50
    assert "and 3 others" in letter and "What is new" in letter
    assert "Folder “Réunions”" in letter
    assert box.messages[0]["Subject"] == "53 new things in Atelier d'essai"


@with_mail
async def test_another_pace_tells_what_was_not_told_yet(world: World, box: Mailbox) -> None:
    awa, folder, _ = await shared(world)
    await follow(world, awa, folder, Pace.WEEKLY)
    await world.deposit(world.steward, folder, "note.txt")
    [one] = (await follows.listed(world.ws, awa)).all
    await follows.set_pace(world.ws, awa, one.id, Pace.AT_ONCE)
    [letter] = await told(world, box)
    assert "note.txt" in letter
    assert await told(world, box, days=8) == []


@with_mail
async def test_a_document_moved_between_two_followed_folders_is_told_once_where_it_stands(
    world: World, box: Mailbox
) -> None:
    awa, folder, _ = await shared(world)
    other = await world.folder("Archives")
    await world.grant(other, awa)
    done = await world.deposit(world.steward, folder, "note.txt")
    await follow(world, awa, folder)
    await documents.move(world.ws, world.steward, DocumentId(done.document_id), other)
    [letter] = await told(world, box)
    assert "a déplacé « note.txt », qui est maintenant dans « Archives »" in letter
