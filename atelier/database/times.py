"""How times and days stand in the records: milliseconds of UTC, ISO texts."""

from __future__ import annotations

from datetime import UTC, date, datetime


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC time."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_day(text: str | None) -> date | None:
    """The day of an ISO text; None stays None."""
    return None if text is None else date.fromisoformat(text)


def from_day(day: date | None) -> str | None:
    """The ISO text of a day; None stays None."""
    return None if day is None else day.isoformat()
