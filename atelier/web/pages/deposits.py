"""Bringing bytes in: by a form with files, or one raw body by script with progress."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from starlette.responses import Response

from atelier.errors import Invalid, Locked, Malformed, NameTaken, VersionClash
from atelier.model.deposits import Taken
from atelier.model.folders import Action
from atelier.web import digests
from atelier.web.bodies import announced_bytes, chunks
from atelier.web.doors import Door, in_folder
from atelier.web.errors import status_of
from atelier.web.forms import Form, gathered
from atelier.web.multipart import FilePart
from atelier.web.pages.documents import document_of, second, sheet
from atelier.web.pages.folders import folder_of, listing
from atelier.web.pages.received import FILES, Received, gravest, receive, taken_of, told
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import deposits
from atelier.workspace.deposits import Incoming

_VERSION_TAG: Final = re.compile(r'"([1-9][0-9]{0,17})"', re.ASCII)


async def deposit(visit: Visit) -> Response:
    """The files of a form into a folder; each is confirmed on its own, in the order sent."""
    folder = folder_of(visit)

    async def begin(part: FilePart, form: Form) -> Incoming:
        # To keep both asks least: what was chosen comes after the files.
        both = Taken.KEEP_BOTH
        return await deposits.begin(visit.ws, visit.actor, folder, part.name, taken=both)

    try:
        most = visit.ws.settings.limits.max_files_per_deposit
        files, asked = await receive(visit, begin, most=most, names=("taken",))
    except Invalid as error:
        return await listing(visit, visit.refused(error, _field(error)))
    if any(one.error for one in files):
        return await _told(visit, files, asked)
    added = sum(one.done.is_new_version for one in files if one.done)
    same = len(files) - added
    counts = f"?added={added}&same={same}" if len(files) > 1 else ""
    return onward(f"/folders/{folder}{counts}", "deposited" if added else "unchanged")


async def revise(visit: Visit) -> Response:
    """The file of a form as a further version; `expected` says which one it builds upon."""
    document = document_of(visit)

    async def begin(part: FilePart, form: Form) -> Incoming:
        expected = form.number("expected")
        return await deposits.begin_version(visit.ws, visit.actor, document, expected=expected)

    try:
        (one,), _ = await receive(visit, begin, most=1, names=("expected",))
        if one.error is not None:
            raise one.error
    except Invalid as error:
        return await sheet(visit, visit.refused(error, _field(error)))
    except (VersionClash, Locked) as error:
        return await sheet(visit, second(visit, error, FILES))
    assert one.done is not None
    return onward(f"/documents/{document}", "revised" if one.done.is_new_version else "unchanged")


async def put_deposit(visit: Visit) -> Response:
    """The body as a document of this name in a folder, or below it along `?path=A/B`.

    `?taken=` says what a name in use does: `revise` (else), `keep_both`, `refuse`.
    """
    visit.check_token()
    query = gathered(visit.request.query_params.multi_items(), ("path", "taken"), ())
    path = query.fields.get("path", "")
    incoming = await deposits.begin(
        visit.ws,
        visit.actor,
        folder_of(visit),
        str(visit.request.path_params["name"]),
        path=tuple(path.split("/")) if path else (),
        taken=taken_of(query),
        size_bytes=announced_bytes(visit.request) or 0,
    )
    return await _take(visit, incoming)


async def put_version(visit: Visit) -> Response:
    """The body as a further version; `If-Match` or `?expected=` says which one it builds upon."""
    visit.check_token()
    document, expected = document_of(visit), _expected(visit)
    size_bytes = announced_bytes(visit.request) or 0
    incoming = await deposits.begin_version(
        visit.ws, visit.actor, document, expected=expected, size_bytes=size_bytes
    )
    return await _take(visit, incoming)


async def _take(visit: Visit, incoming: Incoming) -> Response:
    body: AsyncIterator[bytes] = chunks(visit.request, visit.ws.settings.limits.max_deposit_bytes)
    if (digest := digests.announced(visit.request)) is not None:
        body = digests.verified(body, digest)
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


async def _told(visit: Visit, files: list[Received], asked: Taken) -> Response:
    """The folder, saying of each file what became of it."""
    error = gravest(files)
    assert error is not None
    if len(files) == 1 and not (isinstance(error, NameTaken) and asked is Taken.REFUSE):
        return await listing(visit, visit.refused(error, FILES))
    # Where she asked to leave out what is there already, leaving it out is no refusal.
    is_asked = isinstance(error, NameTaken) and asked is Taken.REFUSE
    status = 200 if is_asked else status_of(error, visit.request)
    return await listing(visit, Refused(status), told(visit.voice, files))


def _field(error: Invalid) -> str:
    """The field of the form beside which the fault is told."""
    return error.field if error.field in ("comment", "taken") else FILES


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
