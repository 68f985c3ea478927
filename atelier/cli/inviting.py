"""The command that invites many people, from a list as a spreadsheet saves it."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from atelier.cli.asked import Asked, command, link_to, say, voice
from atelier.errors import Invalid
from atelier.model.folders import Role
from atelier.model.invite_lines import decoded, read_lines
from atelier.model.invites import Fate, InvitedLine, Offer
from atelier.model.people import Actor
from atelier.settings import Settings
from atelier.web.language import N_
from atelier.web.pages.invite_words import fate_words
from atelier.workspace import folders, invite_lists, people
from atelier.workspace.place import Workspace


@command("invite")
@click.argument("file", type=click.File("rb"))
@click.option("--folder", "path", metavar="PATH", help="The folder they are invited to.")
@click.option("--role", default=Role.READER.value, type=click.Choice([one.value for one in Role]))
@click.option("--organisation", help="The organisation they will belong to.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
def invite(
    asked: Asked,
    file: BinaryIO,
    path: str | None,
    role: str,
    organisation: str | None,
    dry_run: bool,
) -> None:
    """Invite the people of a list: name, e-mail address, function.

    FILE is CSV as a spreadsheet saves it, - for what comes in. Their letters leave, or their
    links are printed, once, where there is no mail. Exit status 1 when a line is refused; the
    others are invited.
    """
    lines = read_lines(decoded(file.read()))

    async def take(ws: Workspace, actor: Actor) -> tuple[InvitedLine, ...]:
        offer = await _offer(ws, actor, path, Role(role), organisation)
        act = invite_lists.rehearse if dry_run else invite_lists.take
        return await act(ws, actor, offer, lines)

    done, settings = asked.act(take), asked.settings()
    told = [_told(one, settings) for one in done]
    asked.tell({"lines": told}, *(_line(one, settings, is_done=not dry_run) for one in done))
    if any(one.fate is Fate.REFUSED for one in done):
        sys.exit(1)


async def _offer(
    ws: Workspace, actor: Actor, path: str | None, role: Role, organisation: str | None
) -> Offer:
    folder = None if path is None else await folders.find(ws, actor, path)
    if organisation is None:
        return Offer("", folder_id=folder, role=role)
    everywhere, _ = await people.directory(ws, actor)
    for one in everywhere:
        if one.name == organisation:
            return Offer("", organisation_id=one.id, folder_id=folder, role=role)
    raise Invalid("organisation", "unknown", organisation[:80])


def _told(line: InvitedLine, settings: Settings) -> dict[str, object]:
    return {
        "line": line.typed.number,
        "email": line.typed.email,
        "fate": line.fate.value,
        "fault": line.fault,
        "link": _link(line, settings),
    }


def _line(line: InvitedLine, settings: Settings, *, is_done: bool) -> str:
    said = fate_words(line, voice(), is_done=is_done)
    told = say(N_("Ligne %(n)s, %(email)s : %(said)s"), n=line.typed.number,
               email=line.typed.email, said=said)  # fmt: skip
    link = _link(line, settings)
    return f"{told}\n  {link}" if link else told


def _link(line: InvitedLine, settings: Settings) -> str:
    if not line.token:
        return ""
    if line.fate is Fate.GIVEN:
        return link_to(settings, line.token)
    return f"{settings.server.public_url}/invite/{line.token}"


COMMANDS = (invite,)
