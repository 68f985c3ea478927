"""How somebody can be reached, and how much of it she shows to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from atelier.errors import Invalid

MAX_PHONE_CHARACTERS: Final = 30
# ITU-T E.164: fifteen digits at most. Short ones are numbers inside a house.
_DIGITS: Final = range(4, 16)
_SIGNS: Final = frozenset(" .-()+0123456789")


@dataclass(frozen=True, slots=True)
class Showing:
    """What somebody chose to show in the directory, beside her name; `phone` "" for none."""

    phone: str = ""
    shows_email: bool = True
    shows_phone: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What one who looks may know of somebody; "" for what is not hers to know."""

    email: str = ""
    phone: str = ""


NOTHING_SHOWN: Final = Shown()


def checked_phone(text: str) -> str:
    """A telephone number as it was typed, spaces made single; `Invalid` for what is none.

    Digits with spaces, dots, hyphens and brackets between them, perhaps after one `+`.
    """
    phone = " ".join(text.split())
    digits = sum(one.isdigit() for one in phone)
    is_number = set(phone) <= _SIGNS and digits in _DIGITS and "+" not in phone[1:]
    if phone and not (is_number and len(phone) <= MAX_PHONE_CHARACTERS):
        raise Invalid("phone", "not_a_phone", phone[:40])
    return phone
