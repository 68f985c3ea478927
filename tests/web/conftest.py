"""What most pages are tried in: a network of their own, and a client for each person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.network import Clients, Network, network, served


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Network]:
    """A small network."""
    with network(tmp_path) as one:
        yield one


@pytest.fixture
def clients(made: Network) -> Iterator[Clients]:
    """A client by a person's name in it; "" is nobody."""
    with served(made) as client:
        yield client
