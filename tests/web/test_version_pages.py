"""Pages about versions: labels, what was set aside, and documents that become a new version."""

from __future__ import annotations

import re

from atelier.errors import VersionClash
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import AsideId, DocumentId
from atelier.workspace import deposits, folders, locks, people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, within
from tests.web.test_deposit_forms import text_of
from tests.web.test_document_pages import post


async def come_second(ws: Workspace, made: Network, name: str, content: bytes) -> AsideId:
    """What somebody deposits after another one is set aside for her."""
    actor = (await people.session(ws, made.tokens[name])).actor
    ada = (await people.session(ws, made.tokens["ada"])).actor
    late = await deposits.begin_version(ws, actor, made.document, expected=1)
    await late.write(content)
    other = await deposits.begin_version(ws, ada, made.document, expected=1)
    await other.write(b"la sienne")
    await deposits.finish(ws, ada, other)
    try:
        await deposits.finish(ws, actor, late, comment="relue")
    except VersionClash as error:
        assert error.aside is not None
        return AsideId(error.aside)
    raise AssertionError("nobody came second")


def test_what_was_set_aside_is_on_her_home_and_the_documents_page_and_nobody_elses(
    made: Network, clients: Clients
) -> None:
    here = f"/documents/{made.document}"
    assert "Mis de côté pour vous" not in clients("bo").get("/").text
    number = within(made, lambda ws: come_second(ws, made, "bo", b"de Bo"))
    aside = f"{here}/aside/{number}"
    for path in ("/", here):
        page = clients("bo").get(path).text
        assert "Mis de côté pour vous" in page and f'action="{aside}/deposit"' in page
        assert "<bdi>compte rendu.pdf</bdi>" in page.partition("Mis de côté pour vous")[2]
        assert "relue" in page and f'href="{aside}/content"' in page
        assert "Mis de côté pour vous" not in clients("ada").get(path).text
    kept = clients("bo").get(f"{aside}/content")
    assert kept.content == b"de Bo"
    assert kept.headers["content-disposition"].startswith("attachment;")
    for name, status in (("ada", 404), ("cy", 404), ("", 303)):
        assert clients(name).get(f"{aside}/content").status_code == status
    for act in ("deposit", "remove"):
        fields = {"expected": "2"} if act == "deposit" else {}
        assert send(clients("ada"), f"{aside}/{act}", **fields).status_code == 404
        assert send(clients("cy"), f"{aside}/{act}", **fields).status_code == 404
        assert (
            clients("bo").post(f"{aside}/{act}", data=fields | {"form_token": "0" * 64}).status_code
            == 403
        )
    assert send(clients("bo"), f"{aside}/deposit", expected="x").status_code == 422


def test_what_was_set_aside_is_deposited_over_the_version_she_saw(
    made: Network, clients: Clients
) -> None:
    here = f"/documents/{made.document}"
    number = within(made, lambda ws: come_second(ws, made, "bo", b"de Bo"))
    stale = send(clients("bo"), f"{here}/aside/{number}/deposit", expected="1")
    assert stale.status_code == 409 and "Mis de côté pour vous" in stale.text
    said = text_of(stale.text)
    assert "Votre fichier est mis de côté 7 jours" in said and "Rien n’a été enregistré" not in said
    done = send(clients("bo"), f"{here}/aside/{number}/deposit", expected="2")
    assert done.headers["location"] == f"{here}?done=revised"
    page = clients("bo").get(here).text
    assert "Mis de côté pour vous" not in page and "relue" in page
    assert clients("bo").get(f"{here}/versions/3/content").content == b"de Bo"


def test_what_was_set_aside_is_thrown_away(made: Network, clients: Clients) -> None:
    here = f"/documents/{made.document}"
    number = within(made, lambda ws: come_second(ws, made, "bo", b"de Bo"))
    done = send(clients("bo"), f"{here}/aside/{number}/remove")
    assert done.headers["location"] == f"{here}?done=thrown-away"
    assert "Mis de côté pour vous" not in clients("bo").get("/").text
    assert send(clients("bo"), f"{here}/aside/{number}/remove").status_code == 404


