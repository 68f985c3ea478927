"""Pages read one by one, where one that is broken leaves the others as they are."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Unread
from atelier.extract.limits import MAX_PAGES
from atelier.model.documents import ReadState

Source = TypeVar("Source")

_ALL_BROKEN = Unread(ReadState.DAMAGED, "pages")


def paged(sources: Sequence[Source], kind: PageKind, text_of: Callable[[Source], str]) -> Found:
    """One text a source, in order; `partial` when some cannot be read or there are too many.

    `Unread` when there is none, or none can be read. A page may be damaged, or too large by its
    `cells`; any other cap that `text_of` meets is a cap of the whole file.
    """
    if not sources:
        raise Unread(ReadState.DAMAGED, "no_pages")
    pages, refused = [], list[Unread]()
    for source in sources[:MAX_PAGES]:
        text, given_up = _tried(source, text_of)
        pages.append(text)
        refused += [given_up] if given_up is not None else []
    if len(refused) == len(pages):
        raise next((one for one in refused if one.reason == "cells"), _ALL_BROKEN)
    state, reason = _state(len(refused), len(sources))
    return Found(tuple(pages), kind, state=state, reason=reason)


def _tried(source: Source, text_of: Callable[[Source], str]) -> tuple[str, Unread | None]:
    try:
        return text_of(source), None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return "", _ALL_BROKEN
    except Unread as given_up:
        if given_up.state is ReadState.DAMAGED or given_up.reason == "cells":
            return "", given_up
        raise


def _state(broken: int, count: int) -> tuple[ReadState, str]:
    if count > MAX_PAGES:
        return ReadState.PARTIAL, "many_pages"
    return (ReadState.PARTIAL, "pages") if broken else (ReadState.OK, "")
