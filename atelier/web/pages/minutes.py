"""Minutes as they are written: a page that shows them, and one for the text of each item.

No page has two forms to type in, so that saving one never costs another. What somebody typed
comes back whatever happens to it: beside the text of who wrote first, in the form that was
refused, or to be copied where it can no longer be saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from atelier.errors import (
    CrossSite,
    EffectChanged,
    Invalid,
    MinutesApproved,
    NotFound,
    Refusal,
    TextClash,
)
from atelier.model.folders import Action
from atelier.model.ids import ItemId
from atelier.model.merging import compare, merged
from atelier.web.doors import Door, in_folder
from atelier.web.errors import status_of
from atelier.web.forms import Form, FormLimits, read_form
from atelier.web.language import N_
from atelier.web.pages.meeting_lines import line as meeting_line
from atelier.web.pages.meeting_words import PRESENCES
from atelier.web.pages.meetings import meeting_of
from atelier.web.pages.prose import told
from atelier.web.pages.sentences import explain
from atelier.web.pages.words import notice
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import agenda, minutes

# A million characters that were pasted by mistake still come back to who pasted them.
_MAX_FORM_BYTES: Final = 4 * 1024 * 1024
_MARKUP: Final = re.compile(
    r"</?(?:a|b|br|div|em|font|h[1-6]|i|img|li|ol|p|span|strong|table|td|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)


async def show(visit: Visit) -> Response:
    """The minutes as they are being written."""
    found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
    return visit.page(
        "meetings/minutes.html",
        meeting=found.meeting,
        line=meeting_line(found.meeting.row, visit.voice, visit.ws.clock()),
        folder=found.folder,
        crumbs=found.crumbs,
        today=visit.actor.today,
        told=await told(found.meeting),
        presences={one: visit.voice.text(words) for one, words in PRESENCES.items()},
        saved=visit.asked("at"),
        saved_notice=notice(visit.asked("done"), visit.voice),
    )


async def show_item(visit: Visit) -> Response:
    """One item, with the text that is said of it to be written."""
    return await _item_sheet(visit, Refused())


async def write(visit: Visit) -> Response:
    """What was said of an item, in the place of the text that was shown."""
    form = await _typed(visit)
    text, number, item = form.secret("text"), meeting_of(visit), item_of(visit)
    try:
        form.checked(visit.form_token)
        await minutes.write(visit.ws, visit.actor, number, item, text, state=form.number("state"))
    except TextClash as clash:
        return await _both(visit, clash, text)
    except Invalid as error:
        return await _refused(visit, error, text, form.text("state")[:18])
    except (MinutesApproved, NotFound) as error:
        return await left(visit, error, {N_("Votre texte"): text})
    except CrossSite:
        return _once_more(visit, form)
    following = await _following(visit) if form.text("then") == "next" else None
    done = f"text-saved{'-before' if following else ''}{'-markup' if _MARKUP.search(text) else ''}"
    if following is not None:
        return onward(f"{_page(visit)}/items/{following}", done)
    return back(visit, f"item-{item}", done)


async def ended(visit: Visit) -> Response:
    """Her text comes back to one whose session has ended, with the way to save it still."""
    return _once_more(visit, await _typed(visit))


async def left(visit: Visit, error: Refusal, typed: Mapping[str, str]) -> Response:
    """What cannot be saved any more, to be copied; `typed` by what it is called.

    Another `NotFound` than that of what the form was about is raised again.
    """
    if isinstance(error, NotFound) and error.kind == "meeting":
        raise error
    found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
    said = GONE[error.kind] if isinstance(error, NotFound) else explain(error, visit.voice).happened
    return visit.page(
        "meetings/minutes_left.html",
        status=409,
        path=_page(visit),
        meeting=found.meeting,
        line=meeting_line(found.meeting.row, visit.voice, visit.ws.clock()),
        folder=found.folder,
        crumbs=found.crumbs,
        said=visit.voice.text(said) if isinstance(error, NotFound) else said,
        left=[(visit.voice.text(name), text) for name, text in typed.items() if text],
    )


GONE: Final = {
    "item": N_("Ce point n'est plus à l'ordre du jour : il a été retiré entre-temps."),
    "decision": N_("Cette décision a été retirée entre-temps."),
    "todo": N_("Cette action a été retirée entre-temps."),
}


def back(visit: Visit, anchor: str, done: str) -> Response:
    """To the page of the minutes, at the place of what was saved."""
    answer = onward(f"{_page(visit)}?at={anchor}", done)
    answer.headers["location"] += f"#{anchor}"
    return answer


def item_of(visit: Visit) -> ItemId:
    """The item that the address names."""
    return ItemId(visit.number("item"))


def changed_meanwhile(visit: Visit, error: EffectChanged, typed: Mapping[str, str]) -> Refused:
    """A form whose subject somebody changed since it was shown: both are there."""
    sentence = visit.voice.text(
        N_(
            "Quelqu'un l'a modifiée entre-temps : ce qui est enregistré est au-dessus, ce que"
            " vous avez écrit est dans le formulaire. Enregistrez de nouveau pour le garder."
        )
    )
    return Refused(status_of(error, visit.request), {"text": sentence}, dict(typed))


async def _item_sheet(visit: Visit, refused: Refused) -> Response:
    """The page of an item, also when its text was refused.

    `NotFound` for one that was removed; `MinutesApproved` where a refused text has no form.
    """
    found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
    place, item = agenda.item_of(found.meeting, item_of(visit))
    if found.meeting.is_locked and refused.errors:
        raise MinutesApproved()
    return visit.page(
        "meetings/minutes_item.html",
        status=refused.status,
        path=f"{_page(visit)}/items/{item.id}",
        meeting=found.meeting,
        line=meeting_line(found.meeting.row, visit.voice, visit.ws.clock()),
        folder=found.folder,
        crumbs=found.crumbs,
        item=item,
        place=place,
        told=await told(found.meeting) if found.meeting.is_locked else {},
        **refused.values(),
    )


async def _refused(visit: Visit, error: Invalid, text: str, state: str) -> Response:
    """The text in its form again, as of the state she saw; or to be copied, where none is left."""
    typed = {"text": text, "state": state} if error.field == "text" else {"text": text}
    try:
        return await _item_sheet(visit, visit.refused(error, error.field, typed))
    except (MinutesApproved, NotFound) as gone:
        return await left(visit, gone, {N_("Votre texte"): text})


async def _following(visit: Visit) -> ItemId | None:
    """The item after this one; None after the last."""
    found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
    items = [one.id for one in found.meeting.items]
    after = items[items.index(item_of(visit)) + 1 :] if item_of(visit) in items else []
    return after[0] if after else None


async def _typed(visit: Visit) -> Form:
    limits = FormLimits(max(visit.ws.settings.limits.max_form_bytes, _MAX_FORM_BYTES))
    return await read_form(visit.request, ("text", "state", "then"), limits=limits)


def _once_more(visit: Visit, form: Form) -> Response:
    """A text that another session began: it is saved by sending it once more from here.

    Only our own pages can send it (the gate checks the origin), and nothing is told of the
    meeting: who is not signed in, or may not read it, gets back what she sent.
    """
    return visit.page(
        "meetings/minutes_ended.html",
        status=401 if visit.session is None else 403,
        path="/",
        text=form.secret("text"),
        state=form.text("state")[:18],
    )


async def _both(visit: Visit, clash: TextClash, text: str) -> Response:
    """The text that stands and hers, where they differ, and one with both to be saved."""
    found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
    hers = minutes.cleaned(text)
    item = next(one for one in found.meeting.items if one.id == item_of(visit))
    return visit.page(
        "meetings/minutes_both.html",
        status=409,
        path=_page(visit),
        meeting=found.meeting,
        line=meeting_line(found.meeting.row, visit.voice, visit.ws.clock()),
        folder=found.folder,
        crumbs=found.crumbs,
        item=item,
        state=clash.state,
        theirs=clash.text,
        by=clash.by,
        at=clash.at,
        hers=hers,
        stretches=compare(clash.text, hers),
        merged=merged(clash.text, hers),
    )


def _page(visit: Visit) -> str:
    return f"/meetings/{meeting_of(visit)}/minutes"


MINUTES: Final = "/meetings/{meeting:id}/minutes"
ITEM: Final = f"{MINUTES}/items/{{item:id}}"

DOORS = (
    Door("GET", MINUTES, in_folder(Action.MEET), show),
    Door("GET", ITEM, in_folder(Action.MEET), show_item),
    Door("POST", ITEM, in_folder(Action.MEET), write, when_ended=ended),
)
