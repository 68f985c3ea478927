"""What the page of search is given in each of its states, with names that try to do harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from atelier.model.asked import query_of
from atelier.model.ids import (
    DocumentId,
    FolderId,
    MeetingId,
    OrganisationId,
    PersonId,
    SeriesId,
)
from atelier.model.meetings import Part, entry_number
from atelier.model.search import (
    Asked,
    Choice,
    Facets,
    FileKind,
    Hit,
    MeetingHit,
    Misread,
    MisreadKind,
    Narrowing,
    PageHit,
    Piece,
    Results,
    Sort,
    Understood,
    Widened,
    Wider,
    WiderKind,
)
from atelier.web.language import Voice
from atelier.web.pages.saved import Keeping
from atelier.web.pages.search import showing

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"
OVERRIDE = "facture\u202efdp.exe"
VOICE = Voice("fr", "Europe/Paris")

NARROWED = Asked(
    EVIL,
    Narrowing(
        FolderId(12),
        OrganisationId(4),
        PersonId(9),
        FileKind.PDF,
        2024,
        True,
        MeetingId(5),
        SeriesId(6),
    ),
    Sort.NEWEST,
    is_exact=True,
)


def search_pages() -> dict[str, dict[str, object]]:
    """The page as it is with all that it may show at once."""
    return {"search/search.html": shown(results())}


def shown(found: Results, voice: Voice = VOICE) -> dict[str, object]:
    """The page of what was found; the search is not kept, and its first document is new."""
    query = query_of(found.asked)
    keeping = Keeping(query, None, frozenset({DocumentId(7)}), f"/search?{query}", False)
    return showing(found, voice) | {"keeping": keeping}


def results(**changes: object) -> Results:
    """Three documents found and a part of a meeting, the second page, of a narrowed search."""
    found = Results(
        total=43,
        hits=(hit(), older(), slides(), decided(), annex()),
        asked=NARROWED,
        page=2,
        page_size=20,
        is_partial=True,
        facets=facets(),
        widened=(Widened("CLS", (EVIL, "contrat local de santé")),),
        spelling=f"{EVIL}s",
        not_yet=2,
        misread=(
            Misread(MisreadKind.DATE, "après:<b>x</b>", ("après", "x")),
            Misread(MisreadKind.VALUE, "par:", ()),
        ),
        understood=understood(),
        wider=tuple(Wider(kind, Asked(EVIL), 3) for kind in WiderKind),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def hit() -> Hit:
    """A document with two pages that answer, whose last change is not in the index."""
    pages = (
        PageHit(7, (Piece("avant ", False), Piece("<b>mot</b>", True))),
        PageHit(9, (Piece("mot", True),)),
    )
    kind = "application/pdf"
    return Hit(DocumentId(7), EVIL, FolderId(12), "Réunion", 3, kind, AT, pages, is_fresh=True)


def older() -> Hit:
    """A document whose second version answers, and is not the last."""
    pages = (PageHit(2, (Piece("mot", True),)),)
    kind = "application/pdf"
    return Hit(DocumentId(8), OVERRIDE, FolderId(12), EVIL, 2, kind, AT, pages, is_older=True)


def slides() -> Hit:
    """A diaporama, and a text without pages."""
    kind = "application/vnd.oasis.opendocument.presentation"
    pages = (PageHit(3, (Piece("mot", True),)), PageHit(None, (Piece("mot", True),)))
    return Hit(DocumentId(9), "Diaporama.odp", FolderId(13), "Réunion", 1, kind, AT, pages)


def meeting() -> MeetingHit:
    """One of a series, with a title that tries to do harm."""
    return MeetingHit(MeetingId(5), FolderId(12), EVIL, AT, True, SeriesId(6), OVERRIDE)


def decided() -> Hit:
    """The decisions of a meeting, two of which answer."""
    number, kind = entry_number(MeetingId(5), Part.DECISIONS), "application/vnd.atelier.decisions"
    lines = (
        PageHit(2, (Piece("<b>mot</b>", True),), "decision-8"),
        PageHit(1, (Piece("mot", True),), "decision-7"),
    )
    found = Hit(DocumentId(number), EVIL, FolderId(12), "Réunion", 8, kind, AT, lines)
    return replace(found, meeting=meeting(), part=Part.DECISIONS)


def annex() -> Hit:
    """A document of the same meeting's dossier."""
    return replace(slides(), document_id=DocumentId(10), meeting=meeting())


def facets() -> Facets:
    """Each with what is chosen, and something else."""
    return Facets(
        folders=(Choice("12", EVIL, 43, True), Choice("13", "Conventions", 12)),
        organisations=(Choice("4", EVIL, 43, True), Choice("5", "Hôpital", 3)),
        people=(Choice("9", EVIL, 43, True), Choice("10", OVERRIDE, 1)),
        kinds=tuple(Choice(kind.value, "", 3, kind is FileKind.PDF) for kind in FileKind),
        years=(Choice("2024", "", 43, True), Choice("2023", "", 1_234)),
        meetings=(Choice("5", EVIL, 43, True, AT), Choice("7", "Plénière", 2, at=AT)),
        series=(Choice("6", OVERRIDE, 43, True), Choice("8", "Bureau", 1)),
    )


def understood() -> Understood:
    """Something of every part."""
    return Understood(
        words=(EVIL, "mot"),
        phrases=("contrat local",),
        excluded=("grippe",),
        titles=("budget",),
        folders=(EVIL,),
        people=("Dupont",),
        organisations=("hôpital",),
        kinds=("pdf",),
        after=AT,
        before=AT,
        meetings=(EVIL,),
    )
