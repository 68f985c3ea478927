"""What the pages of one's own account and of departures are given, with names that do harm."""

from __future__ import annotations

from datetime import UTC, date, datetime

from atelier.model.contacts import Showing, Shown
from atelier.model.departures import Ending, Held, Pending
from atelier.model.ids import (
    FolderId,
    GrantId,
    GroupId,
    MeetingId,
    MembershipId,
    OrganisationId,
    PersonId,
)
from atelier.model.people import Membership, Organisation, Person, Seat
from atelier.web.visit import Refused
from atelier.workspace.departures import Departure, Leaving
from atelier.workspace.erasure import Remaining
from atelier.workspace.inactive import Absent, Inactive

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>"


def life_pages() -> dict[str, dict[str, object]]:
    """These pages, by template."""
    today = date(2026, 7, 13)
    home = Organisation(OrganisationId(1), EVIL)
    place = Membership(MembershipId(1), home, EVIL, is_representative=False)
    person = Person(PersonId(3), EVIL, EVIL, is_steward=False, is_active=False)
    return {
        "people/erase.html": {
            "person": person,
            "remaining": Remaining(1, 2, 402, 1),
            **Refused(409, {"account": EVIL}).values(),
        },
        "people/inactive.html": {
            "found": Inactive(
                12,
                today,
                (
                    Absent(PersonId(3), EVIL, EVIL, True, (EVIL, EVIL), today, AT),
                    Absent(PersonId(4), EVIL, EVIL, False, (), None, AT),
                ),
                402,
            ),
        },
        "account/leave.html": {
            "leaving": Leaving(place, ((FolderId(1), EVIL),), (EVIL,)),
            "today": today,
            **Refused(422, {"last_day": EVIL}, {"last_day": EVIL}).values(),
        },
        "people/departure.html": {
            "departure": Departure(
                person,
                Ending.ACCOUNT,
                (
                    Held(GrantId(1), FolderId(1), EVIL, today),
                    Held(GrantId(2), FolderId(2), EVIL, None),
                ),
                2,
                (Seat(GroupId(1), EVIL, EVIL, True), Seat(GroupId(2), EVIL, EVIL, True)),
                Pending(((MeetingId(1), EVIL),), ((MeetingId(1), EVIL),)),
                ((EVIL, EVIL),),
                frozenset({GroupId(2)}),
            ),
            "person": person,
            "field_name": "to-",
            "group_field": "group-",
            **Refused(422, {"to-1": EVIL, "group-2": EVIL}, {"to-1": EVIL}).values(),
        },
        "account/data.html": {"most_bytes": 2**29},
        "account/showing.html": {
            "showing": Showing(EVIL, shows_phone=True),
            "max_phone": 30,
            **Refused(422, {"phone": EVIL}, {"phone": EVIL, "shows_email": "yes"}).values(),
        },
    }


def shown() -> Shown:
    """How somebody can be reached, by harmful words."""
    return Shown(EVIL, EVIL)
