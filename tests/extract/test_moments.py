"""Dates of documents come in one form, and what is no date is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.extract.moments import MOMENT, moment, pdf_moment
from tests import samples
from tests import samples_office as office
from tests.extract.reading import parsed_here


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("2024-02-03T04:05:06Z", "2024-02-03T04:05:06Z"),
        (" 2024-02-03T04:05:06+02:00\n", "2024-02-03T02:05:06Z"),
        ("2024-02-03T04:05:06.123456789", "2024-02-03T04:05:06"),
        ("2024-02-03T04:05:06,5-01:00", "2024-02-03T05:05:06Z"),
        ("2024-02-03", "2024-02-03T00:00:00"),
        ("0001-01-01T00:00:00+14:00", ""), ("9999-12-31T23:59:59-01:00", ""),
        ("2024-13-03", ""), ("hier", ""), ("", ""), ("2024-02-03T04:05:06Z" * 9_000, ""),
    ],
)  # fmt: skip
def test_a_date_of_metadata_is_told_in_one_form(said: str, known: str) -> None:
    assert moment(said) == known


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("D:20240203040506+02'00'", "2024-02-03T02:05:06Z"), ("D:20240203040506-05'30",
         "2024-02-03T09:35:06Z"), ("D:20240203040506Z", "2024-02-03T04:05:06Z"),
        ("D:20240203040506", "2024-02-03T04:05:06"), ("20240203", "2024-02-03T00:00:00"),
        ("D:2024", "2024-01-01T00:00:00"), ("D:20249903", ""), ("D:", ""), ("mardi", ""),
        ("D:20240203040506+99'00'", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_date_of_a_pdf_is_told_in_the_same_form(said: str, known: str) -> None:
    assert pdf_moment(said) == known


@given(st.text(max_size=80) | st.from_regex(r"D?:?[0-9]{4,16}[-+Z]?[0-9':]{0,8}"))
def test_whatever_is_said_a_date_has_the_form_or_is_none(said: str) -> None:
    for known in (moment(said), pdf_moment(said)):
        assert not known or MOMENT.fullmatch(known)


def test_documents_tell_when_they_were_written_and_changed(tmp_path: Path) -> None:
    core = office.CORE.format("", "", "2024-02-03T04:05:06Z", "2024-03-03T04:05:06Z")
    meta = office.part_of_odf(
        "<office:meta><meta:creation-date>2024-02-03T04:05:06</meta:creation-date>"
        "<dc:date>2024-03-03T04:05:06</dc:date></office:meta>"
    )
    body = "<p/>"
    files = {
        "a.docx": samples.zipped({
            "[Content_Types].xml": samples.content_types(), "word/document.xml": body,
            "docProps/core.xml": core}),
        "a.odt": samples.odt_body("<text:p>mot</text:p>", **{"meta.xml": meta}),
        "a.pdf": samples.raw_pdf([
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
            b"<</CreationDate(D:20240203040506Z)/ModDate(D:20240303040506Z)>>",
        ]).replace(b"/Root", b"/Info 4 0 R/Root"),
    }  # fmt: skip
    told = {name: parsed_here(content, name, tmp_path) for name, content in files.items()}
    dates = {(each.written_at.rstrip("Z"), each.changed_at.rstrip("Z")) for each in told.values()}
    assert dates == {("2024-02-03T04:05:06", "2024-03-03T04:05:06")}
    assert told["a.pdf"].written_at.endswith("Z") and not told["a.odt"].written_at.endswith("Z")
