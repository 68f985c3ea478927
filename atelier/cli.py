"""The command line: the same use-cases as the pages, acting as someone.

Each command prints for people, or one JSON object with `--json`. Errors go to stderr;
exit status 1 for a refused request, 2 for wrong usage. Commands work with or without a
running server on the same data folder.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from atelier import app, importing
from atelier.demo import start as demo_network
from atelier.demo.network import accounts
from atelier.errors import AtelierError, Invalid, NotFound, Refusal
from atelier.model.documents import Deposited
from atelier.model.folders import Role, SubjectKind
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.model.search import Hit
from atelier.settings import Settings, load
from atelier.web.language import N_, Voice, choose
from atelier.web.logs import json_handler
from atelier.web.pages.sentences import explain
from atelier.web.server import serve as serve_web
from atelier.workspace import admin, documents, folders, groups, people, search, sharing, upkeep
from atelier.workspace.place import Workspace

T = TypeVar("T")
_M_ARENA_MAX = -8  # malloc.h
_FOLDER = click.Path(file_okay=False, path_type=Path)


def main() -> None:
    """Run one command; an `AtelierError` becomes a sentence on stderr and exit status 1."""
    _share_memory_between_threads()
    try:
        commands()
    except AtelierError as error:
        click.echo(_told_why(error), err=True)
        sys.exit(1)


def _told_why(error: AtelierError) -> str:
    """What happened and what to do; for a refused request the value instead of a page's form."""
    said = explain(error, _voice())
    if not isinstance(error, Refusal):
        return f"{said.title}. {said.happened} {said.kept} {said.next}"
    value = f" ({error.field} : {error.value})" if isinstance(error, Invalid) else ""
    unchanged = _say(N_("Rien n'a été changé."))
    return f"{said.title}. {said.happened}{value} {unchanged}"


def _share_memory_between_threads() -> None:
    """Two of glibc's memory arenas for all threads, instead of eight for each processor.

    Indexing 160 documents just read took 290 MB with as many as it likes, 85 MB with two.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="atelier", message="%(version)s")
def commands() -> None:
    """Atelier: shared folders, versions and search for a professional network."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every command is asked with: the data folder, how to answer, whom to act as."""

    data: Path
    as_json: bool = False
    email: str | None = None

    def settings(self, **options: str | None) -> Settings:
        """The settings of the data folder; `server_port="9000"` stands for `server.port`."""
        given = {key.replace("_", ".", 1): text for key, text in options.items() if text}
        return load(self.data, os.environ, Path.cwd(), given)

    def tell(self, found: Mapping[str, object], *lines: str) -> None:
        """Print the object with `--json`, else the lines."""
        if self.as_json:
            click.echo(json.dumps(found, ensure_ascii=False, default=str))
        for line in () if self.as_json else lines:
            click.echo(line)

    def act(self, act: Callable[[Workspace, Actor], Awaitable[T]]) -> T:
        """Open the workspace, act as whoever was named, and close it."""

        async def run() -> T:
            async with app.open_workspace(self.settings()) as ws:
                return await act(ws, await people.actor(ws, self.email))

        return asyncio.run(run())


def _asks(act: Callable[..., None], *, acts: bool = True) -> Callable[..., None]:
    """Declare `--data`, `--json` and, for commands that act, `--as`; hand them over as one."""

    def run(data: Path, as_json: bool, email: str | None = None, **given: Any) -> None:
        act(Asked(data, as_json, email), **given)

    run.__doc__, run.__name__ = act.__doc__, act.__name__
    run.__click_params__ = getattr(act, "__click_params__", [])  # type: ignore[attr-defined]
    declared: Callable[..., None] = run
    if acts:
        declared = click.option("--as", "email", metavar="EMAIL", help="Act as her.")(declared)
    declared = click.option("--json", "as_json", is_flag=True, help="One JSON object.")(declared)
    place = click.option("--data", type=_FOLDER, default=Path("storage"), show_default=True)
    return place(declared)


def _command(
    name: str, group: click.Group = commands, *, acts: bool = True
) -> Callable[[Callable[..., None]], click.Command]:
    def declare(act: Callable[..., None]) -> click.Command:
        return group.command(name)(_asks(act, acts=acts))

    return declare


