"""The register of decisions in words: lines of a page, rows of a spreadsheet, a paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from atelier.model.meetings import Decision, Way, series_names
from atelier.model.names import visible
from atelier.model.prose import Block, BlockKind, Run, Sheet, Table
from atelier.model.register import Taken
from atelier.web.language import N_, Voice
from atelier.workspace.decisions import Register

_COLUMNS: Final = (
    N_("Date"),
    N_("Décision"),
    N_("Prise par"),
    N_("Pour"),
    N_("Contre"),
    N_("Abstentions"),
    N_("Réunion"),
    N_("Date de la réunion"),
    N_("Point de l'ordre du jour"),
    N_("Série"),
    N_("Structure"),
    N_("Dossier"),
    N_("Adresse"),
)
_PRINTED: Final = (N_("Date"), N_("Décision"), N_("Prise par"), N_("Réunion"), N_("Dossier"))
_WIDTHS: Final = (0.10, 0.40, 0.14, 0.20, 0.16)


class DecisionLine(NamedTuple):
    """A decision as the page prints it; `iso` is its day for machines, `day` for people."""

    id: int
    iso: str
    day: str
    text: str
    way: str
    item: str
    meeting_id: int
    meeting: str
    meeting_day: str
    series_id: int
    series: str
    folder_id: int
    folder: str
    above: str = ""
    place: str = ""


def lines(found: Register, voice: Voice) -> list[DecisionLine]:
    """A line for each decision, in the order given."""
    return [_line(one, voice) for one in found.taken]


def way(decision: Decision, voice: Voice) -> str:
    """« consensus », « vote : 12 pour, 1 contre, 2 abstentions »."""
    if decision.way is Way.CONSENSUS:
        return voice.text(N_("consensus"))
    votes = decision.votes
    if votes is None:
        return voice.text(N_("vote"))
    return voice.text(
        N_("vote : %(yes)s pour, %(no)s contre, %(abstained)s"),
        yes=voice.number(votes.yes),
        no=voice.number(votes.no),
        abstained=voice.plural("%(n)s abstention", "%(n)s abstentions", votes.abstained),
    )


def table(found: Register, voice: Voice, site: str) -> Iterator[tuple[str, ...]]:
    """The head and the rows of a spreadsheet; days are ISO, so that they sort."""
    yield tuple(voice.text(column) for column in _COLUMNS)
    for one in found.taken:
        decision, meeting = one.decision, one.meeting
        votes = decision.votes
        yield (
            decision.decided_on.isoformat(),
            decision.text,
            voice.text(N_("consensus") if decision.way is Way.CONSENSUS else N_("vote")),
            *(("", "", "") if votes is None else map(str, (votes.yes, votes.no, votes.abstained))),
            meeting.title,
            voice.local(meeting.starts_at).date().isoformat(),
            one.item,
            meeting.series.name if meeting.series else "",
            meeting.organisation,
            one.place,
            f"{site}/meetings/{meeting.id}#decision-{decision.id}",
        )


def sheet(found: Register, voice: Voice, *, network: str, day: date) -> Sheet:
    """The register on paper: of what, asked how, on which day; then a table on its side.

    Like the spreadsheet without marks that can make a text read as another.
    """
    said = [*narrowed(found, voice), _amount(found, voice)]
    blocks: tuple[Block | Table, ...] = tuple(
        Block(BlockKind.PARAGRAPH, (Run(visible(text)),)) for text in said
    )
    if found.taken:
        rows = tuple(_printed(_line(one, voice)) for one in found.taken)
        blocks += (Table(tuple(voice.text(head) for head in _PRINTED), rows, _WIDTHS),)
    on = voice.text(N_("le %(day)s"), day=voice.day(day))
    heading, below = visible(title(found, voice)), visible(f"{network}, {on}")
    return Sheet(
        title=heading,
        language=voice.language,
        blocks=blocks,
        subtitle=below,
        footer=f"{heading} – {below}",
        is_landscape=True,
    )


def title(found: Register, voice: Voice) -> str:
    """What the register is of."""
    if found.folder is None:
        return voice.text(N_("Registre des décisions"))
    return voice.text(N_("Registre des décisions : %(folder)s"), folder=found.folder.name)


def narrowed(found: Register, voice: Voice) -> list[str]:
    """What was asked for beside the folder, a sentence for each."""
    sought = found.sought
    series = series_names(found.series).get(sought.series, "") if sought.series else ""
    organisation = next(
        (name for id_, name in found.organisations if id_ == sought.organisation), ""
    )
    told = (
        (series, N_("Série : %(value)s")),
        (organisation, N_("Structure : %(value)s")),
        (sought.since and voice.day(sought.since), N_("À partir du %(value)s")),
        (sought.until and voice.day(sought.until), N_("Jusqu'au %(value)s")),
        (sought.words, N_("Contenant : %(value)s")),
    )
    return [voice.text(words, value=value) for value, words in told if value]


def _amount(found: Register, voice: Voice) -> str:
    said = voice.plural("%(n)s décision", "%(n)s décisions", found.total)
    if found.total == len(found.taken):
        return said
    return voice.text(
        N_("%(all)s, dont voici les %(most)s plus récentes"),
        all=said,
        most=voice.number(len(found.taken)),
    )


def _printed(line: DecisionLine) -> tuple[str, ...]:
    meeting = f"{line.meeting}, {line.meeting_day}"
    if line.series and line.series not in line.meeting:
        meeting = f"{line.series} – {meeting}"
    return (line.day, visible(line.text), line.way, visible(meeting), visible(line.place))


def _line(one: Taken, voice: Voice) -> DecisionLine:
    decision, meeting = one.decision, one.meeting
    return DecisionLine(
        id=decision.id,
        iso=decision.decided_on.isoformat(),
        day=voice.day(decision.decided_on),
        text=decision.text,
        way=way(decision, voice),
        item=one.item,
        meeting_id=meeting.id,
        meeting=meeting.title,
        meeting_day=voice.day(meeting.starts_at),
        series_id=meeting.series.id if meeting.series else 0,
        series=meeting.series.name if meeting.series else "",
        folder_id=one.folder_id,
        folder=one.folder,
        above=one.above,
        place=one.place,
    )
