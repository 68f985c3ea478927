"""What holds for every test: how often examples run, and what a missing program leaves out."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

from tests.counts import times
from tests.programs import PROGRAMS, Program

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
LEFT_OUT = pytest.StashKey[dict[str, int]]()

# In the servers and commands that tests start, a steward too comes in by a password alone,
# unless the test says otherwise.
os.environ.setdefault("ATELIER_SESSIONS_SECOND_FACTOR", "nobody")

# A shared machine is sometimes slow: neither a deadline nor "too slow" says anything of us.
settings.register_profile(
    "atelier",
    deadline=None,
    derandomize=IN_CI,
    max_examples=times(100, 2_000),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("atelier")


def pytest_configure(config: pytest.Config) -> None:
    """One marker per outside program; a run counts what it leaves out."""
    config.stash[LEFT_OUT] = {}
    for program in PROGRAMS:
        config.addinivalue_line("markers", f"{program.marker}: needs {program.package}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run; keep the tests of one program on one worker, and first."""
    missing = {program.marker for program in PROGRAMS if program.path() is None}
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        needed = _markers(item)
        (left_out if needed & missing else kept).append(item)
        for marker in sorted(needed):
            # Two browsers at once on two cores starve each other and the tests beside them.
            item.add_marker(pytest.mark.xdist_group(marker))
    # The longest go first, so that the other worker has the rest to do meanwhile.
    items[:] = sorted(kept, key=lambda item: not _markers(item))
    if left_out:
        counts = Counter(marker for item in left_out for marker in _markers(item) & missing)
        config.stash[LEFT_OUT] = dict(counts)
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its counts over; where nothing may be missing, what is fails the run."""
    handed_over = getattr(session.config, "workeroutput", None)
    if handed_over is not None:
        handed_over["left_out"] = session.config.stash[LEFT_OUT]
    elif IN_CI and session.config.stash[LEFT_OUT] and session.exitstatus in _GREEN:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Every worker collects everything: one worker's counts are the run's."""
    counts = getattr(node, "workeroutput", {}).get("left_out", {})
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[LEFT_OUT] = config.stash[LEFT_OUT] | counts


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not run, and the one command that brings it."""
    left_out = terminalreporter.config.stash[LEFT_OUT]
    for program in PROGRAMS:
        if program.marker in left_out:
            terminalreporter.write_line(_not_run(program, left_out[program.marker]), red=True)


_GREEN = {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


def _markers(item: pytest.Item) -> set[str]:
    return {program.marker for program in PROGRAMS if item.get_closest_marker(program.marker)}


def _not_run(program: Program, count: int) -> str:
    verdict = "FAILED" if IN_CI else "NOT RUN"
    return (
        f"{verdict}: {count} tests did not run ({program.what}), because {program.package} "
        f"is missing. Bring it with: {program.command}"
    )
