"""Another address: asked with the password, made once both addresses have confirmed."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from atelier.errors import (
    AlreadySo,
    BadSignIn,
    Forbidden,
    Invalid,
    LinkSpent,
    NotFound,
    SignInNeeded,
    TooMany,
)
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import OrganisationId, PersonId
from atelier.model.letters import KeyChange, Letter, LetterKind
from atelier.model.people import Actor
from atelier.workspace import email_changes, journal, people, upkeep
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network
from tests.mailed import leaving, mailed

PASSWORD = "un cheval bleu sous la pluie"
OTHER = "trois pommes et une poire"
NEW = "awa@ailleurs.example"
HERE = "192.0.2.1"


async def begun(world: World) -> tuple[Actor, str]:
    """Awa, who has a password, and her session's token; a mail server is set."""
    awa = await world.person("Awa")
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    token = (await people.use_link(world.ws, link, PASSWORD)).token
    world.ws = mailed(world.ws)
    return awa, token


async def ask(world: World, actor: Actor, email: str = NEW, password: str = PASSWORD) -> None:
    """Ask for another address."""
    await email_changes.ask(world.ws, actor, email, current=password, address=HERE)


async def leaves(world: World, actor: Actor, *, is_new: bool) -> Letter | None:
    """The letter to one of the two addresses, as it leaves; None when it does not."""
    kind = LetterKind.EMAIL_NEW if is_new else LetterKind.EMAIL_OLD
    return await leaving(world.ws, actor.person_id, kind)


async def link(world: World, actor: Actor, *, is_new: bool) -> str:
    """The token that a letter carries when it leaves."""
    letter = await leaves(world, actor, is_new=is_new)
    assert letter is not None
    return letter.link.rpartition("/")[2]


async def address(world: World, actor: Actor) -> str:
    """The address that somebody has."""
    return (await people.look(world.ws, world.steward, actor.person_id)).person.email


@pytest.mark.parametrize("new_first", [False, True])
@in_network
async def test_the_address_changes_once_both_have_confirmed_in_any_order(
    world: World, *, new_first: bool
) -> None:
    awa, token = await begun(world)
    await ask(world, awa)
    kinds = await world.values("SELECT kind FROM letters ORDER BY kind")
    assert kinds == ["email_new", "email_old"]
    for is_new, to in ((True, NEW), (False, "awa@example.org")):
        letter = await leaves(world, awa, is_new=is_new)
        assert letter is not None and letter.to == to and "/confirm/" in letter.link
    first, last = [await link(world, awa, is_new=side) for side in (new_first, not new_first)]
    welcome = await people.issue_link(world.ws, world.steward, awa.person_id)
    for _ in range(2):
        shown = await email_changes.look_at_link(world.ws, first)
    assert (shown.person.name, shown.email, shown.is_new) == ("Awa", NEW, new_first)
    assert not await email_changes.confirm(world.ws, first)
    assert await address(world, awa) == "awa@example.org"
    waiting = await email_changes.waiting(world.ws, awa)
    assert waiting is not None
    assert (waiting.new_has_confirmed, waiting.old_has_confirmed) == (new_first, not new_first)
    with pytest.raises(LinkSpent):
        await email_changes.confirm(world.ws, first)
    assert await email_changes.confirm(world.ws, last)
    assert await address(world, awa) == NEW
    for spent in (first, last):
        with pytest.raises(LinkSpent):
            await email_changes.look_at_link(world.ws, spent)
    with pytest.raises(LinkSpent):  # it went to the address that is no longer hers
        await people.look_at_link(world.ws, welcome)
    assert (await people.session(world.ws, token)).person.email == NEW
    assert await email_changes.waiting(world.ws, awa) is None
    told = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (told.verb, told.person, told.facts) == ("email_changed", "Awa", {"name": "Awa"})
    await people.sign_in(world.ws, NEW.upper(), PASSWORD, Visitor(HERE))
    with pytest.raises(BadSignIn):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor(HERE))


