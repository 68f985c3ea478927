"""Brings a checkout its environment: `.venv`, with exactly what the lock names.

For `python3 -m atelier`, `-m tests` and `-m bench` on a machine with nothing but Python.
Standard library only, since it runs before any dependency is there. It is not an
installer of Atelier: a wheel comes with its dependencies and passes straight through.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

CHECKOUT = Path(__file__).resolve().parent.parent
RUNTIME_LOCK = "requirements.txt"
TESTS_LOCK = "requirements-tests.txt"

_OLDEST_PYTHON = (3, 11)
# One file is both the lock that two starts queue on and the memory of what was installed.
# Not ".lock": uv keeps its own lock under that name and would wait for us for ever.
_STAMP = "atelier-environment.json"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;)?", re.MULTILINE)
_OFFLINE = re.compile(
    r"NewConnectionError|establish a new connection|name resolution|dns error|ConnectTimeout"
    r"|Connection refused|Network is unreachable|ProxyError|error sending request|timed out",
    re.IGNORECASE,
)
_NO_ENSUREPIP = re.compile(r"No module named ensurepip|ensurepip is (not available|disabled)")


def enter(lock_name: str, checkout: Path = CHECKOUT) -> None:
    """Return when this interpreter has what `lock_name` names; else run the command again.

    In a checkout whose dependencies are missing, makes or renews `.venv` and replaces the
    running program by the same command in it. Ends the program with status 1 and a
    sentence when that cannot be done; the next start then begins again.
    """
    _refuse_old_python()
    lock = checkout / lock_name
    if not (lock.is_file() and (checkout / "pyproject.toml").is_file()):
        return
    environment = Environment(checkout / ".venv")
    if environment.is_running():
        enough = environment.holds(lock) if environment.is_stamped() else not _lacks(lock)
    else:
        enough = not _lacks(lock)
    if enough:
        return
    try:
        # Asked first: an account that may only read the checkout must get past here too.
        if not environment.holds(lock):
            environment.prepare(lock)
    except KeyboardInterrupt:
        raise SystemExit(
            _both(
                "Interrompu. La même commande reprendra où il faut.",
                "Interrupted. The same command will pick up from here.",
            )
        ) from None
    _run_again(environment.python)


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder`, which need not exist yet."""

    folder: Path

    @property
    def scripts(self) -> Path:
        """Where its commands are."""
        return self.folder / ("Scripts" if sys.platform == "win32" else "bin")

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.scripts / ("python.exe" if sys.platform == "win32" else "python")

    def is_running(self) -> bool:
        """Whether this very program runs in it."""
        return self.folder.exists() and self.folder.samefile(sys.prefix)

    def is_stamped(self) -> bool:
        """Whether `prepare` ever made it; else it is a developer's own."""
        return (self.folder / _STAMP).exists()

    def holds(self, lock: Path) -> bool:
        """Whether what stands in `lock` now was installed whole.

        Seen from inside, also whether the system's Python is still the one it was
        installed for: an upgrade leaves the packages of the old one out of sight.
        """
        stamp = self._stamp()
        same_python = not self.is_running() or stamp.get("python") == _version(sys.version_info)
        return same_python and self.python.exists() and stamp.get(lock.name) == _digest(lock)

    def prepare(self, lock: Path) -> None:
        """Install what `lock` names, by hash; made when missing, mended when broken.

        May be called by several programs at once: one works, the others wait and find it
        done. SystemExit with a sentence when it cannot be done.
        """
        try:
            with self._alone() as stamp:
                if self.holds(lock):
                    return
                stamp.truncate(0)
                self._fill(lock)
                json.dump(self._memory(lock), stamp, indent=1)
        except OSError as error:
            raise SystemExit(_unwritable(self.folder, error)) from error

    def make(self) -> None:
        """An empty environment, in place of a broken one."""
        for entry in self.folder.iterdir() if self.folder.exists() else ():
            if entry.name != _STAMP:
                _remove(entry)
        base = getattr(sys, "_base_executable", None) or sys.executable
        made = _run([base, "-m", "venv", "--without-pip", str(self.folder)])
        if made.status != 0:
            raise SystemExit(_failed("python -m venv", made))

    def install(self, arguments: Sequence[str], expected: int = 0) -> None:
        """`pip install` with these arguments, by uv when it is there, else by pip.

        When uv fails, pip gets its chance before anybody is told: behind the proxy of a
        hospital or a town hall, pip is often the one that is configured. `expected`
        packages are counted aloud.
        """
        uv = shutil.which("uv")
        if uv is not None:
            by_uv = _run([uv, "pip", "install", "--python", str(self.python), *arguments])
            if by_uv.status == 0:
                return
        brought = self._bring_pip()
        if brought.status != 0:
            raise SystemExit(_failed("uv pip install", by_uv) if uv else _without_pip(brought))
        pip = [str(self.python), "-m", "pip", "install", "--no-input", "--progress-bar=off"]
        by_pip = _run([*pip, "--retries=2", *arguments], expected)
        if by_pip.status != 0:
            raise SystemExit(_failed("pip install", by_pip))

    def _fill(self, lock: Path) -> None:
        started = time.monotonic()
        name = self.folder.name
        _say(
            f"Atelier prépare son environnement ({name}) : une à deux minutes, une seule fois…",
            f"Setting up the environment ({name}): a minute or two, once only…",
        )
        if _run([str(self.python), "-c", ""]).status != 0:
            self.make()
        # The lock is complete, so nothing is left to resolve: --no-deps spares old pips minutes.
        # Wheels only: a machine without compilers gets a sentence, not pages of a build.
        rules = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(lock)]
        self.install(rules, expected=len(_pins(lock)))
        seconds = time.monotonic() - started
        _say(f"Environnement prêt en {seconds:.0f} s.", f"Environment ready in {seconds:.0f} s.")

    def _bring_pip(self) -> _Outcome:
        present = _run([str(self.python), "-m", "pip", "--version"])
        if present.status == 0:
            return present
        return _run([str(self.python), "-m", "ensurepip", "--default-pip"])

    def _stamp(self) -> dict[str, object]:
        try:
            stamp = json.loads((self.folder / _STAMP).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _memory(self, lock: Path) -> dict[str, str]:
        """What to remember: this lock, and each one beside it that it contains."""
        pins = _pins(lock)
        held = [other for other in lock.parent.glob("requirements*.txt") if _pins(other) <= pins]
        ask = "import sys; print('%d.%d' % sys.version_info[:2])"
        version = _run([str(self.python), "-c", ask]).tail.strip()
        return {"python": version} | {other.name: _digest(other) for other in (lock, *held)}

    @contextmanager
    def _alone(self) -> Iterator[IO[str]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _STAMP).open("a+", encoding="utf-8") as stamp:
            if not _locked(stamp, wait=False):
                _say(
                    "Une autre commande prépare déjà l'environnement ; on l'attend…",
                    "Another command is already setting up the environment; waiting for it…",
                )
                while not _locked(stamp, wait=True):
                    pass
            yield stamp


@dataclass(frozen=True)
class _Outcome:
    status: int
    tail: str


def _run(command: Sequence[str], expected: int = 0) -> _Outcome:
    """Run a command quietly; keeps its last lines, and counts pip's packages on a terminal."""
    lines: deque[str] = deque(maxlen=60)
    collected = 0
    aloud = expected > 0 and sys.stderr.isatty()
    try:
        program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        return _Outcome(127, str(error))
    with program:
        for line in program.stdout or ():
            lines.append(line)
            if aloud and line.startswith("Collecting "):
                collected += 1
                print(f"\r  {collected}/{expected}", end="", file=sys.stderr, flush=True)
    if collected:
        print(file=sys.stderr)
    return _Outcome(program.returncode, "".join(lines))


def _run_again(python: Path) -> None:
    """The same command, as it was typed, by the environment's interpreter."""
    command = [str(python), *sys.orig_argv[1:]]
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":
        # There execv returns to the shell at once and leaves the program behind it.
        sys.exit(subprocess.run(command).returncode)
    os.execv(python, command)  # noqa: S606


def _locked(stamp: IO[str], wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            # Far beyond the end: there a locked byte cannot be read by others.
            os.lseek(stamp.fileno(), 1 << 30, os.SEEK_SET)
            msvcrt.locking(stamp.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stamp, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        if sys.platform != "win32":
            raise
        return False
    return True


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()


def _pins(lock: Path) -> set[tuple[str, str]]:
    """What a lock names, as (package, version)."""
    return {(pin[1].lower(), pin[2]) for pin in _PIN.finditer(lock.read_text("utf-8"))}


def _lacks(lock: Path) -> bool:
    """Whether this interpreter lacks a package that the lock wants on every machine."""
    wanted = (pin[1] for pin in _PIN.finditer(lock.read_text("utf-8")) if not pin[3])
    return not all(map(_is_installed, wanted))


def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _version(version: Sequence[object]) -> str:
    return f"{version[0]}.{version[1]}"


def _refuse_old_python() -> None:
    # Read through a name that mypy cannot know: it would call what follows unreachable.
    running: tuple[object, ...] = tuple(sys.version_info)
    if running[:2] < _OLDEST_PYTHON:
        raise SystemExit(
            _both(
                f"Atelier demande Python {_version(_OLDEST_PYTHON)} ou plus récent ; "
                f"celui-ci est {_version(running)} ({sys.executable}). Rien n'a été modifié.",
                f"Atelier needs Python {_version(_OLDEST_PYTHON)} or newer; "
                f"this one is {_version(running)}. Nothing was changed.",
            )
        )


def _unwritable(folder: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return _both(
        f"Impossible d'écrire dans {folder} : {reason}. Rien d'autre n'a été modifié. Placez "
        "le dossier d'Atelier là où vous pouvez écrire, ou lancez une première fois cette "
        "commande avec le compte à qui il appartient.",
        f"Cannot write to {folder}: {reason}. Nothing else was changed. Put Atelier's folder "
        "where you may write, or run this command once as the account that owns it.",
    )


def _without_pip(brought: _Outcome) -> str:
    if not _NO_ENSUREPIP.search(brought.tail):
        return _failed("python -m ensurepip", brought)
    return _both(
        "Ce Python n'a pas de quoi installer des paquets (module ensurepip). Rien n'a été "
        "installé. Sur Debian ou Ubuntu : apt install python3-venv, puis relancez la même "
        "commande. Sinon, installez uv.",
        "This Python cannot install packages (no ensurepip module). Nothing was installed. "
        "On Debian or Ubuntu: apt install python3-venv, then run the same command again. "
        "Otherwise, install uv.",
    )


def _failed(what: str, outcome: _Outcome) -> str:
    last = "\n".join(f"    {line}" for line in outcome.tail.strip().splitlines()[-12:])
    if _OFFLINE.search(outcome.tail):
        return (
            last
            + "\n"
            + _both(
                "Le dépôt de paquets Python ne répond pas. L'environnement n'est pas complet et ne "
                "servira pas tel quel : relancez la même commande quand le réseau est là (derrière "
                "un mandataire : HTTPS_PROXY ; avec un miroir : PIP_INDEX_URL).",
                "The Python package index does not answer. The environment is not complete and "
                "will "
                "not be used as it is: run the same command again when the network is back (behind "
                "a proxy: HTTPS_PROXY; with a mirror: PIP_INDEX_URL).",
            )
        )
    return (
        last
        + "\n"
        + _both(
            f"« {what} » a échoué (ci-dessus, ses dernières lignes). L'environnement n'est pas "
            "complet et ne servira pas tel quel : relancez la même commande une fois la cause "
            "levée.",
            f"“{what}” failed (its last lines stand above). The environment is not complete and "
            "will not be used as it is: run the same command again once the cause is mended.",
        )
    )


def _say(french: str, english: str) -> None:
    print(_both(french, english), file=sys.stderr, flush=True)


def _both(french: str, english: str) -> str:
    return f"{french}\n{english}"
