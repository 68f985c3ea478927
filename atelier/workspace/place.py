"""The record of engines that every use-case is handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from atelier.blobs.contract import BlobStore
from atelier.blobs.derived import DerivedPictures, DerivedTexts
from atelier.database.access_log import AccessLog
from atelier.database.engine import Unit
from atelier.extract.contract import Readers
from atelier.papers.contract import Papers
from atelier.post.contract import Post
from atelier.search.contract import Shelf
from atelier.settings import Settings
from atelier.workspace.passwords import Passwords

T = TypeVar("T")

Clock = Callable[[], datetime]


class Records(Protocol):
    """The records, as use-cases have them; see `database.engine.Database`."""

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads, on one snapshot."""
        ...

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit that changes records; returns after the commit is durable."""
        ...


@dataclass(frozen=True, slots=True)
class Workspace:
    """Records, access log, bytes, texts, pictures, index, readers, papers, post; no methods.

    `clock` gives aware UTC times.
    """

    db: Records
    trail: AccessLog
    blobs: BlobStore
    texts: DerivedTexts
    pictures: DerivedPictures
    index: Shelf
    readers: Readers
    papers: Papers
    post: Post
    passwords: Passwords
    clock: Clock
    settings: Settings


def today(ws: Workspace) -> date:
    """The day it is in the network's time zone: until then dated grants hold."""
    return day_of(ws, ws.clock())


def day_of(ws: Workspace, moment: datetime) -> date:
    """The day of a moment in the network's time zone."""
    return moment.astimezone(ZoneInfo(ws.settings.network.time_zone)).date()
