"""How many times: a test asks here, so that `--thorough` can raise every count at once."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("ATELIER_THOROUGH") == "1"


def times(usual: int, thorough: int) -> int:
    """How often to repeat: `usual` on every run, `thorough` under `--thorough`."""
    return thorough if THOROUGH else usual
