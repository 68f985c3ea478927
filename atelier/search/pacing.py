"""Documents given to an engine one by one, beside people who wait for pages."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from atelier.search.contract import Entry

# So much longer than its work each rests: two documents in three find the interpreter free.
_RESTS = 2.0


def paced(entries: Iterable[Entry], *, is_gentle: bool) -> Iterator[Entry]:
    """These, with a rest after what was done with each for twice as long, when `is_gentle`.

    Else whoever waits for the interpreter goes first all the same: a page that is served by
    the same process would wait for it at each of its steps.
    """
    for entry in entries:
        begun = time.monotonic()
        yield entry
        time.sleep(_RESTS * (time.monotonic() - begun) if is_gentle else 0)
