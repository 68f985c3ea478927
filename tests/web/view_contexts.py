"""What the viewer and its thumbnails are given, with names that try to do harm."""

from __future__ import annotations

from atelier.model.documents import Document
from atelier.web.pages.previews import Ways
from atelier.workspace.previews import Drawn
from atelier.workspace.viewing import Track

THUMBNAIL = Drawn(b"x", 226, 320)


def view_pages(pages: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """A document with a thumbnail; and an office file, looked at as its text."""
    shown = pages["documents/document.html"]
    document = shown["document"]
    assert isinstance(document, Document)
    version = document.current
    viewed = {
        "version": version,
        "ways": Ways(("text",), False),
        "way": "text",
        "text_language": "fr",
        "page_kind": "message",
        "tracks": (Track(version, "fr"), Track(version, "")),
        "picture": THUMBNAIL,
        "is_busy": False,
    }
    return {
        "documents/document.html": {
            "opens_here": True,
            "thumbnail": THUMBNAIL,
            "opening": {1, 2, 3},
            "is_asked": False,
            "page_kind": "slide",
        },
        "documents/view.html": shown | viewed,
    }
