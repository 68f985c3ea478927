"""Documents and deposits, through the real application."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.confirming import confirmed
from tests.web.network import PDF, Network, network, token_in

Clients = Callable[[str], TestClient]
NEW = b"%PDF-1.7 second contenu"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path) as one:
        limits = replace(one.settings.limits, max_deposit_bytes=100_000)
        yield replace(one, settings=replace(one.settings, limits=limits))


def put(client: TestClient, path: str, body: bytes, **headers: str) -> Any:
    token = token_in(client.get("/").text)
    return client.put(path, content=body, headers={"x-form-token": token, **headers})


def post(client: TestClient, path: str, *files: tuple[str, bytes], **fields: str) -> Any:
    token = token_in(client.get("/").text)
    parts = [("files", (name, body)) for name, body in files]
    # As a browser sends them: what stands below the files in the form comes after them.
    below = [(name, (None, fields.pop(name))) for name in ("taken", "comment") if name in fields]
    return client.post(path, data={"form_token": token, **fields}, files=parts + below)


def test_a_form_deposits_several_files_with_one_comment(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}"
    files = (("Été à l'hôpital.txt", b"un"), ("b.pdf", b"deux"))
    answer = post(bo, f"{here}/deposits", *files, comment="les deux")
    assert answer.headers["location"] == f"{here}?added=2&same=0&done=deposited"
    page = bo.get(here).text
    assert "Été à l&#39;hôpital.txt" in page and "b.pdf" in page


def test_nothing_chosen_is_told_beside_the_field(made: Network, clients: Clients) -> None:
    token = token_in(clients("bo").get("/").text)
    answer = clients("bo").post(
        f"/folders/{made.shared}/deposits",
        data={"form_token": token, "comment": ""},
        files={"files": ("", b"")},
    )
    assert answer.status_code == 422 and 'href="#field-files"' in answer.text


@pytest.mark.parametrize(
    ("name", "body", "comment", "status"),
    [
        ("a/b.pdf", b"x", "", 422),
        ("..", b"x", "", 422),
        ("x.pdf", b"x", "c" * 1_001, 422),
        ("x.pdf", b"x" * 100_001, "", 413),
        ("Dossier", b"x", "", 409),
    ],
)
def test_a_refused_deposit_leaves_nothing(
    made: Network, clients: Clients, name: str, body: bytes, comment: str, status: int
) -> None:
    ada = clients("ada")
    token = token_in(ada.get("/").text)
    folder = f"/folders/{made.shared}"
    ada.post(f"{folder}/folders", data={"form_token": token, "name": "Dossier"})
    before = ada.get(f"{folder}?filter=x.pdf").text
    answer = post(ada, f"{folder}/deposits", (name, body), comment=comment)
    assert answer.status_code == status
    assert ada.get(f"{folder}?filter=x.pdf").text == before
    assert not list((made.settings.data / "drafts").glob("*"))


def test_too_many_files_in_one_form_are_refused(made: Network, clients: Clients) -> None:
    most = made.settings.limits.max_files_per_deposit
    files = [(f"{number}.txt", b"x") for number in range(most + 1)]
    bo, here = clients("bo"), f"/folders/{made.shared}"
    refused = post(bo, f"{here}/deposits", *files)
    assert refused.status_code == 413 and f"au plus {most} fichiers à la fois" in refused.text
    assert "1.txt" not in bo.get(here).text
    assert post(bo, f"{here}/deposits", *files[:most]).status_code == 303


def test_a_script_deposits_a_raw_body_and_is_told_what_it_became(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}/deposits"
    first = put(bo, f"{here}/Notes%20d'%C3%A9t%C3%A9.txt", b"un")
    assert first.status_code == 201
    told = first.json()
    assert told["name"] == "Notes d'été.txt" and told["version"] == 1 and told["is_new_document"]
    assert bo.get(told["url"]).status_code == 200
    second = put(bo, f"{here}/Notes%20d'%C3%A9t%C3%A9.txt", b"deux").json()
    assert (second["document"], second["version"]) == (told["document"], 2)
    same = put(bo, f"{here}/Notes%20d'%C3%A9t%C3%A9.txt", b"deux")
    assert same.status_code == 200 and not same.json()["is_new_version"]


def test_a_script_is_refused_in_json(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}/deposits"
    for answer, status in (
        (put(bo, f"{here}/x.pdf", b"x" * 100_001), 413),
        (put(bo, f"{here}/%20", b"x"), 422),
        (put(bo, f"/folders/{made.secret}/deposits/x.pdf", b"x"), 404),
        (bo.put(f"{here}/x.pdf", content=b"x"), 403),
        (bo.put(f"{here}/x.pdf", content=b"x", headers={"x-form-token": "f" * 64}), 403),
    ):
        assert answer.status_code == status
        assert {"title", "happened", "kept", "next", "error"} <= set(json.loads(answer.content))
    assert "x.pdf" not in bo.get(f"/folders/{made.shared}").text


def test_a_version_builds_upon_the_one_its_writer_holds(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}"
    answer = post(bo, f"{here}/versions", ("x.pdf", NEW), expected="1", comment="corrigé")
    assert answer.headers["location"] == f"{here}?done=revised"
    assert "corrigé" in bo.get(here).text
    late = post(bo, f"{here}/versions", ("x.pdf", b"other"), expected="1")
    assert late.status_code == 409 and "la version 2 est là entre-temps" in late.text
    assert "votre fichier est toujours chez vous" in late.text
    same = post(bo, f"{here}/versions", ("x.pdf", NEW), expected="2")
    assert same.headers["location"] == f"{here}?done=unchanged"
    assert post(bo, f"{here}/versions", ("x.pdf", b"y")).status_code == 422
    both = (("x.pdf", b"y"), ("z.pdf", b"z"))
    assert post(bo, f"{here}/versions", *both, expected="2").status_code == 413
    assert bo.get(f"{here}/versions/2/content").content == NEW
    assert bo.get(f"{here}/versions/3/content").status_code == 404


def test_a_script_says_its_version_by_if_match_or_in_the_address(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}/versions"
    assert put(bo, f"{here}?expected=1", NEW).json()["version"] == 2
    assert put(bo, f"{here}?expected=1", b"x").status_code == 409
    assert put(bo, here, b"x", **{"if-match": '"1"'}).status_code == 412
    assert put(bo, here, b"third", **{"if-match": '"2"'}).status_code == 201
    assert put(bo, here, b"x").status_code == 422
    assert put(bo, here, b"x", **{"if-match": "*"}).status_code == 400


def test_bytes_are_sent_as_an_attachment_or_into_the_viewer(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}/versions/1/content"
    kept, shown = bo.get(here), bo.get(f"{here}?inline")
    assert kept.content == shown.content == PDF
    assert kept.headers["content-disposition"].startswith("attachment; filename=")
    assert shown.headers["content-disposition"].startswith("inline;")
    for answer in (kept, shown):
        assert answer.headers["content-security-policy"].startswith("sandbox;")
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"
    part = bo.get(here, headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, PDF[:4])
    known = {"if-none-match": kept.headers["etag"]}
    assert bo.get(here, headers=known).status_code == 304
    # Rights come before any condition.
    assert clients("cy").get(here, headers=known).status_code == 404


def test_a_page_in_another_language_of_markup_leaves_as_bytes(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    body = b"<!doctype html><script>alert(1)</script>"
    told = put(bo, f"/folders/{made.shared}/deposits/a.html", body).json()
    answer = bo.get(f"{told['url']}/versions/1/content?inline")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_an_old_version_is_restored_as_a_new_one(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}"
    put(bo, f"{here}/versions?expected=1", NEW)
    token = token_in(bo.get("/").text)

    def restore(version: int, expected: str) -> int:
        fields = {"form_token": token, "expected": expected}
        return int(bo.post(f"{here}/versions/{version}/restore", data=fields).status_code)

    assert restore(1, "1") == 409
    assert restore(1, "x") == 422
    assert restore(9, "2") == 404
    assert restore(1, "2") == 303
    assert bo.get(f"{here}/versions/3/content").content == PDF
    assert "Reprend la version 1" in bo.get(here).text


def test_a_document_is_renamed_and_moved_where_one_may(made: Network, clients: Clients) -> None:
    here = f"/documents/{made.document}"
    bo = clients("bo")
    token = token_in(bo.get("/").text)
    assert "compte rendu.pdf" in bo.get(f"{here}/rename").text
    fields = {"form_token": token, "expected": "1"}
    assert bo.post(f"{here}/rename", data=fields | {"name": ""}).status_code == 422
    assert bo.post(f"{here}/rename", data=fields | {"name": "autre.pdf"}).status_code == 303
    assert f'value="{made.secret}"' not in bo.get(f"{here}/move").text
    hidden = bo.post(f"{here}/move", data=fields | {"parent": str(made.secret)})
    assert hidden.status_code == 404
    ada = clients("ada")
    assert f'value="{made.secret}"' in ada.get(f"{here}/move").text
    moved = confirmed(ada, f"{here}/move", parent=str(made.secret), expected="1")
    assert moved.status_code == 303
    assert clients("bo").get(here).status_code == 404


def test_a_page_of_text_that_is_not_there_is_no_error(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}"
    assert bo.get(f"{here}?page=7").status_code == 200
    for page in ("0", "-1", "x", "9" * 30):
        assert bo.get(f"{here}?page={page}").status_code == 422
