"""`python3 -m tests`: everything that must hold, from a bare clone.

python3 -m tests               ruff, mypy, every test; brings what is missing where it may
python3 -m tests tests/model   only these tests; any argument of pytest will do
--all                          what cannot run is a failure, as with CI=true
--thorough                     more kills, more examples; takes its time
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from atelier import bootstrap
from tests import programs

CHECKS = {
    "ruff": ["ruff", "check", "."],
    "mypy": ["mypy", "--strict"],
}


def main() -> int:
    """Exit status 0 when all that was asked for ran and held."""
    bootstrap.enter(bootstrap.TESTS_LOCK)
    options, pytest_arguments = _options(sys.argv[1:])
    os.chdir(bootstrap.CHECKOUT)
    if options.all:
        os.environ["CI"] = "true"
    if options.thorough:
        os.environ["ATELIER_THOROUGH"] = "1"
    if pytest_arguments:
        return _run(["pytest", *pytest_arguments])
    programs.bring_missing()
    failed = [name for name, check in CHECKS.items() if _run(check) != 0]
    # Grouped, so that the browser journeys share one worker and the rest has the other.
    workers = str(max(2, min(8, os.cpu_count() or 2)))
    status = _run(["pytest", "-n", workers, "--dist", "loadgroup"])
    if failed:
        print(f"FAILED: {' and '.join(failed)} (see above)", flush=True)
    return status or int(bool(failed))


def _options(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="python3 -m tests",
        allow_abbrev=False,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--all", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--thorough", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_known_args(arguments)


def _run(command: Sequence[str]) -> int:
    print(f"· {' '.join(command)}", file=sys.stderr, flush=True)
    return subprocess.run([sys.executable, "-m", *command]).returncode


if __name__ == "__main__":
    sys.exit(main())
