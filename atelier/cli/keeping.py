"""Commands that keep the workspace elsewhere and bring it back: backup, restore, export."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import click

from atelier import app
from atelier.cli.asked import Asked, command, say, voice
from atelier.errors import CopyRefused, NoRoom, WriteFailed
from atelier.model.people import Actor
from atelier.web.language import N_
from atelier.workspace import backups, exports
from atelier.workspace.place import Workspace

_PLACE = click.Path(path_type=Path)

_TO_ENCRYPT = N_("Pour la chiffrer : « atelier backup-key », puis le réglage backup.recipient.")
_SECRET = N_("La clé secrète est dans %(file)s. Sans elle, aucune sauvegarde ne s'ouvre :")
_PUT_AWAY = N_(
    "mettez-la en lieu sûr, en deux endroits, hors de ce serveur, puis retirez-la d'ici."
)
_OTHER_PLACES = N_(
    "Ses réglages nomment d'autres places : relisez %(config)s avant de les reprendre."
)


@contextmanager
def _told_as(act: str, place: Path) -> Iterator[None]:
    """Tell of a refusal as of this act's; of a full or failing disk as of a copy's too."""
    try:
        yield
    except CopyRefused as error:
        raise replace(error, act=act) from error
    except NoRoom as error:
        raise CopyRefused(str(place), "no_room", act) from error
    except WriteFailed as error:
        raise CopyRefused(str(place), "disk", act) from error


@command("backup", acts=False)
@click.argument("destination", type=_PLACE)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="AGE1…",
    help="Public key to encrypt to; else the setting backup.recipient. May be given again.",
)
def backup(asked: Asked, destination: Path, recipients: tuple[str, ...]) -> None:
    """Keep the whole workspace in one new file, also beside a running server.

    DESTINATION is a folder, in which the file is named after the day, or a file that is not
    there yet. Exit status 1 when contents were missing or damaged already.
    """
    settings = asked.settings()
    to = recipients or tuple(filter(None, [settings.backup.recipient]))

    async def run() -> backups.BackedUp:
        with _told_as("backup", destination):
            async with app.open_workspace(settings) as ws:
                return await backups.backup(ws, destination, to=to)

    made = asyncio.run(run())
    asked.tell(asdict(made), *_backup_lines(made))
    if made.lost:
        sys.exit(1)


def _backup_lines(made: backups.BackedUp) -> Iterator[str]:
    if made.lost:
        yield voice().plural(
            "Sauvegarde incomplète : %(n)s contenu manquait déjà, ou était abîmé.",
            "Sauvegarde incomplète : %(n)s contenus manquaient déjà, ou étaient abîmés.",
            len(made.lost),
        )
        yield say(N_("Tout le reste est gardé dans %(path)s, et vérifié."), path=made.path)
    else:
        yield say(N_("Sauvegarde faite et vérifiée : %(path)s"), path=made.path)
    yield say(N_("%(versions)s versions, %(blobs)s contenus."), **asdict(made))
    if made.is_encrypted:
        yield say(N_("Elle est chiffrée : gardez sa clé secrète ailleurs que sur ce serveur."))
    else:
        yield say(N_("Cette sauvegarde n'est pas chiffrée : qui la prend lit tous les documents."))
        yield say(
            N_("Pour la chiffrer : « atelier backup-key », puis le réglage backup.recipient.")
        )
    yield from _lost_lines(made.lost)


def _lost_lines(lost: tuple[str, ...]) -> Iterator[str]:
    for sha256 in lost:
        yield say(N_("Contenu perdu ou abîmé avant la sauvegarde : %(sha256)s"), sha256=sha256)
    if lost:
        yield say(N_("« atelier verify » dit de quels documents, et quoi faire."))


@command("backup-key", acts=False)
@click.argument("file", type=_PLACE)
def backup_key(asked: Asked, file: Path) -> None:
    """Make a key for backups: its secret half goes to FILE, its public half is printed.

    FILE must not be in the data folder: who takes the server would take the key with it.
    """
    with _told_as("key", file):
        public = backups.make_key(asked.settings().data, file)
    asked.tell(
        {"recipient": public, "identity": file.absolute()},
        say(_SECRET, file=file),
        say(_PUT_AWAY),
        say(N_("La clé publique, pour le réglage backup.recipient ou --recipient :")),
        f"  {public}",
    )


@command("restore", acts=False)
@click.argument("source", type=_PLACE)
@click.option(
    "--identity", type=_PLACE, metavar="FILE", help="File of the secret key, when it is encrypted."
)
def restore(asked: Asked, source: Path, identity: Path | None) -> None:
    """Bring a backup back into a data folder that is empty or absent, whole or not at all."""
    settings = asked.settings()
    with _told_as("restore", settings.data):
        done = asyncio.run(app.restore(settings, source, identity))
    lines = [
        say(N_("« %(network)s » est de retour dans %(data)s."), **asdict(done)),
        say(N_("%(versions)s versions, %(blobs)s contenus."), **asdict(done)),
        say(N_("C'est l'état du %(moment)s (UTC)."), moment=f"{done.made_at:%d/%m/%Y %H:%M}"),
    ]
    if done.config == "config.toml":
        lines.append(say(N_("Ses réglages sont revenus aussi : config.toml.")))
    elif done.config:
        lines.append(say(_OTHER_PLACES, config=done.config))
    asked.tell(
        asdict(done),
        *lines,
        *_lost_lines(done.lost),
        say(N_("Démarrez-le avec « atelier serve » : il relit les documents pour la recherche.")),
        say(N_("Chacun se connecte de nouveau ; les liens de connexion sont à refaire.")),
    )


@command("export")
@click.argument("destination", type=_PLACE)
def export(asked: Asked, destination: Path) -> None:
    """Write everything as plain folders, documents and JSON, for who leaves Atelier.

    DESTINATION is a folder, empty or not there yet. For stewards; the network's journal keeps
    that it was done. Exit status 1 when contents were missing or damaged already.
    """

    async def run(ws: Workspace, actor: Actor) -> exports.Exported:
        with _told_as("export", destination):
            return await exports.export(ws, actor, destination)

    made = asked.act(run)
    asked.tell(
        asdict(made),
        say(N_("Tout est dans %(path)s : commencez par LISEZ-MOI.txt."), path=made.path),
        say(N_("%(documents)s documents, %(versions)s versions."), **asdict(made)),
        say(N_("Cet export n'est pas chiffré : qui le prend lit tous les documents.")),
        *_lost_lines(made.lost),
    )
    if made.lost:
        sys.exit(1)


COMMANDS = (backup, backup_key, restore, export)
