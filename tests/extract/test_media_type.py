"""The content says what a file is; its name decides among text kinds only."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from atelier.extract import media_type as kinds
from atelier.extract.inside import is_locked_office, media_type_in
from atelier.extract.limits import HEAD_BYTES
from atelier.extract.media_type import media_type_of
from tests import samples

CONTENTS = {
    kinds.PDF: samples.pdf(["x"]),
    kinds.DOCX: samples.docx(["x"]),
    kinds.ODT: samples.odt(["x"]),
    kinds.HTML: samples.html("x"),
    "image/png": samples.png(),
    "text/rtf": b"{\\rtf1 x}",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "audio/mpeg": b"ID3\x04",
    "video/mp4": b"\x00\x00\x00\x20ftypisom",
    "image/heic": b"\x00\x00\x00\x18ftypheic",
    "application/x-7z-compressed": b"7z\xbc\xaf\x27\x1c\x00",
    kinds.UNKNOWN: bytes(range(1, 32)),
}


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("name", ["sans extension", "faux.exe", "faux.mp3"])
def test_the_content_decides_whatever_the_name(kind: str, name: str) -> None:
    assert media_type_in(io.BytesIO(CONTENTS[kind]), name) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.txt", kinds.TEXT), ("a.MD", kinds.MARKDOWN), ("a.csv", kinds.CSV), ("a.pdf", kinds.TEXT),
     ("a.html", kinds.HTML), ("a.eml", kinds.MAIL), ("a", kinds.TEXT)],
)  # fmt: skip
def test_the_name_decides_among_texts(name: str, kind: str) -> None:
    assert media_type_of(b"un, deux, trois", name) == kind


def test_the_head_of_an_office_file_is_enough_with_its_name_and_the_whole_without() -> None:
    content = samples.docx(["x"])
    assert media_type_of(content[:HEAD_BYTES], "lettre.docx") == kinds.DOCX
    assert media_type_of(content[:HEAD_BYTES], "lettre") == kinds.ZIP
    assert media_type_in(io.BytesIO(content), "lettre") == kinds.DOCX
    assert media_type_of(samples.odt(["x"])[:HEAD_BYTES], "lettre") == kinds.ODT


def test_a_zip_that_only_bears_an_office_name_is_a_zip() -> None:
    content = samples.zipped({"a.txt": "x"})
    assert media_type_of(content, "faux.docx") == kinds.ZIP
    assert media_type_in(io.BytesIO(content), "faux.docx") == kinds.ZIP


@pytest.mark.parametrize(
    ("streams", "name", "kind"),
    [
        (["a", "b", "c", "d", "WordDocument"], "x", kinds.DOC),
        (["Workbook"], "x.doc", kinds.XLS),
        (["Book"], "x", kinds.XLS),
        (["PowerPoint Document"], "x", kinds.PPT),
        (["__properties_version1.0"], "x", kinds.MSG),
        (["EncryptedPackage"], "x.xlsx", kinds.XLSX),
        (["EncryptedPackage"], "x", kinds.OLE),
        (["autre"], "x.docx", kinds.OLE),
        ([], "x.msg", kinds.MSG),
    ],
)
def test_an_ole_container_goes_by_what_stands_in_it(
    streams: list[str], name: str, kind: str
) -> None:
    file = io.BytesIO(samples.ole(*streams))
    assert media_type_in(file, name) == kind
    assert is_locked_office(file) == ("EncryptedPackage" in streams)


@pytest.mark.parametrize("size", [8, 40, 80, 511, 600, 1_100])
def test_a_cut_ole_container_is_told_by_its_name(size: int) -> None:
    assert media_type_in(io.BytesIO(samples.ole("WordDocument")[:size]), "a.doc") == kinds.DOC


def test_an_ole_directory_that_loops_ends() -> None:
    content = bytearray(samples.ole("a", "b", "c", "d", "e"))
    content[512 + 8 : 512 + 12] = (1).to_bytes(4, "little")
    assert media_type_in(io.BytesIO(bytes(content)), "a.doc") == kinds.DOC


@pytest.mark.parametrize(
    ("folder", "kind"), [("word/", kinds.DOCX), ("xl/", kinds.XLSX), ("ppt/", kinds.PPTX)]
)
def test_an_office_zip_with_unreadable_types_goes_by_its_folders(folder: str, kind: str) -> None:
    types = samples.content_types().encode("utf-16")
    content = samples.zipped({"[Content_Types].xml": types, f"{folder}a.xml": "<a/>"})
    assert media_type_in(io.BytesIO(content), "sans nom") == kind
    alone = samples.zipped({"[Content_Types].xml": types})
    assert media_type_in(io.BytesIO(alone), "sans nom") == kinds.ZIP


def test_the_last_part_of_a_spanned_zip_is_a_zip() -> None:
    content = bytes(range(256)) * 40 + samples.zipped({"a": "b"})
    assert media_type_in(io.BytesIO(content), "partie") == kinds.ZIP


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x05\x06"]
)
def test_a_cut_container_has_a_type_all_the_same(content: bytes) -> None:
    assert media_type_in(io.BytesIO(content), "coupé") in (kinds.ZIP, kinds.OLE)


def test_telling_media_types_and_opening_the_readers_imports_no_reader() -> None:
    script = (
        "import sys; import atelier.extract.process, atelier.extract.media_type; "
        "print([m for m in ('lxml', 'numpy', 'pypdfium2', 'py3langid', 'selectolax', "
        "'charset_normalizer') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert answer.stdout.strip() == b"[]"
