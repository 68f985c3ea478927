"""A meeting: the dossier's page, its head, how far it has come, and what changed before it."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid, MeetingChanged, MinutesApproved
from atelier.model.folders import Action
from atelier.model.ids import MeetingId
from atelier.model.meetings import Meeting, MeetingState
from atelier.web.doors import Door, in_folder
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages import meeting_forms, together
from atelier.web.pages.actions import left_open
from atelier.web.pages.agenda_lines import planned
from atelier.web.pages.invitations import Invitation, invitation
from atelier.web.pages.meeting_lines import line
from atelier.web.pages.prose import told
from atelier.web.pages.words import notice
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import agenda, mailing, meetings, preparing, record, since


async def show(visit: Visit) -> Response:
    """The dossier of a meeting: its head, its agenda and minutes, its documents."""
    return await shown(visit, Refused())


async def shown(visit: Visit, refused: Refused) -> Response:
    """The dossier's page, also when a form on it was refused."""
    number = meeting_of(visit)
    dossier = await meetings.look(visit.ws, visit.actor, number)
    invited = await invitation(visit, dossier)
    return visit.page(
        "meetings/meeting.html",
        status=refused.status,
        path=f"/meetings/{number}",
        meeting=dossier.meeting,
        line=line(dossier.meeting.row, visit.voice, visit.ws.clock()),
        folder=dossier.folder,
        crumbs=dossier.crumbs,
        folders=dossier.folders,
        documents=dossier.documents,
        locks=dossier.locks,
        planned=planned(dossier.meeting, visit.voice),
        waiting=await _waiting(visit, dossier),
        told=await told(dossier.meeting),
        invitation=invited,
        filed=await record.filed(visit.ws, visit.actor, number),
        earlier_actions=await left_open(visit, dossier.meeting.row),
        notice=_notice(visit, dossier.meeting, invited),
        **refused.values(),
    )


async def show_edit(visit: Visit) -> Response:
    """The form of its head."""
    return await _edit(visit, Refused())


async def edit(visit: Visit) -> Response:
    """Another title, time, place or series."""
    form = await visit.form(*meeting_forms.FIELDS, "expected", together.SHOWN)
    typed = meeting_forms.typed(form)
    try:
        await preparing.change(
            visit.ws,
            visit.actor,
            meeting_of(visit),
            meeting_forms.draft(form),
            expected=form.number("expected"),
        )
    except Invalid as error:
        return await _edit(visit, visit.refused(error, error.field, typed), (error, form))
    except (MeetingChanged, MinutesApproved) as error:
        return await _edit(visit, visit.refused(error, "title", typed), (error, form))
    return onward(_here(visit), "meeting-changed")


async def set_state(visit: Visit) -> Response:
    """How far it has come."""
    form = await visit.form("state", "expected")
    try:
        state = form.choice("state", MeetingState)
        await preparing.set_state(
            visit.ws, visit.actor, meeting_of(visit), state, expected=form.number("expected")
        )
    except (Invalid, AlreadySo, MeetingChanged, MinutesApproved) as error:
        return await shown(visit, visit.refused(error, "state"))
    return onward(_here(visit), f"meeting-{state}")


async def cancel(visit: Visit) -> Response:
    """It does not take place."""
    form = await visit.form("expected")
    try:
        await preparing.cancel(
            visit.ws, visit.actor, meeting_of(visit), expected=form.number("expected")
        )
    except (Invalid, AlreadySo, MeetingChanged, MinutesApproved) as error:
        return await shown(visit, visit.refused(error, "state"))
    return onward(_here(visit), "meeting-cancelled")


async def revive(visit: Visit) -> Response:
    """It takes place after all."""
    form = await visit.form("expected")
    try:
        await preparing.revive(
            visit.ws, visit.actor, meeting_of(visit), expected=form.number("expected")
        )
    except (Invalid, AlreadySo, MeetingChanged, MinutesApproved) as error:
        return await shown(visit, visit.refused(error, "state"))
    return onward(_here(visit), "meeting-revived")


