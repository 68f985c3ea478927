"""Before a change of access the page says who gains and who loses; then it is as announced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.database.engine import Transaction
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.people import Actor
from atelier.web.pages.announcing import NAMED
from atelier.workspace import deposits, people, sharing
from atelier.workspace.place import Workspace
from tests.web.confirming import confirm, form_of, sent
from tests.web.network import PDF, Network, within

Clients = Callable[[str], TestClient]
HOSPITAL = {"subject": "organisation:2", "role": "reader", "until": "", "email": ""}


def as_ada(made: Network, act: Callable[[Workspace, Actor], Awaitable[None]]) -> None:
    """A use-case by the steward, beside the server."""

    async def run(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await act(ws, ada)

    within(made, run)


def words(page: str) -> str:
    return " ".join(page.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ").split())


def test_an_access_is_announced_by_name_and_given_only_when_confirmed(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}"
    ada = clients("ada")
    page = sent(ada, f"{here}/access", **HOSPITAL)
    assert page.status_code == 200
    said = words(page.text)
    assert "Donner à Hôpital l’accès « Lecture » au dossier « Réunions » ?" in said
    assert "Rien n’est encore fait" in said
    assert "1 personne gagne l’accès « Lecture » : 1 document dans 1 dossier" in said
    assert "<bdi>Cy</bdi>" in said and "<bdi>Hôpital</bdi>" in said and "Bo" not in said
    assert f'href="{here}/access"' in page.text
    assert clients("cy").get(here).status_code == 404
    assert confirm(clients("ada"), page).headers["location"] == f"{here}/access?done=granted"
    assert clients("cy").get(here).status_code == 200


def test_a_withdrawal_names_who_loses_and_a_stay_is_possible(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}"
    withdraw = of_the_town(clients("ada"), here)
    page = sent(clients("ada"), withdraw)
    said = words(page.text)
    assert "Retirer à Mairie l’accès au dossier « Réunions » ?" in said
    assert "1 personne perd l’accès « Contribution » : 1 document dans 1 dossier" in said
    assert "<bdi>Bo</bdi>" in said and "Cy" not in said
    assert clients("bo").get(here).status_code == 200
    assert confirm(clients("ada"), page).headers["location"] == f"{here}/access?done=withdrawn"
    assert clients("bo").get(here).status_code == 404


def of_the_town(ada: TestClient, here: str) -> str:
    """Where the form that takes Mairie's access back goes."""
    rows = HTMLParser(ada.get(f"{here}/access").text).css("tr")
    (row,) = [one for one in rows if "Mairie" in one.text()]
    form = row.css_first("form")
    assert form is not None
    return form.attributes["action"] or ""


def test_each_change_of_a_folder_is_announced_first(made: Network, clients: Clients) -> None:
    here, ada = f"/folders/{made.shared}", clients("ada")
    story = [
        ("move", {"parent": str(made.secret)}, "folder-moved",
         "Déplacer le dossier « Réunions » dans « Secret » ?"),
        ("close", {"email": ""}, "folder-closed", "Fermer le dossier « Réunions » ?"),
        ("open", {}, "folder-opened", "Rouvrir le dossier « Réunions » ?"),
    ]  # fmt: skip
    for verb, fields, done, question in story:
        page = sent(ada, f"{here}/{verb}", **fields)
        assert page.status_code == 200 and question in words(page.text)
        assert form_of(page)[0] == f"{here}/{verb}"
        assert confirm(ada, page).headers["location"] == f"{here}?done={done}"
        assert sent(ada, f"{here}/{verb}", **fields).status_code == 409


