"""A well-made request at a door of tus, for those who knock at every door."""

from __future__ import annotations

import base64
from typing import Any

from starlette.testclient import TestClient

from atelier.web import tus
from atelier.web.doors import Door

NOBODYS_KEY = "0" * 32


def speaks_tus(door: Door) -> bool:
    """Whether a request at this door is made here."""
    return door.path.startswith(tus.ADDRESS)


def knock(
    client: TestClient, door: Door, token: str, *, folder: int, key: str = NOBODYS_KEY
) -> Any:
    """The answer: a beginning in that folder, or a byte for the deposit of that key."""
    headers = {"tus-resumable": tus.VERSION, "x-form-token": token}
    content = b""
    if door.method == "POST":
        told = (("filename", "x.pdf"), ("folder", str(folder)))
        pairs = [f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in told]
        headers |= {"upload-length": "500", "upload-metadata": ",".join(pairs)}
    if door.method == "PATCH":
        content = b"x"
        headers |= {"upload-offset": "0", "content-type": tus.MEDIA_TYPE}
    path = door.path.replace("{key}", key)
    return client.request(door.method, path, headers=headers, content=content)
