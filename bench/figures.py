"""A measured figure beside its goal, and how it is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One figure: what was reached, what was to be reached, and against what.

    `goal` is as people write it (`< 1.5`); `against` says what was measured beside it in
    the same run, or "nothing".
    """

    name: str
    value: float
    unit: str
    goal: str
    holds: bool
    against: str


def at_most(name: str, value: float, unit: str, limit: float, against: str = "nothing") -> Figure:
    """A figure that must not pass `limit`."""
    return Figure(name, round(value, 4), unit, f"≤ {limit:g}", value <= limit, against)


def at_least(name: str, value: float, unit: str, limit: float, against: str = "nothing") -> Figure:
    """A figure that must reach `limit`."""
    return Figure(name, round(value, 4), unit, f"≥ {limit:g}", value >= limit, against)


def as_json(figures: Sequence[Figure]) -> str:
    """One JSON object: `{"figures": [{"name", "value", "unit", "goal", "holds", "against"}]}`."""
    return json.dumps({"figures": [asdict(figure) for figure in figures]}, ensure_ascii=False)


def as_table(figures: Sequence[Figure]) -> str:
    """Aligned columns for people; what falls short says NO."""
    heads = ("figure", "value", "unit", "goal", "holds", "measured against")
    rows = [heads, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    holds = "yes" if figure.holds else "NO"
    return (figure.name, f"{figure.value:g}", figure.unit, figure.goal, holds, figure.against)
