"""The command line as an administrator types it: what it prints, refuses, and exits with."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from atelier import __version__, app, cli
from atelier.cli import main
from atelier.model.ids import DocumentId
from atelier.settings import load
from atelier.workspace import documents, people
from tests.samples import docx, pdf

Typed = Callable[..., Any]
Said = Callable[..., str]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Type a command on one data folder: its JSON object, or (status, stderr) when it fails."""
    data = tmp_path / "network"

    def run(*words: str) -> Any:
        monkeypatch.setattr(sys, "argv", ["atelier", *words, "--data", str(data), "--json"])
        status: object = 0
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
        out, err = capsys.readouterr()
        return json.loads(out.splitlines()[-1]) if status == 0 else (status, err)

    return run


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Said:
    """Type a command as people do, in French: all that it prints."""
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["atelier", *words, "--data", str(tmp_path / "network")])
        try:
            main()
        except SystemExit as end:
            assert end.code in (0, 1)
        return capsys.readouterr().out

    return run


@pytest.fixture
def consulted(network: Typed, tmp_path: Path) -> Typed:
    """The network, where Bo opened a document of the steward's and took its bytes."""
    for name in ("=note.txt", "autre.txt"):
        (tmp_path / name).write_text(f"un contenu, {name}")
        network("import", str(tmp_path / name), "--into", "Réunions", "--wait")
    data = tmp_path / "network"

    async def consult() -> None:
        async with app.open_workspace(load(data, {}, data)) as ws:
            bo = await people.actor(ws, "bo@mairie.example")
            await documents.look(ws, bo, DocumentId(1))
            (await documents.content(ws, bo, DocumentId(1), 1)).opened.close()

    asyncio.run(consult())
    return network


@pytest.fixture
def network(typed: Typed) -> Typed:
    """A network of two organisations and two people, with one folder open to the first."""
    typed("init", "--network", "Réseau", "--admin", "ada@reseau.example")
    for organisation, email, name in (
        ("Mairie", "bo@mairie.example", "Bo"),
        ("Hôpital", "cy@hopital.example", "Cy"),
    ):
        typed("organisation", "add", organisation)
        typed("person", "add", email, "--name", name, "--organisation", organisation)
    typed("folder", "add", "Réunions")
    typed("grant", "Réunions", "--to", "organisation:Mairie", "--role", "contributor")
    return typed


def test_the_version_is_told_also_by_a_program_that_was_not_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["atelier", "--version"])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert capsys.readouterr().out == f"{__version__}\n"


def test_init_prints_a_one_time_link_and_happens_once(typed: Typed) -> None:
    made = typed("init", "--network", "Réseau", "--admin", "ada@reseau.example")
    assert made["link"].startswith("http://localhost:8000/welcome/")
    status, said = typed("init", "--network", "Autre", "--admin", "eve@reseau.example")
    assert status == 1 and said.strip() and "Traceback" not in said


def test_a_folder_that_was_never_initialised_is_refused_with_what_to_do(typed: Typed) -> None:
    status, said = typed("organisation", "add", "Mairie")
    assert status == 1 and "init" in said and "Traceback" not in said


