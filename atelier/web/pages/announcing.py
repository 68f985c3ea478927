"""Before a change of access: the page that says who gains and who loses, and asks.

A handler calls `announced` in the place of its use-case. The first time the form comes
back as a page that announces; with the confirmation the act is made, provided that it
still does exactly what was announced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from starlette.responses import Response

from atelier.errors import EffectChanged
from atelier.model.effects import Affected, Announcement, Effect
from atelier.model.names import sort_key
from atelier.web.forms import Form
from atelier.web.visit import Visit
from atelier.workspace import effects

# The field that carries the confirmation: a handler names it in `visit.form(…)`.
ANNOUNCED: Final = "announced"
NAMED: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """An effect as its page tells it: when it is long, by organisation first.

    `organisations` are name ("" for guests), how many lose, how many gain; `unnamed` is how
    many people come after those in `people`, which is empty where nobody may be named.
    """

    effect: Effect
    is_today: bool
    people: tuple[Affected, ...]
    organisations: tuple[tuple[str, int, int], ...]
    unnamed: int


async def announced(
    visit: Visit,
    form: Form,
    act: effects.Act,
    *,
    question: str,
    action: str,
    back: str,
    fields: Mapping[str, str],
    later: date | None = None,
    is_minor: bool = False,
    is_named: bool = True,
) -> Response | None:
    """The page that announces what the act would do, or None when it was made as announced.

    `act` takes the workspace it is to work on and calls one use-case that writes once.
    `question` is in the reader's language; `action` is where the form goes again, with
    `fields` (what was typed); `back` is a page of ours to which « Annuler » leads. `later` is
    a day from which the act changes something more, such as the day after a last day: that
    is announced too. An act that `is_minor` is made at once when nobody gains or loses. One
    that is not `is_named` is told in numbers, to who may do it but not know who has access.

    409 when the situation has changed since it was announced. The errors of the act pass
    through, already when it is announced.

        async def act(ws: Workspace) -> None:
            await sharing.withdraw(ws, visit.actor, folder, grant)

        page = await announced(visit, form, act, question=…, action=…, back=here, fields={})
        return page or onward(here, "withdrawn")
    """
    about, mark = effects.about(action, fields), form.text(ANNOUNCED)
    if mark and await _made(visit, act, mark, about, later):
        return None
    found = await effects.announce(visit.ws, visit.actor, act, about=about, later=later)
    is_unfelt = is_minor and not mark and not found.effects
    if is_unfelt and await _made(visit, act, found.mark, about, later):
        return None
    return visit.page(
        "effects/announcing.html",
        status=409 if mark else 200,
        path=back,
        has_changed=bool(mark),
        question=question,
        action=action,
        back=back,
        fields={**fields, ANNOUNCED: found.mark},
        effects=_told(visit, found, NAMED if is_named else 0),
    )


def day_after(last_day: date | None) -> date | None:
    """The first day on which something that ends is over; None where there is none."""
    return None if last_day in (None, date.max) else last_day + timedelta(days=1)


async def _made(visit: Visit, act: effects.Act, mark: str, about: str, later: date | None) -> bool:
    try:
        await effects.make_as_announced(visit.ws, visit.actor, act, mark, about=about, later=later)
    except EffectChanged:
        return False
    return True


def _told(visit: Visit, found: Announcement, named: int) -> list[Told]:
    return [
        Told(
            effect,
            effect.day <= visit.actor.today,
            effect.people[:named],
            _by_organisation(effect) if len(effect.people) > named else (),
            max(0, len(effect.people) - named) if named else 0,
        )
        for effect in found.effects
    ]


def _by_organisation(effect: Effect) -> tuple[tuple[str, int, int], ...]:
    losing: Counter[str] = Counter()
    gaining: Counter[str] = Counter()
    for person in effect.people:
        for organisation in person.organisations or ("",):
            losing[organisation] += person.loses
            gaining[organisation] += person.gains
    names = sorted(losing, key=lambda name: (name == "", sort_key(name)))
    return tuple((name, losing[name], gaining[name]) for name in names)
