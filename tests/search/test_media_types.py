"""What people call a file is told from its media type alone."""

from __future__ import annotations

import pytest

from atelier.extract import media_type
from atelier.model.search import FileKind
from atelier.search.media_types import MEDIA_TYPES, PART_TYPES, kind_of


@pytest.mark.parametrize(
    ("kind", "media_types"),
    [
        (FileKind.PDF, [media_type.PDF]),
        (FileKind.TEXT, [media_type.DOCX, media_type.DOCM, media_type.DOC, media_type.ODT]),
        (FileKind.TEXT, [media_type.OTT, media_type.TEXT, media_type.MARKDOWN, media_type.HTML]),
        (FileKind.SHEET, [media_type.XLSX, media_type.XLSM, media_type.XLS, media_type.CSV]),
        (FileKind.SHEET, [media_type.XLSB, media_type.ODS, media_type.OTS]),
        (FileKind.SLIDES, [media_type.PPTX, media_type.PPSX, media_type.PPTM, media_type.ODP]),
        (FileKind.SLIDES, [media_type.PPT, media_type.OTP]),
        (FileKind.MAIL, [media_type.MAIL, media_type.MSG]),
        (FileKind.IMAGE, ["image/png", "image/heic"]),
        (FileKind.SOUND, ["audio/mpeg"]),
        (FileKind.FILM, ["video/mp4"]),
        *((FileKind(part), [media_type]) for part, media_type in PART_TYPES.items()),
        (FileKind.OTHER, ["application/zip", "application/octet-stream", "", "model/stl"]),
    ],
)
def test_each_media_type_is_of_one_kind(kind: FileKind, media_types: list[str]) -> None:
    assert {kind_of(one) for one in media_types} == {kind}


def test_a_word_after_type_names_files_that_people_call_alike() -> None:
    kinds = {word: {kind_of(one) for one in types} for word, types in MEDIA_TYPES.items()}
    assert {word for word, found in kinds.items() if len(found) > 1} == set()
    assert kinds["tableur"] == {FileKind.SHEET}
    assert FileKind.OTHER not in set().union(*kinds.values())
