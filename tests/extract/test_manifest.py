"""Files by a manifest: phrase, page, page count and media type of each line. The tests' own
lines always; with `ATELIER_SAMPLES`, those of its real files too."""

from __future__ import annotations

import asyncio
import csv
import os
import unicodedata
from pathlib import Path

import pytest

from atelier.extract import media_type as kinds
from atelier.extract import open_readers_for
from atelier.extract.contract import Readers, Reading
from atelier.extract.process import open_readers
from atelier.extract.table import READERS
from atelier.model.documents import ReadState
from atelier.settings import Reading as Settings
from tests import samples, samples_legacy, samples_scans

_FOLDER = Path(os.environ.get("ATELIER_SAMPLES", "")) / "files"
_QUOTES = str.maketrans("’‘“”", "''\"\"")
# a line of plain text under the name of another format: its content decides
_BY_CONTENT = {"odt/testODTnotaZipFile.odt": kinds.TEXT}
# the lines whose phrase needs a program beside Python, and what they are without it
_SCAN, _OLD_WORD = (ReadState.NEEDS_OCR, "scan"), (ReadState.UNSUPPORTED, "old_word")
_WITHOUT = {
    "jpg/scan-derived_Engagement-de-conformite.jpg": _SCAN,
    "jpg/testOCR.jpg": _SCAN,
    "pdf/scan-derived_Recommandations-SAS.pdf": _SCAN,
    "pdf/testOCR.pdf": _SCAN,
    "tif/testTIFF_multipage.tif": _SCAN,
    "doc/testWORD6.doc": _OLD_WORD,
    "own/fax.tif": _SCAN,
    "own/word6.doc": _OLD_WORD,
}


_OWN = {
    "own/cr.pdf": (samples.pdf(["Ordre du jour", "Décision : adopté"]), "Décision : adopté", 2, 2),
    "own/lettre.docx": (samples.docx(["Madame,", "veuillez agréer"]), "veuillez agréer", 0, 0),
    "own/note.odt": (samples.odt(["Note", "aux équipes"]), "aux équipes", 0, 0),
    "own/page.html": (samples.html("<p>Soins à <i>domicile</i>"), "Soins à domicile", 0, 0),
    "own/notes.md": ("# Réunion d’été".encode(), "Réunion d'été", 0, 0),
    "own/ancien.doc": (samples_legacy.word("Équipe\x07mobile\r"), "Équipe mobile", 0, 0),
    "own/ancien.ppt": (
        samples_legacy.powerpoint([("Un", "", ""), ("Deux", "", "note")]), "Deux note", 2, 2,
    ),
    "own/word6.doc": (samples_legacy.word("mot", identity=0xA5DC, version=101), "mot", 0, 0),
    "own/fax.tif": (samples_scans.tiff([["Convention"], ["de soins"]]), "de soins", 2, 2),
    "own/lettre.rtf": (rb"{\rtf1\ansi le caf\'e9}", "le café", 0, 0),
    "own/lettre.msg": (samples_legacy.outlook("Été", "Bonjour Zoé"), "Bonjour Zoé", 1, 1),
    "own/lettre.eml": (b"From: a@b.fr\nTo: c@d.fr\nSubject: x\n\nBonjour", "Bonjour", 1, 1),
    "own/liste.zip": (samples.zipped({"plan.txt": b"x"}), "plan.txt", 0, 0),
    "own/notes.txt": ("Équipe mobile".encode("cp1252"), "Équipe mobile", 0, 0),
}  # fmt: skip
_OWN_TYPES = {".pdf": kinds.PDF, ".docx": kinds.DOCX, ".odt": kinds.ODT, ".html": kinds.HTML,
              ".md": kinds.MARKDOWN, ".txt": kinds.TEXT, ".doc": kinds.DOC, ".ppt": kinds.PPT,
              ".rtf": "text/rtf", ".msg": kinds.MSG, ".eml": kinds.MAIL, ".zip": kinds.ZIP,
              ".tif": "image/tiff"}  # fmt: skip


def _own_lines() -> list[dict[str, str]]:
    return [
        {"path": path, "media_type": _OWN_TYPES[Path(path).suffix], "phrase": phrase,
         "pages": str(count or "-"), "phrase_page": str(page or "-"),
         "expect": "ocr" if _WITHOUT.get(path) == _SCAN else "text"}
        for path, (_, phrase, count, page) in _OWN.items()
    ]  # fmt: skip


