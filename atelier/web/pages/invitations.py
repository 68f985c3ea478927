"""Convening: the invitation on a meeting's page, whom it invites, answers, calendars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.folders import Action, Subject
from atelier.model.ids import MeetingId
from atelier.model.meetings import Answer, MeetingRow, MeetingState, Reply
from atelier.web.doors import SIGNED_IN, UNASKED, Door, in_folder
from atelier.web.downloads import disposition
from atelier.web.forms import Form
from atelier.web.language import N_, Voice
from atelier.web.pages.audience import subject_in
from atelier.web.ranges import Unmet
from atelier.web.ranges import answer as conditioned
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import calendars, invitations, meetings
from atelier.workspace.invitations import Followed
from atelier.workspace.meetings import Dossier

# What somebody says of herself: words, and what they mean.
_CHOICES: Final = {
    Answer.COMES: (N_("Je viens"), ""),
    Answer.EXCUSED: (N_("Je ne viens pas"), N_("Vous serez parmi les personnes excusées.")),
    Answer.REPRESENTED: (N_("Quelqu'un vient pour moi"), N_("Écrivez son nom ci-dessous.")),
}
_SAID: Final = {
    Answer.COMES: N_("vient"),
    Answer.EXCUSED: N_("s'excuse"),
    Answer.REPRESENTED: N_("se fait représenter par %(instead)s"),
}


class ReplyLine(NamedTuple):
    """An answer as the page prints it."""

    person: str
    organisation: str
    said: str
    answered_at: datetime


class Invitation(NamedTuple):
    """What the page of a meeting knows of its convening.

    `takes_answers`: she who looks may answer now; `own` is what she answered, "" for nothing.
    `followed` is for those who prepare the meeting, None for everybody else; so is `outside`,
    how many of the invited do not read the dossier, in sentences, while it is still to come.
    """

    address: str
    takes_answers: bool
    choices: list[tuple[str, str, str]]
    own: str
    typed: dict[str, str]
    counts: list[str]
    replies: list[ReplyLine]
    invited: tuple[Subject, ...]
    outside: list[str]
    followed: Followed | None


async def invitation(visit: Visit, dossier: Dossier) -> Invitation:
    """The part of a meeting's page that is its invitation; that the page was opened is noted."""
    meeting, actor = dossier.meeting, visit.actor
    invitations.note_opened(visit.ws, actor, meeting.row.id)
    may_meet = dossier.folder.allows(Action.MEET)
    own = None if actor.seeing else meeting.reply_of(actor.person_id)
    awaited = invitations.takes_answers(meeting.row) and actor.seeing is None
    followed = await invitations.followed(visit.ws, actor, meeting.row.id) if may_meet else None
    return Invitation(
        address=f"{visit.around.site.url}/meetings/{meeting.row.id}",
        takes_answers=awaited,
        choices=[(said, words, "") for said, words, _ in answer_choices(visit.voice)],
        own=_own(own, visit.voice) if own else "",
        typed={"answer": own.answer, "instead": own.instead} if own else {},
        counts=_counts(meeting.replies, visit.voice),
        replies=reply_lines(meeting.replies, visit.voice),
        invited=meeting.invited,
        outside=_outside(meeting.row, followed, visit.voice),
        followed=followed,
    )


def answer_choices(voice: Voice) -> list[tuple[str, str, str]]:
    """What she may answer: value, words, meaning."""
    return [
        (said, voice.text(words), voice.text(meaning) if meaning else "")
        for said, (words, meaning) in _CHOICES.items()
    ]


def reply_lines(replies: Iterable[Reply], voice: Voice) -> list[ReplyLine]:
    """A line for each answer, in the order given."""
    return [
        ReplyLine(one.person, one.organisation, _said(one, voice), one.answered_at)
        for one in replies
    ]


async def reply(visit: Visit) -> Response:
    """Her answer; again to change it."""
    form = await visit.form("answer", "instead")
    typed = {name: form.text(name) for name in ("answer", "instead")}
    number = _meeting(visit)
    try:
        said = form.choice("answer", Answer)
        await invitations.answer(visit.ws, visit.actor, number, said, typed["instead"])
    except Invalid as error:
        return await _asked_again(visit, visit.refused(error, error.field, typed))
    return onward(f"/meetings/{number}", "answered")


