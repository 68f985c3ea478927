"""What is kept of oneself, as an archive made on demand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from atelier.web.doors import SIGNED_IN, Door
from atelier.web.language import N_
from atelier.web.pages.archives import begun, packed
from atelier.web.spreadsheets import written
from atelier.web.squeezing import Squeezed
from atelier.web.visit import Visit
from atelier.workspace import own_data
from atelier.workspace.own_data import OwnFiles

_HERE: Final = "/account/data"
_WORK: Final = "own data"


async def show(visit: Visit) -> Response:
    """What the archive will hold, and the button."""
    return visit.page("account/data.html", path=_HERE, most_bytes=own_data.MOST_BYTES)


async def give(visit: Visit) -> Response:
    """The archive, made of this moment: one at a time, and among those she has under way."""
    await visit.form()
    with begun(visit, _WORK, most=1) as turn:
        hers = await own_data.export(visit.ws, visit.actor)
        note = Squeezed()
        note.add(_note(visit, hers).encode("utf-8-sig"))
        lists = _Lists()
        async for name, lines in own_data.pages(visit.ws, visit.actor):
            await asyncio.to_thread(lists.add, name, lines)
        files = [("LISEZ-MOI.txt", note), *lists.ended()]
        day = visit.voice.day(visit.ws.clock())
        title = visit.voice.text(N_("Mes données - %(day)s.zip"), day=day)
        return packed(visit, turn, files, hers.entries, title)


class _Lists:
    """One JSON file of everything, and a table for each list, written as their pages come."""

    def __init__(self) -> None:
        self._everything = Squeezed()
        self._tables: dict[str, Squeezed] = {}
        self._name = ""

    def add(self, name: str, lines: Sequence[Mapping[str, Any]]) -> None:
        """The next lines of a list; its first ones begin it."""
        told = ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        if name == self._name:
            told = f",\n{told}" if told else ""
        else:
            told = f'{"]," if self._name else "{"}\n"{name}": [{told}'
        self._name = name
        self._everything.add(told.encode("utf-8", "replace"))
        if lines:
            is_new = name not in self._tables
            table = self._tables.setdefault(name, Squeezed())
            rows = written(_rows(lines, is_headed=is_new))
            table.add(rows.encode("utf-8-sig" if is_new else "utf-8", "replace"))

    def ended(self) -> list[tuple[str, Squeezed]]:
        """The files, by their names in the archive."""
        self._everything.add(b"]\n}\n")
        tables = [(f"{name}.csv", table) for name, table in self._tables.items()]
        return [("donnees.json", self._everything), *tables]


def _rows(lines: Sequence[Mapping[str, Any]], *, is_headed: bool) -> Iterator[tuple[str, ...]]:
    if is_headed:
        yield tuple(lines[0])
    for line in lines:
        yield tuple(_cell(value) for value in line.values())


def _cell(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _note(visit: Visit, found: OwnFiles) -> str:
    say, voice = visit.voice.text, visit.voice
    lines = [
        say(N_("Tout ce que cet atelier garde à votre sujet, au moment où vous l'avez demandé.")),
        say(
            N_("donnees.json : tout, pour un programme ; les fichiers .csv : un tableau par liste.")
        ),
        say(N_("depots : les versions que vous avez déposées et que vous pouvez encore lire.")),
        say(N_("Le nom d'un dossier ou d'un document que vous ne lisez plus est laissé vide.")),
    ]
    if found.left_out:
        lines.append(
            voice.plural(
                "%(n)s version n'y est pas, faute de place ou d'octets : deposits.csv la nomme.",
                "%(n)s versions n'y sont pas, faute de place ou d'octets : deposits.csv les nomme.",
                found.left_out,
            )
        )
    site = visit.around.site.url
    lines.append(
        say(N_("L'adresse d'un document est %(site)s/documents/ et son numéro."), site=site)
    )
    return "".join(f"{line}\r\n" for line in lines)


DOORS = (
    Door("GET", _HERE, SIGNED_IN, show),
    Door("POST", _HERE, SIGNED_IN, give),
)
