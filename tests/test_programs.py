"""A test that cannot run for want of a program is said aloud, and fails where it must run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT

SAMPLE = """
import pytest

@pytest.mark.browser
def test_in_the_browser() -> None:
    raise AssertionError("must not be reached without a browser")

def test_elsewhere() -> None:
    assert True
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2", "--dist", "loadgroup")])
def test_a_missing_browser_is_said_aloud_and_fails_in_continuous_integration(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    _suite(tmp_path)
    status, said = _pytest(tmp_path, *workers, CI="")
    assert status == 0
    assert "NOT RUN: 1 tests did not run" in said and "chromium" in said and "1 passed" in said
    status, said = _pytest(tmp_path, *workers, CI="true")
    assert status == 1
    assert "FAILED: 1 tests did not run" in said and "1 passed" in said


def test_with_the_browser_there_its_tests_run(tmp_path: Path) -> None:
    _suite(tmp_path)
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    status, said = _pytest(tmp_path, CI="", PATH=str(tmp_path))
    assert status == 1
    assert "must not be reached" in said and "NOT RUN" not in said


def _suite(folder: Path) -> None:
    tests = folder / "tests"
    tests.mkdir()
    for name in ("__init__.py", "conftest.py", "counts.py", "programs.py"):
        shutil.copy(ROOT / "tests" / name, tests)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (tests / "test_sample.py").write_text(SAMPLE)


def _pytest(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    bare = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        text=True,
        timeout=120,
        env=bare | {"PATH": str(folder / "nothing")} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout
