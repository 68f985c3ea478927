"""Outside programs are found where they are, counted only when whole, and used as settings say."""

from __future__ import annotations

from pathlib import Path

import pytest

from atelier.extract.programs import Programs, Tesseract, find_programs
from atelier.model.reading import Outside


def _program(folder: Path, name: str, says: str = "") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    found = find_programs(str(tmp_path))
    assert found == Programs()
    assert [(one.is_found, one.is_used, one.version) for one in found.told(found)] == [
        (False, False, "")
    ] * 3


def test_ffmpeg_counts_only_with_ffprobe(tmp_path: Path) -> None:
    _program(tmp_path, "ffmpeg")
    assert find_programs(str(tmp_path)).ffmpeg is None
    _program(tmp_path, "ffprobe")
    assert find_programs(str(tmp_path)).ffmpeg == (tmp_path / "ffmpeg").resolve()


def test_a_version_is_told_and_a_program_that_says_nothing_has_none(tmp_path: Path) -> None:
    office = _program(tmp_path, "soffice", "LibreOffice 7.4.7.2 40(Build:2)")
    silent = _program(tmp_path, "ffmpeg", "bonjour")
    found = Programs(office=office, ffmpeg=silent)
    versions = {one.name: one.version for one in found.told(found)}
    assert versions[Outside.LIBREOFFICE] == "7.4.7.2"
    assert versions[Outside.FFMPEG] == versions[Outside.TESSERACT] == ""
    gone = Programs(ffmpeg=tmp_path / "missing")
    assert {one.version for one in gone.told(gone)} == {""}


def test_settings_turn_programs_off_and_what_was_found_is_told_all_the_same(
    tmp_path: Path,
) -> None:
    tesseract = Tesseract(_program(tmp_path, "tesseract"), tmp_path, ("fra",))
    found = Programs(tesseract, _program(tmp_path, "soffice"), None, None)
    assert found.chosen(use_ocr=True, use_office=True) == found
    used = found.chosen(use_ocr=False, use_office=False)
    assert used == Programs()
    told = {one.name: (one.is_found, one.is_used) for one in found.told(used)}
    assert told[Outside.TESSERACT] == told[Outside.LIBREOFFICE] == (True, False)


@pytest.mark.tesseract
def test_tesseract_is_found_with_its_french() -> None:
    found = find_programs()
    assert found.tesseract is not None
    assert found.tesseract.languages[0] == "fra"
    assert (found.tesseract.trained / "fra.traineddata").is_file()
