"""Deposits that go on after a cut: tus 1.0 with creation, termination, checksum, expiration.

The rules are in `workspace.uploads`; `tus` reads the headers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Final

import msgspec
from starlette.responses import Response

from atelier.errors import Malformed
from atelier.model.deposits import Target
from atelier.model.documents import Deposited
from atelier.web import tus
from atelier.web.bodies import announced_bytes, chunks
from atelier.web.digests import ALGORITHMS, verified
from atelier.web.doors import SIGNED_IN, UNASKED, Door
from atelier.web.errors import ProtocolRefusal
from atelier.web.visit import Visit
from atelier.workspace import deposits, uploads
from atelier.workspace.uploads import Announced

# Whole and no larger than this, a file goes the short way: no row, no second request.
SHORT_BYTES: Final = 1024 * 1024


async def capabilities(visit: Visit) -> Response:
    """What this server can do, for anybody."""
    told = {
        "tus-extension": tus.EXTENSIONS,
        "tus-max-size": str(visit.ws.settings.limits.max_deposit_bytes),
        "tus-checksum-algorithm": ",".join(ALGORITHMS),
    }
    return _answer(204, told)


async def create(visit: Visit) -> Response:
    """Begins a deposit, perhaps with its first bytes; a small one that is whole is done."""
    _check(visit)
    visit.check_token()
    announced = _announced(visit)
    coming = _coming(visit)
    if coming is not None and coming > announced.size_bytes:
        raise Malformed("content-length")
    if coming == announced.size_bytes <= SHORT_BYTES:
        done = await _deposit(visit, announced)
        told = {"location": f"/documents/{done.document_id}", **tus.result(done)}
        return _answer(201, {"upload-offset": str(coming), **told})
    if coming != 0:
        body = _body(visit)
        upload = await uploads.receive(visit.ws, visit.actor, announced, body, still=visit.still)
    else:
        upload = await uploads.create(visit.ws, visit.actor, announced)
    return _answer(201, {"location": f"{tus.ADDRESS}{upload.key}", **tus.described(upload)})


async def look(visit: Visit) -> Response:
    """How far a deposit came: by `HEAD` for tus, with all that is known of it by `GET`."""
    _check(visit)
    upload = await uploads.look(visit.ws, visit.actor, _key(visit))
    told = {
        "key": upload.key,
        "name": upload.target.name,
        "size_bytes": upload.size_bytes,
        "offset_bytes": upload.offset_bytes,
        "expires_at": upload.expires_at,
        "became": None if upload.became is None else asdict(upload.became),
    }
    headers = {
        "upload-length": str(upload.size_bytes),
        "upload-metadata": tus.announced(upload),
        "content-type": "application/json",
        **tus.described(upload),
    }
    return _answer(200, headers, msgspec.json.encode(told))


async def append(visit: Visit) -> Response:
    """Takes further bytes; the last ones confirm the deposit."""
    _check(visit)
    visit.check_token()
    _check_media_type(visit)
    upload = await uploads.append(
        visit.ws,
        visit.actor,
        _key(visit),
        tus.number(visit.request, "upload-offset"),
        _body(visit),
        still=visit.still,
        is_all_or_none=tus.digest(visit.request) is not None,
    )
    return _answer(204, tus.described(upload))


async def terminate(visit: Visit) -> Response:
    """Forgets a deposit and its bytes."""
    _check(visit)
    visit.check_token()
    await uploads.terminate(visit.ws, visit.actor, _key(visit))
    return _answer(204, {})


async def _deposit(visit: Visit, announced: Announced) -> Deposited:
    incoming = await _begun(visit, announced.target, announced.size_bytes)
    body, comment = _body(visit), announced.comment
    return await deposits.receive(
        visit.ws, visit.actor, incoming, body, comment=comment, still=visit.still
    )


async def _begun(visit: Visit, target: Target, size_bytes: int) -> deposits.Incoming:
    ws, actor = visit.ws, visit.actor
    if target.document_id is not None:
        return await deposits.begin_version(
            ws, actor, target.document_id, expected=target.expected, size_bytes=size_bytes
        )
    assert target.folder_id is not None
    return await deposits.begin(
        ws,
        actor,
        target.folder_id,
        target.name,
        path=target.path,
        taken=target.taken,
        size_bytes=size_bytes,
    )


def _answer(status: int, headers: dict[str, str], body: bytes = b"") -> Response:
    return Response(body, status, {**tus.ALWAYS, **headers})


def _check(visit: Visit) -> None:
    if tus.header(visit.request, "tus-resumable") != tus.VERSION:
        raise ProtocolRefusal(412)


def _check_media_type(visit: Visit) -> None:
    if visit.request.headers.get("content-type", "").strip().lower() != tus.MEDIA_TYPE:
        raise ProtocolRefusal(415)


def _announced(visit: Visit) -> Announced:
    if tus.header(visit.request, "upload-defer-length") is not None:
        raise Malformed("upload-defer-length")
    size_bytes = tus.number(visit.request, "upload-length")
    told = tus.metadata(visit.request)
    return Announced(tus.target(told), size_bytes, told.get("comment", "").strip())


def _coming(visit: Visit) -> int | None:
    """How many bytes come along; None for a body that does not say."""
    is_chunked = "transfer-encoding" in visit.request.headers
    coming = None if is_chunked else announced_bytes(visit.request) or 0
    if coming != 0:
        _check_media_type(visit)
    return coming


def _body(visit: Visit) -> AsyncIterator[bytes]:
    body = chunks(visit.request, visit.ws.settings.limits.max_deposit_bytes)
    digest = tus.digest(visit.request)
    return body if digest is None else verified(body, digest)


def _key(visit: Visit) -> str:
    return str(visit.request.path_params["key"])


_ONE: Final = f"{tus.ADDRESS}{{key}}"

DOORS = (
    Door("OPTIONS", tus.ADDRESS, UNASKED, capabilities),
    Door("POST", tus.ADDRESS, SIGNED_IN, create),
    Door("GET", _ONE, SIGNED_IN, look),
    Door("PATCH", _ONE, SIGNED_IN, append),
    Door("DELETE", _ONE, SIGNED_IN, terminate),
)
