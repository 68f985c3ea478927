"""Commands of upkeep: verify, rebuild-index, config check."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import asdict

import click

from atelier import app
from atelier.cli.asked import Asked, command, say
from atelier.model.trail import Head, TrailFault, TrailFaultKind
from atelier.web.language import N_
from atelier.workspace import upkeep

_FAULTS = {
    TrailFaultKind.ALTERED: N_("Journal des consultations : la ligne %(number)s a été modifiée."),
    TrailFaultKind.REMOVED: N_("Journal des consultations : la ligne %(number)s a été retirée."),
    TrailFaultKind.INSERTED: N_("Journal des consultations : la ligne %(number)s a été ajoutée."),
    TrailFaultKind.CUT: N_("Journal des consultations : coupé à partir de la ligne %(number)s."),
    TrailFaultKind.END: N_(
        "Journal des consultations : la marque de sa fin, ligne %(number)s, a été modifiée."
    ),
    TrailFaultKind.REWRITTEN: N_(
        "Journal des consultations : la ligne %(number)s n'a pas l'empreinte gardée ailleurs."
    ),
}


@command("verify", acts=False)
@click.option("--read-data", is_flag=True, help="Hash every stored byte again.")
@click.option(
    "--trail-head",
    metavar="NUMBER:HASH",
    help="Where the access log ended, as an earlier verify or the server's log told it.",
)
def verify(asked: Asked, read_data: bool, trail_head: str | None) -> None:
    """Check that records, bytes and index agree; exit status 1 when something is lost."""
    kept = None if trail_head is None else Head.parse(trail_head)
    if trail_head is not None and kept is None:
        raise click.BadParameter(f"{trail_head!r}", param_hint="--trail-head")

    async def run() -> upkeep.Verified:
        async with app.open_workspace(asked.settings()) as ws:
            return await upkeep.verify(ws, read_data=read_data, kept_head=kept)

    found = asyncio.run(run())
    asked.tell(
        {"clean": found.is_clean, **asdict(found)},
        say(N_("%(versions)s versions, %(blobs)s contenus."), **asdict(found)),
        *(say(N_("Contenu perdu : %(sha256)s"), sha256=lost) for lost in found.missing),
        *(say(N_("Contenu abîmé : %(sha256)s"), sha256=bad) for bad in found.rotten),
        *found.record_faults,
        *_trail_lines(found),
        *_verdict(found),
    )
    if not found.is_clean:
        sys.exit(1)


def _trail_lines(found: upkeep.Verified) -> Iterator[str]:
    yield say(
        N_("Journal des consultations : %(lines)s lignes, jusqu'à %(head)s"),
        lines=found.trail_lines,
        head=found.trail_head,
    )
    yield from map(_fault, found.trail_faults)
    if found.kept_head is upkeep.Compared.PURGED:
        yield say(N_("L'empreinte donnée est celle d'une ligne purgée depuis : rien à comparer."))
    if found.kept_head is upkeep.Compared.FOUND:
        yield say(N_("L'empreinte donnée est bien celle de sa ligne."))


def _fault(fault: TrailFault) -> str:
    return say(_FAULTS[fault.kind], number=fault.number)


def _verdict(found: upkeep.Verified) -> Iterator[str]:
    if found.is_clean:
        yield say(N_("Tout est là."))
    elif found.missing or found.rotten or found.record_faults:
        yield say(N_("Il manque quelque chose."))


@command("rebuild-index", acts=False)
def rebuild_index(asked: Asked) -> None:
    """Build the search index anew from the documents."""

    async def run() -> int:
        async with app.open_workspace(asked.settings()) as ws:
            number = await upkeep.rebuild_index(ws)
            await app.finish_waiting_work(ws)
            return number

    number = asyncio.run(run())
    asked.tell({"applied": number}, say(N_("L'index de recherche est reconstruit.")))


@command("check", acts=False)
def config_check(asked: Asked) -> None:
    """Show every setting in force and where it comes from; refuse what is wrong."""
    rows = asked.settings().explain()
    asked.tell(
        {"settings": [asdict(row) for row in rows]},
        *(f"{row.key} = {row.value}  ({row.source})\n    {row.help}" for row in rows),
    )


COMMANDS = (
    verify,
    rebuild_index,
    click.Group("config", [config_check], help="Settings."),
)
