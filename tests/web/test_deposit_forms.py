"""Deposits by form and by `PUT`: what a name in use does, trees, and what is told of each file."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from atelier import access
from atelier.files import Disk
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.workspace import deposits, folders, locks, people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, network, served, token_in, within
from tests.web.test_document_pages import post, put


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Network]:
    """A network whose documents hold up to 100 kB."""
    with network(tmp_path) as one:
        limits = replace(one.settings.limits, max_deposit_bytes=100_000)
        yield replace(one, settings=replace(one.settings, limits=limits))


def text_of(page: str) -> str:
    """What a page says, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).replace("\u202f", " ")


def test_the_form_says_what_a_name_in_use_does(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}"
    page = bo.get(here).text
    for value in ("revise", "keep_both", "refuse"):
        assert f'name="taken" value="{value}"' in page
    assert 'value="revise" checked' in page
    # Only script can ask about each.
    assert re.search(r'data-scripted hidden><input type="radio" name="taken" value="ask">', page)
    for taken, content in (("keep_both", b"deux"), ("keep_both", b"deux"), ("revise", b"trois")):
        answer = post(bo, f"{here}/deposits", ("compte rendu.pdf", content), taken=taken)
        assert answer.status_code == 303
    page = text_of(bo.get(here).text)
    assert "compte rendu (2).pdf" in page and "compte rendu (3).pdf" not in page
    assert bo.get(f"/documents/{made.document}/versions/2/content").content == b"trois"
    left = post(bo, f"{here}/deposits", ("compte rendu.pdf", b"quatre"), taken="refuse")
    assert left.status_code == 200
    assert "1 non déposé." in text_of(left.text) and "existe déjà" in text_of(left.text)
    assert bo.get(f"/documents/{made.document}/versions/3/content").status_code == 404
    wrong = post(bo, f"{here}/deposits", ("a.pdf", b"x"), taken="overwrite")
    assert wrong.status_code == 422 and "a.pdf" not in bo.get(here).text


def test_after_several_files_their_numbers_are_told(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}"
    files = (("a.txt", b"un"), ("b.txt", b"deux"), ("c.txt", b"trois"))
    first = post(bo, f"{here}/deposits", *files)
    assert "3 déposés." in text_of(bo.get(first.headers["location"]).text)
    again = post(bo, f"{here}/deposits", ("a.txt", b"un"), ("d.txt", b"un"))
    assert "1 déposé, 1 inchangé." in text_of(bo.get(again.headers["location"]).text)
    for odd in ("added=x&same=1", "added=1", "added=99999&same=1", "added=0&same=0"):
        page = bo.get(f"{here}?{odd}&done=deposited")
        assert page.status_code == 200 and "C’est déposé." in text_of(page.text)
    assert "déposés" not in text_of(bo.get(f"{here}?added=3&same=0").text).split("Commentaire")[0]


def test_one_refused_file_holds_up_none_and_the_page_says_which(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}"
    within(made, lambda ws: _folder(ws, made, "Dossier"))
    files = (
        ("un.txt", b"un"),
        ("Dossier", b"x"),
        ("..", b"x"),
        ("lourd.bin", b"x" * 100_001),
        ("compte rendu.pdf", b"deux"),
        ("deux.txt", b"deux"),
    )
    answer = post(bo, f"{here}/deposits", *files, comment="ensemble")
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert "3 déposés, 3 non déposés." in said
    assert "Dossier : « Dossier » existe déjà dans ce dossier." in said.replace("\xa0", " ")
    for name in ("un.txt", "deux.txt", "compte rendu.pdf (version 2)"):
        assert name in said
    page = text_of(bo.get(here).text)
    assert "un.txt" in page and "deux.txt" in page and "lourd.bin" not in page
    assert not list((made.settings.data / "drafts").glob("*"))


async def _folder(ws: Workspace, made: Network, name: str) -> None:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    await folders.make(ws, ada, made.shared, name)


def test_a_disk_that_fails_in_the_middle_leaves_what_was_confirmed_and_says_so(
    made: Network,
) -> None:
    renamed = 0

    def fault(operation: str, path: Path) -> None:
        nonlocal renamed
        if operation == "rename" and "blobs" in path.parts:
            renamed += 1
            if renamed == 2:
                raise OSError(errno.EIO, "no", str(path))

    with served(made, Disk(fault)) as clients:
        bo, here = clients("bo"), f"/folders/{made.shared}"
        files = tuple((f"{n}.txt", b"%d" % n) for n in range(3))
        answer = post(bo, f"{here}/deposits", *files)
        assert answer.status_code == 507
        assert "2 déposés, 1 non déposé." in text_of(answer.text)
        page = text_of(bo.get(here).text)
        assert "0.txt" in page and "1.txt" not in page and "2.txt" in page


