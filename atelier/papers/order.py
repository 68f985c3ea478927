"""What the server asks of the process that writes papers."""

from __future__ import annotations

import msgspec

from atelier.model.prose import Sheet
from atelier.papers.contract import PaperKind


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet, and as what it is to be written."""

    kind: PaperKind
    sheet: Sheet
