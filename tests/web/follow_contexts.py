"""What pages are given of following, with names that try to do harm."""

from __future__ import annotations

from atelier.model.follows import Followable, Pace
from atelier.web.language import Voice
from atelier.web.pages.follows import FollowLine, form_of

VOICE = Voice("fr", "Europe/Paris")
EVIL = "<script>alert('x')</script>.pdf"


def follow_pages() -> dict[str, dict[str, object]]:
    """What these add to the pages, and the page that lists what somebody follows."""
    folder = form_of(Followable.FOLDER, 12, None, VOICE, is_sent=False)
    document = form_of(Followable.DOCUMENT, 7, Pace.WEEKLY, VOICE, is_sent=True)
    return {
        "folders/folder.html": {"follow": folder},
        "documents/document.html": {"follow": document},
        "meetings/meetings.html": {
            "follow": form_of(Followable.SERIES, 3, Pace.BEFORE_MEETING, VOICE, is_sent=True)
        },
        "searches/searches.html": {
            "follow_forms": [
                form_of(
                    Followable.SEARCH,
                    number,
                    Pace.DAILY if number % 2 else None,
                    VOICE,
                    is_sent=True,
                )
                for number in range(1, 5)
            ]
        },
        "follows/follows.html": {
            "follows": [
                FollowLine(1, "Dossier", EVIL, "/folders/12", Pace.DAILY, folder.paces),
                FollowLine(2, "Document", None, "/documents/7", Pace.WEEKLY, document.paces),
            ],
            "is_sent": False,
        },
    }
