"""A bare clone brings its own environment: once, whole, or not at all, and says so.

In a small checkout of its own, with a lock of one package that the test writes: the real
thing, without the network.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from atelier import bootstrap
from tests.house import ROOT

COMMAND = """
import sys
import pebble

def main() -> None:
    print(pebble.__version__, sys.prefix, *sys.argv[1:])
"""


@dataclass(frozen=True)
class Checkout:
    """A clone with the real entry and bootstrap, a command of three lines, one dependency."""

    folder: Path
    wheels: Path

    def pin(self, version: str) -> None:
        """Write the lock for this version of the one dependency."""
        sha256 = hashlib.sha256(self._wheel(version).read_bytes()).hexdigest()
        lock = f"pebble=={version} \\\n    --hash=sha256:{sha256}\n"
        (self.folder / "requirements.txt").write_text(lock)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """`python3 -m atelier …`, by the interpreter that knows none of our dependencies."""
        base: str = sys._base_executable  # type: ignore[attr-defined]
        return subprocess.Popen(
            [base, "-m", "atelier", *arguments],
            cwd=self.folder,
            env=self._environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        """(exit status, stdout, stderr) of `python3 -m atelier …`."""
        program = self.start(*arguments, **environment)
        out, err = program.communicate(timeout=120)
        return program.returncode, out, err

    def _environment(self) -> dict[str, str]:
        # Without uv, so that the way with pip is the one that is walked, where Python allows it.
        path = os.defpath if importlib.util.find_spec("ensurepip") else os.environ["PATH"]
        offline = {"PIP_NO_INDEX": "1", "UV_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        links = {"PIP_FIND_LINKS": str(self.wheels), "UV_FIND_LINKS": str(self.wheels)}
        return {"PATH": path, "HOME": str(self.folder)} | offline | links

    def _wheel(self, version: str) -> Path:
        path = self.wheels / f"pebble-{version}-py3-none-any.whl"
        about = f"pebble-{version}.dist-info"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("pebble.py", f"__version__ = '{version}'\n")
            wheel.writestr(
                f"{about}/METADATA", f"Metadata-Version: 2.1\nName: pebble\nVersion: {version}\n"
            )
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{about}/RECORD", "")
        return path


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh clone, nothing installed."""
    package = tmp_path / "clone" / "atelier"
    package.mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(ROOT / "atelier" / name, package)
    (package / "cli.py").write_text(COMMAND)
    shutil.copy(ROOT / "pyproject.toml", package.parent)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    clone = Checkout(package.parent, wheels)
    clone.pin("1.0")
    return clone


def test_a_first_start_brings_the_environment_and_the_next_ones_find_it(
    checkout: Checkout,
) -> None:
    place = str(checkout.folder / ".venv")
    status, out, err = checkout.run("demo", "--name", "deux mots")
    assert (status, out.strip()) == (0, f"1.0 {place} demo --name deux mots")
    assert "Environnement prêt" in err and "Environment ready" in err
    with _held(checkout):  # and asks for nothing that another start could hold
        assert checkout.run("serve") == (0, f"1.0 {place} serve\n", "")
    checkout.pin("2.0")
    assert checkout.run()[:2] == (0, f"2.0 {place}\n")
    assert checkout.run() == (0, f"2.0 {place}\n", "")


def test_after_an_upgrade_of_python_the_packages_are_brought_again(checkout: Checkout) -> None:
    assert checkout.run()[0] == 0
    stamp = _stamp(checkout)
    remembered = json.loads(stamp.read_text())
    stamp.write_text(json.dumps(remembered | {"python": "3.0"}))
    status, _, err = checkout.run()
    assert status == 0 and "Environment ready" in err
    assert json.loads(stamp.read_text()) == remembered


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    scripts = checkout.folder / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "python").symlink_to(checkout.folder / "removed")
    status, out, _ = checkout.run()
    assert (status, out.split()[0]) == (0, "1.0")


def test_two_first_starts_at_once_both_end_well(checkout: Checkout) -> None:
    starts = [checkout.start(str(number)) for number in range(2)]
    ends = [start.communicate(timeout=120) for start in starts]
    assert [start.returncode for start in starts] == [0, 0]
    assert [out.split()[-1] for out, _ in ends] == ["0", "1"]
    assert sum("Environment ready" in err for _, err in ends) == 1


def test_without_the_network_nothing_half_made_is_used_and_the_next_start_mends_it(
    checkout: Checkout,
) -> None:
    nobody = "http://127.0.0.1:9/simple"
    status, out, err = checkout.run(
        PIP_NO_INDEX="0",
        UV_NO_INDEX="0",
        PIP_FIND_LINKS="",
        UV_FIND_LINKS="",
        PIP_INDEX_URL=nobody,
        UV_INDEX_URL=nobody,
    )
    assert (status, out) == (1, "")
    assert "relancez la même commande quand le réseau est là" in err
    assert "Traceback" not in err
    assert checkout.run()[0] == 0


def test_a_package_that_is_not_the_locked_one_is_refused(checkout: Checkout) -> None:
    lock = checkout.folder / "requirements.txt"
    lock.write_text(f"pebble==1.0 --hash=sha256:{'0' * 64}\n")
    status, out, err = checkout.run()
    assert (status, out) == (1, "")
    assert "HASHES" in err.upper() and "Traceback" not in err


def test_a_checkout_that_cannot_be_written_says_so(checkout: Checkout) -> None:
    (checkout.folder / ".venv").write_text("in the way")
    status, out, err = checkout.run()
    assert (status, out) == (1, "")
    assert str(checkout.folder / ".venv") in err
    assert "Impossible d'écrire" in err and "Traceback" not in err


def test_a_python_without_ensurepip_is_told_which_package_brings_it(
    checkout: Checkout, tmp_path: Path
) -> None:
    # As Debian ships it without python3-venv, and no uv on the path.
    (tmp_path / "ensurepip.py").write_text("raise SystemExit('No module named ensurepip')")
    status, out, err = checkout.run(PATH=str(tmp_path), PYTHONPATH=str(tmp_path))
    assert (status, out) == (1, "")
    assert "apt install python3-venv" in err and "Traceback" not in err
    assert checkout.run()[0] == 0


def test_an_older_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, checkout: Checkout
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit, match=r"Python 3\.11 ou plus récent.*3\.10"):
        bootstrap.enter(bootstrap.RUNTIME_LOCK, checkout.folder)
    assert not (checkout.folder / ".venv").exists()


def test_an_installed_wheel_passes_straight_through(tmp_path: Path) -> None:
    bootstrap.enter(bootstrap.RUNTIME_LOCK, tmp_path)
    assert list(tmp_path.iterdir()) == []


def _stamp(checkout: Checkout) -> Path:
    return checkout.folder / ".venv" / "atelier-environment.json"


@contextmanager
def _held(checkout: Checkout) -> Iterator[None]:
    with _stamp(checkout).open("a") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        yield