def test_a_list_is_invited_with_a_link_for_each_and_once(
    network: Typed, said: Said, tmp_path: Path
) -> None:
    held = tmp_path / "liste.csv"
    held.write_text("Nom;Courriel\nZoé;zoe@mairie.example\nCy;cy@hopital.example\n")
    typed = ("invite", str(held), "--folder", "Réunions", "--role", "contributor")
    tried = network(*typed, "--dry-run")["lines"]
    assert [(one["fate"], one["link"]) for one in tried] == [("invited", ""), ("given", "")]
    done = network(*typed)["lines"]
    assert [one["fate"] for one in done] == ["invited", "given"]
    assert done[0]["link"].startswith("http://localhost:8000/invite/") and not done[1]["link"]
    told = said(*typed)
    assert "zoe@mairie.example\u00a0: Déjà invitée" in told and "/invite/" not in told
    held.write_text("Yan;yan@mairie.example\nX;x@mairie")
    told = said("invite", str(held), "--organisation", "Mairie")
    assert "/invite/" in told and "Refusée. Il manque une fin" in told
    for wrong in (("--organisation", "Nulle"), ("--folder", "Nul"), ("--as", "bo@mairie.example")):
        status, why = network("invite", str(held), *wrong)
        assert status == 1 and "Traceback" not in why
    assert network("invite", str(held), "--dry-run")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("grant", "Réunions", "--to", "somebody", "--role", "reader"),
        ("grant", "Réunions", "--to", "network", "--role", "owner"),
        ("grant", "Réunions", "--to", "network", "--role", "reader", "--until", "demain"),
        ("import", "no-such-file", "--into", "Réunions"),
        ("import", "--into", "Réunions"),
        ("access-log", "--csv"),  # and --json
        ("access-log", "--since", "hier"),
        ("access-log", "--document", "0"),
        ("verify", "--trail-head", "12"),
        ("search",),
        ("nothing",),
    ],
)
def test_wrong_usage_exits_with_two(network: Typed, words: tuple[str, ...]) -> None:
    status, said = network(*words)
    assert status == 2 and said.strip()


@pytest.mark.parametrize(
    "words",
    [
        ("organisation", "add", "mairie"),
        ("person", "add", "bo@mairie.example", "--name", "Bo", "--organisation", "Mairie"),
        ("person", "add", "no address", "--name", "Bo"),
        ("person", "add", "di@x.example", "--name", "Di", "--organisation", "Nulle part"),
        ("group", "add", "Groupe", "--member", "nobody@x.example"),
        ("folder", "add", "Réunions/.."),
        ("grant", "Réunions", "--to", "organisation:Nulle part", "--role", "reader"),
        ("grant", "Réunions", "--to", "network", "--role", "reader", "--until", "2001-01-01"),
        ("grant", "Ailleurs", "--to", "network", "--role", "reader"),
        ("access-log", "--as", "bo@mairie.example"),
        ("access-log", "--person", "nobody@x.example"),
        ("organisation", "add", "Autre", "--as", "bo@mairie.example"),
        ("organisation", "add", "Autre", "--as", "nobody@x.example"),
    ],
)
def test_a_refused_request_exits_with_one_and_a_sentence(
    network: Typed, words: tuple[str, ...]
) -> None:
    status, said = network(*words)
    assert status == 1 and said.strip() and "Traceback" not in said


def test_imported_documents_are_found_on_their_page_by_those_who_may(
    network: Typed, tmp_path: Path
) -> None:
    source = tmp_path / "à déposer"
    (source / "2024").mkdir(parents=True)
    pages = [f"Page {number}, ordre du jour." for number in range(1, 7)]
    (source / "2024" / "CR.pdf").write_bytes(pdf([*pages, "La navette est reconduite."]))
    (source / "note.docx").write_bytes(docx(["Une note sur la téléconsultation."]))
    (source / "lien").symlink_to(source / "note.docx")
    brought = network("import", str(source), "--into", "Réunions", "--wait")
    assert brought["deposited"] == 2 and brought["states"] == {"ok": 2}
    assert [Path(one["path"]).name for one in brought["refused"]] == ["lien"]
    (hit,) = network("search", "navettes", "--as", "bo@mairie.example")["hits"]
    assert (hit["name"], hit["folder"], hit["page"]) == ("CR.pdf", "2024", 7)
    assert "navette" in hit["snippet"] and hit["url"].endswith(f"/{hit['document']}/view?page=7")
    assert network("search", "navettes", "--as", "cy@hopital.example")["total"] == 0
    assert network("import", str(source), "--into", "Réunions")["unchanged"] == 2


def test_a_reader_may_not_import_and_nothing_is_kept(network: Typed, tmp_path: Path) -> None:
    network("grant", "Réunions", "--to", "organisation:Hôpital", "--role", "reader")
    (tmp_path / "note.txt").write_text("bonjour")
    words = ("import", str(tmp_path / "note.txt"), "--into", "Réunions", "--wait")
    brought = network(*words, "--as", "cy@hopital.example")
    assert brought["deposited"] == 0 and len(brought["refused"]) == 1
    assert network("search", "bonjour")["total"] == 0
    assert network(*words, "--as", "bo@mairie.example")["deposited"] == 1


