"""The acts of convening and on calendar feeds, for `write_paths`."""

from __future__ import annotations

from datetime import date, time
from typing import Final

from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import MeetingId
from atelier.model.meetings import Answer, MeetingState
from atelier.model.recurrence import Every
from atelier.workspace import calendars, invitations, meetings, preparing
from tests.act import Act, awa, bo
from tests.acts_on_mail import with_server
from tests.stage import Stage

_MEETING: Final = MeetingId(1)
_SECOND: Final = MeetingId(2)


async def _convened(stage: Stage) -> None:
    """A meeting that readers of the common folder may answer, and that invites one of them."""
    ws, marie = stage.world.ws, stage.marie
    draft = meetings.Draft("Comité", date(2026, 4, 2), time(14), 90)
    meeting = await meetings.make(ws, marie, stage.folders["common"], draft)
    assert meeting == _MEETING
    await invitations.invite(ws, marie, meeting, [_person(stage)])
    await preparing.set_state(ws, marie, meeting, MeetingState.CONVENED)


async def _repeated(stage: Stage) -> None:
    """Two meetings of a series, of which the first invites somebody."""
    ws, marie = stage.world.ws, stage.marie
    draft = meetings.Draft("Comité", date(2026, 4, 2), time(14), 90, series="COPIL")
    made = await preparing.repeat(
        ws, marie, stage.folders["common"], draft, every=Every.WEEK, times=3
    )
    assert made.meetings[0] == _MEETING
    await invitations.invite(ws, marie, _MEETING, [_person(stage)])


async def _fed(stage: Stage) -> None:
    """An address of a feed of hers."""
    await calendars.make(stage.world.ws, awa(stage))


def _person(stage: Stage) -> Subject:
    return Subject(SubjectKind.PERSON, bo(stage).person_id)


def _organisations(stage: Stage) -> list[Subject]:
    return [Subject(SubjectKind.ORGANISATION, one) for one in stage.organisations.values()]


INVITATIONS: Final = (
    Act(
        "invite to a meeting",
        (invitations.invite,),
        lambda on: invitations.invite(on.world.ws, on.marie, _MEETING, _organisations(on)),
        before=_convened,
    ),
    Act(
        "invite the same as before",
        (invitations.invite_same,),
        lambda on: invitations.invite_same(on.world.ws, on.marie, _SECOND, goes_on=True),
        before=_repeated,
    ),
    Act(
        "convene more people",
        (invitations.convene_more,),
        lambda on: invitations.convene_more(with_server(on), on.marie, _MEETING),
        before=_convened,
    ),
    Act(
        "invite no longer",
        (invitations.uninvite,),
        lambda on: invitations.uninvite(on.world.ws, on.marie, _MEETING, _person(on)),
        before=_convened,
    ),
    Act(
        "answer an invitation",
        (invitations.answer,),
        lambda on: invitations.answer(
            on.world.ws, awa(on), _MEETING, Answer.REPRESENTED, "Zoé Petit"
        ),
        before=_convened,
    ),
    Act(
        "make the address of a feed",
        (calendars.make,),
        lambda on: calendars.make(on.world.ws, awa(on)),
        before=_fed,
    ),
    Act(
        "end the address of a feed",
        (calendars.end,),
        lambda on: calendars.end(on.world.ws, awa(on)),
        before=_fed,
    ),
)
