"""Inviting many people: a list that is pasted or a file, what it would do, what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid, TextTooLarge, TooLarge
from atelier.model.folders import Action
from atelier.model.invite_lines import decoded, read_lines, written
from atelier.model.invites import MAX_LINES, Fate, InvitedLine
from atelier.web.doors import SIGNED_IN, STEWARD, Door, in_folder
from atelier.web.forms import TOKEN_FIELD, Form
from atelier.web.multipart import FilePart, MultipartLimits, read_multipart
from atelier.web.pages.invite_words import fate_words
from atelier.web.pages.invites import OFFERED, entered, offer_in, offering
from atelier.web.visit import Refused, Visit
from atelier.workspace import invite_lists

_MAX_LIST_BYTES: Final = 256 * 1024
_LIMITS: Final = MultipartLimits(
    max_fields=len(OFFERED) + 3, max_files=1, max_field_bytes=_MAX_LIST_BYTES
)
_FILE: Final = "file"
_DOING: Final = (Fate.INVITED, Fate.GIVEN)


async def show(visit: Visit) -> Response:
    """Where a list is pasted, or a file chosen."""
    return await _form(visit, Refused())


async def take(visit: Visit) -> Response:
    """What a list would do, and once that is confirmed, what it did."""
    to, found = await entered(visit)
    form, raw = await _sent(visit)
    # Only what was typed is shown again: a browser keeps no file.
    typed = {name: form.text(name) for name in (*OFFERED, "list")}
    if form.text("corrected"):
        return await _form(visit, Refused(typed=typed))
    try:
        lines = read_lines(decoded(raw) if raw else form.text("list"))
        offer = offer_in(to, form)
        acts = invite_lists.take if form.text("confirmed") else invite_lists.rehearse
        told = await acts(visit.ws, await visit.still(), offer, lines)
    except Invalid as error:
        return await _form(visit, visit.refused(error, error.field, typed))
    is_done = bool(form.text("confirmed"))
    return visit.page(
        "invites/report.html" if is_done else "invites/preview.html",
        status=200,
        path=f"{to.base}/invite/list",
        lines=[(one, fate_words(one, visit.voice, is_done=is_done)) for one in told],
        links=[(one, _address(visit, one)) for one in told if one.token],
        number=sum(one.fate in _DOING for one in told),
        counts=_counted(told),
        fields={**typed, "list": written(lines), "confirmed": "yes"},
        **offering(visit, to, found),
    )


def _counted(told: Sequence[InvitedLine]) -> dict[str, int]:
    found = Counter(one.fate for one in told)
    return {str(fate): found[fate] for fate in Fate}


def _address(visit: Visit, line: InvitedLine) -> str:
    kind = "invite" if line.fate is Fate.INVITED else "welcome"
    return f"{visit.around.site.url}/{kind}/{line.token}"


class _Held:
    """A file that is small enough to be held."""

    def __init__(self) -> None:
        self.content = bytearray()

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; `TextTooLarge` for more than a list has."""
        self.content += chunk
        if len(self.content) > _MAX_LIST_BYTES:
            raise TextTooLarge(_MAX_LIST_BYTES, len(self.content))


async def _sent(visit: Visit) -> tuple[Form, bytes]:
    held = _Held()

    async def open_sink(part: FilePart, form: Form) -> _Held:
        form.checked(visit.form_token)
        if part.field != _FILE:
            raise Invalid(part.field[:40], "unknown")
        return held

    names = (TOKEN_FIELD, "list", "confirmed", "corrected", *OFFERED)
    limit = visit.ws.settings.limits.max_form_bytes
    try:
        form = await read_multipart(
            visit.request, open_sink, names, limit_bytes=limit, limits=_LIMITS
        )
    except TooLarge as error:
        raise TextTooLarge(error.limit_bytes, error.size_bytes) from None
    return form.checked(visit.form_token), bytes(held.content)


async def _form(visit: Visit, refused: Refused) -> Response:
    to, found = await entered(visit)
    return visit.page(
        "invites/list.html",
        status=refused.status,
        path=f"{to.base}/invite/list",
        max_lines=MAX_LINES,
        **offering(visit, to, found),
        **refused.values(),
    )


_FOLDER: Final = "/folders/{folder:id}/invite/list"
_ORGANISATION: Final = "/organisations/{organisation:id}/invite/list"

DOORS = (
    Door("GET", _FOLDER, in_folder(Action.SHARE), show),
    Door("POST", _FOLDER, in_folder(Action.SHARE), take),
    Door("GET", _ORGANISATION, SIGNED_IN, show),
    Door("POST", _ORGANISATION, SIGNED_IN, take),
    Door("GET", "/people/invite/list", STEWARD, show),
    Door("POST", "/people/invite/list", STEWARD, take),
)
