"""What every command is asked with, and how it answers: the base of each family."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from atelier import app
from atelier.model.people import Actor
from atelier.settings import Settings, load
from atelier.web.language import Voice, choose
from atelier.workspace import people
from atelier.workspace.place import Workspace

T = TypeVar("T")

FOLDER = click.Path(file_okay=False, path_type=Path)


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


def command(
    name: str, *, acts: bool = True, cls: type[click.Command] = click.Command
) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command of a function whose first parameter is `Asked`.

    It is asked with `--data`, `--json` and, unless `acts` is False, `--as`.
    """

    def declare(act: Callable[..., None]) -> click.Command:
        return click.command(name, cls=cls)(_asks(act, acts=acts))

    return declare


def voice() -> Voice:
    """The language of the terminal."""
    return Voice(choose(os.environ.get("LANG", "")[:2]), "Europe/Paris")


def say(message: str, /, **facts: object) -> str:
    """The message in the language of the terminal."""
    return voice().text(message, **facts)


def link_to(settings: Settings, token: str) -> str:
    """The address of a one-time sign-in link."""
    return f"{settings.server.public_url}/welcome/{token}"


def _asks(act: Callable[..., None], *, acts: bool) -> Callable[..., None]:
    """Declare `--data`, `--json` and, for commands that act, `--as`; hand them over as one."""

    def run(data: Path, as_json: bool, email: str | None = None, **given: Any) -> None:
        act(Asked(data, as_json, email), **given)

    run.__doc__, run.__name__ = act.__doc__, act.__name__
    run.__click_params__ = getattr(act, "__click_params__", [])  # type: ignore[attr-defined]
    declared: Callable[..., None] = run
    if acts:
        declared = click.option("--as", "email", metavar="EMAIL", help="Act as her.")(declared)
    declared = click.option("--json", "as_json", is_flag=True, help="One JSON object.")(declared)
    return click.option(
        "--data", type=FOLDER, default=Path("storage"), show_default=True, help="The data folder."
    )(declared)
