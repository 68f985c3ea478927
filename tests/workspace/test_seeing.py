"""See as: what a coordinator sees as another is what both may see, and nothing can be changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from atelier import access
from atelier.database import sessions
from atelier.errors import Forbidden, Invalid, NotFound, SignInNeeded
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId
from atelier.model.journal import Verb
from atelier.model.people import Actor, Organisation
from atelier.model.requests import About
from atelier.model.search import Asked
from atelier.workspace import (
    deposits,
    documents,
    folders,
    journal,
    orphans,
    people,
    requests,
    search,
    seeing,
    sharing,
)
from tests.builders import World, in_network, subject

NOWHERE = FolderId(10**15)


@dataclass(frozen=True)
class Tree:
    """Marie coordinates all but two folders; Awa is of the Mairie, and has one folder herself."""

    awa: Actor
    zoe: Actor
    mairie: Organisation
    folders: dict[str, FolderId]
    documents: dict[FolderId, DocumentId]


async def planted(world: World) -> Tree:
    """A folder for each way in which two scopes can meet or miss each other."""
    awa = await world.person("Awa", of="Mairie")
    await world.person("Zoé")
    await world.change("UPDATE people SET may_open_top = 1 WHERE name = 'Zoé'")
    zoe = await world.actor("zoé@example.org")
    (mairie,) = (await people.directory(world.ws, world.steward))[0]
    makers = {
        "Réunions": world.steward,
        "Réunions/2026": world.steward,
        "Réunions/fermé": world.steward,
        "Direction": world.steward,
        "Projets": world.steward,
        "Projets/Navette": world.steward,
        "Personnel": world.steward,
        "Ailleurs": zoe,
        "Haut": zoe,
        "Haut/Bas": zoe,
    }
    made = {
        path: await world.folder(path, by=by, closed=path.endswith("fermé"))
        for path, by in makers.items()
    }
    await world.grant(made["Réunions"], mairie)
    await world.grant(made["Projets/Navette"], mairie, Role.CONTRIBUTOR)
    await world.grant(made["Personnel"], awa)
    await world.grant(made["Ailleurs"], mairie, by=zoe)
    await world.grant(made["Ailleurs"], world.steward, by=zoe)
    await world.grant(made["Haut"], mairie, by=zoe)
    await world.grant(made["Haut/Bas"], world.steward, Role.COORDINATOR, by=zoe)
    kept = {
        made[path]: (
            await world.deposit(by, made[path], "fruits.txt", f"du kiwano, {path}".encode())
        ).document_id
        for path, by in makers.items()
    }
    await world.settle()
    return Tree(awa, zoe, mairie, made, kept)


def looking(actor: Actor, seen: Subject) -> Actor:
    """The actor as the session makes her while she looks as somebody else."""
    return dataclasses.replace(actor, seeing=seen)


async def may(world: World, actor: Actor, tree: Tree, action: Action) -> set[FolderId]:
    """The folders of the tree that she may enter so."""
    allowed = set()
    for folder in tree.folders.values():
        try:
            await folders.enter(world.ws, actor, folder, action)
        except (NotFound, Forbidden):
            continue
        allowed.add(folder)
    return allowed


@in_network
async def test_every_list_and_page_shows_exactly_what_both_may_see(world: World) -> None:
    tree = await planted(world)
    shares = await may(world, world.steward, tree, Action.SHARE)
    member = dataclasses.replace(
        tree.awa, person_id=(await world.person("Noé", of="Mairie")).person_id
    )
    for seen, really in ((subject(tree.mairie), member), (subject(tree.awa), tree.awa)):
        both = await may(world, really, tree, Action.READ) & shares
        marie = looking(world.steward, seen)
        assert await may(world, marie, tree, Action.READ) == both
        await check_lists(world, tree, marie, really, both)
        for folder in tree.folders.values():
            await check_folder(world, tree, marie, really, folder, both)
    names = {name for name, folder in tree.folders.items() if folder in both}
    assert names == {"Réunions", "Réunions/2026", "Projets/Navette", "Personnel", "Haut/Bas"}


async def check_lists(
    world: World, tree: Tree, marie: Actor, really: Actor, both: set[FolderId]
) -> None:
    """Home, the newest documents, places and search, for her who looks as `really`."""
    home, own = await folders.home(world.ws, marie), await folders.home(world.ws, really)
    parents = {tree.folders["Réunions/2026"]: tree.folders["Réunions"]}
    assert {row.id for row in home.entries} == {one for one in both if parents.get(one) not in both}
    assert home.latest == tuple(one for one in own.latest if one[0].folder_id in both)
    places = await folders.places(world.ws, marie, Action.READ)
    assert {place.id for place in places} == both
    assert await folders.places(world.ws, marie, Action.ADD) == ()
    for words in ("kiwano", "titre:txt", "kiwa*", "dossier:réunions kiwano"):
        found = await search.find(world.ws, marie, Asked(words))
        theirs = await search.find(world.ws, really, Asked(words))
        kept = {hit.document_id for hit in theirs.hits if hit.folder_id in both}
        assert {hit.document_id for hit in found.hits} == kept
        assert found.total == len(kept)


async def check_folder(
    world: World, tree: Tree, marie: Actor, really: Actor, folder: FolderId, both: set[FolderId]
) -> None:
    """A folder and its document: the page, the way to it, and the bytes, or nothing of them."""
    document = tree.documents[folder]
    if folder not in both:
        for refused in (
            folders.look(world.ws, marie, folder),
            documents.look(world.ws, marie, document),
            documents.content(world.ws, marie, document, 1),
            sharing.look(world.ws, marie, folder),
        ):
            with pytest.raises(NotFound):
                await refused
        return
    shown, own = (
        await folders.look(world.ws, marie, folder),
        await folders.look(world.ws, really, folder),
    )
    assert shown.folder.actions == {Action.READ}
    assert shown.folders == tuple(row for row in own.folders if row.id in both)
    assert shown.documents == own.documents
    assert shown.crumbs == tuple(crumb for crumb in own.crumbs if crumb.id in both)
    assert (await documents.look(world.ws, marie, document)).crumbs == shown.crumbs
    content = await documents.content(world.ws, marie, document, 1)
    assert (await content.opened.read(0, 9)) == b"du kiwano"
    content.opened.close()


@in_network
async def test_she_begins_where_she_shares_in_her_own_session_and_the_journal_keeps_it(
    world: World,
) -> None:
    tree = await planted(world)
    await signed_in(world, world.steward, "one")
    await signed_in(world, world.steward, "two")
    await signed_in(world, tree.awa, "hers")
    shown, hidden = tree.folders["Réunions"], tree.folders["Direction"]
    mairie = subject(tree.mairie)
    assert await seeing.begin(world.ws, world.steward, "one", shown, mairie)
    session = await people.session(world.ws, "one")
    assert session.actor.seeing == dataclasses.replace(mairie, name="Mairie")
    assert (await people.session(world.ws, "two")).actor.seeing is None
    assert (await people.session(world.ws, "hers")).actor.seeing is None
    line = (await journal.of_folder(world.ws, world.steward, shown)).lines[0]
    assert (line.verb, line.facts) == (Verb.SEEN_AS, {"subject": "Mairie"})
    with pytest.raises(Forbidden, match=access.SEEING):
        await seeing.begin(world.ws, session.actor, "one", shown, subject(tree.awa))
    assert await seeing.end(world.ws, session.actor, "one") == shown
    assert (await people.session(world.ws, "one")).actor.seeing is None
    assert await seeing.end(world.ws, world.steward, "one") is None
    # From a folder that the other one cannot open.
    assert not await seeing.begin(world.ws, world.steward, "two", hidden, subject(tree.awa))
    assert (await people.session(world.ws, "two")).actor.seeing.name == "Awa"


@in_network
async def test_she_does_not_begin_elsewhere_nor_as_nobody_nor_in_a_session_of_another(
    world: World,
) -> None:
    tree = await planted(world)
    await signed_in(world, world.steward, "one")
    await signed_in(world, tree.awa, "hers")
    mairie, shown = subject(tree.mairie), tree.folders["Réunions"]

    async def begin(actor: Actor, folder: FolderId, one: Subject, token: str) -> None:
        await seeing.begin(world.ws, actor, token, folder, one)

    for actor, folder, refusal in (
        (world.steward, tree.folders["Ailleurs"], Forbidden),
        (world.steward, tree.folders["Haut"], NotFound),
        (world.steward, NOWHERE, NotFound),
        (tree.awa, shown, Forbidden),
    ):
        with pytest.raises(refusal):
            await begin(actor, folder, mairie, "hers" if actor is tree.awa else "one")
        with pytest.raises(refusal):
            await seeing.choices(world.ws, actor, folder)
    for token in ("hers", "no such session"):
        with pytest.raises(SignInNeeded):
            await begin(world.steward, shown, mairie, token)
    await world.disable(tree.zoe.person_id)
    for nobody in (
        subject(None),
        Subject(SubjectKind.GROUP, 1),
        Subject(SubjectKind.ORGANISATION, 999),
        subject(tree.zoe),
    ):
        with pytest.raises(Invalid):
            await begin(world.steward, shown, nobody, "one")
    for token in ("one", "hers"):
        assert (await people.session(world.ws, token)).actor.seeing is None
    lines = (await journal.of_folder(world.ws, world.steward, shown)).lines
    assert Verb.SEEN_AS not in {line.verb for line in lines}


@in_network
async def test_a_coordinator_chooses_among_the_organisations_and_people_of_today(
    world: World,
) -> None:
    tree = await planted(world)
    gone = await world.organisation("Cabinet fermé")
    await world.change("UPDATE organisations SET ends_on = '2026-03-11' WHERE id = :id", id=gone.id)
    found = await seeing.choices(world.ws, world.steward, tree.folders["Réunions"])
    assert [one.name for one in found.organisations] == ["Mairie"]
    assert ("awa@example.org", "Awa") in found.addresses
    assert [crumb.name for crumb in found.crumbs] == ["Réunions"]


@in_network
async def test_the_rule_itself_refuses_every_change_while_she_looks(world: World) -> None:
    tree = await planted(world)
    shown, other = tree.folders["Réunions"], tree.folders["Réunions/2026"]
    document, ws = tree.documents[shown], world.ws
    marie = looking(world.steward, subject(tree.mairie))
    acts: dict[str, Callable[[Actor], Awaitable[object]]] = {
        "open at the top": lambda who: folders.make(ws, who, None, "Neuf"),
        "make": lambda who: folders.make(ws, who, shown, "Neuf"),
        "rename": lambda who: folders.rename(ws, who, other, "Autrement"),
        "move": lambda who: folders.move(ws, who, other, tree.folders["Direction"]),
        "close": lambda who: folders.close(ws, who, other),
        "share": lambda who: sharing.grant(ws, who, shown, subject(tree.zoe), Role.READER),
        "rename a document": lambda who: documents.rename(ws, who, document, "autre.txt"),
        "begin a deposit": lambda who: deposits.begin(ws, who, shown, "neuf.txt"),
        "read the journal": lambda who: journal.of_folder(ws, who, shown),
        "add an organisation": lambda who: people.add_organisation(ws, who, "Cabinet"),
        "ask": lambda who: requests.ask(ws, who, About.FOLDER, 1, role=Role.READER),
        "see requests": lambda who: requests.look(ws, who),
        "see orphans": lambda who: orphans.look(ws, who),
        "take over": lambda who: orphans.take_over(ws, who, tree.folders["Haut"], "Départ"),
    }
    for said, act in acts.items():
        with pytest.raises(Forbidden):
            pytest.fail(f"{said}: {await act(marie)}")
    assert await requests.waiting(ws, marie) == 0
    for act in acts.values():
        await act(world.steward)


@in_network
async def test_a_deposit_begun_before_does_not_end_while_she_looks(world: World) -> None:
    tree = await planted(world)
    shown = tree.folders["Réunions"]
    incoming = await deposits.begin(world.ws, world.steward, shown, "en route.txt")
    await incoming.write(b"commence avant")
    with pytest.raises(Forbidden):
        await deposits.finish(world.ws, looking(world.steward, subject(tree.mairie)), incoming)
    assert len((await folders.look(world.ws, world.steward, shown)).documents) == 1


@in_network
async def test_the_view_shrinks_with_her_own_rights_and_ends_with_theirs(world: World) -> None:
    tree = await planted(world)
    bas, shown = tree.folders["Haut/Bas"], tree.folders["Réunions"]
    marie = looking(world.steward, subject(tree.awa))
    await folders.look(world.ws, marie, bas)
    await world.grant(bas, world.steward, Role.CONTRIBUTOR, by=tree.zoe)
    with pytest.raises(NotFound):
        await folders.look(world.ws, marie, bas)
    assert (await folders.look(world.ws, world.steward, bas)).documents
    await folders.look(world.ws, marie, shown)
    await signed_in(world, world.steward, "one")
    await seeing.begin(world.ws, world.steward, "one", shown, subject(tree.awa))
    await world.disable(tree.awa.person_id)
    marie = (await people.session(world.ws, "one")).actor
    assert marie.seeing is not None and marie.seeing.name == "Awa"
    assert (await folders.home(world.ws, marie)).entries == ()
    assert (await search.find(world.ws, marie, Asked("kiwano"))).hits == ()
    assert await seeing.end(world.ws, marie, "one") == shown


@in_network
async def test_an_organisation_that_left_shows_nothing_and_its_view_can_be_left(
    world: World,
) -> None:
    tree = await planted(world)
    shown = tree.folders["Réunions"]
    await signed_in(world, world.steward, "one")
    await seeing.begin(world.ws, world.steward, "one", shown, subject(tree.mairie))
    await world.change(
        "UPDATE organisations SET ends_on = :day", day=world.today(plus=-1).isoformat()
    )
    marie = (await people.session(world.ws, "one")).actor
    assert (await folders.home(world.ws, marie)).entries == ()
    await world.grant(shown, tree.zoe, Role.COORDINATOR)
    await world.change(
        "DELETE FROM grants WHERE subject_kind = 'person' AND subject_id = :id",
        id=world.steward.person_id,
    )
    assert await seeing.end(world.ws, marie, "one") is None  # she reads it no longer


@in_network
async def test_acting_as_signing_in_or_a_new_session_ends_it(world: World) -> None:
    tree = await planted(world)
    await world.change(
        "INSERT INTO memberships (person_id, organisation_id) VALUES (:one, :of)",
        one=world.steward.person_id, of=tree.mairie.id,
    )  # fmt: skip
    marie = await world.actor("marie@example.org")
    await signed_in(world, marie, "one")
    await seeing.begin(world.ws, marie, "one", tree.folders["Réunions"], subject(tree.awa))
    await people.act_as(world.ws, marie, "one", tree.mairie.id)
    actor = (await people.session(world.ws, "one")).actor
    assert actor.seeing is None and actor.acting_as == tree.mairie.id
    await seeing.begin(world.ws, actor, "one", tree.folders["Réunions"], subject(tree.awa))
    await signed_in(world, marie, "two")
    assert (await people.session(world.ws, "two")).actor.seeing is None
    world.clock.forward(hours=24)
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, "one")


async def signed_in(world: World, actor: Actor, token: str) -> None:
    """A session of hers under this token, as signing in writes it."""
    begun = sessions.Begun(actor.person_id)
    await world.ws.db.write(
        lambda tx: sessions.add(tx, sessions.hashed(token), begun, world.clock())
    )
