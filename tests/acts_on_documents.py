"""The acts that bring bytes in or change a document, for `write_paths`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from atelier.errors import VersionClash, WriteFailed
from atelier.model.deposits import Taken, Target
from atelier.model.ids import AsideId, DocumentId
from atelier.model.people import Actor
from atelier.workspace import (
    aside,
    deposits,
    documents,
    locks,
    trash,
    uploads,
)
from atelier.workspace.deposits import Incoming
from tests.act import Act, awa
from tests.builders import chunks
from tests.stage import BIG, Stage

# Bytes come in.


def deposit(content: bytes) -> Callable[[Stage], Awaitable[object]]:
    """A new document of the contributor's."""

    async def do(stage: Stage) -> object:
        ws, folder = stage.world.ws, stage.folders["common"]
        incoming = await deposits.begin(ws, awa(stage), folder, "neuf.txt")
        return await deposits.receive(ws, awa(stage), incoming, chunks(content), comment="Voilà")

    return do


async def deposit_on_a_name(stage: Stage) -> object:
    """A document of that name is there: a version more."""
    ws, folder = stage.world.ws, stage.folders["common"]
    incoming = await deposits.begin(ws, awa(stage), folder, "RAPPORT.txt")
    return await deposits.receive(ws, awa(stage), incoming, chunks(b"quatre"))


async def revise(stage: Stage) -> object:
    """A further version, upon the third."""
    ws, report = stage.world.ws, stage.documents["report"]
    incoming = await deposits.begin_version(ws, awa(stage), report, expected=3)
    return await deposits.receive(ws, awa(stage), incoming, chunks(b"quatre"))


async def deposit_a_tree(stage: Stage) -> object:
    """Two folders are made on the way."""
    ws, folder = stage.world.ws, stage.folders["common"]
    incoming = await deposits.begin(ws, awa(stage), folder, "neuf.txt", path=("2026", "Mars"))
    return await deposits.receive(ws, awa(stage), incoming, chunks(b"neuf"))


async def keep_both(stage: Stage) -> object:
    """Beside the one of that name."""
    ws, folder = stage.world.ws, stage.folders["common"]
    incoming = await deposits.begin(ws, awa(stage), folder, "rapport.txt", taken=Taken.KEEP_BOTH)
    return await deposits.receive(ws, awa(stage), incoming, chunks(b"autre"))


async def come_second(stage: Stage) -> object:
    """A version upon the second, when the third is there: it is kept aside, and told so."""
    ws, report = stage.world.ws, stage.documents["report"]
    target = Target(None, "rapport.txt", report, 2)
    incoming = Incoming(target, await ws.blobs.draft(10**9))
    try:
        await deposits.receive(ws, awa(stage), incoming, chunks(b"quatre"))
    except VersionClash as clash:
        if clash.aside is None:
            raise WriteFailed("not kept aside") from clash
        return clash.aside
    raise AssertionError("two came first")


UPLOAD: Final = BIG + b"et la fin"


def announced(stage: Stage) -> uploads.Announced:
    """A new document, in several requests."""
    target = Target(stage.folders["common"], "neuf.txt")
    return uploads.Announced(target, len(UPLOAD), "Voilà")


async def begin_upload(stage: Stage) -> object:
    """No byte comes yet."""
    return await uploads.create(stage.world.ws, awa(stage), announced(stage))


