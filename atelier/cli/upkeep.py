"""Commands of upkeep: verify, rebuild-index, reread, config check."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from atelier import app
from atelier.cli.asked import Asked, command, say
from atelier.model.trail import Head, TrailFault, TrailFaultKind
from atelier.web.language import N_
from atelier.workspace import following, mending, rereading, upkeep

_LOST = N_("Contenu perdu : %(sha256)s")
_ROTTEN = N_("Contenu abîmé : %(sha256)s")
_RESTORE = N_(
    "Une sauvegarde d'avant la perte peut le rendre : « atelier restore SAUVEGARDE --data"
    " NOUVEAU-DOSSIER », puis « atelier serve --data NOUVEAU-DOSSIER »."
)
_KEEP = N_("Gardez ce dossier-ci : ce qui a été déposé depuis n'est que là.")
_RESTART = N_(
    "Un serveur est en marche, qui a peut-être encore l'ancien réglage. Redémarrez-le maintenant"
    " pour garder le moteur %(engine)s : sinon il refait l'index avec le sien."
)
_VERSION = N_("    document n° %(document)s, version %(version)s, dossier n° %(folder)s")
_SET_ASIDE = N_("    mis de côté pour quelqu'un, pas encore déposé")
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
@click.option("--repair", is_flag=True, help="Remove what a kill left, rebuild what is derived.")
@click.option(
    "--trail-head",
    metavar="NUMBER:HASH",
    help="Where the access log ended, as an earlier verify or the server's log told it.",
)
def verify(asked: Asked, read_data: bool, repair: bool, trail_head: str | None) -> None:
    """Check that records, bytes, texts and index agree; exit status 1 when something is lost.

    With --repair, what is not a loss is put right first. Nothing that a document needs is ever
    removed; beside a running server, bytes younger than a day are left alone.
    """
    kept = None if trail_head is None else Head.parse(trail_head)
    if trail_head is not None and kept is None:
        raise click.BadParameter(f"{trail_head!r}", param_hint="--trail-head")
    mended = _mended(asked) if repair else None

    async def run() -> tuple[upkeep.Verified, mending.Untidy]:
        async with app.open_workspace(asked.settings()) as ws:
            found = await upkeep.verify(ws, read_data=read_data, kept_head=kept)
            return found, await mending.look(ws)

    found, untidy = asyncio.run(run())
    asked.tell(
        {
            "clean": found.is_clean,
            **asdict(found),
            "untidy": asdict(untidy),
            "mended": None if mended is None else asdict(mended),
        },
        *(() if mended is None else _mended_lines(mended)),
        say(N_("%(versions)s versions, %(blobs)s contenus."), **asdict(found)),
        *_loss_lines(found),
        *found.record_faults,
        *_trail_lines(found),
        *_untidy_lines(found, untidy, mended),
        *_verdict(found),
    )
    if not found.is_clean:
        sys.exit(1)


def _mended(asked: Asked) -> mending.Mended:
    settings = asked.settings()

    async def run() -> mending.Mended:
        with app.alone(settings) as is_alone:
            async with app.open_workspace(settings, is_alone=is_alone) as ws:
                return await mending.repair(ws, is_alone=is_alone)

    return asyncio.run(run())


def _mended_lines(done: mending.Mended) -> Iterator[str]:
    if not done.was_alone:
        yield say(N_("Un serveur ou une commande est en marche : ses dépôts récents sont laissés."))
    counts = {
        N_("%(count)s contenus que rien ne désigne ont été retirés."): done.blobs,
        N_("%(count)s dépôts inachevés ont été retirés."): done.drafts + done.uploads,
        N_("%(count)s textes sans version ont été retirés."): done.texts,
        N_("%(count)s versions seront relues par le serveur."): done.reread,
        N_("%(count)s documents seront remis dans l'index par le serveur."): done.reindexed,
        N_("%(count)s comptes de place ont été refaits."): done.recounted,
    }
    for sentence, count in counts.items():
        if count:
            yield say(sentence, count=count)
    if not any(counts.values()):
        yield say(N_("Rien n'était à réparer."))


def _loss_lines(found: upkeep.Verified) -> Iterator[str]:
    """Each loss with the versions that had it, by numbers: no name stands in logs."""
    having: dict[str, list[str]] = {}
    for loss in found.losses:
        having.setdefault(loss.sha256, []).append(say(_VERSION, **asdict(loss)))
    for sentence, hashes in ((_LOST, found.missing), (_ROTTEN, found.rotten)):
        for sha256 in hashes:
            yield say(sentence, sha256=sha256)
            yield from having.get(sha256, [say(_SET_ASIDE)])
    if found.missing and found.orphans:
        yield say(N_("Les documents et leurs contenus ne sont pas de la même sauvegarde."))
    elif found.missing:
        yield say(N_("Les contenus sont plus anciens que la base, ou ont été retirés à la main."))


def _untidy_lines(
    found: upkeep.Verified, untidy: mending.Untidy, mended: mending.Mended | None
) -> Iterator[str]:
    counts = {
        N_("%(count)s contenus que rien ne désigne (ils ne gênent pas)."): len(found.orphans),
        N_("%(count)s documents manquent à l'index."): len(untidy.index_missing),
        N_("%(count)s documents sont de trop dans l'index."): len(untidy.index_surplus),
        N_("%(count)s versions restent à lire, et rien ne les lit."): len(untidy.unread),
        N_("%(count)s textes n'ont plus de version."): len(untidy.texts_stray),
        N_("%(count)s dépôts en cours ont perdu leurs octets."): len(untidy.uploads_cut),
        N_("%(count)s comptes de place sont faux."): len(untidy.miscounts),
    }
    for sentence, count in counts.items():
        if count:
            yield say(sentence, count=count)
    if not any(counts.values()):
        return
    if mended is None:
        yield say(N_("« atelier verify --repair » y remédie."))
    elif mended.was_alone:
        yield say(N_("Le serveur s'en charge dès qu'il est en marche."))
    else:
        yield say(N_("Ce qui reste est récent : réparez de nouveau demain, ou serveur arrêté."))


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
        yield say(_RESTORE)
        yield say(_KEEP)


@command("rebuild-index", acts=False)
def rebuild_index(asked: Asked) -> None:
    """Build the search index anew, beside the one that answers until it is there.

    A running server builds with the engine of its own settings: after a change of storage.index
    it must be started again to keep the new one. Exit status 1 when somebody builds one already.
    """

    async def run() -> tuple[following.Rebuilt | None, bool]:
        async with app.open_workspace(asked.settings()) as ws:
            is_other = await ws.index.engine() not in ("", ws.index.wanted)
            must_restart = is_other and app.has_worker(ws.settings)
            counting = _Counting(is_shown=sys.stderr.isatty() and not asked.as_json)
            try:
                return await following.rebuild(ws, counting.told), must_restart
            finally:
                counting.end()

    rebuilt, must_restart = asyncio.run(run())
    if rebuilt is None:
        click.echo(say(N_("Quelqu'un reconstruit déjà l'index de recherche.")), err=True)
        click.echo(say(N_("Attendez qu'il ait fini, ou arrêtez-le, puis recommencez.")), err=True)
        sys.exit(1)
    asked.tell(
        {**asdict(rebuilt), "restart_server": must_restart},
        say(N_("L'index de recherche est reconstruit.")),
        say(N_("%(documents)s documents, avec le moteur %(engine)s."), **asdict(rebuilt)),
        *(
            (say(N_("%(count)s versions seront relues par le serveur."), count=rebuilt.reread),)
            if rebuilt.reread
            else ()
        ),
        *((say(_RESTART, engine=rebuilt.engine),) if must_restart else ()),
    )


@dataclass(slots=True)
class _Counting:
    """A line that counts on a terminal, nothing elsewhere."""

    is_shown: bool
    is_begun: bool = False

    def told(self, done: int, of: int) -> None:
        """Say how far it is, in the same line."""
        if self.is_shown:
            self.is_begun = True
            line = say(N_("Indexation : %(done)s/%(of)s"), done=done, of=of)
            click.echo(f"\r{line}", nl=False, err=True)

    def end(self) -> None:
        """Leave the line."""
        if self.is_begun:
            click.echo(err=True)


@command("reread", acts=False)
@click.option("--outdated", "which", flag_value="outdated", help="Of older readers (the default).")
@click.option("--all", "which", flag_value="all", help="Whatever reader read it.")
@click.option("--every-version", is_flag=True, help="Old versions too, not the current one alone.")
@click.option("--wait", is_flag=True, help="Return when everything is read.")
def reread(asked: Asked, which: str | None, every_version: bool, wait: bool) -> None:
    """Have documents read again, in the background, behind what people bring."""

    async def run() -> int:
        async with app.open_workspace(asked.settings()) as ws:
            number = await rereading.reread(
                ws, all_of_them=which == "all", every_version=every_version
            )
            if wait:
                await app.finish_waiting_work(ws)
            return number

    number = asyncio.run(run())
    sentence = N_("%(count)s versions relues.") if wait else N_("%(count)s versions à relire.")
    asked.tell({"versions": number, "read": wait}, say(sentence, count=number))


@command("check", acts=False)
def config_check(asked: Asked) -> None:
    """Show every setting in force and where it comes from; refuse what is wrong."""
    settings = asked.settings()
    app.check_addresses(settings)
    rows = settings.explain()
    asked.tell(
        {"settings": [asdict(row) for row in rows]},
        *(f"{row.key} = {row.value}  ({row.source})\n    {row.help}" for row in rows),
    )


COMMANDS = (
    verify,
    rebuild_index,
    reread,
    click.Group("config", [config_check], help="Settings."),
)
