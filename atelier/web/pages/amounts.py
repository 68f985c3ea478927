"""Amounts of space as people type them: a number and a unit."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Final

from atelier.errors import Invalid
from atelier.model.quotas import Space
from atelier.web.forms import Form
from atelier.web.language import Voice

FIELDS: Final = ("amount", "unit")
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,3})?", re.ASCII)


class Unit(StrEnum):
    """In what a quota is typed; by 1,024, as sizes are shown everywhere."""

    MEGABYTES = "mb"
    GIGABYTES = "gb"
    TERABYTES = "tb"

    @property
    def size_bytes(self) -> int:
        """How many bytes."""
        return int(1_024 ** (2 + list(Unit).index(self)))


def quota_of(form: Form) -> int | None:
    """The bytes that were typed as a number and a unit; None for no number. `Invalid`."""
    amount = "".join(form.text("amount").split())
    if not amount:
        return None
    if not _AMOUNT.fullmatch(amount):
        raise Invalid("amount", "not_amount", amount[:40])
    return int(Decimal(amount.replace(",", ".")) * form.choice("unit", Unit).size_bytes)


def typed(form: Form) -> dict[str, str]:
    """What was typed, for the form that is shown again."""
    return {name: form.text(name) for name in FIELDS}


def limit_shown(space: Space | None, voice: Voice) -> dict[str, str]:
    """The quota as it would be typed, in the greatest unit of which it holds one."""
    quota = space.quota_bytes if space else None
    if quota is None:
        return {"amount": "", "unit": Unit.GIGABYTES.value}
    unit = next((one for one in reversed(Unit) if quota >= one.size_bytes), Unit.MEGABYTES)
    return {"amount": voice.decimal(quota / unit.size_bytes), "unit": unit.value}
