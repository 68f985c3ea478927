"""A folder or a selection as one ZIP, through the real application and a real server."""

from __future__ import annotations

import io
import re
import socket
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette

from atelier.app import open_workspace
from atelier.model.folders import SubjectKind
from atelier.model.ids import DocumentId, FolderId
from atelier.web import streaming
from atelier.web.pace import ServerLimits
from atelier.web.pages import archives as pages
from atelier.web.routes import web_app
from atelier.workspace import archives, deposits, documents, folders, people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import PDF, Clients, Network, send, served, within
from tests.web.running import connected, rest, running, status, until

BIG = bytes(range(256)) * 32_768  # 8 MiB: more than what lies between a server and a client


async def deposited(
    ws: Workspace, made: Network, folder: FolderId, name: str, content: bytes
) -> DocumentId:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    incoming = await deposits.begin(ws, ada, folder, name)
    await incoming.write(content)
    return (await deposits.finish(ws, ada, incoming)).document_id


def filled(made: Network, **contents: bytes) -> list[DocumentId]:
    """Documents of these names in the shared folder."""

    async def fill(ws: Workspace) -> list[DocumentId]:
        return [
            await deposited(ws, made, made.shared, f"{name}.txt", content)
            for name, content in contents.items()
        ]

    return within(made, fill)


def closed_inside(made: Network) -> FolderId:
    """A folder in the shared one that only Ada may read, with a document."""

    async def close(ws: Workspace) -> FolderId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        folder = await folders.make(ws, ada, made.shared, "Fermé", is_closed=True)
        await deposited(ws, made, folder, "secret.txt", b"secret")
        return folder

    return within(made, close)


