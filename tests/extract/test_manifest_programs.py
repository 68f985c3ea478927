"""Lines of the manifest that need an outside program: the phrase found, on its page.

The tests' own scan always; with `ATELIER_SAMPLES`, the real ones too.
"""

from __future__ import annotations

import asyncio
import csv
import os
import re
import unicodedata
from pathlib import Path

import pytest

from atelier.extract import open_readers_for
from atelier.extract.contract import Reading
from atelier.model.documents import ReadState
from atelier.settings import Reading as Settings
from tests import samples_scans

_SAMPLES = os.environ.get("ATELIER_SAMPLES")
_OLD_WORD = "doc/testWORD6.doc"


def _lines() -> list[dict[str, str]]:
    if _SAMPLES is None:
        return []
    with (Path(_SAMPLES) / "files" / "MANIFEST.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _read(paths: list[Path]) -> list[Reading]:
    async def act() -> list[Reading]:
        readers = open_readers_for(Settings(use_libreoffice=True))
        try:
            return [await readers.read(path, path.name) for path in paths]
        finally:
            await readers.close()

    return asyncio.run(act())


def _seen(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text)))


@pytest.mark.tesseract
def test_every_scan_of_the_manifest_is_read(tmp_path: Path) -> None:
    own = tmp_path / "own.pdf"
    own.write_bytes(samples_scans.scanned_pdf([("Ordre du jour",), ("Décision : adopté",)]))
    asked = [(own, "Décision : adopté", 2)] + [
        (Path(str(_SAMPLES), "files", line["path"]), line["phrase"],
         int(line["phrase_page"]) if line["phrase_page"] != "-" else 1)
        for line in _lines() if line["expect"] == "ocr"
    ]  # fmt: skip
    for reading, (path, phrase, page) in zip(
        _read([path for path, *_ in asked]), asked, strict=True
    ):
        assert (reading.state, reading.reason) == (ReadState.OK, "ocr"), path.name
        assert _seen(phrase) in _seen(reading.pages[page - 1]), path.name


@pytest.mark.libreoffice
def test_what_only_an_office_reads_is_read(tmp_path: Path) -> None:
    own = tmp_path / "own.rtf"
    own.write_bytes(rb"{\rtf1\ansi Une lettre dont le texte tient sur une page.}")
    asked = [(own, "Une lettre dont le texte tient sur une page")] + [
        (Path(str(_SAMPLES), "files", line["path"]), line["phrase"])
        for line in _lines() if line["path"] == _OLD_WORD
    ]  # fmt: skip
    for reading, (path, phrase) in zip(_read([path for path, _ in asked]), asked, strict=True):
        assert (reading.state, reading.page_count) == (ReadState.OK, 1), path.name
        assert _seen(phrase) in _seen(reading.pages[0]), path.name