async def show_since(visit: Visit) -> Response:
    """What changed since the meeting before it."""
    found = await since.look(visit.ws, visit.actor, meeting_of(visit))
    now = visit.ws.clock()
    return visit.page(
        "meetings/since.html",
        line=line(found.meeting, visit.voice, now),
        before=None if found.before is None else line(found.before, visit.voice, now),
        folder=found.folder,
        crumbs=found.crumbs,
        since=found,
        most=since.MOST,
    )


def meeting_of(visit: Visit) -> MeetingId:
    """The meeting that the address names."""
    return MeetingId(visit.number("meeting"))


async def _waiting(visit: Visit, dossier: meetings.Dossier) -> int:
    """How many items she may take up of earlier meetings, where she may change the agenda."""
    meeting = dossier.meeting
    is_open = not meeting.is_locked and not meeting.row.is_cancelled
    if not is_open or not dossier.folder.allows(Action.MEET):
        return 0
    return await agenda.waiting(visit.ws, visit.actor, meeting.row.id)


def _notice(visit: Visit, meeting: Meeting, invited: Invitation) -> str | None:
    """What was done; of convening also what is still wanting, and that nobody is told by it."""
    done = visit.asked("done")
    sentence = notice(done, visit.voice)
    if done != "meeting-convened" or sentence is None:
        return sentence
    wanting = [
        words
        for is_there, words in (
            (meeting.invited, N_("Personne n'est encore invité.")),
            (meeting.items, N_("L'ordre du jour est vide.")),
        )
        if not is_there
    ]
    tell = N_(
        "Atelier ne prévient encore personne de lui-même. Envoyez l'adresse de cette page aux"
        " personnes invitées."
    )
    if mailing.is_set(visit.ws):
        tell = N_(
            "La convocation part par courriel à toutes les personnes invitées qui peuvent lire la"
            " réunion."
        )
    said = [visit.voice.text(one) for one in (*wanting, tell)]
    return " ".join([sentence, *said, *invited.outside])


def _here(visit: Visit) -> str:
    return f"/meetings/{meeting_of(visit)}"


async def _edit(
    visit: Visit, refused: Refused, sent: tuple[Exception, Form] | None = None
) -> Response:
    """The form; of one that was refused with what was `sent`, over what is saved by now."""
    shown_form = await preparing.enter_form(visit.ws, visit.actor, meeting_of(visit))
    row, names = shown_form.meeting, meeting_forms.FIELDS
    written = meeting_forms.written(row, visit.voice)
    if sent is not None:
        both = together.joined(sent[1], written, names)
        refused = together.said(refused, sent[0], both, visit.voice)
    return visit.page(
        "meetings/edit.html",
        status=refused.status,
        path=f"{_here(visit)}/edit",
        line=line(row, visit.voice, visit.ws.clock()),
        written=written,
        shown=together.shown(written, names),
        folder=shown_form.folder,
        crumbs=shown_form.crumbs,
        series=shown_form.series,
        expected=shown_form.state_number,
        is_locked=row.state is MeetingState.APPROVED,
        **refused.values(),
    )


_MEETING = "/meetings/{meeting:id}"

DOORS = (
    Door("GET", _MEETING, in_folder(Action.READ), show),
    Door("GET", f"{_MEETING}/edit", in_folder(Action.MEET), show_edit),
    Door("POST", f"{_MEETING}/edit", in_folder(Action.MEET), edit),
    Door("POST", f"{_MEETING}/state", in_folder(Action.MEET), set_state),
    Door("POST", f"{_MEETING}/cancel", in_folder(Action.MEET), cancel),
    Door("POST", f"{_MEETING}/revive", in_folder(Action.MEET), revive),
    Door("GET", f"{_MEETING}/since", in_folder(Action.READ), show_since),
)
