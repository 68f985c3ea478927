"""Many people invited at once: what is read out of a list, and what becomes of each line."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.errors import Forbidden, Invalid, NotFound
from atelier.model.folders import Role
from atelier.model.invite_lines import decoded, read_lines, written
from atelier.model.invites import Fate, InvitedLine, Offer, TypedLine
from atelier.workspace import accepting, folders, invite_lists, invites
from tests.builders import World, in_network
from tests.workspace.test_invites import HERE, letters, with_mail
from tests.workspace.test_memberships import place_of, reads, representative
from tests.workspace.test_signing_in import PASSWORD

AWA = TypedLine(1, "awa@b.fr", "Awa Diop", "infirmière")
BO = TypedLine(2, "bo@c.fr", "Bo")


@pytest.mark.parametrize(
    "text",
    [
        "Awa Diop;awa@b.fr;infirmière\nBo;bo@c.fr",
        "\ufeffNom;Courriel;Fonction\r\nAwa Diop;awa@b.fr;infirmière\r\n\r\nBo;bo@c.fr;\r\n",
        "Fonction\tE-mail\tPrénom\tNom\ninfirmière\tawa@b.fr\tAwa\tDiop\n\tbo@c.fr\tBo\t\n",
        '"Awa Diop","awa@b.fr","infirmière"\n"Bo","bo@c.fr"',
        "awa@b.fr , Awa  Diop , infirmière\nbo@c.fr,Bo,",
        'Awa Diop <awa@b.fr>, infirmière\n"Bo" <bo@c.fr>',
    ],
)
def test_a_list_is_read_as_people_write_it(text: str) -> None:
    found = read_lines(text)
    assert found == [AWA, BO]
    assert read_lines(written(found)) == found


def test_several_people_on_a_line_and_what_has_no_address() -> None:
    found = read_lines('"Diop, Awa" <awa@b.fr>; Bo <bo@c.fr>, Cy <cy@d.fr>\n\nsans adresse')
    assert [(one.number, one.name, one.email) for one in found] == [
        (1, "Diop, Awa", "awa@b.fr"),
        (2, "Bo", "bo@c.fr"),
        (3, "Cy", "cy@d.fr"),
        (4, "sans adresse", ""),
    ]
    assert read_lines("  \n;;\n\t\n") == []


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_as_excel_and_others_save_it(codec: str) -> None:
    raw = "Nom;Courriel\nHélène Müller;h@m.fr".encode(codec)
    assert read_lines(decoded(raw)) == [TypedLine(1, "h@m.fr", "Hélène Müller")]


@given(st.text(max_size=200))
def test_any_text_is_read_and_is_the_same_once_written(text: str) -> None:
    found = read_lines(text)
    assert read_lines(written(found)) == found


def fates(lines: tuple[InvitedLine, ...]) -> list[tuple[Fate, str]]:
    """What became of each line, and why."""
    return [(one.fate, one.fault) for one in lines]


@in_network
async def test_each_line_becomes_what_the_rehearsal_said_and_nothing_before(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town = (await place_of(world, ref, "Mairie")).organisation.id
    folder = await world.folder("Chutes")
    awa, gone = await world.person("Awa"), await world.person("Nil")
    await world.grant(folder, ref, Role.COORDINATOR)
    await world.disable(gone.person_id)
    before = Offer("yan@example.org", folder_id=folder, role=Role.CONTRIBUTOR)
    await invites.invite(world.ws, ref, before)
    typed = read_lines(
        "Zoé;zoe@example.org\nAwa;awa@example.org\nRita;rita@example.org\nYan;yan@example.org\n"
        "Zoé;ZOE@example.org\nNil;nil@example.org\nsans\na/b;eva@example.org\nEva;eva@@x"
    )
    offer = Offer("", folder_id=folder, role=Role.CONTRIBUTOR, message="Bonjour")
    rehearsed = await invite_lists.rehearse(world.ws, ref, offer, typed)
    assert fates(rehearsed) == [
        (Fate.INVITED, ""), (Fate.GIVEN, ""), (Fate.ALREADY, ""), (Fate.WAITING, ""),
        (Fate.TWICE, ""), (Fate.REFUSED, "inactive_account"), (Fate.REFUSED, "not_an_address"),
        (Fate.REFUSED, "slash"), (Fate.REFUSED, "not_an_address"),
    ]  # fmt: skip
    assert not any(one.token for one in rehearsed)
    assert len((await invites.office(world.ws, ref, folder=folder)).waiting) == 1
    assert not await reads(world, awa, folder)
    done = await invite_lists.take(world.ws, ref, offer, typed)
    assert fates(done) == fates(rehearsed)
    assert await reads(world, awa, folder)
    assert [bool(one.token) for one in done] == [True] + [False] * 8
    entered = await accepting.accept(world.ws, done[0].token, "Zoé", PASSWORD, HERE)
    assert entered.folder_id == folder
    again = await invite_lists.take(world.ws, ref, offer, typed)
    assert [fate for fate, _ in fates(again)][:4] == [
        Fate.ALREADY, Fate.ALREADY, Fate.ALREADY, Fate.WAITING,
    ]  # fmt: skip
    assert town


@in_network
async def test_a_list_sent_twice_at_once_invites_each_once(world: World) -> None:
    with_mail(world)
    folder = await world.folder("Chutes")
    typed = [TypedLine(n, f"p{n}@example.org") for n in range(1, 46)]
    offer = Offer("", folder_id=folder)
    both = await asyncio.gather(
        *(invite_lists.take(world.ws, world.steward, offer, typed) for _ in range(2))
    )
    counted = [line.fate for lines in both for line in lines]
    assert (counted.count(Fate.INVITED), counted.count(Fate.WAITING)) == (45, 45)
    assert len(await letters(world)) == 45


@in_network
async def test_a_line_says_its_own_function_and_a_list_is_bounded(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town = (await place_of(world, ref, "Mairie")).organisation.id
    offer = Offer("", organisation_id=town, function="Agente")
    lines = [TypedLine(1, "zoe@example.org", "", "IDE"), TypedLine(2, "yan@example.org")]
    await invite_lists.take(world.ws, ref, offer, lines)
    waiting = (await invites.office(world.ws, ref, organisation=town)).waiting
    assert [one.offer.function for one in reversed(waiting)] == ["IDE", "Agente"]
    many = [TypedLine(n, f"p{n}@example.org") for n in range(1, 502)]
    for typed, fault in (([], "empty"), (many, "too_many_to_invite")):
        for act in (invite_lists.take, invite_lists.rehearse):
            with pytest.raises(Invalid) as caught:
                await act(world.ws, ref, offer, typed)
            assert (caught.value.field, caught.value.fault) == ("list", fault)


@in_network
async def test_who_may_not_invite_learns_nothing_from_a_list(world: World) -> None:
    folder = await world.folder("Chutes")
    reader, stranger = await world.person("Rea"), await world.person("Sol")
    await world.grant(folder, reader)
    offer = Offer("", folder_id=folder)
    for who, error in ((reader, Forbidden), (stranger, NotFound)):
        for act in (invite_lists.take, invite_lists.rehearse):
            with pytest.raises(error):
                await act(world.ws, who, offer, [TypedLine(1, "rea@example.org")])
    bare = dataclasses.replace(offer, folder_id=None)
    with pytest.raises(Forbidden):
        await invite_lists.rehearse(world.ws, reader, bare, [AWA])
    assert (await folders.look(world.ws, reader, folder)).folder.id == folder


@in_network
async def test_a_list_beyond_what_may_be_sent_in_a_day_is_cut_as_its_rehearsal_said(
    world: World,
) -> None:
    folder, cora = await world.folder("Chutes"), await world.person("Cora")
    await world.grant(folder, cora, Role.COORDINATOR)
    offer = Offer("", folder_id=folder)
    first = [TypedLine(n, f"a{n}@example.org") for n in range(1, 201)]
    assert {one.fate for one in await invite_lists.take(world.ws, cora, offer, first)} == {
        Fate.INVITED
    }
    second = [*first[:2], *(TypedLine(n, f"b{n}@example.org") for n in range(1, 103))]
    for act in (invite_lists.rehearse, invite_lists.rehearse, invite_lists.take):
        told = fates(await act(world.ws, cora, offer, second))
        assert told == [
            *[(Fate.WAITING, "")] * 2,
            *[(Fate.INVITED, "")] * 100,
            *[(Fate.REFUSED, "too_many_invitations")] * 2,
        ]
    told = fates(await invite_lists.take(world.ws, world.steward, offer, second))
    assert told[-2:] == [(Fate.INVITED, "")] * 2
