"""The access log as an engine: takes notes at once, writes them in groups within a second.

No reply waits for a line: `note` only keeps it in memory. A process that is killed loses
the lines of its last second, and nothing else; one that ends writes what is left. Lines
that the disk refuses are kept and tried again. What can be kept no more (too many, or
closed while the disk still refuses) is told, line by line and in numbers, to the server's
log: nothing is dropped without a trace.

Several processes on one data folder extend one chain: where it ends is read and written
in the transaction that adds to it.

Who opened the page of a meeting is kept the same way, beside the chain. It helps whoever
prepares the meeting, and proves nothing: what cannot be kept of it is let go.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import islice

from atelier.database import invitations, trail
from atelier.database.engine import Database
from atelier.database.times import to_ms
from atelier.errors import Fault
from atelier.model.ids import DocumentId, MeetingId, PersonId
from atelier.model.trail import Consulted, TrailAct

WINDOW_MS = 10 * 60 * 1000
MAX_WAITING = 100_000  # some 30 MB
GROUP_SECONDS = 0.5
_GROUP_LINES = 200  # some 20 ms of the one writer
_RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
_log = logging.getLogger(__name__)

Pause = Callable[[float], Awaitable[object]]


class AccessLog:
    """Who read or downloaded what: one line per person, version, act and ten minutes.

    Made in a running loop, over open records, that outlive it; `close` writes what is left.
    """

    def __init__(
        self, db: Database, *, pause: Pause = asyncio.sleep, max_waiting: int = MAX_WAITING
    ) -> None:
        self._db = db
        self._pause = pause
        self._max_waiting = max_waiting
        self._waiting: dict[Consulted, None] = {}  # in the order of the notes
        self._known: set[Consulted] = set()  # noted in this window, written or not
        self._opened: dict[tuple[MeetingId, PersonId], tuple[int, int]] = {}  # first and last
        self._window = 0
        self._is_closed = False
        self._has_some = asyncio.Event()
        self._writing = asyncio.Lock()
        self._flushing = asyncio.create_task(self._flush_steadily(), name="access log")

    def note(
        self, moment: datetime, person: PersonId, document: DocumentId, version: int, act: TrailAct
    ) -> None:
        """Keep that she did this with the version; once in ten minutes, and at once."""
        at = to_ms(moment)
        line = Consulted(at - at % WINDOW_MS, person, document, version, act)
        if self._is_noted(line):
            return
        self._known.add(line)
        if self._is_closed or len(self._waiting) >= self._max_waiting:
            _tell(line)
            return
        self._waiting[line] = None
        self._has_some.set()

    def note_opening(self, moment: datetime, person: PersonId, meeting: MeetingId) -> None:
        """Keep that she opened the meeting's page: the first time and the last."""
        key, at = (meeting, person), to_ms(moment)
        if self._is_closed or len(self._opened) >= self._max_waiting:
            return
        self._opened[key] = (self._opened.get(key, (at, at))[0], at)
        self._has_some.set()

    async def flush(self) -> None:
        """Return when all that was noted is written; a `Fault` leaves the rest for later."""
        async with self._writing:
            while self._waiting:
                group = list(islice(self._waiting, _GROUP_LINES))
                await self._db.write(partial(trail.extend, lines=group))
                for line in group:
                    del self._waiting[line]
            while self._opened:
                opened = dict(islice(self._opened.items(), _GROUP_LINES))
                await self._db.write(partial(invitations.note_opened, opened=opened))
                # Opened again meanwhile: that is written the next time round.
                for key in [key for key in opened if self._opened.get(key) == opened[key]]:
                    del self._opened[key]
            if not self._waiting:
                self._has_some.clear()

    async def close(self) -> None:
        """Write what is left, once; what cannot be written is told. May be called twice."""
        self._is_closed = True
        self._flushing.cancel()
        await asyncio.gather(self._flushing, return_exceptions=True)
        await self._has_flushed()
        self._tell_rest()

    def _tell_rest(self) -> None:
        for line in self._waiting:
            _tell(line)
        self._waiting.clear()
        self._opened.clear()

    def _is_noted(self, line: Consulted) -> bool:
        # The records hold one line of each kind in any case: what is forgotten here costs a
        # statement, no second line.
        if line.at != self._window or len(self._known) >= self._max_waiting:
            self._window = line.at
            self._known.clear()
        return line in self._known or line in self._waiting

    async def _flush_steadily(self) -> None:
        failures = 0
        while True:
            await self._has_some.wait()
            await self._pause(_RETRY_SECONDS[failures - 1] if failures else GROUP_SECONDS)
            has_flushed = await self._has_flushed()
            failures = 0 if has_flushed else min(failures + 1, len(_RETRY_SECONDS))

    async def _has_flushed(self) -> bool:
        try:
            await self.flush()
        except (Fault, sqlite3.Error) as error:
            facts = {"fault": str(error), "waiting": len(self._waiting)}
            _log.error("access log not written, kept to be tried again", extra={"facts": facts})
            return False
        return True


def _tell(line: Consulted) -> None:
    _log.error("access log cannot keep this line", extra={"facts": {"access": asdict(line)}})