async def _asked_again(visit: Visit, refused: Refused) -> Response:
    """The form of the answer by itself, with what is wrong."""
    dossier = await meetings.look(visit.ws, visit.actor, _meeting(visit))
    row = dossier.meeting.row
    return visit.page(
        "meetings/answer.html",
        status=refused.status,
        path=f"/meetings/{row.id}",
        title=row.title,
        here=f"/meetings/{row.id}",
        folder=dossier.folder,
        crumbs=dossier.crumbs,
        takes_answers=invitations.takes_answers(row),
        choices=answer_choices(visit.voice),
        **refused.values(),
    )


async def guests(visit: Visit) -> Response:
    """Whom the meeting invites, and a form to invite more."""
    return await _guests(visit, Refused())


async def invite(visit: Visit) -> Response:
    """Those that were ticked and somebody by her address, or all of the meeting before.

    With `untold`: nobody new, but a letter to those who read the meeting only by now.
    """
    names = ("email", "expected", "same", "goes_on", "untold")
    form = await visit.form(*names, repeated=("subject",))
    typed = {name: form.text(name) for name in ("email", "goes_on")}
    try:
        await _invite(visit, form)
    except (Invalid, AlreadySo) as error:
        field = error.field if isinstance(error, Invalid) else "subject"
        return await _guests(visit, visit.refused(error, field, typed), form)
    if form.text("untold"):
        return onward(f"/meetings/{_meeting(visit)}", "convened-more")
    done = "invited-on" if typed["goes_on"] else "invited"
    return onward(f"/meetings/{_meeting(visit)}/invited", done)


async def _invite(visit: Visit, form: Form) -> None:
    number = _meeting(visit)
    if form.text("untold"):
        await invitations.convene_more(visit.ws, visit.actor, number)
        return
    expected, goes_on = form.number("expected"), bool(form.text("goes_on"))
    if form.text("same"):
        await invitations.invite_same(
            visit.ws, visit.actor, number, expected=expected, goes_on=goes_on
        )
        return
    await invitations.invite(
        visit.ws,
        visit.actor,
        number,
        [subject_in(one) for one in form.texts("subject")],
        email=form.text("email"),
        expected=expected,
        goes_on=goes_on,
    )


async def uninvite(visit: Visit) -> Response:
    """One that is no longer invited."""
    form = await visit.form("subject", "expected")
    try:
        await invitations.uninvite(
            visit.ws,
            visit.actor,
            _meeting(visit),
            subject_in(form.text("subject")),
            expected=form.number("expected"),
        )
    except (Invalid, AlreadySo) as error:
        return await _guests(visit, visit.refused(error, "subject"))
    return onward(f"/meetings/{_meeting(visit)}/invited", "uninvited")


async def _guests(visit: Visit, refused: Refused, form: Form | None = None) -> Response:
    found = await invitations.guests(visit.ws, visit.actor, _meeting(visit))
    return visit.page(
        "meetings/invited.html",
        status=refused.status,
        path=f"/meetings/{found.row.id}/invited",
        guests=found,
        ticked=form.texts("subject") if form else (),
        **refused.values(),
    )


async def invitation_file(visit: Visit) -> Response:
    """The meeting as a file that calendars take."""
    number = _meeting(visit)
    written = await calendars.invitation(
        visit.ws,
        visit.actor,
        number,
        site=visit.around.site.url,
        heading=visit.voice.text(N_("Ordre du jour")),
    )
    named = disposition(f"reunion-{number}.ics", is_inline=False)
    headers = {"content-disposition": named}
    return Response(written, 200, headers, media_type=calendars.MEDIA_TYPE)


async def feed(visit: Visit) -> Response:
    """The meetings of whose feed has this address, for programs that ask again and again."""
    token = str(visit.request.path_params["token"])
    found = await calendars.feed(visit.ws, token, site=visit.around.site.url)
    headers = {"etag": f'"{found.mark}"', "cache-control": "private, no-store"}
    unmet = _unmet(visit, headers["etag"])
    if unmet is not None:
        return Response(None, unmet.value, headers)
    written = await calendars.written(visit.ws, found)
    return Response(written, 200, headers, media_type=calendars.MEDIA_TYPE)