def _voice() -> Voice:
    return Voice(choose(os.environ.get("LANG", "")[:2]), "Europe/Paris")


def _say(message: str, /, **facts: object) -> str:
    return _voice().text(message, **facts)


def _link(settings: Settings, token: str) -> str:
    return f"{settings.server.public_url}/welcome/{token}"


@_command("init", acts=False)
@click.option("--network", required=True, help="Name of the network.")
@click.option("--admin", "steward", required=True, metavar="EMAIL", help="The first steward.")
@click.option("--name", default="", help="Her name; else the beginning of her address.")
def init(asked: Asked, network: str, steward: str, name: str) -> None:
    """Make a data folder with a network and its first steward; print her sign-in link."""
    settings = asked.settings()

    async def run() -> str:
        async with app.open_workspace(settings, create=True) as ws:
            return await admin.found(ws, network, steward, admin_name=name)

    link = _link(settings, asyncio.run(run()))
    asked.tell(
        {"network": network, "admin": steward, "link": link, "data": settings.data},
        _say(N_("« %(network)s » est prêt dans %(data)s."), network=network, data=settings.data),
        _say(N_("Démarrez-le avec « atelier serve », puis ouvrez ce lien de première connexion,")),
        _say(N_("qui ne sert qu'une fois, en tant que %(email)s :"), email=steward),
        f"  {link}",
    )


@_command("serve", acts=False)
@click.option("--host", help="Address to listen on; else the setting server.host.")
@click.option("--port", help="Port to listen on; else the setting server.port.")
def serve(asked: Asked, host: str | None, port: str | None) -> None:
    """Serve the workspace, read documents and keep the index, until stopped."""
    _serve(asked, asked.settings(server_host=host, server_port=port))


def _serve(asked: Asked, settings: Settings, opened: Callable[[str], object] | None = None) -> None:
    url = settings.server.public_url
    logging.basicConfig(level=logging.INFO, handlers=[json_handler()])

    def announce(port: int) -> None:
        asked.tell(
            {"url": url, "port": port},
            _say(N_("Atelier est ouvert sur %(url)s (Ctrl+C pour arrêter)."), url=url),
        )
        sys.stdout.flush()
        if opened is not None:
            opened(url)

    serve_web(
        app.server(settings),
        host=settings.server.host,
        port=settings.server.port,
        trusted_proxies=settings.server.trusted_proxies,
        announce=announce,
    )


