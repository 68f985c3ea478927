"""Numbers that public registers give to organisations: SIRET (INSEE) and FINESS (DREES).

A number that people type with spaces is kept without them; "" means none is known.
"""

from __future__ import annotations

import re
from typing import Final

from atelier.errors import Invalid

# INSEE, « le numéro SIRET » : fourteen digits end in a Luhn check digit, as do the first
# nine (the SIREN). The establishments of La Poste outgrew the rule: theirs add up to a
# multiple of five; its head office still follows Luhn.
_SIRET: Final = re.compile("[0-9]{14}")
_SIREN_DIGITS: Final = 9
_LA_POSTE: Final = "356000000"

# Two characters of the department where the number was given, six of rank, a Luhn check digit.
_FINESS: Final = re.compile("[0-9]{9}|2[AB][0-9]{7}")
# In the check, the letter of a Corsican department counts by its place in the alphabet, as
# the numbers in the official gazettes of both departments show (2B0000020, 2A0000170).
_LETTERS: Final = str.maketrans("AB", "12")

_SHOWN_CHARACTERS: Final = 40


def siret(typed: str) -> str:
    """The fourteen digits of a SIRET, or ""; `Invalid` when it cannot be one."""
    number = _compact(typed)
    if number and not _SIRET.fullmatch(number):
        raise Invalid("siret", "malformed", typed[:_SHOWN_CHARACTERS])
    if number and not _is_siret(number):
        raise Invalid("siret", "check_digit", number)
    return number


def finess(typed: str) -> str:
    """The nine characters of a FINESS number, or ""; `Invalid` when it cannot be one."""
    number = _compact(typed)
    if number and not _FINESS.fullmatch(number):
        raise Invalid("finess", "malformed", typed[:_SHOWN_CHARACTERS])
    if number and _luhn(number.translate(_LETTERS)) % 10:
        raise Invalid("finess", "check_digit", number)
    return number


def _is_siret(number: str) -> bool:
    siren = number[:_SIREN_DIGITS]
    if _luhn(siren) % 10:
        return False
    adds_to_five = siren == _LA_POSTE and sum(map(int, number)) % 5 == 0
    return adds_to_five or _luhn(number) % 10 == 0


def _luhn(digits: str) -> int:
    """The Luhn sum (ISO/IEC 7812-1, annex B): every second digit from the right counts double."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(map(int, digits[::-2])) + sum(doubled)


def _compact(typed: str) -> str:
    """Without spaces of any kind, in capitals."""
    return "".join(typed.split()).upper()
