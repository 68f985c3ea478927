"""The form of a meeting: what is typed in it, and the draft that it makes."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from atelier.errors import Invalid
from atelier.model.meetings import MeetingRow
from atelier.model.recurrence import Every
from atelier.web.forms import Form
from atelier.web.language import N_, Voice
from atelier.workspace.meetings import Draft

FIELDS: Final = ("title", "day", "starts", "lasts", "place", "link", "series")
REPEATING: Final = ("every", "times")
_TIME: Final = re.compile(r"([0-9]{1,2})[:hH]([0-9]{2})(?::00)?", re.ASCII)

EVERY: Final = {
    Every.WEEK: N_("Chaque semaine"),
    Every.FORTNIGHT: N_("Toutes les deux semaines"),
    Every.MONTH_DAY: N_("Chaque mois, le même jour du mois"),
    Every.MONTH_WEEKDAY: N_("Chaque mois, le même jour de la semaine (2e mardi…)"),
    Every.QUARTER: N_("Chaque trimestre, le même jour du mois"),
    Every.QUARTER_WEEKDAY: N_("Chaque trimestre, le même jour de la semaine (2e mardi…)"),
    Every.HALF_YEAR: N_("Deux fois par an"),
    Every.YEAR: N_("Chaque année"),
}


def typed(form: Form) -> dict[str, str]:
    """What was typed, for the form to be shown again."""
    return {name: form.text(name) for name in (*FIELDS, *REPEATING)}


def draft(form: Form) -> Draft:
    """The meeting as it was written; `Invalid` for what is no day, no time, no number."""
    day = form.day("day")
    if day is None:
        raise Invalid("day", "empty")
    return Draft(
        title=form.text("title"),
        day=day,
        starts=_time(form),
        lasts_minutes=form.number("lasts") if form.text("lasts") else None,
        place=form.text("place"),
        link=form.text("link"),
        series=form.text("series"),
    )


def repeats(form: Form) -> tuple[Every, int] | None:
    """How often it comes again and how many times in all; None when it does not."""
    if not form.text("every"):
        return None
    every = form.choice("every", Every)
    if not form.text("times"):
        raise Invalid("times", "no_times")
    return every, form.number("times")


def written(row: MeetingRow, voice: Voice) -> dict[str, str]:
    """A meeting as its form shows it, its times in the network's zone."""
    local = voice.local(row.starts_at)
    return {
        "title": row.title,
        "day": local.date().isoformat(),
        "starts": f"{local:%H:%M}" if row.has_time else "",
        "lasts": "" if row.lasts_minutes is None else str(row.lasts_minutes),
        "place": row.place,
        "link": row.link,
        "series": row.series.name if row.series else "",
    }


def ways(voice: Voice) -> list[tuple[str, str]]:
    """The options of repeating."""
    return [("", voice.text(N_("Non, une seule réunion")))] + [
        (every.value, voice.text(words)) for every, words in EVERY.items()
    ]


def _time(form: Form) -> time | None:
    """« 14:30 » or « 14h30 »; None when nothing was typed."""
    text = form.text("starts")
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise Invalid("starts", "not_a_time", text[:40])
    return time(int(found[1]), int(found[2]))
