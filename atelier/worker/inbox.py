"""The drop folders: what is copied to `inbox/<name>/` on the disk becomes deposits.

Only in the elected worker, one file after another, with a rest after each as long as it
took, so that people's requests come first. Nothing is remembered that a kill could spoil:
what was deposited and not moved yet is deposited again, which adds nothing, and moved.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from atelier import errors
from atelier.errors import AtelierError, Fault, Refusal
from atelier.files import Disk, ReadFile
from atelier.model.documents import Deposited
from atelier.model.inbox import INBOX, DropFolder, Outcome, Reason
from atelier.worker.changes import Changes
from atelier.worker.drop_folder import Found, Mark, Moved, OnDisk, check
from atelier.workspace import deposits, dropped
from atelier.workspace.dropped import Came
from atelier.workspace.place import Workspace

# What a text beside a file says: why, and of which path ("" for all of a drop folder).
Letter = Callable[[Reason, str], str]
Rest = Callable[[float], Awaitable[None]]

SEEN_AT_ONCE: Final = 5_000
TAKEN_AT_ONCE: Final = 100  # of one drop folder, before the next has its turn
AGAIN_AFTER: Final = timedelta(minutes=1)
# No event comes from another computer's share, nor from below a sub-folder.
_LOOK_AFTER_SECONDS: Final = 30.0
# Some scanners make the file first and write it when the last page is through.
_EMPTY_TIMES: Final = 12
_MOST_REST_SECONDS: Final = 1.0
_CHUNK_BYTES: Final = 1024 * 1024
_log = logging.getLogger(__name__)

# Of one file, for good: it goes to `refused/`.
_REFUSED: Final[tuple[tuple[type[AtelierError], Reason], ...]] = (
    (errors.BadName, Reason.BAD_NAME),
    (errors.NameTaken, Reason.NAME_TAKEN),
    (errors.TooLarge, Reason.TOO_LARGE),
)
_REFUSED_PATHS: Final = {"too_deep": Reason.TOO_DEEP, "path_too_long": Reason.PATH_TOO_LONG}
# Of one file, for now: it is tried again.
_LATER: Final[tuple[tuple[type[AtelierError], Reason], ...]] = (
    (errors.Locked, Reason.LOCKED),
    (errors.QuotaFull, Reason.QUOTA_FULL),
)
# Of all that comes there, for now.
_HELD: Final[tuple[tuple[type[AtelierError], Reason], ...]] = (
    (errors.NotFound, Reason.NOT_ALLOWED),
    (errors.Forbidden, Reason.NOT_ALLOWED),
    (errors.NoRoom, Reason.NO_ROOM),
)


@dataclass(slots=True)
class _Served:
    """A drop folder, and what is remembered of its files by path.

    `told` is what was said already of those that stay, `later` when to try again,
    `done` what was deposited and could not be moved.
    """

    drop: DropFolder
    disk: OnDisk
    told: dict[str, Reason]
    seen: dict[str, tuple[Mark, datetime]] = field(default_factory=dict)
    later: dict[str, datetime] = field(default_factory=dict)
    done: dict[str, Mark] = field(default_factory=dict)

    def found(self, now: datetime) -> list[Found]:
        """What stands there and is neither told of nor to wait, so many at once. Blocks."""
        self.disk.make()
        self.later = {path: at for path, at in self.later.items() if at > now}
        waiting = (
            one
            for one in self.disk.found()
            if one.path not in self.later
            and (one.reason is None or self.told.get(one.path) is not one.reason)
        )
        return list(islice(waiting, SEEN_AT_ONCE))

    def ready(self, found: list[Found], now: datetime, stable: timedelta) -> list[Found]:
        """Those that have not changed for so long, in order of path."""
        seen, ready = {}, []
        for one in found:
            mark, since = self.seen.get(one.path, (None, now))
            if mark != one.mark or since > now:
                since = now
            seen[one.path] = (one.mark, since)
            is_empty = one.reason is None and one.mark.size_bytes == 0
            if now - since >= stable * (_EMPTY_TIMES if is_empty else 1):
                ready.append(one)
        self.seen = seen
        return sorted(ready, key=lambda one: one.path)


class Inbox:
    """Serves all drop folders; made once for a worker."""

    def __init__(
        self, ws: Workspace, disk: Disk, letter: Letter, *, rest: Rest = asyncio.sleep
    ) -> None:
        self._ws, self._disk, self._letter, self._rest = ws, disk, letter, rest
        self._stable = timedelta(seconds=ws.settings.inbox.stable_seconds)
        self._served: dict[int, _Served] = {}
        self._drops: list[DropFolder] = []
        self._has_more = True
        self._changes = Changes()

    async def turn(self, ws: Workspace) -> bool:
        """Wait until something may have come, and look; the runner has it done again."""
        if not self._has_more:
            await self._news()
        self._has_more = await self.look()
        return True

    async def look(self) -> bool:
        """Take what is ready in each drop folder, so many at once; whether more is ready."""
        self._drops = await dropped.served(self._ws)
        before, self._served = self._served, {}
        for drop in self._drops:
            self._served[drop.id] = before.get(drop.id) or _Served(
                drop,
                OnDisk(self._disk, self._ws.settings.data, drop.name),
                await dropped.left(self._ws, drop.id),
            )
        running = [self._served[drop.id] for drop in self._drops if not drop.is_paused]
        more = [await self._serve(one) for one in running]
        return any(more)

    async def close(self) -> None:
        """Watch nothing any more."""
        await self._changes.close()

    async def _serve(self, one: _Served) -> bool:
        now = self._ws.clock()
        if one.later.get("", now) > now:
            return False
        try:
            found = await asyncio.to_thread(one.found, now)
        except (OSError, Fault) as error:
            await self._hold(one, Reason.FAULT, error)
            return False
        ready = one.ready(found, now, self._stable)
        for file in ready[:TAKEN_AT_ONCE]:
            begun = time.monotonic()
            if not await self._take(one, file):
                return False
            await self._rest(min(time.monotonic() - begun, _MOST_REST_SECONDS))
        return len(ready) > TAKEN_AT_ONCE

    async def _take(self, one: _Served, file: Found) -> bool:
        """Do with a file what is to be done; whether the next one may be tried."""
        try:
            if file.reason is Reason.TOO_DEEP:
                await self._refuse(one, file, file.reason)
            elif file.reason is not None:
                await self._leave(one, file, file.reason)
            else:
                await self._bring(one, file)
        except Moved:
            one.seen.pop(file.path, None)
        except OSError:
            await self._leave(one, file, Reason.UNREADABLE)
        except (Refusal, Fault) as error:
            return await self._met(one, file, error)
        return True

    async def _bring(self, one: _Served, file: Found) -> None:
        """Deposit a file, tell it, and only then move it."""
        if one.done.get(file.path) != file.mark:
            done = await self._deposit(one, file)
            outcome = Outcome.ADDED if done.is_new_document else Outcome.REVISED
            came = outcome if done.is_new_version else Outcome.UNCHANGED
            await self._note(one, Came(file.path, file.mark.size_bytes, came, done=done))
            one.done[file.path] = file.mark
            one.told.pop("", None)
        try:
            await asyncio.to_thread(one.disk.put_done, file)
        except (OSError, Fault):
            one.later[file.path] = self._ws.clock() + AGAIN_AFTER
            await self._leave(one, file, Reason.FIXED)
            return
        one.done.pop(file.path)
        one.told.pop(file.path, None)

    async def _deposit(self, one: _Served, file: Found) -> Deposited:
        ws, drop, size_bytes = self._ws, one.drop, file.mark.size_bytes
        limit = ws.settings.limits.max_deposit_bytes
        if size_bytes > limit:
            raise errors.TooLarge(limit)
        actor = await dropped.depositor(ws, drop.id)
        source = await asyncio.to_thread(one.disk.open, file)
        try:
            incoming = await deposits.begin(
                ws, actor, drop.folder_id, file.name, path=file.under, size_bytes=size_bytes
            )
            return await deposits.receive(
                ws,
                actor,
                incoming,
                _chunks(source, file),
                comment=f"{INBOX}/{drop.name}",
                still=lambda: dropped.depositor(ws, drop.id),
            )
        finally:
            source.close()

    async def _met(self, one: _Served, file: Found, error: AtelierError) -> bool:
        """What a refusal means for the file and for those behind it."""
        if isinstance(error, errors.NotFound) and error.kind == "drop_folder":
            return False  # at rest or no more, since we began to look
        reason = _reason(_REFUSED, error)
        if isinstance(error, errors.Invalid):
            reason = reason or _REFUSED_PATHS.get(error.fault)
        later = _reason(_LATER, error)
        if reason is not None:
            await self._refuse(one, file, reason)
        elif later is not None:
            one.later[file.path] = self._ws.clock() + AGAIN_AFTER
            await self._leave(one, file, later)
        else:
            await self._hold(one, _reason(_HELD, error) or Reason.FAULT, error)
        return reason is not None or later is not None

    async def _refuse(self, one: _Served, file: Found, reason: Reason) -> None:
        try:
            called = await asyncio.to_thread(one.disk.put_refused, file)
        except Moved:
            one.seen.pop(file.path, None)
            return
        except (OSError, Fault) as error:
            await self._hold(one, Reason.FAULT, error)
            return
        await self._note(one, Came(file.path, file.mark.size_bytes, Outcome.REFUSED, reason))
        one.told.pop(file.path, None)
        await self._write(one, file.under, called, self._letter(reason, file.path))

    async def _leave(self, one: _Served, file: Found, reason: Reason) -> None:
        """Say once why it stays where it is."""
        if one.told.get(file.path) is reason:
            return
        await self._note(one, Came(file.path, file.mark.size_bytes, Outcome.LEFT, reason))
        one.told[file.path] = reason
        # What is tried again by itself asks nothing of whoever put it there.
        if file.path not in one.later:
            await self._write(one, file.under, file.name, self._letter(reason, file.path))

    async def _hold(self, one: _Served, reason: Reason, error: Exception) -> None:
        """Take nothing from it for a while, and say once why."""
        one.later[""] = self._ws.clock() + AGAIN_AFTER
        if one.told.get("") is reason:
            return
        facts = {"drop_folder": one.drop.id, "reason": str(reason), "error": type(error).__name__}
        _log.warning("drop folder held", extra={"facts": facts})
        one.told[""] = reason
        await self._write(one, (), one.drop.name, self._letter(reason, ""))
        await self._note(one, Came("", 0, Outcome.LEFT, reason))

    async def _note(self, one: _Served, came: Came) -> None:
        await dropped.note(self._ws, one.drop.id, came)

    async def _write(self, one: _Served, under: tuple[str, ...], name: str, letter: str) -> None:
        """Write a text; where the disk takes none, the page tells the same."""
        try:
            await asyncio.to_thread(one.disk.tell, under, name, letter)
        except (OSError, Fault) as error:
            _log.warning("no text in a drop folder: %s", type(error).__name__)

    async def _news(self) -> None:
        """Return when something changed there or in the records, or it is time to look."""
        inbox = self._ws.settings.data / INBOX
        paths = tuple(inbox / drop.name for drop in self._drops if not drop.is_paused)
        seconds, began = self._stable.total_seconds(), time.monotonic()
        while not await self._changes.wait(paths, seconds):
            is_long = time.monotonic() - began >= _LOOK_AFTER_SECONDS
            is_waiting = any(one.seen for one in self._served.values())
            if is_long or is_waiting or await dropped.served(self._ws) != self._drops:
                return


def _reason(
    table: tuple[tuple[type[AtelierError], Reason], ...], error: AtelierError
) -> Reason | None:
    return next((reason for kind, reason in table if isinstance(error, kind)), None)


async def _chunks(source: ReadFile, file: Found) -> AsyncIterator[bytes]:
    """The bytes of a file, once they have all come still those that were found."""
    for offset in range(0, file.mark.size_bytes, _CHUNK_BYTES):
        yield await asyncio.to_thread(source.read, offset, _CHUNK_BYTES)
    await asyncio.to_thread(check, source, file)
