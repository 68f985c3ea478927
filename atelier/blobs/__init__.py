"""Bytes by content, and texts derived from them. May import errors, model, settings, files."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from atelier.blobs.contract import BlobStore
from atelier.blobs.local import LocalBlobs
from atelier.errors import SettingsFault
from atelier.files import Disk

_STORES: dict[str, Callable[[str, Disk, int], BlobStore]] = {
    "file": LocalBlobs.at,
}


def open_blobs(address: str, disk: Disk, *, free_space_floor_bytes: int) -> BlobStore:
    """The store at an address such as `file:/srv/atelier/blobs`; reads and writes nothing yet.

    Raises `SettingsFault` for an address of no known kind.
    """
    scheme, _, place = address.partition(":")
    if scheme not in _STORES:
        nearest = get_close_matches(scheme, _STORES, n=1)
        raise SettingsFault(address, "storage.blobs", "unknown_store", "".join(nearest))
    return _STORES[scheme](place, disk, free_space_floor_bytes)
