"""Every error of Atelier, one tree. Errors carry facts; doors make sentences of them.

AtelierError
├── Refusal                 the request was understood and refused; nothing changed
│   ├── SignInNeeded        nobody is signed in
│   ├── BadSignIn           address and password do not go together
│   ├── SecondFactorNeeded  her account may do nothing before it has a second factor
│   ├── BadProof            a code or a passkey does not prove who she is
│   ├── LinkSpent           a sign-in link is unknown, used or too old
│   ├── NotFound            no such thing, or none that this person may read
│   ├── Forbidden           she may read it, but not do this
│   ├── Malformed           the request itself is broken
│   ├── BodyCut             the body ended before its announced length
│   ├── CrossSite           a changing request that another site made
│   ├── Invalid             a value is well-formed but wrong
│   │   └── BadName         a name that cannot be given
│   ├── Clash               it disagrees with what is there
│   │   ├── NameTaken       the name is in use in that folder
│   │   ├── FolderCycle     a folder would stand inside itself
│   │   ├── AlreadySo       it is already as asked
│   │   ├── PlaceClosed     what comes back would come into a folder closed since
│   │   ├── LastCoordinator a folder would be left without coordination
│   │   ├── LastSteward     the network would be left without a steward
│   │   ├── EffectChanged   it would do something else than was announced
│   │   ├── OffsetMismatch  a resumable deposit is at another byte than was said
│   │   └── UploadInUse     its bytes are coming over another connection right now
│   ├── VersionClash        another version came first
│   ├── Locked              somebody else is editing it
│   ├── DigestMismatch      the bytes are not those that were announced
│   ├── TooLarge            more bytes than the limit
│   ├── TooManyFiles        more files in one form than the limit
│   ├── ArchiveTooLarge     more than one archive may hold
│   └── TooMany             too often; wait
│       ├── TooManyInvitations  as many invitations or letters of them as may be in a day
│       ├── TooManyWaiting  as much of hers waits for an answer as may
│       └── TooManyUploads  as many deposits of hers are unfinished as may be
├── Fault                   the installation cannot do it now; nothing half-done stays
│   ├── NoRoom              the disk is full
│   │   └── QuotaFull       a folder's or an organisation's quota is
│   ├── WriteFailed         the disk refused a write, an fsync or a commit
│   ├── Busy                too much at once; try again
│   ├── BlobMissing         bytes of a version are gone from the store
│   └── IndexUnready        the search index is being rebuilt
└── StartRefused            the server or a command cannot start
    ├── SettingsFault       a setting is unknown or wrong
    ├── FolderInUse         another server holds the data folder
    ├── FolderUnwritable    the data folder cannot be written
    ├── FolderUnready       the data folder was not initialised, or by a newer Atelier
    ├── CopyRefused         a backup, a restore or an export cannot be made so
    └── PortInUse           another program listens there
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(eq=False)
class AtelierError(Exception):
    """Root of the tree. Subclasses are dataclasses: their fields are the facts."""

    def facts(self) -> dict[str, object]:
        """The facts by name, for logs and for the sentences of a door."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts().items())
        return f"{type(self).__name__}({facts})"


@dataclass(eq=False)
class Refusal(AtelierError):
    """The request was understood and refused; nothing changed."""


@dataclass(eq=False)
class SignInNeeded(Refusal):
    """Nobody is signed in."""


@dataclass(eq=False)
class BadSignIn(Refusal):
    """Address and password do not go together; never says which of them is wrong."""


@dataclass(eq=False)
class SecondFactorNeeded(Refusal):
    """Her account may do nothing before it has a second factor."""


@dataclass(eq=False)
class BadProof(Refusal):
    """A code or a passkey does not prove who she is.

    `fault`: `wrong`; `used`, for a code or a challenge taken before; `unverified`, when the
    device did not make sure that it is she; `foreign`, for a passkey that nobody here has;
    `clock`, for a code of another time; `stale`, when her session proved it too long ago;
    `weak`, when it did with a password only and she has more.
    """

    fault: str = "wrong"


@dataclass(eq=False)
class LinkSpent(Refusal):
    """A sign-in link is unknown, used or too old: one answer for the three."""


@dataclass(eq=False)
class NotFound(Refusal):
    """No such thing, or none that this person may read: one answer for both."""

    kind: str


@dataclass(eq=False)
class Forbidden(Refusal):
    """She may read it, but not do this; `action` is a value of `access.Action`."""

    action: str


@dataclass(eq=False)
class Malformed(Refusal):
    """The request itself is broken; `what` names the part."""

    what: str


@dataclass(eq=False)
class BodyCut(Refusal):
    """The body ended after `received_bytes`, before its announced or natural end."""

    received_bytes: int


@dataclass(eq=False)
class CrossSite(Refusal):
    """A changing request came from another site, or without this form's token."""


@dataclass(eq=False)
class Invalid(Refusal):
    """A value is well-formed but wrong: `field` as in the form, `fault` a short code."""

    field: str
    fault: str
    value: str = ""


@dataclass(eq=False)
class BadName(Invalid):
    """A name that cannot be given; `fault` is a value of `model.names.Fault`."""


@dataclass(eq=False)
class Clash(Refusal):
    """It disagrees with what is there."""


@dataclass(eq=False)
class NameTaken(Clash):
    """The name is in use in that folder, by a folder or a document."""

    name: str
    kind: str = "document"


@dataclass(eq=False)
class FolderCycle(Clash):
    """A folder would stand inside itself."""

    folder: str


