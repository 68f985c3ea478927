"""Minutes as a paper: the documents they are filed as, and what an approval says on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from atelier.model.ids import DocumentId


class PaperKind(StrEnum):
    """The formats a sheet can be written in; the value is the ending of its name."""

    ODT = "odt"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Filed:
    """Minutes that stand in their dossier; `version` was deposited by the meeting itself.

    `filed_as` is the name it had then, "" when the journal of the dossier does not say.
    """

    kind: PaperKind
    document_id: DocumentId
    name: str
    version: int
    newest: int
    filed_as: str = ""

    @property
    def was_renamed(self) -> bool:
        """Whether it is known to have another name than the one it was filed under."""
        return self.filed_as not in ("", self.name)

    @property
    def was_changed(self) -> bool:
        """Whether somebody has replaced what the meeting had deposited."""
        return self.newest != self.version


@dataclass(frozen=True, slots=True)
class Approval:
    """What approved minutes say of it: which edition, on which day, by whom."""

    edition: int
    day: date
    by: str
