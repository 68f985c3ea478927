"""Bringing bytes in: by a form with files, or one raw body by script with progress."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from starlette.responses import Response

from atelier.errors import Invalid, Malformed, NameTaken
from atelier.model.documents import Deposited
from atelier.model.folders import Action
from atelier.web.bodies import chunks
from atelier.web.doors import Door, in_folder
from atelier.web.forms import TOKEN_FIELD, Form
from atelier.web.multipart import FilePart, MultipartLimits, OpenSink, read_multipart
from atelier.web.pages.documents import document_of, sheet
from atelier.web.pages.folders import folder_of, listing
from atelier.web.visit import Visit, onward
from atelier.workspace import deposits
from atelier.workspace.deposits import Incoming

_FILES: Final = "files"
_VERSION_TAG: Final = re.compile(r'"([1-9][0-9]{0,17})"', re.ASCII)
# Boundary and headers around each file.
_AROUND_FILE_BYTES: Final = 20 * 1024


async def deposit(visit: Visit) -> Response:
    """The files of a form into a folder; each is confirmed on its own, in the order sent."""
    folder = folder_of(visit)
    files = _Files(visit, visit.ws.settings.limits.max_files_per_deposit)

    async def begin(part: FilePart, form: Form) -> Incoming:
        return await deposits.begin(visit.ws, visit.actor, folder, part.name)

    try:
        kept = await files.receive(begin)
    except (Invalid, NameTaken) as error:
        return await listing(visit, visit.refused(error, _field(error)))
    is_new = any(one.is_new_version for one in kept)
    return onward(f"/folders/{folder}", "deposited" if is_new else "unchanged")


async def revise(visit: Visit) -> Response:
    """The file of a form as a further version; `expected` says which one it builds upon."""
    document = document_of(visit)

    async def begin(part: FilePart, form: Form) -> Incoming:
        expected = form.number("expected")
        return await deposits.begin_version(visit.ws, visit.actor, document, expected=expected)

    try:
        (done,) = await _Files(visit, 1).receive(begin)
    except Invalid as error:
        return await sheet(visit, visit.refused(error, _field(error)))
    return onward(f"/documents/{document}", "revised" if done.is_new_version else "unchanged")


async def put_deposit(visit: Visit) -> Response:
    """The body as a document of this name in a folder, or its next version."""
    visit.check_token()
    name = str(visit.request.path_params["name"])
    incoming = await deposits.begin(visit.ws, visit.actor, folder_of(visit), name)
    return await _take(visit, incoming)


async def put_version(visit: Visit) -> Response:
    """The body as a further version; `If-Match` or `?expected=` says which one it builds upon."""
    visit.check_token()
    document, expected = document_of(visit), _expected(visit)
    incoming = await deposits.begin_version(visit.ws, visit.actor, document, expected=expected)
    return await _take(visit, incoming)


async def _take(visit: Visit, incoming: Incoming) -> Response:
    body = chunks(visit.request, visit.ws.settings.limits.max_deposit_bytes)
    done = await deposits.receive(visit.ws, visit.actor, incoming, body, still=visit.still)
    address = f"/documents/{done.document_id}"
    told = {
        "document": done.document_id,
        "name": done.name,
        "version": done.version,
        "is_new_document": done.is_new_document,
        "is_new_version": done.is_new_version,
        "url": address,
    }
    status = 201 if done.is_new_version else 200
    answer = msgspec.json.encode(told)
    return Response(answer, status, {"location": address}, media_type="application/json")


class _Files:
    """The files of one form: all begun, then all confirmed; on an error the rest is dropped."""

    def __init__(self, visit: Visit, most: int) -> None:
        self._visit, self._most = visit, most
        self._begun: list[Incoming] = []
        self._kept: list[Deposited] = []

    async def receive(self, begin: OpenSink) -> list[Deposited]:
        """What each file became, in the order sent; `Invalid` when there is none."""
        try:
            form = await self._read(begin)
            if not self._begun:
                raise Invalid(_FILES, "empty")
            for incoming in self._begun:
                await self._confirm(incoming, form.text("comment"))
        finally:
            for incoming in self._begun[len(self._kept) :]:
                await incoming.drop()
        return self._kept

    async def _confirm(self, incoming: Incoming, comment: str) -> None:
        ws, actor = self._visit.ws, await self._visit.still()
        self._kept.append(await deposits.finish(ws, actor, incoming, comment=comment))

    async def _read(self, begin: OpenSink) -> Form:
        async def open_sink(part: FilePart, form: Form) -> Incoming:
            # The token stands first in the form: nothing is begun for another site.
            form.checked(self._visit.form_token)
            if part.field != _FILES:
                raise Invalid(part.field[:40], "unknown")
            incoming = await begin(part, form)
            assert isinstance(incoming, Incoming)
            self._begun.append(incoming)
            return incoming

        limits = self._visit.ws.settings.limits
        each = limits.max_deposit_bytes + _AROUND_FILE_BYTES
        form = await read_multipart(
            self._visit.request,
            open_sink,
            (TOKEN_FIELD, "comment", "expected"),
            limit_bytes=limits.max_form_bytes + self._most * each,
            limits=MultipartLimits(max_files=self._most),
        )
        return form.checked(self._visit.form_token)


def _field(error: Invalid | NameTaken) -> str:
    """The field of the form beside which the fault is told."""
    return "comment" if isinstance(error, Invalid) and error.field == "comment" else _FILES


def _expected(visit: Visit) -> int:
    """The version that the client holds; a writer who says none is refused."""
    tag = visit.request.headers.get("if-match", "").strip()
    if not tag:
        return Form({"expected": visit.asked("expected")}).number("expected")
    matched = _VERSION_TAG.fullmatch(tag)
    if matched is None:
        raise Malformed("if-match")
    return int(matched[1])


_FOLDER = "/folders/{folder:id}/deposits"
_DOCUMENT = "/documents/{document:id}/versions"

DOORS = (
    Door("POST", _FOLDER, in_folder(Action.ADD), deposit),
    Door("PUT", f"{_FOLDER}/{{name}}", in_folder(Action.ADD), put_deposit),
    Door("POST", _DOCUMENT, in_folder(Action.REVISE), revise),
    Door("PUT", _DOCUMENT, in_folder(Action.REVISE), put_version),
)
