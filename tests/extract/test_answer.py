"""What a child says is checked: a reader taken over by a hostile file gains nothing by lying."""

from __future__ import annotations

import msgspec
import pytest

from atelier.extract.answer import checked, ended
from atelier.extract.contract import READER_VERSION, PageKind, Reading
from atelier.model.documents import ReadState

TRUE = Reading(ReadState.OK, "application/pdf", PageKind.PAGE, ("un", "deux"), language="fr",
               written_at="2024-02-03T04:05:06Z", changed_at="2024-02-03T04:05:06")  # fmt: skip


def _said(**changes: object) -> Reading:
    return checked(msgspec.msgpack.encode(msgspec.structs.replace(TRUE, **changes)), "text/plain")


def test_a_true_reading_is_taken_as_it_is_and_texts_are_made_plain() -> None:
    assert _said() == TRUE
    lied = _said(pages=("a\x00b\r\nc", "e\u0301"), title="x\n" * 900, reader_version=99)
    assert lied.pages == ("ab\nc", "é")
    assert "\n" not in lied.title and len(lied.title) <= 1_000
    assert lied.reader_version == READER_VERSION


@pytest.mark.parametrize(
    "changes",
    [
        {"state": ReadState.WAITING},
        {"media_type": "text/x-anything"},
        {"reason": "<script>"},
        {"language": "french"},
        {"written_at": "hier"},
        {"changed_at": "2024-02-03T04:05:06Z\n"},
        {"pages": ("x",) * 10_001},
        {"page_kind": PageKind.NONE},
        {"pages": ("x" * (64 * 1024 * 1024 + 1),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_answer_no_reader_would_give_is_damaged(changes: dict[str, object]) -> None:
    reading = _said(**changes)
    assert (reading.state, reading.reason) == (ReadState.DAMAGED, "answer")
    assert (reading.pages, reading.media_type) == ((), "text/plain")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xc1", b"\x80",
     msgspec.msgpack.encode({"state": "ok", "media_type": "text/plain", "x": 1}),
     msgspec.msgpack.encode({"state": "ok", "media_type": 4}), b"\x81\xa5state\xa2\xff\xff"],
)  # fmt: skip
def test_bytes_that_are_no_reading_are_damaged(content: bytes) -> None:
    assert checked(content, "text/plain").reason == "answer"


@pytest.mark.parametrize(
    ("ending", "state"),
    [("timeout", ReadState.TIMEOUT), ("crashed", ReadState.DAMAGED),
     ("too_large", ReadState.TOO_LARGE), ("no_fork", ReadState.UNSUPPORTED)],
)  # fmt: skip
def test_each_ending_has_its_state(ending: str, state: ReadState) -> None:
    assert ended(ending, "text/plain").state == state