def unpacked(answer: Any) -> dict[str, bytes]:
    """What the answer holds, whole and of the length it promised."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-length"] == str(len(answer.content))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines(made: Network) -> list[tuple[int, int]]:
    """The documents and versions that the access log tells of."""

    async def read(ws: Workspace) -> list[tuple[int, int]]:
        rows = await ws.db.read(lambda tx: tx.rows("SELECT document, version FROM access_log"))
        return sorted((document, version) for document, version in rows)

    return within(made, read)


def test_a_folder_comes_as_a_tree_of_exact_length(made: Network, clients: Clients) -> None:
    filled(made, a=b"", b=BIG)
    closed_inside(made)
    here, bo = f"/folders/{made.shared}/archive", clients("bo")
    answer = bo.get(here)
    assert unpacked(answer) == {
        "Réunions/": b"",
        "Réunions/a.txt": b"",
        "Réunions/b.txt": BIG,
        "Réunions/compte rendu.pdf": PDF,
    }
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Reunions.zip\"; filename*=UTF-8''R%C3%A9unions.zip"
    )
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    head = bo.head(here)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert "Réunions/Fermé/secret.txt" in unpacked(clients("ada").get(here))


def test_an_archive_of_what_one_may_not_read_is_like_that_of_what_never_was(
    made: Network, clients: Clients
) -> None:
    closed = closed_inside(made)
    for act in ("archive", f"selection?document={made.document}"):
        never = clients("cy").get(f"/folders/999999/{act}")
        assert never.status_code == 404
        for folder in (made.shared, made.secret, closed):
            answer = clients("cy").get(f"/folders/{folder}/{act}")
            assert (answer.status_code, answer.content) == (404, never.content)
        assert clients("bo").get(f"/folders/{closed}/{act}").status_code == 404
        assert clients("bo").get(f"/folders/{made.shared}/{act}").status_code == 200
        assert clients("").get(f"/folders/{made.shared}/{act}").status_code == 303


def test_a_selection_comes_side_by_side(made: Network, clients: Clients) -> None:
    (first,) = filled(made, a=b"bonjour")
    here = f"/folders/{made.shared}/selection"
    answer = clients("bo").get(f"{here}?document={first}&document={made.document}")
    assert unpacked(answer) == {"a.txt": b"bonjour", "compte rendu.pdf": PDF}
    assert 'filename="Reunions - selection.zip"' in answer.headers["content-disposition"]
    assert unpacked(clients("bo").get(f"{here}?document={first}")) == {"a.txt": b"bonjour"}


def test_a_document_from_elsewhere_is_like_one_that_never_was(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}/selection"
    alone, never = (clients("bo").get(f"{here}?document={n}") for n in (made.hidden, 999_999))
    assert (alone.status_code, alone.content) == (never.status_code, never.content)
    assert alone.status_code == 404
    beside, beside_never = (
        unpacked(clients("bo").get(f"{here}?document={made.document}&document={number}"))
        for number in (made.hidden, 999_999)
    )
    assert beside == beside_never and beside.keys() == {
        "LISEZ-MOI - documents manquants.txt",
        "compte rendu.pdf",
    }
    note = beside["LISEZ-MOI - documents manquants.txt"].decode("utf-8-sig")
    assert "1 document coché n’est plus dans ce dossier" in note and note.endswith("\r\n")


def test_ticking_nothing_says_so_on_the_list(made: Network, clients: Clients) -> None:
    answer = clients("bo").get(f"/folders/{made.shared}/selection")
    assert answer.status_code == 422 and "Cochez au moins un document" in answer.text
    assert "Rien n’a été enregistré" not in answer.text
    assert '<a href="#field-document">' in answer.text and 'id="field-document"' in answer.text
    assert "compte rendu.pdf" in answer.text
    for wrong in ("x", "-1", "1e3", "9" * 30, ""):
        again = clients("bo").get(f"/folders/{made.shared}/selection?document={wrong}")
        assert again.status_code == 422
    assert clients("cy").get(f"/folders/{made.shared}/selection").status_code == 404


def test_the_list_offers_both_by_plain_links_and_boxes(made: Network, clients: Clients) -> None:
    page = clients("bo").get(f"/folders/{made.shared}").text
    assert f'href="/folders/{made.shared}/archive"' in page
    assert f'<form class="row" id="selection" action="/folders/{made.shared}/selection"' in page
    box = f'<input type="checkbox" name="document" value="{made.document}" form="selection">'
    assert re.search(
        rf"<label>{re.escape(box)}<span[^>]*>Choisir <bdi>compte rendu.pdf</bdi>", page
    )
    assert 'name="document"' not in clients("bo").get("/").text
    empty = send(clients("ada"), f"/folders/{made.shared}/folders", name="Vide").headers["location"]
    assert "/archive" not in clients("ada").get(empty).text


def test_each_document_given_has_one_line_and_heads_have_none(made: Network) -> None:
    (first,) = filled(made, a=b"bonjour")
    here = f"/folders/{made.shared}"
    with served(made) as clients:
        clients("bo").head(f"{here}/archive")
        clients("cy").get(f"{here}/archive")
    assert lines(made) == []
    with served(made) as clients:
        unpacked(clients("bo").get(f"{here}/selection?document={first}"))
    assert lines(made) == [(first, 1)]
    with served(made) as clients:
        unpacked(clients("bo").get(f"{here}/archive"))
    # Within ten minutes what was told is told once, so the first may stand twice or once.
    assert set(lines(made)) == {(first, 1), (made.document, 1)}


def test_lost_bytes_are_left_out_and_a_note_says_which(made: Network, clients: Clients) -> None:
    filled(made, perdu=b"lost bytes")

    async def lose(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        found = await archives.of_folder(ws, ada, made.shared)
        (entry,) = [one for one in found.entries if one.path.endswith("perdu.txt")]
        await ws.blobs.remove(entry.sha256)

    within(made, lose)
    held = unpacked(clients("bo").get(f"/folders/{made.shared}/archive"))
    note = held.pop("LISEZ-MOI - documents manquants.txt").decode("utf-8-sig")
    assert held == {"Réunions/": b"", "Réunions/compte rendu.pdf": PDF}
    assert "- Réunions/perdu.txt\r\n" in note and "administrateur" in note


def test_a_document_called_as_the_note_keeps_its_name(made: Network, clients: Clients) -> None:
    (mine,) = filled(made, **{"LISEZ-MOI - documents manquants": b"le mien"})
    answer = clients("bo").get(f"/folders/{made.shared}/selection?document={mine}&document=999999")
    held = unpacked(answer)
    assert held["LISEZ-MOI - documents manquants.txt"] == b"le mien"
    assert "LISEZ-MOI - documents manquants (2).txt" in held


def test_looking_as_another_gives_what_that_one_may_read(made: Network, clients: Clients) -> None:
    closed, ada = closed_inside(made), clients("ada")
    here = f"/folders/{made.shared}/archive"
    assert "Réunions/Fermé/secret.txt" in unpacked(ada.get(here))
    assert send(ada, f"/folders/{made.shared}/see-as", subject="organisation:1").status_code == 303
    ada = clients("ada")
    assert unpacked(ada.get(here)).keys() == {"Réunions/", "Réunions/compte rendu.pdf"}
    assert ada.get(f"/folders/{closed}/archive").status_code == 404


def test_too_much_for_one_archive_says_what_to_do(
    made: Network, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 1)
    answer = clients("bo").get(f"/folders/{made.shared}/archive")
    assert answer.status_code == 422 and "cochez une partie des documents" in answer.text


def test_many_documents_are_asked_about_in_groups_and_all_come(
    made: Network, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "GROUP_ENTRIES", 2)
    filled(made, **{f"n{number}": str(number).encode() for number in range(7)})
    held = unpacked(clients("bo").get(f"/folders/{made.shared}/archive"))
    assert [held[f"Réunions/n{number}.txt"] for number in range(7)] == [
        str(number).encode() for number in range(7)
    ]


@contextmanager
def serving(made: Network) -> Iterator[int]:
    """The application behind the real server; its port."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with open_workspace(made.settings) as ws:
            yield {"ws": ws}

    with running(web_app(made.settings, lifespan), ServerLimits()) as port:
        yield port


