"""The snapshot of who sees what: read whole, but from indexes, for the writer waits for it."""

from __future__ import annotations

from pathlib import Path

from atelier.database import effects
from tests.database.test_plans import planned
from tests.oracle_networks import TODAY

WIDE = ("documents", "reach")  # what grows with the papers and with the tree


def test_documents_and_reach_are_counted_without_opening_their_rows(tmp_path: Path) -> None:
    plans = planned(tmp_path, lambda tx: effects.snapshot(tx, [TODAY]))
    steps = [step for _, plan in plans for step in plan if step.split()[1] in WIDE]
    assert len(steps) == 3
    for step in steps:
        assert "COVERING INDEX" in step or "documents_removed" in step, step
