"""What the pages of invitations are given, with names that try to do harm."""

from __future__ import annotations

from datetime import UTC, date, datetime

from atelier.model.folders import Action, Crumb, Folder, Role
from atelier.model.ids import FolderId, InviteId, OrganisationId, PersonId
from atelier.model.invites import Fate, Invite, InvitedLine, Made, Offer, Shown, TypedLine
from atelier.model.people import Organisation
from atelier.web.language import Voice
from atelier.web.pages.invite_words import fate_words
from atelier.web.pages.words import roles

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
VOICE = Voice("fr", "Europe/Paris")
EVIL = "<script>alert('x')</script>.pdf"


def invite_pages() -> dict[str, dict[str, object]]:
    """Inviting to a folder, by one and by many, and the link's own pages."""
    told = lines()
    offering: dict[str, object] = {
        "base": "/folders/12",
        "folder": Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
        "crumbs": [Crumb(FolderId(3), "Parent")],
        "organisation": None,
        "offered": [Organisation(OrganisationId(4), EVIL)],
        "may_appoint": True,
        "has_mail": False,
        "days": 7,
        "roles": roles(VOICE),
        "max_message": 500,
    }
    report = {
        **offering,
        "lines": [(one, fate_words(one, VOICE, is_done=True)) for one in told],
        "links": [(one, f"http://localhost/invite/{EVIL}") for one in told[:2]],
        "number": 1,
        "counts": {str(fate): 1 for fate in Fate},
        "fields": {"list": EVIL, "message": EVIL},
    }
    opened: dict[str, object] = {
        "shown": Shown(offer(), EVIL, EVIL, EVIL, EVIL, AT, False, False),
        "role": roles(VOICE)[0],
        "is_hers": True,
        "is_other": True,
        "has_passkeys": True,
        "has_mail": True,
    }
    return {
        "invites/invite.html": {
            **offering,
            "waiting": [invite(1), invite(2)],
            "total": 3,
            "expired": {InviteId(2)},
            "errors": {"email": EVIL},
            "typed": {"email": EVIL, "message": EVIL},
        },
        "invites/list.html": {**offering, "max_lines": 500, "typed": {"list": EVIL}},
        "invites/preview.html": report,
        "invites/report.html": report,
        "invites/link.html": {
            "made": Made(Fate.GIVEN, offer(), token="x", is_afresh=True),
            "is_invitation": True,
            "link": EVIL,
            "back": "/folders/12/invite",
            "days": 7,
        },
        "invites/accept.html": {**opened, "session": None, "form_token": "jeton"},
        "invites/known.html": opened,
    }


def offer() -> Offer:
    """A place and a role, until a day, with a message."""
    day = date(2026, 9, 30)
    return Offer(
        EVIL, EVIL, OrganisationId(4), EVIL, True, FolderId(12), Role.READER, day, EVIL
    )  # fmt: skip


def invite(number: int) -> Invite:
    """One that waits; the second to a folder that one may not see."""
    folder = EVIL if number == 1 else ""
    return Invite(InviteId(number), offer(), EVIL, folder, PersonId(9), EVIL, AT, AT)


def lines() -> list[InvitedLine]:
    """A line of each fate."""
    typed = TypedLine(1, EVIL, EVIL, EVIL)
    told = [InvitedLine(typed, fate, "slash", "x" * 43) for fate in Fate]
    return [
        *told,
        InvitedLine(typed, Fate.REFUSED, "Forbidden"),
        InvitedLine(typed, Fate.GIVEN, is_afresh=True),
    ]
