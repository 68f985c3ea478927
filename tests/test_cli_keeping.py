"""The commands that keep the workspace elsewhere, as an administrator types them."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from atelier import app
from atelier.errors import Fault, NoRoom, WriteFailed
from atelier.files import Disk, NewFile
from atelier.settings import load
from tests.test_cli import Said, Typed, network, said, typed

__all__ = ["network", "said", "typed"]


@pytest.fixture
def filled(network: Typed, tmp_path: Path) -> Typed:
    """The network with two documents."""
    files = [tmp_path / name for name in ("note.txt", "autre.txt")]
    for file in files:
        file.write_text(f"un contenu, {file.name}")
    network("import", *map(str, files), "--into", "Réunions")
    return network


def elsewhere(data: Path, *words: str) -> tuple[int, str]:
    """A command on another data folder: its status, and what it prints for people."""
    command = [sys.executable, "-m", "atelier", *words, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, env={"LANG": "fr_FR.UTF-8"})
    return done.returncode, done.stdout + done.stderr


def test_a_backup_says_that_it_is_not_encrypted_and_one_with_a_key_opens_with_it(
    filled: Typed, said: Said, tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()
    told = said("backup", str(tmp_path / "copies"))
    assert "n’est pas chiffrée" in told and "backup-key" in told
    made = filled("backup", str(tmp_path / "plain.tar"))
    assert (made["is_encrypted"], made["versions"], made["lost"]) == (False, 2, [])
    key = filled("backup-key", str(tmp_path / "key"))
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    made = filled("backup", str(tmp_path / "x.tar.age"), "--recipient", key["recipient"])
    assert made["is_encrypted"]
    (tmp_path / "network" / "config.toml").write_text(
        f'[backup]\nrecipient = "{key["recipient"]}"\n[network]\ndefault_language = "en"\n'
    )
    told = said("backup", str(tmp_path / "copies"))
    assert "Elle est chiffrée" in told
    (kept,) = (tmp_path / "copies").glob("*.age")
    back = tmp_path / "back"
    status, told = elsewhere(back, "restore", str(kept))
    assert status == 1 and "--identity" in told and not back.exists()
    status, told = elsewhere(back, "restore", str(kept), "--identity", str(tmp_path / "key"))
    assert status == 0 and "atelier serve" in told and "config.toml" in told
    status, told = elsewhere(back, "verify", "--read-data", "--json")
    assert status == 0 and json.loads(told)["versions"] == 2
    assert 'default_language = "en"' in (back / "config.toml").read_text()
    status, told = elsewhere(back, "restore", str(kept), "--identity", str(tmp_path / "key"))
    assert status == 1 and "pas vide" in told


def test_the_secret_key_of_backups_never_goes_into_the_data_folder(
    network: Typed, tmp_path: Path
) -> None:
    for place in (tmp_path / "network" / "key", tmp_path / "absent" / "key"):
        status, told = network("backup-key", str(place))
        assert status == 1 and told.startswith("Clé impossible à fabriquer") and not place.exists()
    network("backup-key", str(tmp_path / "key"))
    before = (tmp_path / "key").read_bytes()
    assert network("backup-key", str(tmp_path / "key"))[0] == 1
    assert (tmp_path / "key").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("backup", "absent/x.tar"),
        ("backup", "network/x.tar"),
        ("backup", "x.tar", "--recipient", "age1wrong"),
        ("restore", "note.txt"),
        ("restore", "absent.tar"),
        ("restore", "note.txt", "--identity", "note.txt"),
        ("export", "network/x"),
        ("export", "absent/x"),
        ("export", "x", "--as", "bo@mairie.example"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence_and_leaves_nothing(
    filled: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    status, told = filled(*words)
    assert status == 1 and told.strip() and "Traceback" not in told
    heads = {"backup": "Sauvegarde", "restore": "Restauration", "export": "Export"}
    assert told.startswith((f"{heads[words[0]]} impossible.", "Action non permise."))
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_public_key_that_was_cut_is_told_so(filled: Typed, tmp_path: Path) -> None:
    for key, shown in (("age1foo", "« age1foo »"), ("AGE-SECRET-KEY-1XYZ", "« AGE-SECR… »")):
        status, told = filled("backup", str(tmp_path / "x.tar"), "--recipient", key)
        shown = shown.replace(" ", "\u00a0")
        assert status == 1 and f"{shown} n’est pas une clé publique entière" in told
        assert "62 caractères" in told and "XYZ" not in told


def test_a_restore_does_not_follow_settings_that_point_elsewhere(
    filled: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled("backup", str(tmp_path / "x.tar"))
    monkeypatch.setenv("ATELIER_STORAGE_BLOBS", f"file:{tmp_path / 'blobs'}")
    status, told = filled("restore", str(tmp_path / "x.tar"))
    assert status == 1 and "ATELIER_STORAGE_BLOBS" in told


def test_losses_are_told_by_backup_export_and_verify_with_status_one(
    filled: Typed, said: Said, tmp_path: Path
) -> None:
    blobs = [path for path in (tmp_path / "network" / "blobs").rglob("*") if path.is_file()]
    whole = said("backup", str(tmp_path / "whole.tar"))
    assert whole.startswith("Sauvegarde faite et vérifiée")
    blobs[0].unlink()
    told = said("backup", str(tmp_path / "lacking.tar"))
    assert told.startswith("Sauvegarde incomplète\u00a0: 1 contenu manquait déjà")
    assert "faite" not in told and "lacking.tar, et vérifié" in told
    assert filled("backup", str(tmp_path / "x.tar"))[0] == 1
    assert filled("export", str(tmp_path / "x"))[0] == 1
    assert (tmp_path / "x.tar").exists() and (tmp_path / "x" / "manifest.json").exists()
    told = said("verify")
    assert f"Contenu perdu\u00a0: {blobs[0].name}" in told and "Il manque quelque chose." in told
    assert "document n° " in told and "dossier n° 1" in told and "plus anciens que la base" in told
    assert ".txt" not in told, "names are for those who may read them"
    repaired = said("verify", "--repair")
    for one in (told, repaired):
        assert "atelier restore SAUVEGARDE --data NOUVEAU-DOSSIER" in one
        assert "Gardez ce dossier-ci" in one
    assert "verify --repair" not in repaired, "it has just been done"
    back = elsewhere(tmp_path / "back", "restore", str(tmp_path / "x.tar"))
    assert back[0] == 0 and blobs[0].name in back[1]


def test_records_older_than_the_bytes_are_told_and_start_nevertheless(
    filled: Typed, said: Said, tmp_path: Path
) -> None:
    """And bytes older than the records: each is told, in its own words."""
    data = tmp_path / "network"
    (tmp_path / "neuf.txt").write_text("après la sauvegarde")
    filled("backup", str(tmp_path / "x.tar"))
    filled("import", str(tmp_path / "neuf.txt"), "--into", "Réunions")
    newer = data.rename(tmp_path / "newer")
    filled("restore", str(tmp_path / "x.tar"))
    older = data.rename(tmp_path / "older")
    for records, bytes_ in ((older, newer), (newer, older)):
        (data).mkdir()
        for source, name in ((records, "atelier.sqlite3"), (bytes_, "blobs"), (bytes_, "drafts")):
            (source / name).rename(data / name)
        told = said("verify")
        if records is older:
            assert "1 contenus que rien ne désigne" in told and "Tout est là" in told
        else:
            assert "Contenu perdu" in told and "plus anciens que la base" in told
        assert isinstance(filled("folder", "add", "Après"), dict), "it goes on working"
        for source, name in ((records, "atelier.sqlite3"), (bytes_, "blobs"), (bytes_, "drafts")):
            (data / name).rename(source / name)
        data.rename(tmp_path / f"done-{records.name}")


def test_verify_repair_puts_right_what_is_no_loss_and_says_what(
    filled: Typed, said: Said, tmp_path: Path
) -> None:
    data = tmp_path / "network"
    place = data / "blobs" / "ff" / ("f" * 64)
    place.write_bytes(b"x")
    (data / "drafts" / ("0" * 32)).write_bytes(b"x")
    told = said("verify")
    assert "1 contenus que rien ne désigne" in told and "--repair" in told
    # A server or another command may be about to write the rows of those bytes.
    beside = Disk().share(data / "open.lock")
    assert beside is not None
    with beside:
        mended = filled("verify", "--repair")["mended"]
        assert (mended["was_alone"], mended["blobs"], mended["drafts"]) == (False, 0, 0)
        assert place.exists() and "est en marche" in said("verify", "--repair")
    told = said("verify", "--repair")
    assert "1 contenus que rien ne désigne ont été retirés" in told
    assert "1 dépôts inachevés ont été retirés" in told and "Tout est là" in told
    found = filled("verify", "--repair")
    assert found["mended"]["blobs"] == 0 and found["orphans"] == []
    assert not place.exists() and list((data / "drafts").iterdir()) == []
    assert "Rien n’était à réparer." in said("verify", "--repair")


def test_nobody_opens_a_data_folder_that_somebody_has_alone(filled: Typed, tmp_path: Path) -> None:
    data = tmp_path / "network"
    with app.alone(load(data, {}, data)) as is_alone:
        assert is_alone
        status, told = filled("folder", "add", "Autre")
        assert status == 1 and told.strip()
    assert isinstance(filled("folder", "add", "Autre"), dict)
    served = Disk().lock(data / "server.lock")
    assert served is not None
    with served:
        with app.alone(load(data, {}, data)) as is_alone:
            assert not is_alone
        assert isinstance(filled("folder", "add", "Encore"), dict), "commands work beside a server"


def test_an_export_holds_what_is_there_in_plain_files(
    filled: Typed, said: Said, tmp_path: Path
) -> None:
    made = filled("export", str(tmp_path / "x"))
    assert (made["documents"], made["versions"]) == (2, 2)
    assert (tmp_path / "x" / "Dossiers" / "Réunions" / "note.txt").read_text().startswith("un")
    told = said("export", str(tmp_path / "y"))
    assert "LISEZ-MOI.txt" in told and "pas chiffré" in told
    assert filled("export", str(tmp_path / "y"))[0] == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [(NoRoom(), "place pour cette copie"), (WriteFailed("write"), "a refusé de lire")],
)
def test_a_full_or_failing_disk_is_told_as_a_copys_own(
    filled: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault, words: str
) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    create = Disk.create

    def failing(disk: Disk, path: Path) -> NewFile:
        if path.is_relative_to(tmp_path / "network"):
            return create(disk, path)
        raise fault

    monkeypatch.setattr(Disk, "create", failing)
    for command in ("backup", "export"):
        status, told = filled(command, str(tmp_path / "y"))
        assert status == 1 and words in told and not (tmp_path / "y").exists()
