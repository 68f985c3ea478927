"""Every error of Atelier, one tree. Errors carry facts; doors make sentences of them.

AtelierError
├── Refusal                 the request was understood and refused; nothing changed
│   ├── SignInNeeded        nobody is signed in
│   ├── BadSignIn           address and password do not go together
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
│   │   └── EffectChanged   it would do something else than was announced
│   ├── VersionClash        another version came first
│   ├── TooLarge            more bytes than the limit
│   └── TooMany             too often; wait
│       └── TooManyWaiting  as much of hers waits for an answer as may
├── Fault                   the installation cannot do it now; nothing half-done stays
│   ├── NoRoom              the disk or the quota is full
│   ├── WriteFailed         the disk refused a write, an fsync or a commit
│   ├── Busy                too much at once; try again
│   ├── BlobMissing         bytes of a version are gone from the store
│   └── IndexUnready        the search index is being rebuilt
└── StartRefused            the server or a command cannot start
    ├── SettingsFault       a setting is unknown or wrong
    ├── FolderInUse         another server holds the data folder
    ├── FolderUnwritable    the data folder cannot be written
    ├── FolderUnready       the data folder was not initialised, or by a newer Atelier
    └── PortInUse           another program listens there
"""

from __future__ import annotations

from dataclasses import dataclass, fields


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
class VersionClash(Refusal):
    """Another version came first: `expected` was asked for, `current` is there."""

    expected: int
    current: int


@dataclass(eq=False)
class TooLarge(Refusal):
    """More bytes than `limit_bytes`."""

    limit_bytes: int


@dataclass(eq=False)
class TooMany(Refusal):
    """Too often; wait `retry_after_seconds`."""

    retry_after_seconds: int


@dataclass(eq=False)
class TooManyWaiting(TooMany):
    """So many requests of hers wait for an answer, as many as may."""

    waiting: int


@dataclass(eq=False)
class Fault(AtelierError):
    """The installation cannot do it now; nothing half-done stays."""


@dataclass(eq=False)
class NoRoom(Fault):
    """The disk or the quota is full."""


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
class PortInUse(StartRefused):
    """Another program listens there."""

    host: str
    port: int