def test_the_glossary_is_written_by_those_who_coordinate_and_listed_as_it_is_imported(
    network: Typed, said: Said, tmp_path: Path
) -> None:
    bo = ("--as", "bo@mairie.example")
    added = network("glossary", "add", "CLS", "contrat local de santé", "contrat santé")
    assert added == {"term": "CLS", "meanings": ["contrat local de santé", "contrat santé"]}
    for words in (("add", "CPTS", "communauté"), ("remove", "CLS")):
        assert network("glossary", *words, *bo)[0] == 1
    assert network("glossary", "list", *bo) == {"terms": [added]}
    assert network("glossary", "add", "c.l.s.", "autre chose")[0] == 1
    lines = tmp_path / "glossaire.txt"
    lines.write_text("CPTS = communauté professionnelle\nCLS = pacte\nrien\n", encoding="utf-8")
    assert network("glossary", "import", str(lines), *bo)[0] == 1
    where = ["--data", str(tmp_path / "network"), "--json"]
    ran = CliRunner().invoke(cli.commands, ["glossary", "import", str(lines), *where])
    report = json.loads(ran.output)
    assert ran.exit_code == 1, "a line was refused"
    assert (report["added"], report["changed"], report["same"], report["refused"]) == (1, 1, 0, 1)
    assert report["refused_lines"] == [{"line": 3, "text": "rien", "fault": "not_a_term"}]
    printed = said("glossary", "list")
    assert printed.splitlines()[0] == "CLS = contrat local de santé ; contrat santé ; pacte"
    assert "Ligne 3 refusée" in said("glossary", "import", str(lines))
    lines.write_text(printed, encoding="utf-8-sig")
    assert network("glossary", "import", str(lines))["same"] == 2
    assert network("glossary", "remove", "c.l.s.")["term"] == "CLS"
    assert network("glossary", "remove", "CLS")[0] == 1
    assert [one["term"] for one in network("glossary", "list")["terms"]] == ["CPTS"]


def test_a_closed_folder_is_seen_by_its_coordinator_alone(network: Typed) -> None:
    network("folder", "add", "Réunions/Bureau", "--closed", "--coordinator", "cy@hopital.example")
    words = ("grant", "Réunions/Bureau", "--to", "organisation:Mairie", "--role", "reader")
    assert network(*words)[0] == 1
    status, _ = network("folder", "add", "Réunions/Bureau/Notes", "--as", "bo@mairie.example")
    assert status == 1


