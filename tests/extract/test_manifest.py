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
from atelier.extract.contract import Reading
from atelier.extract.process import open_readers
from atelier.extract.table import READERS
from atelier.model.documents import ReadState
from tests import samples

_FOLDER = Path(os.environ.get("ATELIER_SAMPLES", "")) / "files"
_QUOTES = str.maketrans("’‘“”", "''\"\"")
# a line of plain text under the name of another format: its content decides
_BY_CONTENT = {"odt/testODTnotaZipFile.odt": kinds.TEXT}


_OWN = {
    "own/cr.pdf": (samples.pdf(["Ordre du jour", "Décision : adopté"]), "Décision : adopté", 2, 2),
    "own/lettre.docx": (samples.docx(["Madame,", "veuillez agréer"]), "veuillez agréer", 0, 0),
    "own/note.odt": (samples.odt(["Note", "aux équipes"]), "aux équipes", 0, 0),
    "own/page.html": (samples.html("<p>Soins à <i>domicile</i>"), "Soins à domicile", 0, 0),
    "own/notes.md": ("# Réunion d’été".encode(), "Réunion d'été", 0, 0),
    "own/notes.txt": ("Équipe mobile".encode("cp1252"), "Équipe mobile", 0, 0),
}
_OWN_TYPES = {".pdf": kinds.PDF, ".docx": kinds.DOCX, ".odt": kinds.ODT, ".html": kinds.HTML,
              ".md": kinds.MARKDOWN, ".txt": kinds.TEXT}  # fmt: skip


def _own_lines() -> list[dict[str, str]]:
    return [
        {"path": path, "media_type": _OWN_TYPES[Path(path).suffix], "phrase": phrase,
         "pages": str(count or "-"), "phrase_page": str(page or "-"), "expect": "text"}
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
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reading]:
    own = tmp_path_factory.mktemp("manifest")
    (own / "own").mkdir()
    for name, (content, *_) in _OWN.items():
        (own / name).write_bytes(content)

    names = [line["path"] for line in _lines()]

    async def all_of_them() -> list[Reading]:
        readers = open_readers()
        try:
            paths = [(own if name in _OWN else _FOLDER) / name for name in names]
            return await asyncio.gather(*(readers.read(path, path.name) for path in paths))
        finally:
            await readers.close()

    return dict(zip(names, asyncio.run(all_of_them()), strict=True))


@pytest.mark.parametrize("line", _lines(), ids=lambda line: line["path"])
def test_a_file_has_its_media_type_and_crashes_nothing(
    line: dict[str, str], readings: dict[str, Reading]
) -> None:
    reading = readings[line["path"]]
    assert reading.media_type == _BY_CONTENT.get(line["path"], line["media_type"])
    assert reading.reason not in ("crashed", "answer", "time")
    assert (reading.reason == "no_reader") == (
        reading.media_type not in READERS and reading.reason != "password"
    )


@pytest.mark.parametrize(
    "line", [line for line in _lines() if line["media_type"] in READERS],
    ids=lambda line: line["path"],
)  # fmt: skip
def test_a_file_is_read_as_the_manifest_says(
    line: dict[str, str], readings: dict[str, Reading]
) -> None:
    reading = readings[line["path"]]
    expected = {"refuse": ReadState.ENCRYPTED, "ocr": ReadState.NEEDS_OCR, "text": ReadState.OK}
    if line["expect"] in expected:
        assert reading.state == expected[line["expect"]]
    if line["pages"] != "-":
        assert reading.page_count == int(line["pages"])
    if line["expect"] == "text":
        phrase = _seen(line["phrase"])
        pages = [number for number, page in enumerate(reading.pages, 1) if phrase in _seen(page)]
        assert int(line["phrase_page"] if line["phrase_page"] != "-" else 1) in pages
