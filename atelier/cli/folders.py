"""Commands about folders and who has access to them."""

from __future__ import annotations

from datetime import datetime

import click

from atelier import importing
from atelier.cli.asked import Asked, command, say
from atelier.errors import NotFound
from atelier.model.folders import Role, SubjectKind
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.web.language import N_
from atelier.workspace import folders, people, sharing
from atelier.workspace.place import Workspace


@command("add")
@click.argument("path")
@click.option("--closed", is_flag=True, help="It inherits no access.")
@click.option("--coordinator", metavar="EMAIL", help="Who coordinates it, instead of you.")
def folder_add(asked: Asked, path: str, closed: bool, coordinator: str | None) -> None:
    """Make the folder at PATH (A/B/C), with the folders on the way to it."""

    async def add(ws: Workspace, actor: Actor) -> FolderId:
        chief = None
        if coordinator is not None:
            chief = (await people.actor(ws, coordinator)).person_id
        above, name = await _way(ws, actor, path)
        return await folders.make(ws, actor, above, name, is_closed=closed, coordinator=chief)

    number = asked.act(add)
    asked.tell({"folder": number, "path": path}, say(N_("Dossier créé : %(path)s"), path=path))


@command("grant")
@click.argument("path")
@click.option(
    "--to",
    "subject",
    required=True,
    metavar="KIND[:NAME]",
    help="network, organisation:NAME, group:NAME or person:EMAIL.",
)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the access.")
def grant(asked: Asked, path: str, subject: str, role: str, until: datetime | None) -> None:
    """Give an organisation, a group, a person or the network access to the folder at PATH."""
    kind, _, name = subject.partition(":")
    if kind not in set(SubjectKind) or bool(name) == (kind == SubjectKind.NETWORK):
        raise click.BadParameter(f"{subject!r}", param_hint="--to")

    async def give(ws: Workspace, actor: Actor) -> int:
        found = await sharing.subject_named(ws, actor, SubjectKind(kind), name)
        folder = await folders.find(ws, actor, path)
        day = None if until is None else until.date()
        return await sharing.grant(ws, actor, folder, found, Role(role), day)

    number = asked.act(give)
    asked.tell(
        {"grant": number, "path": path, "to": subject, "role": role},
        say(N_("Accès donné sur %(path)s : %(subject)s"), path=path, subject=subject),
    )


async def _way(ws: Workspace, actor: Actor, path: str) -> tuple[FolderId | None, str]:
    """The folder above the last name of a path, made where missing, and that name."""
    *above, name = folders.steps(path) or [""]
    place: FolderId | None = None
    for step in above:
        if place is not None:
            place = await importing.sub_folder(ws, actor, place, step)
            continue
        try:
            place = await folders.find(ws, actor, step)
        except NotFound:
            place = await folders.make(ws, actor, None, step)
    return place, name


COMMANDS = (click.Group("folder", [folder_add], help="Folders."), grant)
