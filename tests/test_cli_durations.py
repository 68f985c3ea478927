"""`atelier durations` tells every duration that the settings hold, for the papers of the law."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from atelier.cli import main
from atelier.settings import TABLE
from atelier.web.durations import OF_SETTINGS
from tests.house import ROOT

# Not retention: how long a dropped file must stand still before it is taken.
NOT_KEPT = frozenset({"inbox.stable_seconds"})
LAW = ROOT / "docs" / "loi"


def told(data: Path, monkeypatch: pytest.MonkeyPatch, language: str, *words: str) -> None:
    """Type the command."""
    monkeypatch.setenv("LANG", language)
    monkeypatch.setattr(sys, "argv", ["atelier", "durations", "--data", str(data), *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code


def test_every_setting_that_is_a_time_is_told() -> None:
    times = {
        row.key for row in TABLE if row.unit in ("seconds", "minutes", "hours", "days", "months")
    }
    assert set(OF_SETTINGS) == times - NOT_KEPT


def test_what_the_settings_say_is_told_to_people_and_to_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text("[access_log]\nkeep_months = 6\n")
    told(tmp_path, monkeypatch, "fr_FR.UTF-8")
    lines = capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ").splitlines()
    assert "Journal des consultations : chaque ligne effacée après : 6 mois" in lines[8]
    assert all(any(f"({key})" in line for line in lines) for key in OF_SETTINGS)
    told(tmp_path, monkeypatch, "en_GB.UTF-8", "--json")
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["durations"]
    (log,) = (one for one in found if one["setting"] == "access_log.keep_months")
    assert log["about"].startswith("Access log") and (log["value"], log["unit"]) == (6, "months")
    assert any(one["value"] is None and one["about"].startswith("Backups") for one in found)
    assert len(found) == len(lines)


def test_the_papers_of_the_law_name_every_setting_that_is_a_duration() -> None:
    table = (LAW / "durees.md").read_text("utf-8")
    assert [key for key in OF_SETTINGS if f"`{key}`" not in table] == []
    assert "atelier durations" in table


def test_every_paper_of_the_law_is_reached_from_the_first_and_says_what_it_is_not() -> None:
    first = (LAW / "README.md").read_text("utf-8")
    papers = sorted(path.name for path in LAW.glob("*.md") if path.name != "README.md")
    assert len(papers) == 5
    for name in papers:
        assert f"({name})" in first
        said = " ".join((LAW / name).read_text("utf-8").split())
        assert "pas un avis juridique" in said, name
    assert "(loi/README.md)" in (ROOT / "docs" / "manuel.md").read_text("utf-8")
