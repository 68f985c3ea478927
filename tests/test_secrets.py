"""Secrets of an installation: read by their owner alone, never typed, told or left ready-made."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from atelier import app, cli
from atelier.errors import BadSignIn
from atelier.settings import load
from atelier.workspace import admin, people
from atelier.workspace.entering import Visitor
from atelier.workspace.place import Workspace
from tests.house import ROOT

SECRET = "un-mot-de-passe-de-courrier"
_PATIENCE_SECONDS = 60


def founded(data: Path, act: Any) -> Any:
    """What a use-case gives on a network that was founded just now, with its first link."""

    async def run() -> Any:
        async with app.open_workspace(load(data, {}, data), create=True) as ws:
            return await act(ws, await admin.found(ws, "Réseau", "ada@reseau.example"))

    return asyncio.run(run())


def begun(data: Path, **environ: str) -> tuple[int, str]:
    """How `atelier serve` ends that refuses to start, and all that it says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    done = subprocess.run(
        [sys.executable, "-m", "atelier", "serve", "--data", str(data), "--port", port],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
    )
    return done.returncode, done.stdout + done.stderr


def _every_command(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, one in group.commands.items():
        yield f"{path} {name}", one
        if isinstance(one, click.Group):
            yield from _every_command(one, f"{path} {name}")


def test_a_server_whose_password_file_others_may_read_does_not_start(tmp_path: Path) -> None:
    async def nothing(ws: Workspace, link: str) -> None:
        return None

    data = tmp_path / "network"
    founded(data, nothing)
    credentials = tmp_path / "mail-credentials"
    credentials.write_text(f"atelier\n{SECRET}\n")
    credentials.chmod(0o644)
    given = {
        "ATELIER_MAIL_SERVER": "localhost",
        "ATELIER_MAIL_SENDER": "atelier@reseau.example",
        "ATELIER_MAIL_CREDENTIALS": str(credentials),
    }
    status, told = begun(data, **given)
    assert status != 0 and "mail.credentials" in told and str(credentials) in told
    assert SECRET not in told and "Traceback" not in told


def test_what_a_data_folder_holds_is_its_owners(tmp_path: Path) -> None:
    async def sign_in(ws: Workspace, link: str) -> None:
        await people.use_link(ws, link, "un cheval bleu sous la pluie")

    data = tmp_path / "network"
    before = os.umask(0o000)
    try:
        founded(data, sign_in)
    finally:
        os.umask(before)
    shared = [
        str(path.relative_to(tmp_path))
        for path in data.rglob("*")
        if stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]
    assert stat.S_IMODE(data.stat().st_mode) & 0o077 == 0 or shared == [], shared


def test_no_command_takes_a_secret_as_a_word_that_others_see() -> None:
    # What stands on a command line is seen by everybody who is on the same computer.
    told = {"password", "passphrase", "secret", "token", "pin"}
    for name, one in _every_command(cli.commands, "atelier"):
        for option in one.params:
            words = {word for given in option.opts for word in given.strip("-").split("-")}
            assert not words & told, f"{name} {option.opts}"


def test_a_defect_opens_no_page_for_developers(tmp_path: Path) -> None:
    assert app.server(load(tmp_path, {}, tmp_path)).debug is False


def test_nobody_comes_into_a_new_network_but_by_its_one_time_link(tmp_path: Path) -> None:
    async def try_all(ws: Workspace, link: str) -> None:
        for password in ("", "admin", "password", "atelier", "changeme", "ada@reseau.example"):
            with pytest.raises(BadSignIn):
                await people.sign_in(ws, "ada@reseau.example", password, Visitor("192.0.2.7"))
        entry = await people.use_link(ws, link, "un cheval bleu sous la pluie")
        assert (await people.session(ws, entry.token)).actor.is_steward

    founded(tmp_path / "network", try_all)