@commands.command("demo")
@click.option("--data", type=_FOLDER, default=Path("demo-storage"), show_default=True)
@click.option("--port", default="8000", show_default=True, help="Port to listen on.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def demo(data: Path, port: str, no_browser: bool) -> None:
    """Fill a demonstration network in a folder of its own, and serve it."""
    asked = Asked(data)
    settings = asked.settings(server_port=port)
    demo_network.prepare(settings.data)
    _show_accounts()
    _serve(asked, settings, None if no_browser else click.launch)


def _show_accounts() -> None:
    click.echo(_say(N_("Un compte par rôle (adresse, mot de passe, ce qu'il permet de voir) :")))
    for account in accounts():
        click.echo(f"  {account.email:<42} {account.password}   {account.about}")


@_command("work", acts=False)
def work(asked: Asked) -> None:
    """Read documents and keep the index, without serving, until stopped."""

    async def run() -> None:
        async with app.open_workspace(asked.settings()) as ws, app.worker_beside(ws):
            asked.tell({"working": True}, _say(N_("Au travail (Ctrl+C pour arrêter).")))
            await asyncio.Event().wait()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        click.echo(_say(N_("Arrêté ; rien n'est perdu.")), err=True)


@commands.group("organisation")
def organisation_commands() -> None:
    """Member organisations."""


@_command("add", organisation_commands)
@click.argument("name")
@click.option("--kind", default="", help="Hospital, town hall, association…")
def organisation_add(asked: Asked, name: str, kind: str) -> None:
    """Add an organisation."""
    made = asked.act(lambda ws, actor: people.add_organisation(ws, actor, name, kind=kind))
    asked.tell(
        {"organisation": made.id, "name": made.name},
        _say(N_("Structure ajoutée : %(name)s"), name=made.name),
    )


@commands.group("person")
def person_commands() -> None:
    """People."""


@_command("add", person_commands)
@click.argument("address", metavar="EMAIL")
@click.option("--name", required=True)
@click.option("--organisation", help="Her organisation; none for a guest.")
def person_add(asked: Asked, address: str, name: str, organisation: str | None) -> None:
    """Add a person, or a further organisation to someone known; print her sign-in link."""

    async def add(ws: Workspace, actor: Actor) -> tuple[int, str]:
        person, token = await people.bring_in(
            ws, actor, address, name=name, organisation=organisation
        )
        return person.id, token

    number, token = asked.act(add)
    link = _link(asked.settings(), token) if token else ""
    asked.tell({"person": number, "email": address, "link": link}, *_added(name, link))


@_command("link", person_commands)
@click.argument("address", metavar="EMAIL")
def person_link(asked: Asked, address: str) -> None:
    """Print a new one-time link for someone who lost hers, or her password."""

    async def issue(ws: Workspace, actor: Actor) -> str:
        person = await people.actor(ws, address)
        return await people.issue_link(ws, actor, person.person_id)

    link = _link(asked.settings(), asked.act(issue))
    asked.tell({"email": address, "link": link}, *_added(address, link))


def _added(name: str, link: str) -> tuple[str, ...]:
    if not link:
        return (_say(N_("%(name)s se connecte comme avant, avec son mot de passe."), name=name),)
    said = _say(N_("Lien de première connexion de %(name)s, qui ne sert qu'une fois :"), name=name)
    return said, f"  {link}"


@commands.group("group")
def group_commands() -> None:
    """Working groups."""


@_command("add", group_commands)
@click.argument("name")
@click.option("--member", "members", multiple=True, metavar="EMAIL[=ORGANISATION]")
def group_add(asked: Asked, name: str, members: tuple[str, ...]) -> None:
    """Add a working group with its members."""
    made = asked.act(lambda ws, actor: groups.add_group(ws, actor, name, list(members)))
    asked.tell(
        {"group": made.id, "name": made.name, "members": len(made.members)},
        _say(N_("Groupe de travail ajouté : %(name)s"), name=made.name),
    )


@commands.group("folder")
def folder_commands() -> None:
    """Folders."""


@_command("add", folder_commands)
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
    asked.tell({"folder": number, "path": path}, _say(N_("Dossier créé : %(path)s"), path=path))


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


@_command("grant")
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
        _say(N_("Accès donné sur %(path)s : %(subject)s"), path=path, subject=subject),
    )


@_command("import")
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--into", required=True, metavar="PATH", help="The folder that receives them.")
@click.option("--wait", is_flag=True, help="Return once everything is read and searchable.")
def import_files(asked: Asked, sources: tuple[Path, ...], into: str, wait: bool) -> None:
    """Deposit files, and folders with their sub-folders."""

    async def bring(ws: Workspace, actor: Actor) -> dict[str, object]:
        folder = await folders.find(ws, actor, into)
        brought = await importing.bring(ws, actor, list(sources), folder, _told(asked))
        if wait:
            await app.finish_waiting_work(ws)
        return await _imported(ws, actor, brought)

    found = asked.act(bring)
    asked.tell(
        found,
        _say(
            N_("Déposés : %(deposited)s. Déjà là : %(unchanged)s. Refusés : %(refused)s."),
            deposited=found["deposited"],
            unchanged=found["unchanged"],
            refused=len(found["refused"]),  # type: ignore[arg-type]
        ),
    )


def _told(asked: Asked) -> importing.Told:
    def told(
        source: importing.Source, what: Deposited | AtelierError | importing.Unreadable
    ) -> None:
        if isinstance(what, Deposited):
            if not asked.as_json:
                click.echo(f"  {source.path}")
        else:
            click.echo(f"  {source.path} : {_why(what)}", err=True)

    return told