def test_a_document_somebody_edits_is_told_among_the_files(made: Network, clients: Clients) -> None:
    async def held(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await locks.take(ws, ada, made.document)

    within(made, held)
    bo, here = clients("bo"), f"/folders/{made.shared}"
    answer = post(bo, f"{here}/deposits", ("compte rendu.pdf", b"deux"), ("a.txt", b"un"))
    assert answer.status_code == 423
    assert "1 déposé, 1 non déposé." in text_of(answer.text)
    assert "Votre fichier est mis de côté 7 jours" in text_of(answer.text)
    assert "Mis de côté pour vous" in bo.get("/").text
    alone = post(bo, f"{here}/deposits", ("compte rendu.pdf", b"deux"))
    assert alone.status_code == 423 and 'href="#field-files"' in alone.text


def test_who_may_not_deposit_is_refused_whole(made: Network, clients: Clients) -> None:
    async def reading(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        cy = (await people.session(ws, made.tokens["cy"])).actor
        subject = Subject(SubjectKind.PERSON, cy.person_id)
        await sharing.grant(ws, ada, made.shared, subject, Role.READER)

    here = f"/folders/{made.shared}/deposits"
    assert post(clients("cy"), here, ("a.txt", b"x"), taken="keep_both").status_code == 404
    within(made, reading)
    assert post(clients("cy"), here, ("a.txt", b"x"), taken="keep_both").status_code == 403
    assert put(clients("cy"), f"{here}/a.txt?path=A", b"x").status_code == 403


def test_a_program_says_the_tree_and_what_a_name_in_use_does(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}/deposits"
    told = put(bo, f"{here}/a.txt?path=Photos/%C3%89t%C3%A9&taken=refuse", b"un")
    assert told.status_code == 201 and told.json()["name"] == "a.txt"
    assert "Photos" in bo.get(f"/folders/{made.shared}").text
    taken = put(bo, f"{here}/a.txt?path=photos/%C3%A9t%C3%A9&taken=refuse", b"deux")
    assert (taken.status_code, taken.json()["error"], taken.json()["kind"]) == (
        409, "name_taken", "document"
    )  # fmt: skip
    both = put(bo, f"{here}/a.txt?path=Photos/%C3%89t%C3%A9&taken=keep_both", b"deux").json()
    assert (both["name"], both["is_new_document"]) == ("a (2).txt", True)
    for query, status in (
        ("path=A//B", 422),
        ("path=/A", 422),
        ("path=..", 422),
        ("path=A%5CB", 422),
        ("path=" + "a/" * 64 + "a", 422),
        ("taken=skip", 422),
        ("taken=REVISE", 422),
        ("folder=3", 422),
        ("taken=revise&taken=refuse", 400),
        ("path=A&path=B", 400),
        ("path=compte%20rendu.pdf", 409),
    ):
        answer = put(bo, f"{here}/z.txt?{query}", b"x")
        assert answer.status_code == status, query
    assert "z.txt" not in bo.get(f"/folders/{made.shared}").text


def test_the_same_bytes_sent_late_are_no_clash_once_they_came(made: Network) -> None:
    async def late(ws: Workspace) -> bool:
        bo = (await people.session(ws, made.tokens["bo"])).actor
        incoming = await deposits.begin_version(ws, bo, made.document, expected=1)
        again = await deposits.begin_version(ws, bo, made.document, expected=1)
        for one in (incoming, again):
            await one.write(b"deux")
        await deposits.finish(ws, bo, incoming)
        return (await deposits.finish(ws, bo, again)).is_new_version

    assert not within(made, late)


def test_a_form_without_a_file_or_with_another_field_keeps_nothing(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}/deposits"
    token = token_in(bo.get("/").text)
    fields = {"form_token": token}
    empty = bo.post(here, data=fields, files={"files": ("", b"")})
    bare = bo.post(here, files={name: (None, text) for name, text in fields.items()})
    for answer in (empty, bare):
        assert answer.status_code == 422 and 'href="#field-files"' in answer.text
    files = [("files", ("a.txt", b"un")), ("photo", ("b.txt", b"deux"))]
    assert bo.post(here, data=fields, files=files).status_code == 422
    assert "a.txt" not in bo.get(f"/folders/{made.shared}").text
    assert not list((made.settings.data / "drafts").glob("*"))


def test_who_may_add_and_not_revise_is_told_of_the_files_that_are_there(
    made: Network, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = access.ROLES[Role.CONTRIBUTOR]
    adding = replace(row, actions=row.actions - {Action.REVISE})
    monkeypatch.setitem(access.ROLES, Role.CONTRIBUTOR, adding)
    bo, here = clients("bo"), f"/folders/{made.shared}/deposits"
    answer = post(bo, here, ("compte rendu.pdf", b"deux"), ("a.txt", b"un"))
    assert answer.status_code == 403
    assert "1 déposé, 1 non déposé." in text_of(answer.text)
    beside = post(bo, here, ("compte rendu.pdf", b"deux"), ("b.txt", b"un"), taken="keep_both")
    assert beside.status_code == 303
