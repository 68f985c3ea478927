"""Sheets of organisations and groups, and what is done on them, through the real application."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import GroupId
from atelier.workspace import groups, people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, within

TOWN, HOSPITAL = "/organisations/1", "/organisations/2"
FAR = "2100-01-01"


def confirm(client: TestClient, path: str, **fields: str) -> Any:
    """The answer to the confirmation, after the page that announces."""
    page = send(client, path, **fields)
    assert page.status_code == 200, page.text
    mark = re.search(r'name="announced" value="([^"]+)"', page.text)
    assert mark, page.text
    return send(client, path, announced=mark[1], **fields)


def group_of(made: Network, name: str, *members: str) -> str:
    """The address of a new group; the first of its members coordinates it."""

    async def make(ws: Workspace) -> GroupId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        group = await groups.add_group(ws, ada, name, list(members))
        for first in group.members[:1]:
            place = first.membership_id
            await groups.appoint(ws, ada, group.id, place, coordinates=True)
        return group.id

    return f"/groups/{within(made, make)}"


def share_with(made: Network, group: str, role: Role = Role.READER) -> None:
    """Let a group into the folder that only Ada has; when it coordinates, it does so alone."""

    async def share(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        subject = Subject(SubjectKind.GROUP, int(group.rpartition("/")[2]))
        await sharing.grant(ws, ada, made.secret, subject, role)
        if role is Role.COORDINATOR:
            own = (await sharing.look(ws, ada, made.secret)).grants[0]
            await sharing.withdraw(ws, ada, made.secret, own.id)

    within(made, share)


def test_a_sheet_is_for_everyone_and_its_forms_for_stewards(clients: Clients) -> None:
    bo = clients("bo").get(TOWN)
    assert bo.status_code == 200 and "Mairie" in bo.text and "Bo" in bo.text
    assert "Cy" not in bo.text and "Modifier la fiche" not in bo.text
    assert f'action="{TOWN}' not in bo.text
    ada = clients("ada").get(TOWN).text
    assert (
        "Modifier la fiche" in ada
        and "Noter le départ de la structure" in ada
        and "Fusionner" in ada
    )
    assert clients("bo").get("/organisations/999").status_code == 404
    for path in (TOWN, f"{TOWN}/end", f"{TOWN}/merge"):
        fields = {"": {"name": "X"}, "end": {"day": FAR}, "merge": {"into": "2"}}
        sent = fields[path.removeprefix(TOWN).strip("/")]
        assert send(clients("bo"), path, **sent).status_code == 403
        assert send(clients("ada"), path.replace("/1", "/999"), **sent).status_code == 404


def test_particulars_are_kept_and_wrong_ones_come_back_beside_their_field(
    clients: Clients,
) -> None:
    ada = clients("ada")
    asked = {
        "name": "Ville d'Argentan", "kind": "Collectivité", "siret": "732 829 320 00074",
        "finess": "610780090", "address": "Place du Marché\n61200 Argentan", "contact": "<b>",
    }  # fmt: skip
    done = send(ada, TOWN, **asked)
    assert done.status_code == 303
    page = ada.get(done.headers["location"]).text
    assert "732\u00a0829\u00a0320\u00a000074" in page and "610780090" in page
    assert "Place du Marché" in page and "&lt;b&gt;" in page and "<b>" not in page
    for wrong, sentence in (
        ({"siret": "73282932000075"}, "un de ses chiffres"),
        ({"finess": "12"}, "Cette écriture"),
        ({"name": "hôpital"}, "Une structure porte déjà ce nom"),
        ({"kind": "x" * 81}, "trop long"),
    ):
        refused = send(ada, TOWN, **(asked | wrong))
        assert refused.status_code in (409, 422)
        (field,) = wrong
        assert re.search(f'id="field-{field}-fault">[^<]*{sentence}', refused.text), refused.text
    assert send(ada, HOSPITAL, name="Hôpital", siret=asked["siret"]).status_code == 409
    assert send(ada, TOWN, name="Mairie", merged_into="2").status_code == 422


def test_a_departure_is_announced_and_made_only_when_confirmed(
    made: Network, clients: Clients
) -> None:
    ada, folder = clients("ada"), f"/folders/{made.shared}"
    announced = send(ada, f"{TOWN}/end", day=FAR)
    assert announced.status_code == 200 and "Bo" in announced.text
    assert "quitte le réseau" not in ada.get(TOWN).text
    done = confirm(ada, f"{TOWN}/end", day=FAR)
    assert done.status_code == 303
    assert "quitte le réseau" in ada.get(done.headers["location"]).text
    told = ada.get(f"{folder}/journal").text
    assert "a noté le départ de" in told and "Mairie" in told
    assert "resteront sans coordination" not in ada.get(done.headers["location"]).text
    assert clients("bo").get(folder).status_code == 200
    for day, sentence in (
        ("2020-01-01", "déjà passée"),
        ("demain", "pas complète"),
        ("", "à remplir"),
        ("9999-12-31", "possible"),
        (FAR, "déjà son dernier jour"),
    ):
        refused = send(clients("ada"), f"{TOWN}/end", day=day)
        assert refused.status_code in (409, 422) and sentence in refused.text


def test_a_merger_moves_people_and_access_once_confirmed(made: Network, clients: Clients) -> None:
    folder = f"/folders/{made.shared}"
    assert clients("cy").get(folder).status_code == 404
    ada = clients("ada")
    for into, sentence in (("1", "elle-même"), ("999", "n'existe pas"), ("", "nombre entier")):
        refused = send(ada, f"{TOWN}/merge", into=into)
        assert refused.status_code == 422 and sentence in refused.text.replace("’", "'")
    assert "Cy" in send(ada, f"{TOWN}/merge", into="2").text
    done = confirm(ada, f"{TOWN}/merge", into="2")
    assert done.headers["location"].startswith(HOSPITAL)
    assert "Bo" in ada.get(HOSPITAL).text
    old = ada.get(TOWN).text
    assert (
        "Fusionnée le" in old
        and f'href="{HOSPITAL}"' in old
        and "Noter le départ de la structure" not in old
    )
    assert "a fusionné" in ada.get(f"{folder}/journal").text
    assert clients("cy").get(folder).status_code == 200
    assert clients("bo").get(folder).status_code == 200


def test_a_group_is_read_by_everyone_and_managed_by_its_coordinators(
    made: Network, clients: Clients
) -> None:
    mine = group_of(made, "Prévention", "bo@reseau.example")
    other = group_of(made, "Mobilité", "cy@reseau.example")
    page = clients("bo").get(mine).text
    assert "Prévention" in page and "coordonne le groupe" in page and "Retirer du groupe" in page
    foreign = clients("bo").get(other)
    assert foreign.status_code == 200 and "Retirer du groupe" not in foreign.text
    assert clients("bo").get("/groups/999").status_code == 404
    bo = clients("bo")
    assert send(bo, f"{mine}/rename", name="Prévention santé").status_code == 303
    assert send(bo, f"{mine}/rename", name="Mobilité").status_code == 409
    assert "Prévention santé" in bo.get(mine).text
    for group in (other, "/groups/999"):
        for path, fields in (
            ("rename", {"name": "X"}),
            ("members", {"member": "bo@reseau.example"}),
            ("members/2/unseat", {}),
            ("members/2/coordinator", {"coordinates": "yes"}),
        ):
            refused = send(bo, f"{group}/{path}", **fields)
            assert refused.status_code == 404, path
    assert send(clients("ada"), f"{other}/rename", name="Mobilité douce").status_code == 303


def test_a_seat_is_announced_confirmed_and_taken_back(made: Network, clients: Clients) -> None:
    group = group_of(made, "Prévention", "bo@reseau.example")
    share_with(made, group)
    secret = f"/folders/{made.secret}"
    assert clients("cy").get(secret).status_code == 404
    bo = clients("bo")
    announced = send(bo, f"{group}/members", member="cy@reseau.example")
    assert announced.status_code == 200 and "Cy" in announced.text
    assert clients("cy").get(secret).status_code == 404
    assert confirm(clients("bo"), f"{group}/members", member="cy@reseau.example").status_code == 303
    assert clients("cy").get(secret).status_code == 200
    bo = clients("bo")
    again = send(bo, f"{group}/members", member="cy@reseau.example")
    assert again.status_code == 409 and "déjà partie du groupe" in again.text
    nobody = send(bo, f"{group}/members", member="x@reseau.example")
    assert nobody.status_code == 422 and 'value="x@reseau.example"' in nobody.text
    page = bo.get(group).text
    (place,) = re.findall(r"/members/(\d+)/unseat", page)[1:]
    toggle = f"{group}/members/{place}/coordinator"
    assert send(bo, toggle, coordinates="yes").status_code == 303
    assert send(bo, toggle, coordinates="yes").status_code == 409
    assert send(bo, toggle, coordinates="no").status_code == 303
    assert confirm(bo, f"{group}/members/{place}/unseat").status_code == 303
    assert clients("cy").get(secret).status_code == 404
    assert send(clients("bo"), f"{group}/members/{place}/unseat").status_code == 404


def test_the_last_who_coordinates_a_folder_keeps_her_seat(made: Network, clients: Clients) -> None:
    group = group_of(made, "Prévention", "bo@reseau.example")
    share_with(made, group, Role.COORDINATOR)
    (place,) = re.findall(r"/members/(\d+)/unseat", clients("bo").get(group).text)
    for name, status, sentence in (("bo", 409, "« Secret »"), ("ada", 422, "que ce groupe")):
        refused = send(clients(name), f"{group}/members/{place}/unseat")
        assert refused.status_code == status
        assert sentence in refused.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Secret" not in refused.text and "Bo" in refused.text


def test_a_departure_that_orphans_folders_says_so(made: Network, clients: Clients) -> None:
    async def share(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        town = Subject(SubjectKind.ORGANISATION, 1)
        await sharing.grant(ws, ada, made.secret, town, Role.COORDINATOR)
        own = (await sharing.look(ws, ada, made.secret)).grants[0]
        await sharing.withdraw(ws, ada, made.secret, own.id)

    within(made, share)
    ada = clients("ada")
    done = confirm(ada, f"{TOWN}/end", day=FAR)
    page = ada.get(done.headers["location"]).text
    assert "resteront sans coordination" in page and "Secret" not in page
