"""Tables on their way out as CSV, as office suites in Europe open them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import Final

from starlette.responses import Response, StreamingResponse

from atelier.model.names import visible
from atelier.web.downloads import disposition

# Without it Excel reads UTF-8 as an old Windows alphabet.
_MARK: Final = "\ufeff"
# What makes a cell a formula, in one program or another, wide forms of East Asia too.
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
_PIECE_ROWS: Final = 500


def spreadsheet(rows: Iterable[Sequence[str]], name: str) -> Response:
    """The rows as `name`.csv: UTF-8 with its mark, `;` between cells, no cell a formula.

    Marks that can make a cell read as another are left out. Sent in pieces, so that a long
    table holds up nobody else.
    """
    return StreamingResponse(
        _pieces(rows),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": disposition(f"{name}.csv", is_inline=False)},
    )


async def _pieces(rows: Iterable[Sequence[str]]) -> AsyncIterator[bytes]:
    mark, left = _MARK, iter(rows)
    while piece := written(islice(left, _PIECE_ROWS)):
        yield (mark + piece).encode("utf-8", "replace")
        mark = ""


def written(rows: Iterable[Sequence[str]]) -> str:
    """The rows as such a table holds them, without its mark."""
    text = io.StringIO(newline="")
    # RFC 4180 §2: lines end in CRLF; cells that need it are quoted.
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    shown = visible(cell)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
