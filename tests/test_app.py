"""Starting on a data folder: what is refused, and that nothing is touched by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from atelier import app
from atelier.database import trail
from atelier.errors import FolderInUse, FolderUnready, FolderUnwritable
from atelier.model.ids import DocumentId, PersonId
from atelier.model.trail import TrailAct
from atelier.settings import Settings, load
from atelier.worker.changes import Changes
from atelier.workspace import admin, folders, inbox, people


def settings(folder: Path) -> Settings:
    return load(folder, {}, folder)


def found(folder: Path) -> None:
    async def make() -> None:
        async with app.open_workspace(settings(folder), create=True) as ws:
            await admin.found(ws, "Réseau", "a@b.example", admin_name="Ada")

    asyncio.run(make())


def running(folder: Path, act: Callable[[], Awaitable[None]]) -> None:
    """Do this while a server runs on the folder."""

    async def serve() -> None:
        served = app.server(settings(folder))
        async with served.router.lifespan_context(served):
            await act()

    asyncio.run(serve())


def test_a_second_server_on_one_data_folder_is_refused_and_the_first_goes_on(
    tmp_path: Path,
) -> None:
    found(tmp_path / "data")

    async def start_another() -> None:
        second = app.server(settings(tmp_path / "data"))
        with pytest.raises(FolderInUse):
            async with second.router.lifespan_context(second):
                pass
        async with app.open_workspace(settings(tmp_path / "data")) as beside:
            assert await admin.is_founded(beside), "commands are welcome beside a server"

    async def nothing() -> None:
        pass

    running(tmp_path / "data", start_another)
    running(tmp_path / "data", nothing)


def test_a_folder_without_a_network_is_not_served_nor_made(tmp_path: Path) -> None:
    async def nothing() -> None:
        pass

    with pytest.raises(FolderUnready):
        running(tmp_path / "data", nothing)
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_made_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FolderUnwritable) as refused:
        found(tmp_path / "file" / "data")
    assert refused.value.reason


def test_a_backup_of_records_and_bytes_alone_is_enough(tmp_path: Path) -> None:
    found(tmp_path / "data")
    for name in ("index", "derived", "drafts"):
        for path in sorted((tmp_path / "data" / name).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        if (tmp_path / "data" / name).exists():
            (tmp_path / "data" / name).rmdir()

    async def nothing() -> None:
        assert (tmp_path / "data" / "drafts").is_dir()

    running(tmp_path / "data", nothing)


def test_what_was_read_last_is_in_the_access_log_when_the_workspace_closes(
    tmp_path: Path,
) -> None:
    found(tmp_path / "data")

    async def twice() -> None:
        async with app.open_workspace(settings(tmp_path / "data")) as ws:
            ws.trail.note(ws.clock(), PersonId(1), DocumentId(1), 1, TrailAct.READ)
        async with app.open_workspace(settings(tmp_path / "data")) as ws:
            checked = await ws.db.read(trail.check)
            assert (checked.lines, checked.fault) == (1, None)

    asyncio.run(twice())


def test_the_elected_worker_serves_the_drop_folders_and_stops_with_the_server(
    tmp_path: Path,
) -> None:
    found(tmp_path / "data")
    place = tmp_path / "data" / "inbox" / "scanner"

    async def bind() -> None:
        async with app.open_workspace(settings(tmp_path / "data")) as ws:
            ada = await people.actor(ws, "a@b.example")
            folder = await folders.make(ws, ada, None, "Numérisations")
            await inbox.bind(ws, ada, folder, "scanner")

    async def until_made() -> None:
        changes = Changes()
        async with asyncio.timeout(30):
            while not (place / "refused").is_dir():
                await changes.wait((tmp_path / "data",), 0.05)
        await changes.close()

    asyncio.run(bind())
    running(tmp_path / "data", until_made)
    assert sorted(path.name for path in place.iterdir()) == ["done", "refused"]
