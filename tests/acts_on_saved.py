"""The acts on kept searches, for `write_paths`."""

from __future__ import annotations

from typing import Final

from atelier.model.ids import SavedId
from atelier.model.search import Asked
from atelier.workspace import saved
from tests.act import Act, awa
from tests.stage import Stage

_ONE: Final = SavedId(1)


async def _kept(stage: Stage) -> None:
    """A search of hers, of which she saw nothing yet."""
    await saved.keep(stage.world.ws, awa(stage), Asked("rapport"))
    await stage.world.change("DELETE FROM saved_seen")


SAVED: Final = (
    Act(
        "keep a search",
        (saved.keep,),
        lambda on: saved.keep(on.world.ws, awa(on), Asked("rapport"), "Les rapports"),
    ),
    Act(
        "rename a kept search",
        (saved.rename,),
        lambda on: saved.rename(on.world.ws, awa(on), _ONE, "Autrement"),
        before=_kept,
    ),
    Act(
        "keep a search no longer",
        (saved.forget,),
        lambda on: saved.forget(on.world.ws, awa(on), _ONE),
        before=_kept,
    ),
    Act(
        "mark what a search finds as seen",
        (saved.seen,),
        lambda on: saved.seen(on.world.ws, awa(on), _ONE),
        before=_kept,
    ),
)
