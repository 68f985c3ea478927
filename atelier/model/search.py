"""A search as it is asked, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from atelier.model.ids import (
    DocumentId,
    FolderId,
    MeetingId,
    OrganisationId,
    PersonId,
    SeriesId,
)
from atelier.model.meetings import Part


class Sort(StrEnum):
    """What comes first: the best answer, or the newest document."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


class FileKind(StrEnum):
    """What a person calls a file, whatever program wrote it, or a part of a meeting."""

    PDF = "pdf"
    TEXT = "text"
    SHEET = "sheet"
    SLIDES = "slides"
    MAIL = "mail"
    IMAGE = "image"
    SOUND = "sound"
    FILM = "film"
    AGENDA = "agenda"
    MINUTES = "minutes"
    DECISIONS = "decisions"
    ACTIONS = "actions"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a search is narrowed to, beside its words; None where it is not.

    `folder` with all below it; `organisation` is the one that the current version was
    deposited for, `person` who deposited it, `year` that of its date in the network's time
    zone, of a meeting and what stands in its dossier the meeting's. `with_older` widens instead:
    to texts of older versions too. `meeting` with all that stands in its dossier, `series`
    those of all its meetings.
    """

    folder: FolderId | None = None
    organisation: OrganisationId | None = None
    person: PersonId | None = None
    kind: FileKind | None = None
    year: int | None = None
    with_older: bool = False
    meeting: MeetingId | None = None
    series: SeriesId | None = None


EVERYWHERE = Narrowing()


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was asked: what its address holds, and what a saved search keeps.

    `is_exact`: the glossary widens nothing.
    """

    words: str
    narrowing: Narrowing = EVERYWHERE
    sort: Sort = Sort.RELEVANCE
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a snippet; `is_match` marks the words that were searched."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class PageHit:
    """A page that answers: its number from 1 (None where the format has no pages).

    Of a meeting's part a line: the number of its item, decision or action there, and the
    `anchor` at which it stands on the meeting's page.
    """

    page: int | None
    snippet: tuple[Piece, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class MeetingHit:
    """The meeting to which something belongs that answers. `starts_at` as in `MeetingRow`."""

    id: MeetingId
    dossier_id: FolderId
    title: str
    starts_at: datetime
    has_time: bool
    series_id: SeriesId | None
    series: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers, with its best pages, best first; or a part of a meeting.

    `version` is the one whose text answers; `is_older` when the document has a newer one.
    `is_fresh`: its last change is not in the index yet, it was looked through by itself.
    `meeting` of what stands in a dossier. A `part` bears its entry's number (`entry_number`)
    for a document, the meeting's title for a name, and its beginning for a date.
    """

    document_id: DocumentId
    name: str
    folder_id: FolderId
    folder: str
    version: int
    media_type: str
    changed_at: datetime
    pages: tuple[PageHit, ...]
    is_older: bool = False
    is_fresh: bool = False
    meeting: MeetingHit | None = None
    part: Part | None = None
    kind: FileKind = FileKind.OTHER


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to narrow: the value its address takes, the name people read, its documents.

    `name` is empty where the value says it all (a kind, a year). `at` is when a meeting begins.
    """

    value: str
    name: str
    count: int
    is_chosen: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How the documents that answer divide: the most frequent of each, counted by document.

    `folders` are those in the chosen one (at first, her entry points), each with all below.
    `meetings` counts what stands in their dossiers, with all below.
    """

    folders: tuple[Choice, ...] = ()
    organisations: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    kinds: tuple[Choice, ...] = ()
    years: tuple[Choice, ...] = ()
    meetings: tuple[Choice, ...] = ()
    series: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Widened:
    """Words of a search that the glossary knows, and what was searched beside them."""

    words: str
    also: tuple[str, ...]


class MisreadKind(StrEnum):
    """Why a piece `field:value` was taken as words.

    Its value is no date, or no type of file; a date cannot be excluded; there is no value.
    """

    DATE = "date"
    TYPE = "type"
    EXCLUDED_DATE = "excluded_date"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Misread:
    """A piece whose field is known and whose value is not, and the words searched instead."""

    kind: MisreadKind
    written: str
    words: tuple[str, ...]


class WiderKind(StrEnum):
    """How a search that finds nothing may be asked wider."""

    ANY_WORD = "any_word"
    WITHOUT_EXCLUSIONS = "without_exclusions"
    WITHOUT_BOUNDS = "without_bounds"
    EVERYWHERE = "everywhere"
    WITHOUT_CHOICES = "without_choices"
    WITH_OLDER = "with_older"


@dataclass(frozen=True, slots=True)
class Wider:
    """A wider search, and how many documents it finds (never none)."""

    kind: WiderKind
    asked: Asked
    total: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What was searched, as the query was understood; each as it was typed."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    meetings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` counts documents and parts of meetings the actor may read.

    Hits of one meeting stand together, where the first of them would stand.

    `widened_in_vain`: with what the glossary added nothing answers; what is found here was
    searched without it.
    `spelling` is the whole query as it was perhaps meant; empty when nothing better is
    known. `not_yet` counts documents she may read whose last change the index has not
    applied and that were too many to be looked through by themselves. `misread` was taken
    as words. `understood` and `wider` are of searches that find nothing, or nothing exact.
    """

    total: int
    hits: tuple[Hit, ...]
    asked: Asked
    page: int
    page_size: int
    is_partial: bool = False
    facets: Facets = field(default_factory=Facets)
    widened: tuple[Widened, ...] = ()
    widened_in_vain: bool = False
    spelling: str = ""
    not_yet: int = 0
    misread: tuple[Misread, ...] = ()
    understood: Understood = field(default_factory=Understood)
    wider: tuple[Wider, ...] = ()

    @property
    def words(self) -> str:
        """What was typed."""
        return self.asked.words


@dataclass(frozen=True, slots=True)
class NameSuggested:
    """A document whose name begins so."""

    document_id: DocumentId
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a beginning may become: words of documents and names of documents she may read.

    Each of `words` is what was typed with its last word finished.
    """

    words: tuple[str, ...] = ()
    documents: tuple[NameSuggested, ...] = ()