async def begin_upload_with_bytes(stage: Stage) -> object:
    """Its first third comes along."""
    return await uploads.receive(
        stage.world.ws,
        awa(stage),
        announced(stage),
        chunks(UPLOAD[: len(UPLOAD) // 3]),
        still=lambda: _still(stage),
    )


async def _begun(stage: Stage) -> None:
    await begin_upload_with_bytes(stage)


def go_on(until: int) -> Callable[[Stage], Awaitable[object]]:
    """From where it is, as a client does who asks first."""

    async def do(stage: Stage) -> object:
        ws = stage.world.ws
        [key] = await stage.world.values("SELECT key FROM uploads")
        upload = await uploads.look(ws, awa(stage), str(key))
        rest = chunks(UPLOAD[upload.offset_bytes : until])
        return await uploads.append(
            ws, awa(stage), upload.key, upload.offset_bytes, rest, still=lambda: _still(stage)
        )

    return do


async def end_upload(stage: Stage) -> object:
    """It is wanted no longer."""
    [key] = await stage.world.values("SELECT key FROM uploads")
    return await uploads.terminate(stage.world.ws, awa(stage), str(key))


async def _still(stage: Stage) -> Actor:
    return awa(stage)


BRINGING: Final = (deposits.begin, deposits.receive, deposits.finish, deposits.confirm)
# What came of one that goes on counts, also when the rest is refused.
UPLOADS: Final = frozenset({"uploads"})
BYTES: Final = (
    Act("deposit a small document", BRINGING, deposit(b"court")),
    Act("deposit a big document", BRINGING, deposit(BIG + b"et la fin")),
    Act("deposit on a name in use", BRINGING, deposit_on_a_name),
    Act("deposit with a tree", BRINGING, deposit_a_tree),
    Act("deposit beside another", BRINGING, keep_both),
    Act("come second", (deposits.receive, deposits.finish, aside.keep), come_second),
    Act("begin a resumable deposit", (uploads.create,), begin_upload),
    Act("begin one with bytes", (uploads.receive,), begin_upload_with_bytes, lingers=UPLOADS),
    Act("go on with one", (uploads.append,), go_on(len(UPLOAD) // 2), before=_begun, stays=UPLOADS),
    Act("complete one", (uploads.append,), go_on(len(UPLOAD)), before=_begun, stays=UPLOADS),
    Act("give one up", (uploads.terminate,), end_upload, before=_begun),
    Act("deposit a version", (deposits.begin_version, *BRINGING[1:]), revise),
)


# Records alone change.


async def _scratch(stage: Stage) -> None:
    """What an office program writes beside the document."""
    await stage.world.deposit(awa(stage), stage.folders["common"], "~rapport.tmp", b"quatre")


async def _replace(stage: Stage) -> object:
    [scratch] = await stage.world.values("SELECT id FROM documents WHERE name = '~rapport.tmp'")
    source, report = DocumentId(int(str(scratch))), stage.documents["report"]
    return await documents.replace(stage.world.ws, awa(stage), source, report, over=3)


async def _come_second(stage: Stage) -> None:
    assert await come_second(stage) == 1


async def _lock(stage: Stage) -> None:
    await locks.take(stage.world.ws, awa(stage), stage.documents["report"])


async def _lock_earlier(stage: Stage) -> None:
    await _lock(stage)
    stage.world.clock.forward(hours=1)


DOCUMENTS: Final = (
    Act(
        "restore a version",
        (documents.restore,),
        lambda on: documents.restore(on.world.ws, awa(on), on.documents["report"], 1, expected=3),
    ),
    Act(
        "say what a version is",
        (documents.label,),
        lambda on: documents.label(on.world.ws, awa(on), on.documents["report"], 2, "validé"),
    ),
    Act("save by renaming", (documents.replace,), _replace, before=_scratch),
    Act(
        "rename a document",
        (documents.rename,),
        lambda on: documents.rename(on.world.ws, awa(on), on.documents["report"], "bilan.txt"),
    ),
    Act(
        "move a document",
        (documents.move,),
        lambda on: documents.move(
            on.world.ws, awa(on), on.documents["report"], on.folders["other"]
        ),
    ),
    Act(
        "remove a document",
        (trash.remove_document,),
        lambda on: trash.remove_document(on.world.ws, awa(on), on.documents["report"]),
    ),
    Act(
        "bring a document back",
        (trash.restore_document,),
        lambda on: trash.restore_document(
            on.world.ws, awa(on), on.folders["common"], on.documents["removed"]
        ),
    ),
    Act(
        "deposit again what came second",
        (aside.deposit_again,),
        lambda on: aside.deposit_again(
            on.world.ws, awa(on), on.documents["report"], AsideId(1), expected=3
        ),
        before=_come_second,
    ),
    Act(
        "throw away what came second",
        (aside.throw_away,),
        lambda on: aside.throw_away(on.world.ws, awa(on), on.documents["report"], AsideId(1)),
        before=_come_second,
    ),
    Act("take a lock", (locks.take,), _lock),
    Act(
        "renew a lock",
        (locks.renew,),
        lambda on: locks.renew(on.world.ws, awa(on), on.documents["report"]),
        before=_lock_earlier,
    ),
    Act(
        "release a lock",
        (locks.release,),
        lambda on: locks.release(on.world.ws, on.marie, on.documents["report"]),
        before=_lock,
    ),
    Act(
        "purge a document",
        (trash.purge_document, documents.forget_texts),
        lambda on: trash.purge_document(
            on.world.ws, on.marie, on.folders["common"], on.documents["removed"]
        ),
    ),
)