async def show_feed(visit: Visit) -> Response:
    """Whether she has a feed, what it shows, and how to make, replace or end its address."""
    return await _feed(visit)


async def make_feed(visit: Visit) -> Response:
    """A new address of her feed, shown this once."""
    await visit.form()
    token = await calendars.make(visit.ws, visit.actor)
    return await _feed(visit, f"{visit.around.site.url}/calendar/{token}.ics")


async def end_feed(visit: Visit) -> Response:
    """No feed any more."""
    await visit.form()
    await calendars.end(visit.ws, visit.actor)
    return onward("/calendar", "feed-ended")


async def _feed(visit: Visit, address: str = "") -> Response:
    return visit.page(
        "meetings/calendar.html",
        path="/calendar",
        address=address,
        made_at=await calendars.made_at(visit.ws, visit.actor),
    )


def _unmet(visit: Visit, tag: str) -> Unmet | None:
    """Why the program is sent nothing: it has that already, as a rule."""
    given = visit.request.headers
    found = conditioned(
        0,
        tag,
        wanted="",
        if_match=given.get("if-match", ""),
        if_none_match=given.get("if-none-match", ""),
        if_range="",
    )
    return found if isinstance(found, Unmet) else None


def _counts(replies: Iterable[Reply], voice: Voice) -> list[str]:
    many = Counter(one.answer for one in replies)
    said = (
        voice.plural("%(n)s personne vient", "%(n)s personnes viennent", many[Answer.COMES]),
        voice.plural("%(n)s s'excuse", "%(n)s s'excusent", many[Answer.EXCUSED]),
        voice.plural(
            "%(n)s se fait représenter", "%(n)s se font représenter", many[Answer.REPRESENTED]
        ),
    )
    return [words for answer, words in zip(Answer, said, strict=True) if many[answer]]


def _outside(row: MeetingRow, followed: Followed | None, voice: Voice) -> list[str]:
    is_to_come = row.state in (MeetingState.PREPARATION, MeetingState.CONVENED)
    if followed is None or not is_to_come or row.is_cancelled:
        return []
    unread = voice.plural(
        "%(n)s personne ou structure invitée ne lit pas ce dossier.",
        "%(n)s personnes ou structures invitées ne lisent pas ce dossier.",
        followed.unread,
    )
    half_read = voice.plural(
        "%(n)s structure ou groupe invité ne le lit qu'en partie.",
        "%(n)s structures ou groupes invités ne le lisent qu'en partie.",
        followed.half_read,
    )
    said = ((followed.unread, unread), (followed.half_read, half_read))
    return [words for many, words in said if many]


def _own(one: Reply, voice: Voice) -> str:
    if one.answer is Answer.REPRESENTED:
        return voice.text(N_("%(instead)s vient pour moi"), instead=one.instead)
    return voice.text(_CHOICES[one.answer][0])


def _said(one: Reply, voice: Voice) -> str:
    if one.answer is Answer.REPRESENTED:
        return voice.text(_SAID[one.answer], instead=one.instead)
    return voice.text(_SAID[one.answer])


def _meeting(visit: Visit) -> MeetingId:
    return MeetingId(visit.number("meeting"))


_HERE: Final = "/meetings/{meeting:id}"

DOORS = (
    Door("GET", f"{_HERE}/invited", in_folder(Action.MEET), guests),
    Door("POST", f"{_HERE}/invited", in_folder(Action.MEET), invite),
    Door("POST", f"{_HERE}/invited/remove", in_folder(Action.MEET), uninvite),
    Door("POST", f"{_HERE}/answer", in_folder(Action.READ), reply),
    Door("GET", f"{_HERE}/invitation.ics", in_folder(Action.READ), invitation_file),
    Door("GET", "/calendar", SIGNED_IN, show_feed),
    Door("POST", "/calendar", SIGNED_IN, make_feed),
    Door("POST", "/calendar/end", SIGNED_IN, end_feed),
    Door("GET", "/calendar/{token}.ics", UNASKED, feed),
)
