"""Commands that found a network and keep it running: init, serve, demo, work."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import click

from atelier import app
from atelier.cli.asked import FOLDER, Asked, command, link_to, say
from atelier.demo import start as demo_network
from atelier.demo.network import accounts
from atelier.search import ENGINES
from atelier.settings import Settings
from atelier.web.language import N_
from atelier.web.logs import json_handler
from atelier.web.server import serve as serve_web
from atelier.workspace import admin


@command("init", acts=False)
@click.option("--network", required=True, help="Name of the network.")
@click.option("--admin", "steward", required=True, metavar="EMAIL", help="The first steward.")
@click.option("--name", default="", help="Her name; else the beginning of her address.")
def init(asked: Asked, network: str, steward: str, name: str) -> None:
    """Make a data folder with a network and its first steward; print her sign-in link."""
    settings = asked.settings()

    async def run() -> str:
        async with app.open_workspace(settings, create=True) as ws:
            return await admin.found(ws, network, steward, admin_name=name)

    link = link_to(settings, asyncio.run(run()))
    asked.tell(
        {"network": network, "admin": steward, "link": link, "data": settings.data},
        say(N_("« %(network)s » est prêt dans %(data)s."), network=network, data=settings.data),
        say(N_("Démarrez-le avec « atelier serve », puis ouvrez ce lien de connexion,")),
        say(N_("qui ne sert qu'une fois, en tant que %(email)s :"), email=steward),
        f"  {link}",
    )


@command("serve", acts=False)
@click.option("--host", help="Address to listen on; else the setting server.host.")
@click.option("--port", help="Port to listen on; else the setting server.port.")
def serve(asked: Asked, host: str | None, port: str | None) -> None:
    """Serve the workspace, read documents and keep the index, until stopped."""
    _serve(asked, asked.settings(server_host=host, server_port=port))


@click.command("demo")
@click.option(
    "--data",
    type=FOLDER,
    default=Path("demo-storage"),
    show_default=True,
    help="The data folder.",
)
@click.option("--port", default="8000", show_default=True, help="Port to listen on.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="The search engine; else the default, or that of the settings.",
)
def demo(data: Path, port: str, no_browser: bool, engine: str | None) -> None:
    """Fill a demonstration network in a folder of its own, and serve it."""
    asked = Asked(data)
    index = None if engine is None else f"{engine}:index"
    # Its accounts are printed with their passwords: whoever tries it has no second factor.
    easy = {"sessions_second_factor": "nobody"}
    settings = asked.settings(server_port=port, storage_index=index, **easy)
    demo_network.prepare(settings.data, index)
    _show_accounts()
    _serve(asked, settings, None if no_browser else click.launch)


@command("work", acts=False)
def work(asked: Asked) -> None:
    """Read documents and keep the index, without serving, until stopped."""
    # The head of the access log is told here when this process is the worker.
    logging.basicConfig(level=logging.INFO, handlers=[json_handler()])

    async def run() -> None:
        async with app.open_workspace(asked.settings()) as ws, app.worker_beside(ws):
            asked.tell({"working": True}, say(N_("Au travail (Ctrl+C pour arrêter).")))
            await asyncio.Event().wait()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        click.echo(say(N_("Arrêté ; rien n'est perdu.")), err=True)


def _serve(asked: Asked, settings: Settings, opened: Callable[[str], object] | None = None) -> None:
    url = settings.server.public_url
    logging.basicConfig(level=logging.INFO, handlers=[json_handler()])

    def announce(port: int) -> None:
        asked.tell(
            {"url": url, "port": port},
            say(N_("Atelier est ouvert sur %(url)s (Ctrl+C pour arrêter)."), url=url),
        )
        sys.stdout.flush()
        _spare_what_stays()
        _share_in_small_turns()
        if opened is not None:
            opened(url)

    serve_web(
        app.server(settings),
        host=settings.server.host,
        port=settings.server.port,
        trusted_proxies=settings.server.trusted_proxies,
        announce=announce,
    )


def _share_in_small_turns() -> None:
    """Have a page wait 0.5 ms instead of 5 for the thread that analyses what is indexed."""
    sys.setswitchinterval(0.0005)


def _spare_what_stays() -> None:
    """Keep the collector from walking all that was loaded, again and again: 5-8 % of a request."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _show_accounts() -> None:
    click.echo(say(N_("Un compte par rôle (adresse, mot de passe, ce qu'il permet de voir) :")))
    for account in accounts():
        click.echo(f"  {account.email:<42} {account.password}   {account.about}")


COMMANDS = (init, serve, demo, work)
