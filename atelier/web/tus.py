"""What the headers of tus 1.0 say, read strictly (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from starlette.requests import Request

from atelier.errors import Invalid, Malformed
from atelier.model.deposits import Taken, Target, Upload
from atelier.model.documents import Deposited
from atelier.model.ids import DocumentId, FolderId
from atelier.web.digests import Digest

ADDRESS: Final = "/deposits/"
VERSION: Final = "1.0.0"
MEDIA_TYPE: Final = "application/offset+octet-stream"
# What every answer says; the versions also where the one that was asked for is not spoken.
ALWAYS: Final = {"tus-resumable": VERSION, "tus-version": VERSION}
EXTENSIONS: Final = "creation,creation-with-upload,termination,checksum,expiration"

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_INTO_A_FOLDER: Final = frozenset({"filename", "folder", "path", "taken", "comment"})
_ONTO_A_DOCUMENT: Final = frozenset({"filename", "document", "expected", "comment"})


def is_spoken(request: Request) -> bool:
    """Whether this address speaks tus: programs ask there, never a form."""
    return str(request.scope["path"]).startswith(ADDRESS)


def header(request: Request, name: str) -> str | None:
    """A header, None when it is absent; `Malformed` when it is there twice."""
    given = request.headers.getlist(name)
    if len(given) > 1:
        raise Malformed(name)
    return given[0] if given else None


def number(request: Request, name: str) -> int:
    """A count of bytes; `Malformed` for none, a negative one or anything but digits."""
    text = header(request, name)
    if text is None or not _NUMBER.fullmatch(text):
        raise Malformed(name)
    return int(text)


def digest(request: Request) -> Digest | None:
    """What `Upload-Checksum` announces; `Malformed` for an algorithm that is not ours too."""
    text = header(request, "upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.partition(" ")
    return Digest(algorithm, _decoded(value, "upload-checksum"))


def metadata(request: Request) -> dict[str, str]:
    """What `Upload-Metadata` says by key; `Malformed`."""
    pairs: dict[str, str] = {}
    for pair in (header(request, "upload-metadata") or "").split(","):
        key, _, value = pair.strip().partition(" ")
        if not (key.isascii() and key.isprintable() and key) or key in pairs:
            raise Malformed("upload-metadata")
        try:
            text = _decoded(value, "upload-metadata").decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("upload-metadata") from None
        if "\0" in text:
            raise Malformed("upload-metadata")
        pairs[key] = text.replace("\r\n", "\n")
    return pairs


def target(told: Mapping[str, str]) -> Target:
    """Where metadata send the bytes; `Invalid`, also for a key that means nothing there."""
    known = _ONTO_A_DOCUMENT if "document" in told else _INTO_A_FOLDER
    for key in told:
        if key not in known:
            raise Invalid(key[:40], "unknown")
    if "document" in told:
        document = DocumentId(_id(told, "document"))
        return Target(None, "", document, _id(told, "expected"))
    taken = told.get("taken", Taken.REVISE)
    if taken not in set(Taken):
        raise Invalid("taken", "unknown", taken[:80])
    path = told.get("path", "")
    return Target(
        FolderId(_id(told, "folder")),
        told.get("filename", ""),
        path=tuple(path.split("/")) if path else (),
        taken=Taken(taken),
    )


def described(upload: Upload) -> dict[str, str]:
    """How far an upload is, when it ends, and what it became, as headers."""
    told = {
        "upload-offset": str(upload.offset_bytes),
        "upload-expires": format_datetime(upload.expires_at, usegmt=True),
    }
    return told if upload.became is None else told | result(upload.became)


def result(done: Deposited) -> dict[str, str]:
    """What a deposit became, as headers."""
    outcome = "new" if done.is_new_document else "revised" if done.is_new_version else "unchanged"
    return {
        "atelier-document": str(done.document_id),
        "atelier-version": str(done.version),
        "atelier-outcome": outcome,
        "atelier-name": quote(done.name, safe=""),
    }


def announced(upload: Upload) -> str:
    """`Upload-Metadata` of an upload, as it was created."""
    target = upload.target
    told: dict[str, object] = {
        "filename": target.name,
        "folder": target.folder_id,
        "document": target.document_id,
        "expected": target.expected,
        "path": "/".join(target.path),
        "taken": target.taken if target.folder_id else None,
        "comment": upload.comment,
    }
    return ",".join(
        f"{key} {base64.b64encode(str(value).encode()).decode()}"
        for key, value in told.items()
        if value not in (None, "")
    )


def _decoded(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(name) from None


def _id(told: Mapping[str, str], key: str) -> int:
    text = told.get(key, "")
    if not _NUMBER.fullmatch(text) or text == "0":
        raise Invalid(key, "number", text[:40])
    return int(text)