@pytest.mark.parametrize("act", ["withdraw", "move"])
def test_a_right_lost_in_the_middle_cuts_the_archive(
    made: Network, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    monkeypatch.setattr(streaming, "ASK_AGAIN_SECONDS", 0.0)
    *_, last = filled(made, a=BIG, b=BIG, c=BIG)

    async def lose(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        if act == "move":
            await documents.move(ws, ada, last, made.secret)
            return
        grants = (await sharing.look(ws, ada, made.shared)).grants
        (grant,) = [one.id for one in grants if one.subject.kind is SubjectKind.ORGANISATION]
        await sharing.withdraw(ws, ada, made.shared, grant)

    with serving(made) as port, connected(port) as connection:
        connection.sendall(
            f"GET /folders/{made.shared}/archive HTTP/1.1\r\nHost: localhost:8000\r\n"
            f"Cookie: session={made.tokens['bo']}\r\n\r\n".encode()
        )
        begun = connection.recv(100_000)
        within(made, lose)
        answer = begun + rest(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: (\d+)", head)
    assert head.startswith(b"HTTP/1.1 200") and found
    assert 0 < len(body) < int(found[1])
    assert int(found[1]) > 3 * len(BIG)


def test_of_her_archives_two_are_under_way_at_once_and_a_third_waits(made: Network) -> None:
    filled(made, a=BIG, b=BIG, c=BIG)
    here = f"/folders/{made.shared}/archive"

    def asked(connection: socket.socket, who: str, method: str = "GET") -> bytes:
        connection.sendall(
            f"{method} {here} HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n"
            f"Cookie: session={made.tokens[who]}\r\n\r\n".encode()
        )
        return until(connection, b"\r\n\r\n")

    with serving(made) as port, connected(port) as first, connected(port) as second:
        assert status(asked(first, "bo")) == status(asked(second, "bo")) == 200
        for method in ("GET", "HEAD"):
            with connected(port) as third:
                refused = asked(third, "bo", method)
                assert status(refused) == 429 and b"retry-after: " in refused.lower()
        with connected(port) as another:
            assert status(asked(another, "ada", "HEAD")) == 200
        rest(first)
        for _ in range(5):
            with connected(port) as third:
                assert status(asked(third, "bo", "HEAD")) == 200


def test_an_archive_that_is_refused_is_not_under_way(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    for _ in range(5):
        assert bo.get(f"/folders/{made.secret}/archive").status_code == 404
        answer = bo.get(f"/folders/{made.shared}/selection?document=999999")
        assert answer.status_code == 404
    unpacked(bo.get(f"/folders/{made.shared}/archive"))
