"""Every act that writes: a row each, with the use-cases that it goes through.

A use-case that writes and stands in no row fails `test_write_paths`.
"""

from __future__ import annotations

import os
from typing import Final

from atelier.workspace import (
    documents,
    mending,
    upkeep,
)
from tests.act import Act
from tests.acts_on_accounts import ACCOUNTS
from tests.acts_on_agendas import AGENDAS
from tests.acts_on_documents import BYTES, DOCUMENTS, begin_upload_with_bytes
from tests.acts_on_findings import FINDINGS
from tests.acts_on_follows import FOLLOWS
from tests.acts_on_invitations import INVITATIONS
from tests.acts_on_invites import INVITES
from tests.acts_on_keys import KEYS
from tests.acts_on_lives import LIVES
from tests.acts_on_mail import MAIL
from tests.acts_on_meetings import MEETINGS
from tests.acts_on_minutes import MINUTES
from tests.acts_on_network import FOLDERS, PEOPLE, SESSIONS
from tests.acts_on_past import PAST
from tests.acts_on_records import RECORDS
from tests.acts_on_saved import SAVED
from tests.acts_on_todos import TODOS
from tests.stage import Stage

# What no person does.


async def _months_pass(stage: Stage) -> None:
    stage.world.clock.forward(days=400)


async def _leave_orphans(stage: Stage) -> None:
    """Bytes that no version has, and every blob older than a day."""
    for number in range(3):
        draft = await stage.world.ws.blobs.draft(100)
        await draft.write(b"rest %d" % number)
        await draft.seal()
    for blob in (stage.world.data / "blobs").glob("*/*"):
        os.utime(blob, (0, 0))


async def _leave_much(stage: Stage) -> None:
    """What kills may leave: bytes, drafts, an upload whose draft went, counters that lie."""
    await _leave_orphans(stage)
    await begin_upload_with_bytes(stage)
    drafts = stage.world.data / "drafts"
    for draft in drafts.iterdir():
        draft.unlink()
    (drafts / ("0" * 32)).write_bytes(b"rest")
    await stage.world.change("UPDATE used_space SET bytes = bytes + 7")


UPKEEP: Final = (
    Act(
        "forget what expired",
        (upkeep.forget_expired,),
        lambda on: upkeep.forget_expired(on.world.ws),
        before=_months_pass,
        gradual=True,
    ),
    Act(
        "empty the trash",
        (upkeep.empty_trash, documents.forget_texts),
        lambda on: upkeep.empty_trash(on.world.ws),
        before=_months_pass,
        gradual=True,
    ),
    Act(
        "collect bytes without a version",
        (upkeep.collect, upkeep.forget_unused_texts),
        lambda on: upkeep.collect(on.world.ws),
        before=_leave_orphans,
        gradual=True,
        spared=frozenset({"names", "look"}),
    ),
    Act(
        "repair",
        (mending.repair,),
        lambda on: mending.repair(on.world.ws, is_alone=True),
        before=_leave_much,
        gradual=True,
        spared=frozenset({"names", "look"}),
    ),
    Act(
        "purge the access log",
        (upkeep.purge_trail,),
        lambda on: upkeep.purge_trail(on.world.ws),
        before=_months_pass,
    ),
)


ACTS: Final = (
    *BYTES,
    *AGENDAS,
    *RECORDS,
    *DOCUMENTS,
    *FINDINGS,
    *PAST,
    *INVITATIONS,
    *INVITES,
    *MINUTES,
    *MEETINGS,
    *LIVES,
    *SAVED,
    *FOLLOWS,
    *MAIL,
    *TODOS,
    *FOLDERS,
    *PEOPLE,
    *SESSIONS,
    *ACCOUNTS,
    *KEYS,
    *UPKEEP,
)
