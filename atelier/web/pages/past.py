"""Taking over a folder of old meetings: what its names tell, to be confirmed line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from starlette.responses import Response

from atelier.errors import AtelierError, Invalid, Malformed
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, MeetingId
from atelier.model.meetings import Part
from atelier.model.past import MOST_FILES, Paper, Proposal
from atelier.web.doors import Door, in_folder
from atelier.web.forms import Form, FormLimits, read_form
from atelier.web.pages.folders import folder_of
from atelier.web.pages.meeting_words import PARTS_OF_PAST
from atelier.web.pages.sentences import explain
from atelier.web.visit import Visit, onward
from atelier.workspace import past
from atelier.workspace.past import Taken, Taking, mark

_OTHER, _STAYS = "other", "stays"
_LISTS: Final = ("key", "title", "day", "series", "take", "paper")
_LINE: Final = re.compile(r"f[1-9][0-9]{0,17}:[0-9a-f]{16}|d[1-9][0-9]{0,17}:")
_PAPER: Final = re.compile(
    r"([fd][1-9][0-9]{0,17}):([1-9][0-9]{0,17}):([1-9][0-9]{0,8}):([0-9a-f]{16}):([a-z]+)"
)
_MADE: Final = re.compile(r"[1-9][0-9]{0,17}(-[1-9][0-9]{0,17})*", re.ASCII)
_KINDS: Final = {
    Part.AGENDA: Part.AGENDA,
    Part.MINUTES: Part.MINUTES,
    Part.DECISIONS: Part.DECISIONS,
    _OTHER: None,
}


class PaperLine(NamedTuple):
    """A document of a proposed meeting; `options` are (value, words, chosen)."""

    id: int
    name: str
    options: Sequence[tuple[str, str, bool]]


class Line(NamedTuple):
    """A proposed meeting as the form prints it. `folder` is the name of its dossier-to-be.

    `impossible` is the day that its name says and that never was.
    """

    key: str
    seen: str
    title: str
    day: str
    series: str
    is_taken: bool
    month: str
    folder: str
    papers: Sequence[PaperLine]
    fault: str
    impossible: str = ""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A line as it came back; `papers` are what was chosen for each document."""

    seen: str
    title: str
    day: str
    series: str
    is_taken: bool
    papers: Mapping[int, str] = field(default_factory=dict)


async def show(visit: Visit) -> Response:
    """What the names in the folder tell of old meetings; `?made=` are those just taken over."""
    rows = await past.taken(visit.ws, visit.actor, folder_of(visit), _made(visit))
    done = [(row.id, row.title, visit.voice.day(row.starts_at)) for row in rows]
    return await _past(visit, {}, done, {})


async def take(visit: Visit) -> Response:
    """Make meetings of the ticked lines; what was refused is told, the others are done."""
    limits = FormLimits(
        max_body_bytes=visit.ws.settings.limits.max_form_bytes,
        max_fields=MOST_FILES + len(_LISTS) * past.PAGE_MEETINGS,
    )
    form = await read_form(visit.request, (), repeated=_LISTS, limits=limits)
    sent = _sent(form.checked(visit.form_token))
    takings, refused = _takings(visit, form, sent)
    if not takings and not refused:
        refused = {"take": _told(visit, Invalid("take", "nothing_ticked"))}
    outcomes = await past.take(visit.ws, visit.actor, folder_of(visit), list(takings.values()))
    for key, outcome in zip(takings, outcomes, strict=True):
        if outcome.refused is not None:
            refused[key] = _told(visit, outcome.refused)
    done = [
        (one.meeting, one.taking.title, visit.voice.day(one.taking.day))
        for one in outcomes
        if one.meeting is not None
    ]
    if not refused:
        made = "-".join(str(number) for number, _, _ in done)
        return onward(f"/folders/{folder_of(visit)}/past?made={made}", "past-taken")
    return await _past(visit, sent, done, refused)


def _made(visit: Visit) -> list[MeetingId]:
    """The meetings that the address names; none when it is written otherwise."""
    text = visit.asked("made")
    if _MADE.fullmatch(text) is None:
        return []
    return [MeetingId(int(number)) for number in text.split("-")[: past.PAGE_MEETINGS]]


