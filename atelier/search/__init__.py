"""The full-text index: contract, French analysis, query grammar, snippets, engines.

May import errors, model, settings, files. An engine is a file and a line in `_ENGINES`.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from atelier.errors import SettingsFault
from atelier.files import Disk
from atelier.search.contract import Index, Shelf
from atelier.search.generations import Generations
from atelier.search.tantivy_engine import TantivyIndex
from atelier.search.whoosh_engine import WhooshIndex

_ENGINES: dict[str, Callable[[Path, str], Index]] = {
    "tantivy": TantivyIndex,
    "whoosh": WhooshIndex,
}

# Their names, as addresses begin.
ENGINES = tuple(_ENGINES)


def open_index(address: str, installation: str = "", disk: Disk | None = None) -> Shelf:
    """The index at an address such as `tantivy:/srv/atelier/index`; touches nothing yet.

    `installation` tells this installation from any other: an index that another wrote is
    `IndexUnready`. Raises `SettingsFault` for an address of no known kind.
    """
    scheme, _, place = address.partition(":")
    if not place:
        raise _unknown(address, scheme)
    _engine(scheme, address)
    return Generations(
        Path(place),
        scheme,
        known=frozenset(_ENGINES),
        opened=lambda engine, folder: open_engine(engine, folder, installation),
        disk=disk or Disk(),
    )


def open_engine(scheme: str, folder: Path, installation: str = "") -> Index:
    """One bare engine in a folder of its own; touches nothing yet. See `open_index`."""
    return _engine(scheme, scheme)(folder, installation)


def _engine(scheme: str, told: str) -> Callable[[Path, str], Index]:
    if scheme not in _ENGINES:
        raise _unknown(told, scheme)
    return _ENGINES[scheme]


def _unknown(told: str, scheme: str) -> SettingsFault:
    nearest = get_close_matches(scheme, _ENGINES, n=1)
    return SettingsFault(told, "storage.index", "unknown_index", "".join(nearest))
