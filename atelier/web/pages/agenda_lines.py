"""The agenda as pages tell it: at what time each item comes, and how long it all takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from atelier.model.agenda import allotted, clock
from atelier.model.meetings import Meeting
from atelier.web.language import N_, Voice


@dataclass(frozen=True, slots=True)
class Planned:
    """`times` by item, as far as they are known; `total` and `lasts` in words, "" when unsaid.

    `is_over`: the items take longer than the meeting lasts.
    """

    times: dict[int, str] = field(default_factory=dict)
    total: str = ""
    lasts: str = ""
    is_over: bool = False


def planned(meeting: Meeting, voice: Voice) -> Planned:
    """The agenda's times in the network's zone, in the reader's language."""
    minutes, lasts = allotted(meeting), meeting.row.lasts_minutes
    return Planned(
        times={item: voice.clock(at) for item, at in clock(meeting).items()},
        total=said(minutes, voice) if minutes else "",
        lasts=said(lasts, voice) if lasts else "",
        is_over=lasts is not None and minutes > lasts,
    )


def said(minutes: int, voice: Voice) -> str:
    """« 45 min », « 2 h », « 1 h 45 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return voice.text(N_("%(n)s min"), n=rest)
    if not rest:
        return voice.text(N_("%(n)s h"), n=hours)
    return voice.text(N_("%(hours)s h %(minutes)s"), hours=hours, minutes=f"{rest:02}")
