"""Building the search index anew, as an administrator types it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from atelier import app
from atelier.cli import main
from atelier.files import Disk
from atelier.search import ENGINES
from atelier.settings import load
from atelier.worker import runner
from tests.test_cli import Said, Typed, network, said, typed

__all__ = ["network", "said", "typed"]


@pytest.fixture
def filled(network: Typed, tmp_path: Path) -> Typed:
    """The network with two documents that are in the index."""
    files = [tmp_path / name for name in ("note.txt", "autre.txt")]
    for file in files:
        file.write_text(f"les maraudes du samedi, {file.name}")
    network("import", *map(str, files), "--into", "Réunions", "--wait")
    return network


@pytest.mark.parametrize("engine", ENGINES)
def test_the_index_is_built_by_the_engine_of_the_settings_and_finds_the_same(
    filled: Typed, tmp_path: Path, engine: str
) -> None:
    data = tmp_path / "network"
    (data / "config.toml").write_text(f'[storage]\nindex = "{engine}:index"\n')
    before = filled("search", "maraude")["total"]
    rebuilt = filled("rebuild-index")
    assert (rebuilt["engine"], rebuilt["documents"], rebuilt["reread"]) == (engine, 2, 0)
    assert filled("search", "maraude")["total"] == before == 2
    assert [path.name.partition("-")[0] for path in (data / "index").glob("*-*/")] == [engine]


def test_it_says_how_far_it_is_on_a_terminal_alone(
    filled: Typed,
    said: Said,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = said("rebuild-index")
    assert "est reconstruit" in told and "2 documents, avec le moteur tantivy" in told
    assert "relues" not in told
    for is_terminal in (False, True):
        words = ["atelier", "rebuild-index", "--data", str(tmp_path / "network")]
        monkeypatch.setattr(sys, "argv", words)
        monkeypatch.setattr(sys.stderr, "isatty", lambda shown=is_terminal: shown)
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        lines = capsys.readouterr().err
        counted = [line.split(":")[1].strip() for line in lines.split("\r")[1:]]
        assert counted == (["0/2", "2/2"] if is_terminal else [])


def test_texts_that_were_lost_are_told_and_read_again(
    filled: Typed, said: Said, tmp_path: Path
) -> None:
    for path in (tmp_path / "network" / "derived").glob("*/*.*"):
        path.unlink()
    assert "2 versions seront relues" in said("rebuild-index")
    assert filled("search", "maraude")["total"] == 0
    filled("reread", "--wait")
    assert filled("search", "maraude")["total"] == 2


def test_who_comes_second_is_told_so_and_changes_nothing(
    filled: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    data = tmp_path / "network"
    command = [sys.executable, "-m", "atelier", "rebuild-index", "--data", str(data)]

    async def both() -> subprocess.CompletedProcess[str]:
        async with app.open_workspace(load(data, {}, data)) as ws:
            index = await ws.index.build()
            assert index is not None
            second = await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, env=dict(os.environ)
            )
            await ws.index.leave(index)
            return second

    second = asyncio.run(both())
    assert second.returncode == 1 and second.stdout == ""
    assert "déjà" in second.stderr and "recommencez" in second.stderr
    assert filled("search", "maraude")["total"] == 2
    assert filled("rebuild-index")["documents"] == 2


def test_beside_a_server_another_engine_is_kept_by_a_restart_and_that_is_told(
    filled: Typed, said: Said, tmp_path: Path
) -> None:
    data = tmp_path / "network"
    config = data / "config.toml"

    def rebuilt(engine: str) -> str:
        config.write_text(f'[storage]\nindex = "{engine}:index"\n')
        return said("rebuild-index")

    lock = runner.elect(Disk(), data)
    assert lock is not None, "as a server holds it"
    try:
        assert "Redémarrez" not in rebuilt("tantivy"), "the same engine"
        assert "Redémarrez-le maintenant pour garder le moteur whoosh" in rebuilt("whoosh")
        assert "Redémarrez" not in rebuilt("whoosh")
        config.unlink()
        assert filled("rebuild-index")["restart_server"] is True
    finally:
        lock.release()
    assert "Redémarrez" not in rebuilt("whoosh"), "nothing else is running"
