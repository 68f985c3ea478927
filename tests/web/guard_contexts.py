"""What pages are given of patient data that was found, and of what could not be read."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.documents import ReadState
from atelier.model.findings import FindingKind, Warned
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, FolderId, VersionId
from atelier.model.unread import Unread
from atelier.web.language import Voice
from atelier.web.pages.readings import told
from atelier.workspace.guard import Waiting

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"
PLACES = ((4, "page"), (2, "slide"), (1, "sheet"), (3, "message"), (None, "none"))


def guard_pages() -> dict[str, dict[str, object]]:
    """What these add to the pages, and the page of what could not be read."""
    found = tuple(warned(page, kind) for page, kind in PLACES)
    rows = [unread(state, reason, is_asked=reason == "pdf") for state, reason in STATES]
    french = Voice("fr", "Europe/Paris")
    return {
        "home/home.html": {"to_check": Waiting(found, True)},
        "folders/folder.html": {"warned": found},
        "documents/document.html": {"warned": found},
        "unread/unread.html": {
            "folder": Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
            "crumbs": [Crumb(FolderId(3), "Parent")],
            "unread": [(row, told(row.state, row.reason, french)) for row in rows],
            "total": 402,
            "page": 2,
            "pages": 3,
        },
    }


STATES = ((ReadState.DAMAGED, "pdf"), (ReadState.PARTIAL, "pages"), (ReadState.TIMEOUT, EVIL))


def warned(page: int | None, kind: str) -> Warned:
    """A version with some numbers."""
    return Warned(
        version_id=VersionId(5),
        document_id=DocumentId(7),
        name=EVIL,
        folder_id=FolderId(12),
        folder=EVIL,
        number=2,
        kind=FindingKind.NIR,
        count=3 if page else 1,
        page=page,
        page_kind=kind,
        found_at=AT,
        laid=2,
    )


def unread(state: ReadState, reason: str, *, is_asked: bool) -> Unread:
    """A document that could not be read."""
    return Unread(
        document_id=DocumentId(7),
        name=EVIL,
        folder_id=FolderId(12),
        folder=EVIL,
        number=2,
        media_type="application/pdf",
        state=state,
        reason=reason,
        since=AT,
        is_asked=is_asked,
    )
