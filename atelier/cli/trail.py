"""The command that reads the access log: who read or downloaded what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

import click

from atelier.cli.asked import Asked, command, say
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.model.trail import TrailAct, TrailLine
from atelier.web.language import N_
from atelier.web.spreadsheets import written
from atelier.workspace import trail
from atelier.workspace.place import Workspace

_DAY = click.DateTime(["%Y-%m-%d"])
_COLUMNS = (
    "number", "at", "person_id", "person", "email",
    "document_id", "document_name", "version", "act",
)  # fmt: skip


@command("access-log")
@click.option("--person", default="", metavar="EMAIL", help="Hers; or the number of a person.")
@click.option("--document", type=click.IntRange(1, 2**62), metavar="N", help="Of a document.")
@click.option("--since", type=_DAY, metavar="DAY", help="From this day on (YYYY-MM-DD).")
@click.option("--until", type=_DAY, metavar="DAY", help="Until this day, with it.")
@click.option("--csv", "as_csv", is_flag=True, help="A table for a spreadsheet.")
def access_log(
    asked: Asked,
    person: str,
    document: int | None,
    since: datetime | None,
    until: datetime | None,
    as_csv: bool,
) -> None:
    """Tell who read or downloaded what, in steps of ten minutes; for stewards.

    The journal of the network keeps that it was read.
    """
    if as_csv and asked.as_json:
        raise click.UsageError("--csv --json")
    wanted = trail.Asked(
        person.strip(),
        None if document is None else DocumentId(document),
        _day(since),
        _day(until),
    )
    show = _show_object if asked.as_json else _show_table if as_csv else _show_lines

    async def tell(ws: Workspace, actor: Actor) -> None:
        await show(asked, ws, await trail.lines(ws, actor, wanted))

    asked.act(tell)


async def _show_object(asked: Asked, ws: Workspace, lines: AsyncIterator[TrailLine]) -> None:
    asked.tell({"lines": [{**asdict(line), "at": line.at.isoformat()} async for line in lines]})


async def _show_table(asked: Asked, ws: Workspace, lines: AsyncIterator[TrailLine]) -> None:
    click.echo(written([_COLUMNS]), nl=False)
    async for line in lines:
        cells = {**asdict(line), "at": line.at.isoformat()}
        click.echo(written([[str(cells[column]) for column in _COLUMNS]]), nl=False)


async def _show_lines(asked: Asked, ws: Workspace, lines: AsyncIterator[TrailLine]) -> None:
    zone = ZoneInfo(ws.settings.network.time_zone)
    async for line in lines:
        click.echo(_sentence(line, zone))


def _sentence(line: TrailLine, zone: tzinfo) -> str:
    person = line.person or say(N_("personne n° %(number)s"), number=line.person_id)
    document = line.document_name or say(N_("document n° %(number)s"), number=line.document_id)
    sentence = _ACTS.get(line.act, _CHANGED)
    told = say(sentence, person=person, document=document, version=line.version)
    return f"{line.at.astimezone(zone):%Y-%m-%d %H:%M}  {told}"


_ACTS: dict[str, str] = {
    TrailAct.READ: N_("%(person)s a ouvert « %(document)s » (version %(version)s)"),
    TrailAct.DOWNLOAD: N_("%(person)s a téléchargé « %(document)s » (version %(version)s)"),
}
_CHANGED = N_("%(person)s, « %(document)s » (version %(version)s) : cette ligne a été modifiée.")


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


COMMANDS = (access_log,)
