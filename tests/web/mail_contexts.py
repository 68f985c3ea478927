"""What the pages about mail are given, with names and answers that try to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.ids import LetterId, PersonId
from atelier.model.letters import LetterKind, LetterRow, LetterState, MailHealth
from atelier.web.pages.mail import STATES, TroubledLine
from atelier.workspace.mail_desk import Desk, Troubled

_EVIL = "<script>alert('x')</script>"
_AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
HEALTH = MailHealth(3, _AT, _AT, _EVIL, _AT)


def mail_pages() -> dict[str, dict[str, object]]:
    """A letter in each state that stewards look at."""
    lines = [
        TroubledLine(Troubled(_row(number, state), _EVIL), _EVIL, words, _EVIL)
        for number, (state, words) in enumerate(STATES.items(), start=1)
    ]
    troubled = tuple(line.letter for line in lines)
    return {
        "letters/desk.html": {
            "desk": Desk(_EVIL, _EVIL, HEALTH, 1_200, troubled),
            "lines": lines,
            "refusal": _EVIL,
        },
        "letters/mine.html": {"is_set": False, "topics": [("meetings", _EVIL, True)]},
        "letters/stop.html": {"topic": _EVIL, "is_done": False},
    }


def _row(number: int, state: LetterState) -> LetterRow:
    return LetterRow(
        id=LetterId(number),
        kind=LetterKind.CONVENED,
        person_id=PersonId(9),
        invite_id=None,
        about=1,
        once="once",
        state=state,
        attempts=2,
        answer=_EVIL,
        sent_to="a@b.fr",
        created_at=_AT,
        changed_at=_AT,
    )
