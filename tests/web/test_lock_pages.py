"""Locks through the real application: taking, going on, ending; what others see of them."""

from __future__ import annotations

import re

from atelier.model.folders import Role, Subject, SubjectKind
from atelier.workspace import locks, people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import PDF, Clients, Network, send, token_in, within


def let_cy_read(made: Network, role: Role = Role.READER) -> None:
    """Ada gives Cy access to the shared folder."""

    async def grant(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        cy = (await people.session(ws, made.tokens["cy"])).actor
        subject = Subject(SubjectKind.PERSON, cy.person_id)
        await sharing.grant(ws, ada, made.shared, subject, role)

    within(made, grant)


def token_of_lock(made: Network) -> str:
    """The secret of the lock on the document."""

    async def take(ws: Workspace) -> str:
        bo = (await people.session(ws, made.tokens["bo"])).actor
        return (await locks.take(ws, bo, made.document)).token

    return within(made, take)


def test_who_edits_is_told_to_all_who_read_and_the_holder_ends_it(
    made: Network, clients: Clients
) -> None:
    let_cy_read(made)
    here, lock = f"/documents/{made.document}", f"/documents/{made.document}/lock"
    assert "Je modifie ce document" in clients("bo").get(here).text
    assert "Je modifie ce document" not in clients("cy").get(here).text
    answer = send(clients("bo"), lock, note="Le point 3")
    assert answer.headers["location"] == f"{here}?done=locked"
    hers = clients("bo").get(here).text
    assert "Vous modifiez ce document" in hers and "Prolonger" in hers and "terminé" in hers
    theirs = clients("cy").get(here).text
    assert "modifie ce document" in theirs and "Le point 3" in theirs and lock not in theirs
    for page in (f"/folders/{made.shared}", "/"):
        assert re.search(r"<bdi>Bo[^<]*</bdi> le modifie", clients("cy").get(page).text), page
    secret = token_of_lock(made)
    for who in ("ada", "bo", "cy"):
        for page in (here, f"/folders/{made.shared}"):
            assert secret not in clients(who).get(page).text
    assert send(clients("bo"), f"{lock}/renew").headers["location"].endswith("lock-renewed")
    assert send(clients("bo"), f"{lock}/release").headers["location"].endswith("unlocked")
    assert "le modifie" not in clients("cy").get(f"/folders/{made.shared}").text


def test_others_are_not_offered_what_a_lock_refuses_and_are_told_why(
    made: Network, clients: Clients
) -> None:
    let_cy_read(made, Role.CONTRIBUTOR)
    here = f"/documents/{made.document}"
    offered = ("/rename", "/move", "/remove", "/versions", "/lock")
    before = clients("cy").get(here).text
    assert all(f'"{here}{one}"' in before for one in offered)
    send(clients("bo"), f"{here}/lock")
    cy = clients("cy")
    page = cy.get(here).text
    assert not any(f'"{here}{one}"' in page for one in offered)
    told = send(cy, f"{here}/rename", name="autre.pdf", expected="1")
    assert told.status_code == 423
    assert "le modifie jusqu" in told.text and "+00:00" not in told.text
    token = token_in(cy.get("/").text)
    put = cy.put(
        f"/folders/{made.shared}/deposits/compte%20rendu.pdf",
        content=PDF + b"%",
        headers={"x-form-token": token},
    )
    assert (put.status_code, put.json()["error"]) == (423, "locked")
    assert send(cy, f"{here}/lock/release").status_code == 403


def test_a_coordinator_frees_a_document_and_the_journal_tells_it(
    made: Network, clients: Clients
) -> None:
    here = f"/documents/{made.document}"
    send(clients("bo"), f"{here}/lock")
    page = clients("ada").get(here).text
    assert "Libérer le document" in page and "Prolonger" not in page
    told = "que vous modifiiez"
    assert told not in clients("bo").get("/").text
    assert send(clients("ada"), f"{here}/lock/release").status_code == 303
    home = clients("bo").get("/").text
    assert told in home and f'href="/folders/{made.shared}"' in home
    assert told not in clients("ada").get("/").text
    again = send(clients("bo"), f"{here}/lock/renew")
    assert again.status_code == 409 and "Plus personne ne modifie" in again.text
    journal = clients("ada").get(f"/folders/{made.shared}/journal").text
    assert "que modifiait" in journal and "a commencé à modifier" in journal


def test_a_lock_is_like_nothing_to_who_may_not_read(made: Network, clients: Clients) -> None:
    send(clients("bo"), f"/documents/{made.document}/lock")
    cy = clients("cy")
    for act in ("lock", "lock/renew", "lock/release"):
        hidden = send(cy, f"/documents/{made.document}/{act}")
        never = send(cy, f"/documents/999999/{act}")
        assert hidden.status_code == never.status_code == 404
        assert hidden.text == never.text


def test_a_remark_that_is_too_long_comes_back_in_its_form(made: Network, clients: Clients) -> None:
    here = f"/documents/{made.document}"
    answer = send(clients("bo"), f"{here}/lock", note="y" * 201)
    assert answer.status_code == 422 and "y" * 201 in answer.text
    assert "modifie ce document jusqu" not in clients("bo").get(here).text
