"""What somebody holds who is to leave, and how she leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from atelier.model.ids import FolderId, GrantId, MeetingId


class Ending(StrEnum):
    """What a departure ends, by who prepares it.

    She herself hands over and ends nothing; who represents her organisation ends her place
    there; a steward closes the account.
    """

    NOTHING = "nothing"
    PLACE = "place"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Held:
    """A folder that she coordinates by a grant of her own, until a day or for good (None)."""

    grant_id: GrantId
    folder_id: FolderId
    folder: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for her: open actions and meetings that she prepares, each by its meeting."""

    actions: tuple[tuple[MeetingId, str], ...]
    meetings: tuple[tuple[MeetingId, str], ...]
