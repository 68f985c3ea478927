"""Letters that leave by mail: their kinds, what becomes of them, what one says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from atelier.model.follows import Digest
from atelier.model.ids import InviteId, LetterId, PersonId

_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")


class LetterKind(StrEnum):
    """What a letter tells.

    `about` of `mailing.queue`: the `KeyChange` of KEYS_CHANGED, the folder of ACCESS_GIVEN, the
    organisation of PLACE_GIVEN, the meeting of the three about meetings, the digest of DIGEST.
    """

    INVITATION = "invitation"
    RESET = "reset"
    EMAIL_OLD = "email_old"
    EMAIL_NEW = "email_new"
    KEYS_CHANGED = "keys_changed"
    TEST = "test"
    ACCESS_GIVEN = "access_given"
    PLACE_GIVEN = "place_given"
    CONVENED = "convened"
    MEETING_CHANGED = "meeting_changed"
    MEETING_CANCELLED = "meeting_cancelled"
    DIGEST = "digest"


class KeyChange(IntEnum):
    """What became of what opens an account; the numbers stand in the records."""

    PASSWORD = 1
    PASSWORD_BY_LINK = 2
    ADDRESS = 3
    PASSKEY_ADDED = 4
    PASSKEY_REMOVED = 5
    APP_ADDED = 6
    APP_REMOVED = 7
    CODES_RENEWED = 8
    CODE_USED = 9
    ALL_REMOVED = 10


class Topic(StrEnum):
    """Letters that somebody may do without."""

    MEETINGS = "meetings"
    ACCESS = "access"
    DIGESTS = "digests"


# The others answer her own act, or guard her account: they cannot be stopped.
TOPICS: Final[Mapping[LetterKind, Topic]] = {
    LetterKind.ACCESS_GIVEN: Topic.ACCESS,
    LetterKind.CONVENED: Topic.MEETINGS,
    LetterKind.MEETING_CHANGED: Topic.MEETINGS,
    LetterKind.MEETING_CANCELLED: Topic.MEETINGS,
    LetterKind.DIGEST: Topic.DIGESTS,
}


class LetterFault(StrEnum):
    """What stands as the answer where it is no server that says it."""

    ADDRESS = "address"
    GIVEN_UP = "given_up"
    RESTORED = "restored"
    DEFECT = "defect"


class LetterState(StrEnum):
    """Where a letter is; only one that waits is ever sent.

    HANDED: bytes went to the server and no answer is known, so it may have left. DROPPED:
    there was nothing to tell any more when it was to leave.
    """

    WAITING = "waiting"
    HANDED = "handed"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as it is kept: what it tells, to whom, and what became of it; no words.

    `answer` is the server's last, on one line, "" when none; `sent_to` the address it was
    last handed over for.
    """

    id: LetterId
    kind: LetterKind
    person_id: PersonId | None
    invite_id: InviteId | None
    about: int
    once: str
    state: LetterState
    attempts: int
    answer: str
    sent_to: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class MailHealth:
    """How the mail fares: letters that wait, the oldest since when; None for none.

    `refusal` is what was said of the last one that was refused, `refused_at`. No server has
    answered since `unreached_since`, None when one does or nothing was tried.
    """

    waiting: int
    waiting_since: datetime | None
    refused_at: datetime | None
    refusal: str
    unreached_since: datetime | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says when it leaves, before it is put into words.

    `facts` are short texts by name, as the template of its kind asks them, never a document's
    content. `change` is what became of her keys, `at` when. `day` is the one that it is about,
    `has_time` whether its time is known too, `until` when that ends, if known; `agenda` are the
    headings of its agenda, in order. `link` is the address to follow, `stop_link` the one that
    stops its topic; "" for none. `calendar` is a file for calendars, or nothing. `digest` is
    what a digest tells; its addresses are below the fact `site`. `identity` is the same each
    time this letter is sent.
    """

    kind: LetterKind
    to: str
    name: str
    language: str
    identity: str
    written_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    change: KeyChange | None = None
    at: datetime | None = None
    day: datetime | None = None
    has_time: bool = False
    until: datetime | None = None
    agenda: tuple[str, ...] = ()
    link: str = ""
    stop_link: str = ""
    calendar: bytes = b""
    digest: Digest | None = None


def deliverable(address: str) -> str:
    """The address as every server takes it, its host in ASCII (RFC 3490).

    `ValueError` for what is none, and for one whose name part is not ASCII.
    """
    name, at, host = address.rpartition("@")
    if not host.isascii():
        host = host.encode("idna").decode()
    plain = f"{name}{at}{host}"
    is_dotted = "" not in name.split(".") and "" not in host.split(".")
    if not _ADDRESS.fullmatch(plain) or not is_dotted or "=?" in plain:
        raise ValueError
    return plain
