"""What the pages of the trash are given, with names that try to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.folders import Crumb, Folder
from atelier.model.ids import FolderId, PersonId
from atelier.model.trash import Removed, RemovedKind, Weight

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)


def trash_pages(folder: Folder, evil: str) -> dict[str, dict[str, object]]:
    """A context for each template of the trash, by the template's name."""
    here = {"folder": folder, "crumbs": [Crumb(FolderId(3), "Parent")], "here": "/folders/12/trash"}
    document, below = (
        Removed(kind, 7, evil, folder.id, False, media_type, PersonId(1), evil, AT)
        for kind, media_type in (
            (RemovedKind.DOCUMENT, "application/pdf"),
            (RemovedKind.FOLDER, ""),
        )
    )
    return {
        "trash/trash.html": {
            **here,
            "removed": [document, below],
            "total": 402,
            "page": 1,
            "pages": 3,
            "may_purge": True,
            "keep_days": 30,
        },
        "trash/remove.html": {
            **here,
            "weight": Weight(2, 3),
            "staying": [evil],
            "keep_days": 30,
        },
        "trash/restore.html": {
            **here,
            "removed": document,
            "places": [(FolderId(3), evil, 0)],
            "asks_where": True,
        },
        "trash/purge.html": {**here, "removed": below, "weight": Weight(2, 3), "laid": 2},
    }
