"""What pages are given of convening, with names that try to do harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from atelier.database.invitations import Opening
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import PersonId
from atelier.model.meetings import Answer, Reply
from atelier.web.language import Voice
from atelier.web.pages.invitations import Invitation, answer_choices, reply_lines
from atelier.workspace.invitations import Followed, Guests, Invited
from tests.web.meeting_contexts import CRUMBS, FOLDER, ROW

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"
VOICE = Voice("fr", "Europe/Paris")
KINDS = (SubjectKind.ORGANISATION, SubjectKind.GROUP, SubjectKind.PERSON)
SUBJECTS = tuple(Subject(kind, number, EVIL) for number, kind in enumerate(KINDS, start=1))


def invitation_pages() -> dict[str, dict[str, object]]:
    """What these add to the page of a meeting, and their own pages."""
    folder = {"folder": FOLDER, "crumbs": CRUMBS}
    refused = {"errors": {"subject": EVIL, "email": EVIL}, "typed": {"email": EVIL}}
    return {
        "meetings/meeting.html": {"invitation": invitation()},
        "meetings/answer.html": {
            **folder,
            "title": EVIL,
            "here": "/meetings/4",
            "takes_answers": True,
            "choices": answer_choices(VOICE),
            "errors": {"answer": EVIL, "instead": EVIL},
            "typed": {"answer": "represented", "instead": EVIL},
        },
        "meetings/invited.html": {**refused, "guests": guests(), "ticked": ("organisation:8",)},
        "meetings/calendar.html": {"address": f"https://e.fr/{EVIL}", "made_at": AT},
    }


def invitation() -> Invitation:
    """As who coordinates sees it, with an answer of every kind."""
    replies = [
        Reply(PersonId(number), EVIL, "" if number == 1 else EVIL, said, EVIL, AT)
        for number, said in enumerate(Answer, start=1)
    ]
    openings = (Opening(PersonId(9), EVIL, AT, AT),)
    lines = reply_lines(replies, VOICE)
    return Invitation(
        address="https://atelier.example/meetings/4",
        takes_answers=True,
        choices=answer_choices(VOICE),
        own=lines[2].said,
        typed={"answer": "represented", "instead": EVIL},
        counts=["1 vient", "1 s'excuse"],
        replies=lines,
        invited=SUBJECTS,
        outside=[EVIL],
        followed=Followed(SUBJECTS, openings, 1, 1, 2),
    )


def guests(*, is_locked: bool = False) -> Guests:
    """All of one read the dossier, some of another, none of a third; a fourth is nobody."""
    told = ((2, 2), (2, 1), (1, 0), (0, 0))
    more = (*SUBJECTS, replace(SUBJECTS[0], id=7))
    return Guests(
        row=ROW,
        state_number=3,
        is_locked=is_locked,
        folder=FOLDER,
        crumbs=tuple(CRUMBS),
        invited=tuple(Invited(one, *each) for one, each in zip(more, told, strict=True)),
        choices=(replace(SUBJECTS[0], id=8), replace(SUBJECTS[1], id=9)),
        addresses=(("a@exemple.fr", EVIL),),
        previous=(replace(SUBJECTS[0], id=8),),
        following=2,
    )
