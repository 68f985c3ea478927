"""What all tests of search share."""

from __future__ import annotations

import pytest

from atelier.search import tantivy_engine, whoosh_engine


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared machine is sometimes slow: only tests of the limit of a query meet it."""
    for engine in (tantivy_engine, whoosh_engine):
        monkeypatch.setattr(engine, "_SECONDS_PER_QUERY", 60)
        monkeypatch.setattr(engine, "_SECONDS_WAITED", 60)