@dataclass(eq=False)
class AlreadySo(Clash):
    """It is already as asked; `what` is a short code such as `closed`."""

    what: str


@dataclass(eq=False)
class PlaceClosed(Clash):
    """The folder from which it was removed was closed since: others would see it now."""

    name: str


@dataclass(eq=False)
class LastCoordinator(Clash):
    """A folder would be left without lasting coordination by an active person."""

    folder: str


@dataclass(eq=False)
class LastSteward(Clash):
    """The network would be left without an active steward; `name` is the last one's."""

    name: str


@dataclass(eq=False)
class EffectChanged(Clash):
    """The act would do something else to who sees what than was announced."""


@dataclass(eq=False)
class OffsetMismatch(Clash):
    """A resumable deposit is at `offset_bytes`, not where the request goes on."""

    offset_bytes: int


@dataclass(eq=False)
class UploadInUse(Clash):
    """Bytes of this resumable deposit are coming over another connection right now."""


@dataclass(eq=False)
class VersionClash(Refusal):
    """Another version came first: `expected` was asked for, `current` is there.

    `aside` is under which number the bytes that came second were kept, None when none came.
    """

    expected: int
    current: int
    aside: int | None = None


@dataclass(eq=False)
class Locked(Refusal):
    """Somebody else is editing it: her name, and until when.

    `aside` is as for `VersionClash`.
    """

    holder: str
    until: datetime
    aside: int | None = None


@dataclass(eq=False)
class MeetingChanged(Refusal):
    """Somebody changed the meeting or its agenda since it was shown; what is there now stands."""

    state_number: int


@dataclass(eq=False)
class TextClash(Refusal):
    """Somebody wrote of the same item first: her text as it stands, and its state.

    Nothing of either is lost: the second writer has hers in her form and merges the two.
    `by` and `at` say who wrote it and when, "" and None where that is not known.
    """

    state: int
    text: str
    by: str = ""
    at: datetime | None = None


@dataclass(eq=False)
class MinutesApproved(Refusal):
    """The minutes are approved: whoever corrects them opens them again first."""


@dataclass(eq=False)
class DigestMismatch(Refusal):
    """The bytes do not have the digest that was announced; none of them is kept."""

    algorithm: str


@dataclass(eq=False)
class TooLarge(Refusal):
    """More bytes than `limit_bytes`; `size_bytes` is how many, where they were announced."""

    limit_bytes: int
    size_bytes: int | None = None


@dataclass(eq=False)
class TextTooLarge(TooLarge):
    """The same of what was typed into a form without a file."""


@dataclass(eq=False)
class ArchiveTooLarge(Refusal):
    """More than one archive may hold: `max_entries` documents and folders, `max_bytes`."""

    max_entries: int
    max_bytes: int


@dataclass(eq=False)
class TooManyFiles(Refusal):
    """More files in one form than `most`."""

    most: int


@dataclass(eq=False)
class TooMany(Refusal):
    """Too often; wait `retry_after_seconds`."""

    retry_after_seconds: int


@dataclass(eq=False)
class TooManyInvitations(TooMany):
    """As many as may be in a day: `fault` is `too_many_invitations` by one person, or
    `too_many_letters` to one address.
    """

    fault: str


@dataclass(eq=False)
class TooManyWaiting(TooMany):
    """So many requests of hers wait for an answer, as many as may."""

    waiting: int


@dataclass(eq=False)
class TooManyUploads(TooMany):
    """So many resumable deposits of hers are unfinished, as many as may be."""

    unfinished: int


@dataclass(eq=False)
class Fault(AtelierError):
    """The installation cannot do it now; nothing half-done stays."""


@dataclass(eq=False)
class NoRoom(Fault):
    """The disk is full, or would be."""


@dataclass(eq=False)
class QuotaFull(NoRoom):
    """A quota would be passed: `of` is `folder`, `organisation` or `above`.

    `left_bytes` is what still fits; None for `above`, a folder that the one who asks may
    not read.
    """

    of: str
    left_bytes: int | None


@dataclass(eq=False)
class WriteFailed(Fault):
    """The disk refused a write, an fsync, a rename or a commit."""

    what: str


@dataclass(eq=False)
class Busy(Fault):
    """Too much at once; try again after `retry_after_seconds`."""

    retry_after_seconds: int = 5


@dataclass(eq=False)
class BlobMissing(Fault):
    """The bytes of a version are gone from the store."""

    sha256: str


@dataclass(eq=False)
class IndexUnready(Fault):
    """The search index is absent or being rebuilt."""


@dataclass(eq=False)
class StartRefused(AtelierError):
    """The server or a command cannot start."""


@dataclass(eq=False)
class SettingsFault(StartRefused):
    """A setting is unknown or wrong: where it stood, why, and the nearest known key."""

    source: str
    key: str
    fault: str
    nearest: str = ""


@dataclass(eq=False)
class FolderInUse(StartRefused):
    """Another server holds the data folder."""

    folder: str


@dataclass(eq=False)
class FolderUnwritable(StartRefused):
    """The data folder cannot be written."""

    folder: str
    reason: str


@dataclass(eq=False)
class FolderUnready(StartRefused):
    """The data folder was not initialised, or by a newer Atelier; `fault` says which."""

    folder: str
    fault: str


@dataclass(eq=False)
class CopyRefused(StartRefused):
    """A copy cannot be made so: the place it names, and why.

    `act` is what was asked for: `backup`, `restore`, `export` or `key`.
    """

    place: str
    fault: str
    act: str = "backup"


@dataclass(eq=False)
class PortInUse(StartRefused):
    """Another program listens there."""

    host: str
    port: int