def test_who_comes_second_by_the_form_is_told_what_was_kept(
    made: Network, clients: Clients
) -> None:
    async def held(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await locks.take(ws, ada, made.document)

    within(made, held)
    answer = post(
        clients("bo"), f"/documents/{made.document}/versions", ("x.pdf", b"x"), expected="1"
    )
    assert answer.status_code == 423


def test_a_label_is_shown_with_its_version_and_in_the_list(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}"
    field = {"label": "validé en séance"}
    assert f'action="{here}/versions/1/label"' in bo.get(here).text
    done = send(bo, f"{here}/versions/1/label", **field)
    assert done.headers["location"] == f"{here}?done=labelled"
    assert "validé en séance" in bo.get(here).text
    for path in ("/", f"/folders/{made.shared}"):
        assert "validé en séance" in bo.get(path).text
    again = send(bo, f"{here}/versions/1/label", **field)
    assert again.headers["location"] == here
    long = send(bo, f"{here}/versions/1/label", **{"label": "é" * 81})
    assert long.status_code == 422 and 'href="#field-label-1"' in long.text
    assert "é" * 81 in long.text
    assert send(bo, f"{here}/versions/1/label", comment="x").status_code == 422
    assert send(bo, f"{here}/versions/2/label", **{"label": "x"}).status_code == 404
    assert send(clients("cy"), f"{here}/versions/1/label", **field).status_code == 404
    done = send(clients("bo"), f"{here}/versions/1/label", **{"label": " "})
    assert done.headers["location"] == f"{here}?done=unlabelled"
    assert "validé en séance" not in clients("bo").get(f"/folders/{made.shared}").text
    journal = text_of(clients("ada").get(f"/folders/{made.shared}/journal").text)
    assert "a marqué la version 1 de compte rendu.pdf" in journal.replace("\xa0", " ")


def test_a_reader_sees_labels_and_gives_none(made: Network, clients: Clients) -> None:
    async def reading(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        cy = (await people.session(ws, made.tokens["cy"])).actor
        subject = Subject(SubjectKind.PERSON, cy.person_id)
        await sharing.grant(ws, ada, made.shared, subject, Role.READER)

    within(made, reading)
    here = f"/documents/{made.document}"
    send(clients("bo"), f"{here}/versions/1/label", **{"label": "validé"})
    page = clients("cy").get(here).text
    assert "validé" in page and "versions/1/label" not in page
    assert send(clients("cy"), f"{here}/versions/1/label", **{"label": "x"}).status_code == 403


async def _beside(ws: Workspace, made: Network) -> tuple[DocumentId, int, DocumentId]:
    """A second document in the shared folder; another folder of Bo's with its namesake."""
    ada = (await people.session(ws, made.tokens["ada"])).actor
    bo = (await people.session(ws, made.tokens["bo"])).actor
    incoming = await deposits.begin(ws, ada, made.shared, "brouillon.pdf")
    await incoming.write(b"brouillon")
    draft = (await deposits.finish(ws, ada, incoming)).document_id
    other = await folders.make(ws, ada, None, "Bureau")
    subject = Subject(SubjectKind.PERSON, bo.person_id)
    await sharing.grant(ws, ada, other, subject, Role.CONTRIBUTOR)
    incoming = await deposits.begin(ws, ada, other, "Brouillon.pdf")
    await incoming.write(b"namesake")
    return draft, other, (await deposits.finish(ws, ada, incoming)).document_id


def test_a_rename_onto_a_document_offers_to_make_it_a_new_version(
    made: Network, clients: Clients
) -> None:
    draft, _, _ = within(made, lambda ws: _beside(ws, made))
    bo, here = clients("bo"), f"/documents/{draft}"
    assert "En faire une nouvelle version" not in bo.get(f"{here}/rename").text
    asked = send(bo, f"{here}/rename", name="COMPTE RENDU.pdf", expected="1")
    assert asked.status_code == 409 and f'action="{here}/replace"' in asked.text
    fields = dict(re.findall(r'name="(onto|over|expected)" value="(\d+)"', asked.text))
    assert fields == {"onto": str(made.document), "over": "1", "expected": "1"}
    stale = send(bo, f"{here}/replace", **fields | {"over": "7"})
    assert stale.status_code == 409
    assert send(clients("cy"), f"{here}/replace", **fields).status_code == 404
    done = send(clients("bo"), f"{here}/replace", **fields)
    assert done.headers["location"] == f"/documents/{made.document}?done=replaced"
    content = clients("bo").get(f"/documents/{made.document}/versions/2/content").content
    assert content == b"brouillon"
    assert clients("bo").get(here).status_code == 404
    assert "brouillon.pdf" in clients("ada").get(f"/folders/{made.shared}/trash").text


def test_a_move_onto_a_document_offers_to_make_it_a_new_version(
    made: Network, clients: Clients
) -> None:
    draft, other, namesake = within(made, lambda ws: _beside(ws, made))
    bo, here = clients("bo"), f"/documents/{draft}"
    asked = send(bo, f"{here}/move", parent=str(other), expected="1")
    assert asked.status_code == 409 and f'name="onto" value="{namesake}"' in asked.text
    fields = {"onto": str(namesake), "over": "1", "expected": "1"}
    done = send(bo, f"{here}/replace", **fields)
    assert done.headers["location"] == f"/documents/{namesake}?done=replaced"
    again, _, _ = made.document, other, namesake
    assert (
        send(bo, f"/documents/{again}/replace", onto="x", over="1", expected="1").status_code == 422
    )


def test_a_folder_of_the_wanted_name_offers_nothing(made: Network, clients: Clients) -> None:
    draft, _, _ = within(made, lambda ws: _beside(ws, made))
    token = {"name": "Sous-dossier"}
    send(clients("ada"), f"/folders/{made.shared}/folders", **token)
    asked = send(clients("bo"), f"/documents/{draft}/rename", name="sous-dossier", expected="1")
    assert asked.status_code == 409 and "/replace" not in asked.text
