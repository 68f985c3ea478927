"""The full-text index: contract, French analysis, query grammar, snippets, engines.

May import errors, model, settings, files. An engine is a file and a line in `_ENGINES`.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from atelier.errors import SettingsFault
from atelier.search.contract import Index
from atelier.search.tantivy_engine import TantivyIndex

_ENGINES: dict[str, Callable[[Path, str], Index]] = {
    "tantivy": TantivyIndex,
}


def open_index(address: str, installation: str = "") -> Index:
    """The index at an address such as `tantivy:/srv/atelier/index`; touches nothing yet.

    `installation` tells this installation from any other: an index that another wrote is
    `IndexUnready`. Raises `SettingsFault` for an address of no known kind.
    """
    scheme, _, place = address.partition(":")
    if scheme not in _ENGINES or not place:
        nearest = get_close_matches(scheme, _ENGINES, n=1)
        raise SettingsFault(address, "storage.index", "unknown_index", "".join(nearest))
    return _ENGINES[scheme](Path(place), installation)