@in_network
async def test_what_is_asked_badly_is_refused_and_changes_nothing(world: World) -> None:
    awa, _ = await begun(world)
    for email, password, field, fault in (
        ("nowhere", PASSWORD, "email", "not_an_address"),
        (f"{'x' * 300}@example.org", PASSWORD, "email", "too_long"),
        ("AWA@example.org", PASSWORD, "email", "same_address"),
        (NEW, OTHER, "current", "wrong_password"),
        (NEW, "", "current", "wrong_password"),
    ):
        with pytest.raises(Invalid) as refusal:
            await ask(world, awa, email, password)
        assert (refusal.value.field, refusal.value.fault) == (field, fault)
    assert await world.values("SELECT COUNT(*) FROM letters") == [0]
    assert await email_changes.waiting(world.ws, awa) is None


@in_network
async def test_without_a_mail_server_only_a_steward_changes_an_address(world: World) -> None:
    awa, token = await begun(world)
    mail = dataclasses.replace(world.ws.settings.mail, server="")
    settings = dataclasses.replace(world.ws.settings, mail=mail)
    world.ws = dataclasses.replace(world.ws, settings=settings)
    with pytest.raises(Invalid, match="without_mail"):
        await ask(world, awa)
    await email_changes.set_by_steward(world.ws, world.steward, awa.person_id, NEW)
    assert await address(world, awa) == NEW
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, token)


@in_network
async def test_an_address_that_somebody_has_is_asked_for_alike_and_gets_no_letter(
    world: World,
) -> None:
    awa, _ = await begun(world)
    bo = await world.person("Bo")
    await ask(world, awa, "BO@example.org")
    waiting = await email_changes.waiting(world.ws, awa)
    assert waiting is not None and waiting.email == "BO@example.org"
    kinds = await world.values("SELECT kind FROM letters ORDER BY kind")
    assert kinds == ["email_new", "email_old"]
    assert await leaves(world, awa, is_new=True) is None
    old = await link(world, awa, is_new=False)
    assert not await email_changes.confirm(world.ws, old)
    assert await address(world, awa) == "awa@example.org"
    assert await address(world, bo) == "bo@example.org"
    assert await world.values("SELECT COUNT(*) FROM sign_in_links WHERE person_id = :bo",
                              bo=bo.person_id) == [0]  # fmt: skip


@in_network
async def test_an_address_taken_meanwhile_is_refused_at_the_last_confirmation(
    world: World,
) -> None:
    awa, _ = await begun(world)
    await ask(world, awa)
    new, old = [await link(world, awa, is_new=side) for side in (True, False)]
    await email_changes.confirm(world.ws, new)
    await people.add_person(world.ws, world.steward, NEW, name="Cy")
    for _ in range(2):
        with pytest.raises(AlreadySo, match="address"):
            await email_changes.confirm(world.ws, old)
    assert await address(world, awa) == "awa@example.org"


@in_network
async def test_of_two_who_get_one_address_at_once_one_has_it(world: World) -> None:
    awa, _ = await begun(world)
    bo = await world.person("Bo")
    await ask(world, awa)
    await email_changes.confirm(world.ws, await link(world, awa, is_new=True))
    last = await link(world, awa, is_new=False)
    outcomes = await asyncio.gather(
        email_changes.confirm(world.ws, last),
        email_changes.set_by_steward(world.ws, world.steward, bo.person_id, NEW),
        return_exceptions=True,
    )
    assert [type(one).__name__ for one in outcomes].count("AlreadySo") == 1
    holders = await world.values("SELECT COUNT(*) FROM people WHERE email = :new", new=NEW)
    assert holders == [1]


@in_network
async def test_a_change_ends_with_time_by_another_and_by_giving_it_up(world: World) -> None:
    awa, _ = await begun(world)
    await ask(world, awa, "first@ailleurs.example")
    made = await link(world, awa, is_new=True)
    await ask(world, awa)
    with pytest.raises(LinkSpent):
        await email_changes.confirm(world.ws, made)
    again = await link(world, awa, is_new=True)
    sent_twice = await link(world, awa, is_new=True)
    with pytest.raises(LinkSpent):
        await email_changes.confirm(world.ws, again)
    await email_changes.give_up(world.ws, awa)
    with pytest.raises(LinkSpent):
        await email_changes.confirm(world.ws, sent_twice)
    assert await leaves(world, awa, is_new=False) is None
    await ask(world, awa)
    world.clock.forward(days=1)
    late = await link(world, awa, is_new=True)
    world.clock.forward(days=email_changes.DAYS - 1)
    with pytest.raises(LinkSpent):
        await email_changes.look_at_link(world.ws, late)
    assert await email_changes.waiting(world.ws, awa) is None
    world.clock.forward(seconds=1)
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT COUNT(*) FROM email_changes") == [0]