async def _past(
    visit: Visit,
    sent: Mapping[str, _Sent],
    done: Sequence[tuple[MeetingId, str, str]],
    refused: Mapping[str, str],
) -> Response:
    page = visit.asked_number("page") or 1
    found = await past.look(visit.ws, visit.actor, folder_of(visit), page=page)
    lines = [_line(visit, one, sent, refused) for one in found.meetings]
    shown = {line.key for line in lines}
    return visit.page(
        "meetings/past.html",
        status=409 if refused else 200,
        path=f"/folders/{folder_of(visit)}/past",
        found=found,
        folder=found.folder,
        crumbs=found.crumbs,
        lines=lines,
        done=done,
        **({"notice": None} if done else {}),
        refused=[
            (key if key in shown else "", sent[key].title if key in sent else "", sentence)
            for key, sentence in refused.items()
        ],
        most_left=past.MOST_LEFT,
        most_names=past.MOST_NAMES,
    )


def _line(
    visit: Visit, one: Proposal, sent: Mapping[str, _Sent], refused: Mapping[str, str]
) -> Line:
    guessed = _Sent(
        seen=mark(one.folder[1]) if one.folder else "",
        title=one.title,
        day="" if one.day is None else one.day.isoformat(),
        series=one.series,
        is_taken=one.is_sure,
    )
    written = sent.get(one.key, guessed)
    return Line(
        key=one.key,
        seen=guessed.seen,
        title=written.title,
        day=written.day,
        series=written.series,
        is_taken=written.is_taken,
        month="" if one.month is None else f"{one.month[1]:02d}/{one.month[0]}",
        folder=one.folder[1] if one.folder else "",
        papers=[_paper(visit, one, each, written) for each in one.papers],
        fault=refused.get(one.key, ""),
        impossible=one.impossible,
    )


def _paper(visit: Visit, one: Proposal, paper: Paper, written: _Sent) -> PaperLine:
    document = paper.document
    known = f"{one.key}:{document.id}:{document.version}:{mark(document.name)}"
    chosen = written.papers.get(document.id, paper.part or _OTHER)
    kinds = [*_KINDS, *([] if one.folder else [_STAYS])]
    return PaperLine(
        document.id,
        document.name,
        [
            (f"{known}:{kind}", visit.voice.text(PARTS_OF_PAST[kind]), kind == chosen)
            for kind in kinds
        ],
    )


def _sent(form: Form) -> dict[str, _Sent]:
    """The lines of the form by key; `Malformed` when it is not one that the page makes."""
    columns = [form.texts(name) for name in ("key", "title", "day", "series")]
    if len({len(column) for column in columns}) != 1:
        raise Malformed("form")
    chosen: dict[str, dict[int, str]] = {}
    for text in form.texts("paper"):
        key, number, *_, kind = _parted(text)
        chosen.setdefault(key, {})[int(number)] = kind
    found = {}
    for typed, title, day, series in zip(*columns, strict=True):
        if _LINE.fullmatch(typed) is None:
            raise Malformed("form")
        key, _, seen = typed.partition(":")
        is_taken = key in form.texts("take")
        found[key] = _Sent(
            seen, title.strip(), day.strip(), series.strip(), is_taken, chosen.get(key, {})
        )
    return found


def _takings(
    visit: Visit, form: Form, sent: Mapping[str, _Sent]
) -> tuple[dict[str, Taking], dict[str, str]]:
    """What the ticked lines ask for, and what is to correct in those that cannot be asked for."""
    papers: dict[str, list[Taken]] = {}
    for text in form.texts("paper"):
        key, number, version, seen, kind = _parted(text)
        if kind != _STAYS:
            taken = Taken(DocumentId(int(number)), seen, int(version), _KINDS[kind])
            papers.setdefault(key, []).append(taken)
    takings, refused = {}, {}
    for key, line in sent.items():
        if line.is_taken:
            try:
                takings[key] = _taking(key, line, papers.get(key, []))
            except Invalid as error:
                refused[key] = _told(visit, error)
    return takings, refused


def _taking(key: str, line: _Sent, papers: Sequence[Taken]) -> Taking:
    day = Form({"day": line.day}).day("day")
    if day is None:
        raise Invalid("day", "no_day")
    is_folder = key.startswith("f")
    if not papers and not is_folder:
        raise Invalid("papers", "no_papers")
    folder = (FolderId(int(key[1:])), line.seen) if is_folder else None
    return Taking(line.title, day, line.series, tuple(papers), folder)


def _parted(text: str) -> tuple[str, ...]:
    found = _PAPER.fullmatch(text)
    if found is None or found[5] not in {*_KINDS, _STAYS}:
        raise Malformed("form")
    return found.groups()


def _told(visit: Visit, error: AtelierError) -> str:
    said = explain(error, visit.voice)
    return f"{said.happened} {said.next}" if not isinstance(error, Invalid) else said.happened


_HERE = "/folders/{folder:id}/past"

DOORS = (
    Door("GET", _HERE, in_folder(Action.MEET), show),
    Door("POST", _HERE, in_folder(Action.MEET), take),
)
