"""Commands about organisations, people and working groups."""

from __future__ import annotations

import click

from atelier.cli.asked import Asked, command, link_to, say
from atelier.model.people import Actor
from atelier.web.language import N_
from atelier.workspace import groups, people
from atelier.workspace.place import Workspace


@command("add")
@click.argument("name")
@click.option("--kind", default="", help="Hospital, town hall, association…")
def organisation_add(asked: Asked, name: str, kind: str) -> None:
    """Add an organisation."""
    made = asked.act(lambda ws, actor: people.add_organisation(ws, actor, name, kind=kind))
    asked.tell(
        {"organisation": made.id, "name": made.name},
        say(N_("Structure ajoutée : %(name)s"), name=made.name),
    )


@command("add")
@click.argument("address", metavar="EMAIL")
@click.option("--name", required=True)
@click.option("--organisation", help="Her organisation; none for a guest.")
def person_add(asked: Asked, address: str, name: str, organisation: str | None) -> None:
    """Add a person, or a further organisation to someone known; print her sign-in link."""

    async def add(ws: Workspace, actor: Actor) -> people.Brought:
        return await people.bring_in(ws, actor, address, name=name, organisation=organisation)

    made = asked.act(add)
    link = link_to(asked.settings(), made.token) if made.token else ""
    told = _added(name, link)
    if made.is_afresh:
        void = N_("Ce compte existait sans rattachement : son ancien mot de passe ne vaut plus.")
        told = (say(void), *told)
    asked.tell({"person": made.person.id, "email": address, "link": link}, *told)


@command("link")
@click.argument("address", metavar="EMAIL")
def person_link(asked: Asked, address: str) -> None:
    """Print a new one-time link for someone who lost hers, or her password."""

    async def issue(ws: Workspace, actor: Actor) -> str:
        person = await people.actor(ws, address)
        return await people.issue_link(ws, actor, person.person_id)

    link = link_to(asked.settings(), asked.act(issue))
    asked.tell({"email": address, "link": link}, *_added(address, link))


@command("add")
@click.argument("name")
@click.option("--member", "members", multiple=True, metavar="EMAIL[=ORGANISATION]")
def group_add(asked: Asked, name: str, members: tuple[str, ...]) -> None:
    """Add a working group with its members."""
    made = asked.act(lambda ws, actor: groups.add_group(ws, actor, name, list(members)))
    asked.tell(
        {"group": made.id, "name": made.name, "members": len(made.members)},
        say(N_("Groupe de travail ajouté : %(name)s"), name=made.name),
    )


def _added(name: str, link: str) -> tuple[str, ...]:
    if not link:
        return (say(N_("%(name)s se connecte comme avant, avec son mot de passe."), name=name),)
    said = say(N_("Lien de connexion de %(name)s, qui ne sert qu'une fois :"), name=name)
    return said, f"  {link}"


COMMANDS = (
    click.Group("organisation", [organisation_add], help="Member organisations."),
    click.Group("person", [person_add, person_link], help="People."),
    click.Group("group", [group_add], help="Working groups."),
)