@in_network
async def test_a_link_of_another_purpose_or_of_a_closed_account_confirms_nothing(
    world: World,
) -> None:
    awa, _ = await begun(world)
    await ask(world, awa)
    welcome = await people.issue_link(world.ws, world.steward, awa.person_id)
    confirming = await link(world, awa, is_new=False)
    for foreign in (welcome, "", "x" * 43):
        with pytest.raises(LinkSpent):
            await email_changes.confirm(world.ws, foreign)
    with pytest.raises(LinkSpent):
        await people.use_link(world.ws, confirming, OTHER)
    await world.disable(awa.person_id)
    with pytest.raises(LinkSpent):
        await email_changes.confirm(world.ws, confirming)
    assert await leaves(world, awa, is_new=True) is None


@in_network
async def test_letters_are_not_a_means_to_pester_and_passwords_are_throttled(
    world: World,
) -> None:
    awa, _ = await begun(world)
    for number in range(5):
        await ask(world, awa, f"{number}@ailleurs.example")
    with pytest.raises(TooMany):
        await ask(world, awa)
    waiting = await email_changes.waiting(world.ws, awa)
    assert waiting is not None and waiting.email == "4@ailleurs.example"
    world.clock.forward(hours=5)
    for number in range(10):
        with pytest.raises(Invalid):
            await email_changes.ask(
                world.ws, awa, NEW, current="x" * 200, address=f"192.0.2.{number}"
            )
    with pytest.raises(TooMany):
        await ask(world, awa)


@in_network
async def test_a_steward_gives_another_address_and_nobody_else_may(world: World) -> None:
    awa, token = await begun(world)
    bo = await world.person("Bo")
    await ask(world, awa)
    confirming = await link(world, awa, is_new=True)
    with pytest.raises(Forbidden):
        await email_changes.set_by_steward(world.ws, bo, awa.person_id, NEW)
    with pytest.raises(NotFound):
        await email_changes.set_by_steward(world.ws, world.steward, PersonId(999), NEW)
    for email, error in (
        ("x", Invalid),
        ("awa@example.org", Invalid),
        ("bo@example.org", AlreadySo),
    ):
        with pytest.raises(error):
            await email_changes.set_by_steward(world.ws, world.steward, awa.person_id, email)
    await people.session(world.ws, token)
    welcome = await people.issue_link(world.ws, world.steward, awa.person_id)
    await email_changes.set_by_steward(world.ws, world.steward, awa.person_id, NEW)
    assert await address(world, awa) == NEW
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, token)
    for spent in (
        people.look_at_link(world.ws, welcome),
        email_changes.look_at_link(world.ws, confirming),
    ):
        with pytest.raises(LinkSpent):
            await spent
    told = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (told.verb, told.facts) == ("email_changed", {"name": "Awa"})
    assert "keys_changed" in await world.values("SELECT kind FROM letters")
    assert KeyChange.ADDRESS in await world.values("SELECT about_id FROM letters")
    await people.sign_in(world.ws, NEW, PASSWORD, Visitor(HERE))
    await email_changes.set_by_steward(world.ws, world.steward, awa.person_id, NEW.upper())
    assert await address(world, awa) == NEW.upper()


@in_network
async def test_who_looks_as_somebody_else_asks_for_nothing(world: World) -> None:
    awa, _ = await begun(world)
    await ask(world, awa)
    other = dataclasses.replace(awa, seeing=Subject(SubjectKind.ORGANISATION, OrganisationId(1)))
    assert await email_changes.waiting(world.ws, other) is None
    for act in (ask(world, other), email_changes.give_up(world.ws, other)):
        with pytest.raises(Forbidden):
            await act
    assert await email_changes.waiting(world.ws, awa) is not None


@in_network
async def test_a_password_chosen_by_a_link_gives_up_a_change_that_waits(world: World) -> None:
    awa, _ = await begun(world)
    await ask(world, awa)
    old = await link(world, awa, is_new=False)
    reset = await people.issue_link(world.ws, world.steward, awa.person_id)
    await people.use_link(world.ws, reset, "quatre chaises sous un tilleul")
    assert await email_changes.waiting(world.ws, awa) is None
    with pytest.raises(LinkSpent):
        await email_changes.confirm(world.ws, old)
