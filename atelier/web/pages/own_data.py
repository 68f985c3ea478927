"""What is kept of oneself, as an archive made on demand."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from starlette.responses import Response

from atelier.web.doors import SIGNED_IN, Door
from atelier.web.language import N_
from atelier.web.pages.archives import packed
from atelier.web.spreadsheets import written
from atelier.web.visit import Visit
from atelier.workspace import own_data
from atelier.workspace.own_data import OwnRecords

_HERE: Final = "/account/data"
_NAME: Final = N_("Mes données.zip")


async def show(visit: Visit) -> Response:
    """What the archive will hold, and the button."""
    return visit.page("account/data.html", path=_HERE, most_bytes=own_data.MOST_BYTES)


async def give(visit: Visit) -> Response:
    """The archive, made of this moment."""
    await visit.form()
    found = await own_data.export(visit.ws, visit.actor)
    texts = await asyncio.to_thread(_texts, visit, found)
    return await packed(visit, texts, found.entries, visit.voice.text(_NAME))


def _texts(visit: Visit, found: OwnRecords) -> list[tuple[str, bytes]]:
    """A note to be read first, one JSON file of everything, and a table for each list."""
    everything = json.dumps(found.lists, ensure_ascii=False, indent=1)
    tables = [
        (f"{name}.csv", written(_table(rows)).encode("utf-8-sig", "replace"))
        for name, rows in found.lists.items()
        if rows
    ]
    return [
        ("LISEZ-MOI.txt", _note(visit, found).encode("utf-8-sig")),
        ("donnees.json", everything.encode()),
        *tables,
    ]


def _table(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [tuple(rows[0]), *(tuple(_cell(value) for value in row.values()) for row in rows)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _note(visit: Visit, found: OwnRecords) -> str:
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
