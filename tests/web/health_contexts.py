"""What pages of administration are given: every program in another state, names that harm."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.reading import FailedReading, Outside, OutsideProgram
from atelier.web.pages.health import BOUNDS, PROGRAMS, STATES
from tests.web.mail_contexts import HEALTH

_EVIL = "<script>alert('x')</script>"
_AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)


def health_pages() -> dict[str, dict[str, object]]:
    """One program used, one turned off, one missing; a bound that does not hold."""
    found = (
        OutsideProgram(Outside.TESSERACT, is_found=True, is_used=True, version=_EVIL),
        OutsideProgram(Outside.LIBREOFFICE, is_found=True, is_used=False, version="7.4"),
        OutsideProgram(Outside.FFMPEG, is_found=False, is_used=False),
    )
    return {
        "administration/administration.html": {"ways": [("/people", _EVIL, _EVIL)]},
        "administration/settings.html": {
            "sections": [(_EVIL, [("server.host", _EVIL, _EVIL), ("mail.server", "", "")])]
        },
        "reading/reading.html": {
            "programs": [(PROGRAMS[one.name], one) for one in found],
            "bounds": [(words, at != 1) for at, words in enumerate(BOUNDS.values())],
            "states": [(words, 1_200) for words in STATES.values()],
            "has_mail": True,
            "mail": HEALTH,
            "refusal": _EVIL,
            "failed": [(FailedReading(7, 3, 5, _EVIL, _AT), _EVIL)],
        },
    }
