"""The acts on what reading found, or could not read, for `write_paths`."""

from __future__ import annotations

from typing import Final

from atelier.workspace import documents, guard, rereading, unread
from tests.act import Act
from tests.stage import Stage


async def _found(stage: Stage) -> None:
    """A number was found in the third version of the report."""
    await stage.world.change(
        "INSERT INTO findings (version_id, kind, count, found_at)"
        " SELECT id, 'nir', 1, 0 FROM versions WHERE document_id = :document AND number = 3",
        document=stage.documents["report"],
    )


async def _found_alone(stage: Stage) -> None:
    """A number was found in the only version of the secret."""
    await stage.world.change(
        "INSERT INTO findings (version_id, kind, count, found_at)"
        " SELECT id, 'nir', 1, 0 FROM versions WHERE document_id = :document",
        document=stage.documents["secret"],
    )


async def _damaged(stage: Stage) -> None:
    """The report could not be read."""
    await stage.world.change(
        "UPDATE versions SET state = 'damaged' WHERE document_id = :document",
        document=stage.documents["report"],
    )


FINDINGS: Final = (
    Act(
        "say that it is meant to be there",
        (guard.settle,),
        lambda on: guard.settle(on.world.ws, on.marie, on.documents["report"], 3),
        before=_found,
    ),
    Act(
        "take a version out",
        (guard.end_version, documents.forget_texts),
        lambda on: guard.end_version(on.world.ws, on.marie, on.documents["report"], 3),
        before=_found,
    ),
    Act(
        "take the only version out",
        (guard.end_version, documents.forget_texts),
        lambda on: guard.end_version(on.world.ws, on.marie, on.documents["secret"], 1),
        before=_found_alone,
    ),
    Act(
        "read a version again",
        (unread.read_again,),
        lambda on: unread.read_again(on.world.ws, on.marie, on.documents["report"], 3),
    ),
    Act(
        "read again what could not be read",
        (unread.read_all_again,),
        lambda on: unread.read_all_again(on.world.ws, on.marie, on.folders["common"]),
        before=_damaged,
    ),
    Act(
        "read everything again",
        (rereading.reread,),
        lambda on: rereading.reread(on.world.ws, all_of_them=True),
        gradual=True,
    ),
)