def test_another_may_coordinate_the_closed_folder(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    inner = sent(ada, f"/folders/{made.shared}/folders", name="Dedans").headers["location"]
    here = inner.partition("?")[0]
    unknown = sent(ada, f"{here}/close", email="nobody@reseau.example")
    assert unknown.status_code == 422
    assert 'value="nobody@reseau.example"' in unknown.text
    assert 'href="#field-email"' in unknown.text
    page = sent(ada, f"{here}/close", email="bo@reseau.example")
    said = words(page.text)
    assert "1 personne perd l’accès « Coordination »" in said
    assert "1 personne passe de « Contribution » à « Coordination »" in said
    assert confirm(ada, page).status_code == 303
    assert clients("ada").get(here).status_code == 404
    assert clients("bo").get(f"{here}/journal").status_code == 200


def test_nobody_gains_or_loses_is_said_too(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    fields = HOSPITAL | {"subject": "organisation:1", "role": "contributor"}
    page = sent(ada, f"/folders/{made.shared}/access", **fields)
    assert "Personne ne gagne ni ne perd d’accès aujourd’hui." in words(page.text)
    assert confirm(ada, page).status_code == 303


def test_an_access_that_will_end_is_told_with_its_day(made: Network, clients: Clients) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/access"
    fields = HOSPITAL | {"subject": "organisation:1", "role": "contributor", "until": "2999-06-30"}
    page = sent(ada, here, **fields)
    said = words(page.text)
    assert "jusqu’au 30 juin 2999 ?" in said
    assert "À partir du 1er juillet 2999" in said and "Dès maintenant" not in said
    assert confirm(ada, page).status_code == 303
    for_ever = sent(ada, here, **fields | {"until": "9999-12-31"})
    assert for_ever.status_code == 200


def test_what_changed_meanwhile_is_told_and_nothing_is_done(
    made: Network, clients: Clients
) -> None:
    here, ada = f"/folders/{made.shared}", clients("ada")
    page = sent(ada, f"{here}/access", **HOSPITAL)

    async def arrives(ws: Workspace, ada: Actor) -> None:
        await people.add_person(ws, ada, "di@reseau.example", name="Di", organisation="Hôpital")

    as_ada(made, arrives)
    again = confirm(clients("ada"), page)
    assert again.status_code == 409
    said = words(again.text)
    assert "La situation a changé" in said and "Rien n’a été fait" in said
    assert "2 personnes gagnent" in said and "<bdi>Di</bdi>" in said
    assert clients("cy").get(here).status_code == 404
    assert confirm(clients("ada"), again).status_code == 303
    assert clients("cy").get(here).status_code == 200


def test_a_deposit_meanwhile_forces_nothing(made: Network, clients: Clients) -> None:
    page = sent(clients("ada"), f"/folders/{made.shared}/access", **HOSPITAL)

    async def arrives(ws: Workspace, ada: Actor) -> None:
        incoming = await deposits.begin(ws, ada, made.shared, "autre.pdf")
        await incoming.write(PDF)
        await deposits.finish(ws, ada, incoming)

    as_ada(made, arrives)
    assert confirm(clients("ada"), page).status_code == 303


def test_a_confirmation_serves_its_own_question_only(made: Network, clients: Clients) -> None:
    here, ada = f"/folders/{made.shared}", clients("ada")
    _, hidden = form_of(sent(ada, f"{here}/access", **HOSPITAL))
    others = [
        (f"{here}/access", hidden | {"role": "contributor"}),
        (f"{here}/access", hidden | {"subject": "network:0"}),
        (f"{here}/access", hidden | {"announced": "x"}),
        (f"/folders/{made.secret}/access", hidden),
        (f"{here}/close", {"form_token": hidden["form_token"], "announced": hidden["announced"]}),
    ]
    for path, fields in others:
        answer = ada.post(path, data=fields)
        assert answer.status_code == 409 and "Rien n’a été fait" in words(answer.text)
    assert clients("cy").get(here).status_code == 404
    assert clients("bo").get(here).status_code == 200


def test_who_may_not_do_it_may_not_see_what_it_would_do(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    withdraw = of_the_town(ada, f"/folders/{made.shared}")
    forms = {
        f"/folders/{made.shared}/access": HOSPITAL,
        withdraw: {},
        f"/folders/{made.shared}/move": {"parent": str(made.secret)},
        f"/folders/{made.shared}/close": {"email": ""},
        f"/folders/{made.shared}/open": {},
    }
    for path, fields in forms.items():
        for mark in ({}, {"announced": "x"}):
            assert sent(clients("bo"), path, **fields, **mark).status_code == 403, path
            hidden = sent(clients("cy"), path, **fields, **mark)
            never = sent(clients("cy"), path.replace("folders/1", "folders/999"), **fields, **mark)
            assert (hidden.status_code, hidden.content) == (404, never.content), path
            assert sent(clients("ada"), path, **fields, **mark).status_code in (200, 409), path


def test_a_document_that_changes_readers_is_announced_and_another_moves_at_once(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    inner = sent(ada, f"/folders/{made.shared}/folders", name="Dedans").headers["location"]
    number = inner.partition("?")[0].rpartition("/")[2]
    here = f"/documents/{made.document}"
    quiet = sent(ada, f"{here}/move", parent=number, expected="1")
    assert quiet.headers["location"] == f"{here}?done=document-moved"
    taken = sent(ada, f"{here}/move", parent=str(made.secret), expected="1")
    assert taken.status_code == 409 and 'href="#field-parent"' in taken.text
    sent(ada, f"{here}/rename", name="autre.pdf", expected="1")
    page = sent(ada, f"{here}/move", parent=str(made.secret), expected="1")
    assert page.status_code == 200
    said = words(page.text)
    assert "Déplacer « autre.pdf » dans « Secret » ?" in said
    assert "1 personne perd l’accès « Contribution » : 1 document</li>" in said
    assert clients("bo").get(here).status_code == 200
    assert confirm(clients("ada"), page).status_code == 303
    assert clients("bo").get(here).status_code == 404


def test_who_moves_a_document_reads_names_only_where_she_shares_both_folders(
    made: Network, clients: Clients
) -> None:
    async def given(ws: Workspace, ada: Actor) -> None:
        bo = (await people.session(ws, made.tokens["bo"])).actor
        cy = (await people.session(ws, made.tokens["cy"])).actor
        for folder, role in ((made.secret, Role.CONTRIBUTOR), (made.shared, Role.COORDINATOR)):
            one = Subject(SubjectKind.PERSON, bo.person_id)
            await sharing.grant(ws, ada, folder, one, role)
        await sharing.grant(
            ws, ada, made.secret, Subject(SubjectKind.PERSON, cy.person_id), Role.READER
        )

    as_ada(made, given)
    move, fields = f"/documents/{made.document}/move", {"parent": str(made.secret)}
    sent(clients("ada"), f"/documents/{made.document}/rename", name="autre.pdf", expected="1")
    # Bo coordinates here, and there he contributes only.
    told = sent(clients("bo"), move, **fields, expected="1")
    said = words(told.text)
    assert told.status_code == 200 and "1 personne gagne l’accès « Lecture »" in said
    assert "<bdi>Hôpital</bdi>" in said and "comptées sans être nommées" in said
    assert "Cy" not in told.text
    named = words(sent(clients("ada"), move, **fields, expected="1").text)
    assert "1 personne gagne l’accès « Lecture »" in named and "<bdi>Cy</bdi>" in named
    assert "comptées sans être nommées" not in named
    assert sent(clients("cy"), move, **fields, expected="1").status_code == 404
    unread = sent(clients("bo"), move, parent="999999", expected="1")
    assert unread.status_code == 404
    assert (
        confirm(clients("bo"), sent(clients("bo"), move, **fields, expected="1")).status_code == 303
    )
    assert clients("cy").get(f"/documents/{made.document}").status_code == 200


def test_more_time_is_a_gain_from_the_day_on_which_it_would_have_ended(
    made: Network, clients: Clients
) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/access"
    until = "2999-06-30"
    assert confirm(ada, sent(ada, here, **HOSPITAL | {"until": until})).status_code == 303
    for longer in ("", "2999-12-31", "9999-12-31"):
        said = words(sent(ada, here, **HOSPITAL | {"until": longer}).text)
        assert "À partir du 1er juillet 2999" in said and "Dès maintenant" not in said
        assert "1 personne gagne l’accès « Lecture »" in said and "<bdi>Cy</bdi>" in said
    shorter = words(sent(ada, here, **HOSPITAL | {"until": "2999-05-31"}).text)
    assert "À partir du 1er juin 2999" in shorter and "1 personne perd l’accès" in shorter
    same = words(sent(ada, here, **HOSPITAL | {"until": until}).text)
    assert "Personne ne gagne ni ne perd d’accès" in same


def test_a_place_held_longer_or_less_long_is_told_for_the_day_it_would_end(
    clients: Clients,
) -> None:
    ada, place = clients("ada"), "/people/2/memberships/1"
    steps = (
        ({"ends_on": "2999-06-30"}, "perd « Contribution »", "1er juillet 2999"),
        ({"ends_on": "2999-12-31"}, "gagne « Contribution »", "1er juillet 2999"),
        ({"ends_on": ""}, "gagne « Contribution »", "1er janvier 3000"),
    )
    for fields, change, day in steps:
        page = sent(ada, place, **fields)
        said = words(page.text)
        assert change in said and f"À partir du {day}" in said and "<bdi>Bo</bdi>" in said
        assert confirm(ada, page).status_code == 303
    page = sent(ada, f"{place}/end", last_day="2999-06-30")
    assert confirm(ada, page).status_code == 303
    later = words(sent(ada, f"{place}/end", last_day="9999-12-31").text)
    assert "gagne « Contribution »" in later and "juillet 2999" in later


def test_many_people_are_told_by_organisation_and_the_others_counted(
    made: Network, clients: Clients
) -> None:
    async def arrive(ws: Workspace, ada: Actor) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.many(
                "INSERT INTO people (email, email_key, name, created_at)"
                " VALUES (:one, :one, :one, 0)",
                [{"one": f"Personne {number:03}"} for number in range(NAMED)],
            )

        await ws.db.write(unit)

    as_ada(made, arrive)
    fields = HOSPITAL | {"subject": "network:0"}
    page = sent(clients("ada"), f"/folders/{made.shared}/access", **fields)
    said = words(page.text)
    assert "Donner à tout le réseau l’accès" in said
    assert "201 personnes gagnent l’accès « Lecture »" in said
    assert "Et 1 autre personne, comptée ci-dessus." in said
    rows = [
        " ".join(row.text().split()) for row in HTMLParser(page.text).css("table:first-of-type tr")
    ]
    assert rows[1:3] == ["Hôpital01", "Personnes invitées0200"]
    assert said.count("Personne 0") + said.count("Personne 1") == NAMED - 1


def test_a_refused_access_comes_back_with_what_was_typed_also_when_confirmed(
    made: Network, clients: Clients
) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/access"
    fields = HOSPITAL | {"subject": "organisation:999", "until": "2999-01-01"}
    for mark in ({}, {"announced": "x"}):
        page = sent(ada, here, **fields, **mark)
        assert page.status_code == 422
        assert 'href="#field-subject"' in page.text and 'value="2999-01-01"' in page.text


def test_the_page_is_said_in_english_too(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    ada.headers["accept-language"] = "en"
    said = words(sent(ada, f"/folders/{made.shared}/access", **HOSPITAL).text)
    assert "Nothing has been done yet" in said and "1 person gains" in said
