"""Following: the small form on what can be followed, and the list of what somebody follows."""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.responses import Response

from atelier.model.folders import Action
from atelier.model.follows import PACES, Follow, Followable, Pace
from atelier.model.ids import FollowId
from atelier.web.digest_words import KIND_WORDS, PACE_WORDS
from atelier.web.doors import SIGNED_IN, Door, Endpoint, in_folder
from atelier.web.language import Voice
from atelier.web.visit import Visit, onward
from atelier.workspace import follows, mailing

_MINE: Final = "/account/follows"
_ADDRESSES: Final = {
    Followable.FOLDER: "/folders/{}",
    Followable.DOCUMENT: "/documents/{}",
    Followable.SEARCH: "/searches",
    Followable.SERIES: "/meetings?series={}",
}
_ACTIONS: Final = {
    Followable.FOLDER: "/folders/{}/follow",
    Followable.DOCUMENT: "/documents/{}/follow",
    Followable.SEARCH: "/searches/{}/follow",
    Followable.SERIES: "/meetings/series/{}/follow",
}


class FollowForm(NamedTuple):
    """The form of one thing: where it goes, the pace of now ("": not followed), the paces.

    `is_sent`: this installation sends letters at all.
    """

    action: str
    pace: str
    paces: list[tuple[str, str]]
    is_sent: bool


class FollowLine(NamedTuple):
    """What she follows, as the list prints it; `name` is None when she may not read it."""

    id: int
    kind: str
    name: str | None
    url: str
    pace: str
    paces: list[tuple[str, str]]


async def show(visit: Visit) -> Response:
    """All that she follows."""
    hers = await follows.listed(visit.ws, visit.actor)
    return visit.page(
        "follows/follows.html",
        follows=[_line(one, visit.voice) for one in hers.all],
        is_sent=hers.is_sent,
    )


async def set_pace(visit: Visit) -> Response:
    """Another pace for one of hers."""
    form = await visit.form("pace")
    number = FollowId(visit.number("follow"))
    await follows.set_pace(visit.ws, visit.actor, number, form.choice("pace", Pace))
    return onward(_MINE, "follow-pace" if mailing.is_set(visit.ws) else "followed-unsent")


async def remove(visit: Visit) -> Response:
    """Let one of hers go."""
    await visit.form()
    await follows.remove(visit.ws, visit.actor, FollowId(visit.number("follow")))
    return onward(_MINE, "unfollowed")


def following(what: Followable, name: str) -> Endpoint:
    """The door of the form on a page: follow what `name` says in the address, or no longer."""

    async def follow(visit: Visit) -> Response:
        form = await visit.form("pace")
        number = visit.number(name)
        back = _ADDRESSES[what].format(number)
        if not form.text("pace"):
            await follows.unfollow(visit.ws, visit.actor, what, number)
            return onward(back, "unfollowed")
        await follows.follow(visit.ws, visit.actor, what, number, form.choice("pace", Pace))
        return onward(back, "followed" if mailing.is_set(visit.ws) else "followed-unsent")

    return follow


async def follow_form(visit: Visit, what: Followable, number: int) -> FollowForm | None:
    """The form of one thing; None while she sees as somebody else."""
    if visit.actor.seeing is not None:
        return None
    pace = await follows.pace_of(visit.ws, visit.actor, what, number)
    return form_of(what, number, pace, visit.voice, is_sent=mailing.is_set(visit.ws))


def form_of(
    what: Followable, number: int, pace: Pace | None, voice: Voice, *, is_sent: bool
) -> FollowForm:
    """The form of one thing that she follows at this pace, if any."""
    return FollowForm(_ACTIONS[what].format(number), pace or "", _paces(what, voice), is_sent)


def _line(one: Follow, voice: Voice) -> FollowLine:
    return FollowLine(
        id=one.id,
        kind=voice.text(KIND_WORDS[one.what]),
        name=one.name,
        url=_ADDRESSES[one.what].format(one.what_id),
        pace=one.pace,
        paces=_paces(one.what, voice),
    )


def _paces(what: Followable, voice: Voice) -> list[tuple[str, str]]:
    return [(pace.value, voice.text(PACE_WORDS[pace])) for pace in PACES[what]]


_ONE: Final = f"{_MINE}/{{follow:id}}"
_FOLDER = following(Followable.FOLDER, "folder")
_DOCUMENT = following(Followable.DOCUMENT, "document")
_SEARCH = following(Followable.SEARCH, "saved")
_SERIES = following(Followable.SERIES, "series")

DOORS = (
    Door("GET", _MINE, SIGNED_IN, show),
    Door("POST", _ONE, SIGNED_IN, set_pace),
    Door("POST", f"{_ONE}/remove", SIGNED_IN, remove),
    Door("POST", "/folders/{folder:id}/follow", in_folder(Action.READ), _FOLDER),
    Door("POST", "/documents/{document:id}/follow", in_folder(Action.READ), _DOCUMENT),
    Door("POST", "/searches/{saved:id}/follow", SIGNED_IN, _SEARCH),
    Door("POST", "/meetings/series/{series:id}/follow", SIGNED_IN, _SERIES),
)