def test_verify_tells_a_lost_content_and_exits_with_one(network: Typed, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("un contenu")
    network("import", str(tmp_path / "note.txt"), "--into", "Réunions", "--wait")
    assert network("verify", "--read-data")["clean"]
    (blob,) = [path for path in (tmp_path / "network" / "blobs").rglob("*") if path.is_file()]
    blob.chmod(0o600)
    blob.write_text("un contenX")
    assert network("verify")["clean"], "only --read-data reads every byte"
    assert network("verify", "--read-data")[0] == 1
    blob.unlink()
    assert network("verify")[0] == 1


def test_the_access_log_tells_who_read_and_downloaded_what(consulted: Typed, said: Said) -> None:
    lines = consulted("access-log")["lines"]
    assert [(one["email"], one["document_name"], one["act"]) for one in lines] == [
        ("bo@mairie.example", "=note.txt", "read"),
        ("bo@mairie.example", "=note.txt", "download"),
    ]
    assert "a téléchargé" in said("access-log").splitlines()[1]
    table = list(csv.reader(said("access-log", "--csv").splitlines(), delimiter=";"))
    assert [row[6] for row in table] == ["document_name", "'=note.txt", "'=note.txt"]
    day = lines[0]["at"][:10]
    for words, count in (
        (("--person", "bo@mairie.example", "--document", "1", "--since", day), 2),
        (("--person", "cy@hopital.example"), 0),
        (("--document", "2"), 0),
        (("--since", "9999-12-31"), 0),
        (("--until", "9999-12-31"), 2),
    ):
        assert len(consulted("access-log", *words)["lines"]) == count, words


def test_verify_follows_the_access_log_and_compares_a_head_kept_elsewhere(
    consulted: Typed, said: Said, tmp_path: Path
) -> None:
    found = consulted("verify")
    head = found["trail_head"]
    assert (found["clean"], found["trail_lines"], head[:2]) == (True, 2, "2:")
    assert head in said("verify")
    assert consulted("verify", "--trail-head", head)["kept_head"] == "found"
    assert "bien celle" in said("verify", "--trail-head", head)
    assert consulted("verify", "--trail-head", f"2:{'0' * 64}")[0] == 1
    assert "gardée ailleurs" in said("verify", "--trail-head", f"2:{'0' * 64}")
    records = sqlite3.connect(tmp_path / "network" / "atelier.sqlite3", isolation_level=None)
    records.execute("UPDATE access_log SET person = 3 WHERE number = 2")
    records.close()
    assert consulted("verify")[0] == 1
    told = said("verify")
    assert "ligne 2" in told and "Il manque" not in told and "Tout est là" not in told


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16"])
def test_a_list_that_is_not_utf_8_is_refused_whole_with_a_sentence(
    network: Typed, said: Said, tmp_path: Path, encoding: str
) -> None:
    lines = tmp_path / "glossaire.txt"
    lines.write_bytes("CPTS = communauté\nCLS = contrat local de santé\n".encode(encoding))
    said("glossary", "list")
    status, why = network("glossary", "import", str(lines))
    assert status == 1 and "UTF-8" in why and "iconv" in why and "(file : ligne 1)" in why
    assert network("glossary", "list") == {"terms": []}
    lines.write_bytes("CPTS = communauté\n".encode())
    assert network("glossary", "import", str(lines))["added"] == 1


def test_the_index_can_be_rebuilt_from_nothing(network: Typed, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("les maraudes du samedi")
    network("import", str(tmp_path / "note.txt"), "--into", "Réunions", "--wait")
    for path in (tmp_path / "network" / "index").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\0" * 32)
    network("rebuild-index")
    assert network("search", "maraude")["total"] == 1


def test_documents_are_read_again_by_one_command(
    network: Typed, said: Said, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("les maraudes du samedi")
    network("import", str(tmp_path / "note.txt"), "--into", "Réunions", "--wait")
    assert network("reread") == {"versions": 0, "read": False}
    derived = tmp_path / "network" / "derived"
    for path in derived.glob("*/*.*"):
        path.unlink()
    assert network("reread", "--all", "--wait") == {"versions": 1, "read": True}
    assert [path.name for path in derived.glob("*/*.[0-9]*")]
    assert "1 versions à relire" in said("reread", "--all", "--every-version")
    assert network("reread", "--outdated", "--wait")["versions"] == 0
    assert network("search", "maraude")["total"] == 1


def test_every_setting_is_told_with_its_source_and_a_wrong_one_refused(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATELIER_SERVER_PORT", "9000")
    rows = {row["key"]: row for row in typed("config", "check")["settings"]}
    assert rows["server.port"]["value"] == "9000"
    assert rows["server.port"]["source"] == "ATELIER_SERVER_PORT"
    assert rows["sessions.idle_minutes"]["source"] == "default"
    assert "whoosh" in rows["storage.index"]["help"]
    monkeypatch.setenv("ATELIER_SERVER_PROT", "9000")
    status, said = typed("config", "check")
    assert status == 1 and "ATELIER_SERVER_PORT" in said


def test_an_address_of_no_known_kind_is_refused_by_the_check_as_by_the_commands(
    network: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    config = tmp_path / "network" / "config.toml"
    for name, wrong in (("index", "woosh"), ("blobs", "fiel"), ("records", "sqlit")):
        config.write_text(f'[storage]\n{name} = "{wrong}:ici"\n')
        status, why = network("config", "check")
        assert status == 1 and f"storage.{name}" in why and f"{wrong}:" in why
        assert (status, why) == network("search", "maraude") == network("rebuild-index")
        assert "Rien n’a été fait" in why.replace("'", "’") and "démarré" not in why
    config.write_text('[storage]\nindex = "whoosh:index"\n')
    assert network("config", "check")["settings"]
