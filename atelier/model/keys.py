"""Keys: what somebody proves herself with besides a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.ids import PasskeyId


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner is shown it; `used_at` is None when it never was."""

    id: PasskeyId
    name: str
    created_at: datetime
    used_at: datetime | None


class Standing(StrEnum):
    """Whether her session may change her keys, or what it takes.

    FRESH: it may. STALE: she proves herself again. WEAK: it was begun by a password only,
    and her account asks for more: she signs in again.
    """

    FRESH = "fresh"
    STALE = "stale"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All the keys of somebody, and what she may do with them now.

    `app_since` is None without an authenticator app, `codes_left` counts the recovery codes
    that were not used. `is_obliged`: her account must have a passkey or an app.
    """

    passkeys: tuple[Passkey, ...]
    app_since: datetime | None
    codes_left: int
    is_obliged: bool
    has_password: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class AppSecret:
    """What an authenticator app is told: the secret in base 32, and all of it as an address."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Ways:
    """By what somebody on a step may prove herself."""

    has_app: bool
    has_passkey: bool
    codes_left: int
