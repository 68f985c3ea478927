"""`python3 -m atelier.demo FOLDER [INDEX]`: fill a new folder with the demonstration network."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from atelier.app import open_workspace
from atelier.demo.network import plan
from atelier.demo.seed import fill
from atelier.settings import load


def main() -> None:
    """Fill the folder named first, with the search index at the address named then.

    Progress goes to stderr.
    """
    folder, *index = sys.argv[1:]
    asyncio.run(_fill(Path(folder), {"storage.index": index[0]} if index else {}))


async def _fill(folder: Path, given: dict[str, str]) -> None:
    # No environment: what it asks of the real server is not asked of this filling.
    async with open_workspace(load(folder, {}, folder, given), create=True) as ws:
        await fill(ws, plan(), _tell)


def _tell(done: int, total: int) -> None:
    """A line that counts on a terminal, one line at the end elsewhere."""
    is_terminal, is_over = sys.stderr.isatty(), done == total
    if is_terminal or is_over:
        sys.stderr.write(f"\rDocuments de démonstration : {done}/{total}" + "\n" * is_over)
        sys.stderr.flush()


if __name__ == "__main__":
    main()
