"""What may not be done to documents, locks, quotas and what is under way: nothing is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from atelier.errors import AtelierError, Forbidden, Locked, NotFound, VersionClash
from atelier.model.deposits import Target
from atelier.model.folders import Role
from atelier.model.ids import AsideId, DocumentId
from atelier.model.people import Actor
from atelier.workspace import aside, deposits, documents, locks, quotas, trash, uploads
from tests.builders import World, chunks, in_network
from tests.test_access_refusals import refused

NOBODY = DocumentId(10**9)
Act = Callable[[Actor, DocumentId], Awaitable[object]]


def acts(world: World, onto: DocumentId) -> dict[str, Act]:
    """Everything that changes a document, by the right that it needs."""
    ws = world.ws
    return {
        "revise": lambda who, one: deposits.begin_version(ws, who, one, expected=1),
        "upload": lambda who, one: uploads.create(
            ws, who, uploads.Announced(Target(None, "", one, 1), 100)
        ),
        "restore": lambda who, one: documents.restore(ws, who, one, 1, expected=1),
        "label": lambda who, one: documents.label(ws, who, one, 1, "validé"),
        "rename": lambda who, one: documents.rename(ws, who, one, "b.txt"),
        "replace": lambda who, one: documents.replace(ws, who, one, onto),
        "be replaced": lambda who, one: documents.replace(ws, who, onto, one),
        "remove": lambda who, one: trash.remove_document(ws, who, one),
        "take": lambda who, one: locks.take(ws, who, one),
        "renew": lambda who, one: locks.renew(ws, who, one),
        "release": lambda who, one: locks.release(ws, who, one),
    }


@in_network
async def test_a_stranger_finds_nothing_and_a_reader_changes_nothing(world: World) -> None:
    folder = await world.folder("Commun")
    reader, stranger = await world.person("Bo"), await world.person("Cy")
    await world.grant(folder, reader)
    own = await world.folder("À elles")
    for one in (reader, stranger):
        await world.grant(own, one, Role.CONTRIBUTOR)
    onto = (await world.deposit(world.steward, own, "c.txt", b"trois")).document_id
    document = (await world.deposit(world.steward, folder, "a.txt", b"un")).document_id
    for act in acts(world, onto).values():
        await refused(world, act(stranger, document), NotFound, "document")
        await refused(world, act(stranger, NOBODY), NotFound, "document")
        await refused(world, act(reader, document), Forbidden, "Forbidden")
    ws = world.ws
    for who, error in ((stranger, NotFound), (reader, Forbidden)):
        announced = uploads.Announced(Target(folder, "b.txt"), 100)
        for other in (
            uploads.create(ws, who, announced),
            deposits.begin(ws, who, folder, "b.txt", path=("Sous",)),
            quotas.limit_folder(ws, who, folder, 10),
            quotas.look(ws, who, folder),
        ):
            await refused(world, other, error, error.__name__)


@in_network
async def test_what_somebody_is_editing_is_changed_by_nobody_else_until_a_coordinator_frees_it(
    world: World,
) -> None:
    folder, ws = await world.folder("Commun"), world.ws
    holder, other = await world.person("Awa"), await world.person("Bo")
    for one in (holder, other):
        await world.grant(folder, one, Role.CONTRIBUTOR)
    document = (await world.deposit(holder, folder, "a.txt", b"un")).document_id
    onto = (await world.deposit(holder, folder, "c.txt", b"trois")).document_id
    await world.revise(holder, document, b"deux")
    await locks.take(ws, holder, document)
    known = acts(world, onto)
    for name in ("rename", "replace", "be replaced", "remove", "take", "renew"):
        await refused(world, known[name](other, document), Locked, "Awa")
    restored = documents.restore(ws, other, document, 1, expected=2)
    await refused(world, restored, Locked, "Awa")
    revised = deposits.begin_version(ws, other, document, expected=2)
    await refused(world, revised, Locked, "Awa")
    await refused(world, locks.release(ws, other, document), Forbidden, "unlock")
    # Its holder goes on; and a coordinator may free it.
    await documents.rename(ws, holder, document, "b.txt")
    await locks.release(ws, world.steward, document)
    await documents.rename(ws, other, document, "d.txt")


@in_network
async def test_what_is_under_way_or_set_aside_is_its_senders_alone(world: World) -> None:
    folder, ws = await world.folder("Commun"), world.ws
    awa, bo = await world.person("Awa"), await world.person("Bo")
    for one in (awa, bo):
        await world.grant(folder, one, Role.CONTRIBUTOR)
    document = (await world.deposit(awa, folder, "a.txt", b"un")).document_id
    upload = await uploads.create(ws, awa, uploads.Announced(Target(folder, "b.txt"), 100))
    incoming = await deposits.begin_version(ws, awa, document, expected=1)
    await world.revise(bo, document, b"deux", expected=1)
    try:
        await deposits.receive(ws, awa, incoming, chunks(b"trois"))
        raise AssertionError("two came first")
    except VersionClash as clash:
        assert clash.aside is not None
        number = AsideId(clash.aside)

    async def still() -> Actor:
        return bo

    others: list[tuple[Awaitable[object], type[AtelierError], str]] = [
        (uploads.look(ws, bo, upload.key), NotFound, "upload"),
        (uploads.append(ws, bo, upload.key, 0, chunks(b"x"), still=still), NotFound, "upload"),
        (uploads.terminate(ws, bo, upload.key), NotFound, "upload"),
        (aside.content(ws, bo, document, number), NotFound, "aside"),
        (aside.deposit_again(ws, bo, document, number, expected=2), NotFound, "aside"),
        (aside.throw_away(ws, bo, document, number), NotFound, "aside"),
        (aside.throw_away(ws, world.steward, document, number), NotFound, "aside"),
    ]
    for act, error, why in others:
        await refused(world, act, error, why)
    await uploads.terminate(ws, awa, upload.key)
    done = await aside.deposit_again(ws, awa, document, number, expected=2)
    assert done.version == 3