def _lines() -> list[dict[str, str]]:
    if "ATELIER_SAMPLES" not in os.environ:
        return _own_lines()
    with (_FOLDER / "MANIFEST.tsv").open(encoding="utf-8") as file:
        real = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [*_own_lines(), *real]


def _seen(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split())


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the file of each line lies."""
    own = tmp_path_factory.mktemp("manifest")
    (own / "own").mkdir()
    for name, (content, *_) in _OWN.items():
        (own / name).write_bytes(content)
    names = [line["path"] for line in _lines()]
    return {name: (own if name in _OWN else _FOLDER) / name for name in names}


@pytest.fixture(scope="module")
def readings(paths: dict[str, Path]) -> dict[str, Reading]:
    """What the readers say with nothing installed beside them."""
    return asyncio.run(_all_read(open_readers(), paths))


async def _all_read(readers: Readers, paths: dict[str, Path]) -> dict[str, Reading]:
    try:
        found = await asyncio.gather(*(readers.read(path, path.name) for path in paths.values()))
        return dict(zip(paths, found, strict=True))
    finally:
        await readers.close()


@pytest.mark.parametrize("line", _lines(), ids=lambda line: line["path"])
def test_a_file_has_its_media_type_and_crashes_nothing(
    line: dict[str, str], readings: dict[str, Reading]
) -> None:
    reading = readings[line["path"]]
    assert reading.media_type == _BY_CONTENT.get(line["path"], line["media_type"])
    assert reading.media_type in READERS
    assert reading.reason not in ("crashed", "answer", "time", "memory", "no_reader")


@pytest.mark.parametrize(
    "line", [line for line in _lines() if line["path"] not in _WITHOUT],
    ids=lambda line: line["path"],
)  # fmt: skip
def test_a_file_is_read_as_the_manifest_says(
    line: dict[str, str], readings: dict[str, Reading]
) -> None:
    reading = readings[line["path"]]
    expected = {"refuse": ReadState.ENCRYPTED, "text": ReadState.OK}
    if line["expect"] in expected:
        assert reading.state == expected[line["expect"]]
    if line["expect"] == "none":
        assert reading.state in (ReadState.OK, ReadState.NEEDS_OCR, ReadState.UNSUPPORTED)
    _holds(line, reading)


@pytest.mark.parametrize(
    "line", [line for line in _lines() if line["path"] in _WITHOUT], ids=lambda line: line["path"]
)
def test_a_file_that_needs_a_program_beside_says_so_without_it(
    line: dict[str, str], readings: dict[str, Reading]
) -> None:
    reading = readings[line["path"]]
    assert (reading.state, reading.reason) == _WITHOUT[line["path"]]
    if line["pages"] != "-":
        assert reading.page_count == int(line["pages"])


def test_six_real_lines_at_most_need_a_program_beside() -> None:
    assert {line["path"] for line in _lines() if line["expect"] == "ocr"} <= _WITHOUT.keys()
    assert len(_WITHOUT.keys() - _OWN.keys()) == 6


@pytest.mark.tesseract
def test_every_scan_of_the_manifest_is_read_with_tesseract(paths: dict[str, Path]) -> None:
    lines = {line["path"]: line for line in _lines() if line["expect"] == "ocr"}
    wanted = {name: paths[name] for name in lines}
    for name, reading in asyncio.run(_all_read(open_readers_for(Settings()), wanted)).items():
        assert (reading.state, reading.reason) == (ReadState.OK, "ocr"), name
        _holds(lines[name], reading)


def _holds(line: dict[str, str], reading: Reading) -> None:
    """The count of pages, and the phrase on its page, as far as the line tells them."""
    if line["pages"] != "-":
        assert reading.page_count == int(line["pages"])
    if line["expect"] in ("text", "ocr"):
        phrase = _seen(line["phrase"])
        pages = [number for number, page in enumerate(reading.pages, 1) if phrase in _seen(page)]
        assert pages, line["path"]
        assert line["phrase_page"] == "-" or int(line["phrase_page"]) in pages
