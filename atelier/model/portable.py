"""Names as every system can keep them, and back: for archives and mounted folders.

Here a name may hold what Windows refuses: `:*?"<>|`, a dot or a space at its end, the name
of a device. Such characters take the form of their full-width twins, which read alike; a
mark before a character that was such a twin already keeps the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from atelier.model.names import key, numbered

# Marks that turn the direction of text: `a.pdf` could be read over `exe`.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_MARK = "\u201b"
_TWINS = dict(zip(':*?"<>|', "\uff1a\uff0a\uff1f\uff02\uff1c\uff1e\uff5c", strict=True))
_ENDS = {".": "\uff0e", " ": "\u2420"}
_BACK = {twin: plain for plain, twin in (_TWINS | _ENDS).items()}
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.I | re.S)
_FORTH = {
    **_TWINS,
    **{twin: _MARK + twin for twin in (*_BACK, _MARK)},
    **{mark: f"{_MARK}{ord(mark):04X}{_MARK}" for mark in TURNING},
}
_MARKED = re.compile(f"{_MARK}([0-9A-F]{{4}}){_MARK}|{_MARK}(.)|(.)", re.S)


def portable(name: str) -> str:
    """The name as any system can keep it; two names never become one."""
    mapped = "".join(_FORTH.get(character, character) for character in name)
    if mapped[-1:] in _ENDS:
        mapped = mapped[:-1] + _ENDS[mapped[-1]]
    return _MARK + mapped if _DEVICE.fullmatch(mapped) else mapped


def original(mapped: str) -> str:
    """The name that `portable` was given."""
    if mapped.startswith(_MARK) and _DEVICE.fullmatch(mapped[1:]):
        mapped = mapped[1:]
    return _MARKED.sub(_unmarked, mapped)


def apart(wanted: Iterable[tuple[str, bool]]) -> list[str]:
    """Names that stand in one place, as (name, is a folder), each made different from the others.

    In the order given: of two that are the same here or elsewhere, the later one becomes
    « nom (2) ».
    """
    taken: set[str] = set()
    tried: dict[tuple[str, bool], int] = {}
    given = []
    for name, is_folder in wanted:
        chosen, chosen_key = name, key(name)
        twins = chosen_key, is_folder
        # Thousands may have one name: the numbers of those before are not tried again.
        number = tried.get(twins, 1)
        while chosen_key in taken:
            number += 1
            chosen = f"{name} ({number})" if is_folder else numbered(name, number)
            chosen_key = key(chosen)
        tried[twins] = number
        taken.add(chosen_key)
        given.append(chosen)
    return given


def _unmarked(found: re.Match[str]) -> str:
    code, twin, character = found.groups()
    if code is not None:
        return chr(int(code, 16))
    return twin if twin is not None else _BACK.get(character, character)
