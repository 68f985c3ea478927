"""`python3 -m bench` says what falls short, to people, to programs and to the shell."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import beside, deposits, digests, downloads, extraction, hidden, meetings, pages, signin
from tests.house import ROOT

SAMPLE = '''"""How tall the cupboard is."""
from bench.figures import Figure, at_least, at_most

def run() -> list[Figure]:
    """Two figures, one of which falls short."""
    return [at_most("height", 1.9, "m", 2, "a door: 2.04 m"), at_least("shelves", 3, "", 4)]
'''


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """The harness with one small benchmark."""
    (tmp_path / "bench").mkdir()
    (tmp_path / "atelier").mkdir()
    for name in (
        "bench/__init__.py",
        "bench/__main__.py",
        "bench/figures.py",
        "atelier/__init__.py",
        "atelier/bootstrap.py",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bench" / "cupboard.py").write_text(SAMPLE)
    return tmp_path


def test_a_figure_that_falls_short_is_shown_and_fails_the_command(workshop: Path) -> None:
    status, table = _bench(workshop, "cupboard")
    assert status == 1
    rows = [" ".join(line.split()) for line in table.splitlines()]
    assert "height 1.9 m ≤ 2 yes a door: 2.04 m" in rows
    assert "shelves 3 ≥ 4 NO nothing" in rows


def test_an_option_reaches_the_benchmark_that_takes_it_and_no_other(workshop: Path) -> None:
    (workshop / "bench" / "drawer.py").write_text(
        SAMPLE.replace("run()", "run(documents=(1,))").replace('1.9, "m"', 'sum(documents), "m"')
    )
    status, table = _bench(workshop, "drawer", "--documents", "1", "4")
    rows = [" ".join(line.split()) for line in table.splitlines()]
    assert "height 5 m ≤ 2 NO a door: 2.04 m" in rows
    assert status == 1
    assert _bench(workshop, "drawer", "cupboard", "--documents", "1")[0] == 2


def test_programs_read_the_same_figures_as_json(workshop: Path) -> None:
    status, out = _bench(workshop, "cupboard", "--json")
    assert status == 1
    assert json.loads(out)["figures"][0] == {
        "name": "height",
        "value": 1.9,
        "unit": "m",
        "goal": "≤ 2",
        "holds": True,
        "against": "a door: 2.04 m",
    }


def test_without_a_name_the_benchmarks_are_listed_and_a_wrong_name_is_refused(
    workshop: Path,
) -> None:
    assert _bench(workshop) == (0, "cupboard     How tall the cupboard is.\n")
    assert _bench(workshop, "wardrobe") == (2, "")


@pytest.mark.nginx
def test_deposits_and_downloads_are_measured_beside_nginx_all_of_them() -> None:
    figures = [*deposits.measured(beside.QUICK), *downloads.measured(beside.QUICK)]
    parts = {one.name: one for one in figures if one.unit == "of Atelier's CPU"}
    assert {name: one.goal for name, one in parts.items()} == {
        "50 KB PUT, 1 connection": "≥ 0.35",
        "50 KB PUT, 8 connections": "≥ 0.45",
        "8 MiB PUT, hashed": "≥ 0.65",
        "8 MiB GET": "≥ 0.65",
        "1 MiB ranges": "≥ 0.6",
        "50 KB GET, 16 connections": "≥ 0.2",
    }
    assert all(one.value > 0 and "nginx" in one.against for one in parts.values())
    grown = [one for one in figures if one.unit == "MiB PSS"]
    assert [one.goal for one in grown] == ["≤ 16"] * 3
    rates = [one for one in figures if one not in grown and one.name not in parts]
    assert len(rates) == 2 and all(one.value > 0 for one in rates)


def test_reading_is_measured_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATELIER_SAMPLES", raising=False)
    figures = extraction.measured(extraction.QUICK)
    assert [(one.unit, one.goal) for one in figures] == [
        ("a second", "≥ 5"), ("times the readers' own", "≤ 1.8"), ("ms", "≤ 40"), ("s", "≤ 1"),
        ("times idle", "≤ 2"),
    ]  # fmt: skip
    assert all(one.value > 0 for one in figures)


def test_meetings_are_measured_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATELIER_SAMPLES", raising=False)
    figures = meetings.measured(20, documents=60, each=2)
    goals = {one.name.removeprefix("20 meetings, "): one.goal for one in figures}
    for who in ("", "reader, "):
        assert goals[f"{who}dossier, p95"] == goals[f"{who}search, p95"] == "≤ 50"
        assert goals[f"{who}register, p95"] == goals[f"{who}register, a word, p95"] == "≤ 100"
    assert len(figures) == 20
    assert all(one.value > 0 and "server's CPU" in one.against for one in figures)


def test_pages_are_measured_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATELIER_SAMPLES", raising=False)
    figures = {one.name: one for one in pages.measured(60, many=300, each=3)}
    goals = {"home": 30, "folder of 100": 30, "folder of 300": 150, "document": 30, "search": 100}
    for name, milliseconds in goals.items():
        assert figures[f"{name}, p95"].goal == f"≤ {milliseconds}"
        assert figures[f"{name}, weight"].holds
        assert figures[f"{name}, largest paint"].goal == "≤ 1"
    assert figures["the large folder, statements"].holds
    assert len(figures) == 3 * len(goals) + 1
    assert all(one.value > 0 for one in figures.values())


def test_signing_in_is_measured_all_of_it() -> None:
    one, page, hashes, answered = signin.measured(crowd=12, alone=2, idle=5)
    assert (one.goal, one.unit) == ("≤ 100", "ms of CPU") and one.value > 0
    assert (page.goal, page.unit) == ("≤ 2", "times idle") and page.value > 0
    assert (hashes.goal, hashes.holds) == ("≤ 4", True)
    assert (answered.value, answered.goal) == (12, "≥ 12")


def test_digests_of_a_morning_are_measured_made_and_said() -> None:
    made, said = asyncio.run(digests.measured(110, 2_000))
    assert (made.name, made.goal, made.unit) == ("110 digests made", "≤ 60", "s")
    assert made.value > 0 and said.value > 0
    letters = re.fullmatch(r"(\d+) digests put into words", said.name)
    assert letters and 0 < int(letters[1]) <= 110
    found = re.fullmatch(r"(\d+) letters, ([\d,]+) bytes each", said.against)
    assert found and found[1] == letters[1], said.against
    assert int(found[2].replace(",", "")) > 500, "each says something"


def test_hidden_words_are_timed_against_missing_ones() -> None:
    figures = hidden.measured(pairs=20)
    assert [one.goal for one in figures] == ["≤ 3.29"] * 3
    assert all("20 pairs" in one.against for one in figures)


def test_ranks_tell_what_always_goes_one_way_and_nothing_else() -> None:
    assert hidden.signed_rank([]) == hidden.signed_rank([0.0]) == 0
    assert abs(hidden.signed_rank([1, -2, 3, -4] * 500)) > 3.29
    assert abs(hidden.signed_rank([1, -1.1, -2, 2.1] * 500)) < 3.29
    assert hidden.signed_rank([0.001 * at for at in range(1, 500)]) > 3.29
    assert hidden.signed_rank([-0.001 * at for at in range(1, 500)]) < -3.29


def _bench(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        timeout=60,
    )
    return done.returncode, done.stdout