def _why(error: AtelierError | importing.Unreadable) -> str:
    if isinstance(error, AtelierError):
        return explain(error, _voice()).happened
    reasons = {
        "link": N_("C'est un lien : il n'est pas suivi."),
        "special": N_("Ce n'est pas un fichier ordinaire."),
    }
    return _say(reasons[error.why]) if error.why in reasons else error.why


async def _imported(ws: Workspace, actor: Actor, brought: importing.Brought) -> dict[str, object]:
    states: Counter[str] = Counter()
    for _, deposited in brought.done:
        seen = await documents.look(ws, actor, deposited.document_id)
        states[seen.document.current.state] += 1
    new = sum(deposited.is_new_version for _, deposited in brought.done)
    return {
        "deposited": new,
        "unchanged": len(brought.done) - new,
        "refused": [
            {"path": str(source.path), "reason": _why(error)} for source, error in brought.refused
        ],
        "states": dict(sorted(states.items())),
    }


@_command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--page", default=1, show_default=True, help="Which page of hits.")
def search_words(asked: Asked, words: tuple[str, ...], page: int) -> None:
    """Find documents by their words."""

    async def find(ws: Workspace, actor: Actor) -> tuple[int, list[dict[str, object]]]:
        await app.catch_up_index(ws)
        results = await search.find(ws, actor, " ".join(words), page=page)
        return results.total, [_hit(ws.settings, hit) for hit in results.hits]

    total, hits = asked.act(find)
    lines = [
        f"{hit['name']} ({hit['folder']}, p. {hit['page'] or '–'})\n    {hit['snippet']}"
        for hit in hits
    ]
    asked.tell(
        {"total": total, "hits": hits},
        _voice().plural(N_("%(n)s document"), N_("%(n)s documents"), total),
        *lines,
    )


def _hit(settings: Settings, hit: Hit) -> dict[str, object]:
    best = hit.pages[0] if hit.pages else None
    page = best.page if best else None
    place = "" if page is None else f"?page={page}"
    return {
        "document": hit.document_id,
        "name": hit.name,
        "folder": hit.folder,
        "version": hit.version,
        "page": page,
        "snippet": "".join(piece.text for piece in best.snippet) if best else "",
        "url": f"{settings.server.public_url}/documents/{hit.document_id}{place}",
    }


@_command("verify", acts=False)
@click.option("--read-data", is_flag=True, help="Hash every stored byte again.")
def verify(asked: Asked, read_data: bool) -> None:
    """Check that records, bytes and index agree; exit status 1 when something is lost."""

    async def run() -> upkeep.Verified:
        async with app.open_workspace(asked.settings()) as ws:
            return await upkeep.verify(ws, read_data=read_data)

    found = asyncio.run(run())
    asked.tell(
        {"clean": found.is_clean, **asdict(found)},
        _say(N_("%(versions)s versions, %(blobs)s contenus."), **asdict(found)),
        *(_say(N_("Contenu perdu : %(sha256)s"), sha256=lost) for lost in found.missing),
        *(_say(N_("Contenu abîmé : %(sha256)s"), sha256=bad) for bad in found.rotten),
        *found.record_faults,
        _say(N_("Tout est là.")) if found.is_clean else _say(N_("Il manque quelque chose.")),
    )
    if not found.is_clean:
        sys.exit(1)


@_command("rebuild-index", acts=False)
def rebuild_index(asked: Asked) -> None:
    """Build the search index anew from the documents."""

    async def run() -> int:
        async with app.open_workspace(asked.settings()) as ws:
            number = await upkeep.rebuild_index(ws)
            await app.finish_waiting_work(ws)
            return number

    number = asyncio.run(run())
    asked.tell({"applied": number}, _say(N_("L'index de recherche est reconstruit.")))


@commands.group("config")
def config_commands() -> None:
    """Settings."""


@_command("check", config_commands, acts=False)
def config_check(asked: Asked) -> None:
    """Show every setting in force and where it comes from; refuse what is wrong."""
    rows = asked.settings().explain()
    asked.tell(
        {"settings": [asdict(row) for row in rows]},
        *(f"{row.key} = {row.value}  ({row.source})\n    {row.help}" for row in rows),
    )
