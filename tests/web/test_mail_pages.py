"""Mail as pages: one's choices, the link that stops letters, and the desk of stewards."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.database import letters as records
from atelier.database.engine import Transaction
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import LetterId, MeetingId, PersonId
from atelier.model.letters import LetterKind, LetterState, Topic
from atelier.model.meetings import MeetingState
from atelier.settings import Mail
from atelier.workspace import (
    invitations,
    mailing,
    meetings,
    people,
    preparing,
    sharing,
    stopping,
)
from atelier.workspace.place import Workspace
from tests.web.network import URL, Clients, Network, network, send, served, token_in, within

ANSWER = "550 5.1.1 <script>no such user</script>"


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("mail")) as one:
        # Nothing listens there: what is queued waits.
        mail = Mail(server="localhost", port=1, security="none", sender="a@reseau.example")
        yield dataclasses.replace(one, settings=dataclasses.replace(one.settings, mail=mail))


@pytest.fixture
def clients(made: Network) -> Iterator[Clients]:
    with served(made) as client:
        yield client


def person(made: Network, name: str) -> PersonId:
    """Somebody's number."""

    async def act(ws: Workspace) -> PersonId:
        return (await people.session(ws, made.tokens[name])).actor.person_id

    return within(made, act)


def link_of(made: Network, name: str, topic: Topic = Topic.MEETINGS) -> str:
    """The path of the link that stops letters of hers."""
    number = person(made, name)

    async def act(ws: Workspace) -> str:
        return await ws.db.write(lambda tx: stopping.address(ws, tx, number, topic))

    return within(made, act).removeprefix(URL)


def stopped(made: Network, name: str) -> frozenset[Topic]:
    """What she gets no letters about."""
    number = person(made, name)

    async def act(ws: Workspace) -> frozenset[Topic]:
        return await ws.db.read(lambda tx: records.stopped(tx, number))

    return within(made, act)


def refused(made: Network, name: str) -> LetterId:
    """A letter to her that the server refused."""
    number = person(made, name)

    async def unit(ws: Workspace, tx: Transaction) -> LetterId:
        await mailing.queue(ws, tx, LetterKind.CONVENED, person=number, about=1)
        letter = LetterId(await tx.value("SELECT MAX(id) FROM letters"))
        refusal = LetterState.REFUSED
        to = f"{name}@reseau.example"
        await records.settle(tx, letter, refusal, ws.clock(), answer=ANSWER, to=to)
        return letter

    async def act(ws: Workspace) -> LetterId:
        return await ws.db.write(lambda tx: unit(ws, tx))

    return within(made, act)


def one_click(client: TestClient, path: str, **how: object) -> int:
    """The status of what a mail program sends in its reader's name: no origin, no cookie."""
    del client.headers["origin"]
    how = how or {"data": {"List-Unsubscribe": "One-Click"}}
    return int(client.post(path, **how).status_code)  # type: ignore[arg-type]


def test_somebody_chooses_what_she_gets_letters_about(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    page = HTMLParser(bo.get("/account/mail").text)
    assert page.body is not None and "Atelier vous écrit à bo@" in page.body.text()
    assert len(page.css("input[name=topic][checked]")) == len(Topic)
    answer = send(bo, "/account/mail", topic="access")
    assert answer.headers["location"] == "/account/mail?done=mail-chosen"
    assert stopped(made, "bo") == set(Topic) - {Topic.ACCESS}
    assert stopped(made, "cy") == frozenset()
    assert send(bo, "/account/mail").status_code == 303
    assert stopped(made, "bo") == set(Topic)
    assert send(bo, "/account/mail", topic="reset").status_code == 422
    assert stopped(made, "bo") == set(Topic)


def test_opening_the_link_of_a_letter_stops_nothing_and_its_button_does(
    made: Network, clients: Clients
) -> None:
    path = link_of(made, "bo")
    stranger = clients("")
    page = stranger.get(path)
    assert page.status_code == 200
    assert "Ne plus les recevoir" in page.text
    assert stopped(made, "bo") == frozenset()
    done = stranger.post(path, data={"List-Unsubscribe": "One-Click", "form_token": ""})
    assert done.status_code == 200
    assert "ne vous seront plus envoyés" in HTMLParser(done.text).css("main")[0].text()
    assert stopped(made, "bo") == {Topic.MEETINGS}


def test_a_mail_program_stops_letters_in_one_click(made: Network, clients: Clients) -> None:
    assert one_click(clients(""), link_of(made, "bo")) == 200
    assert stopped(made, "bo") == {Topic.MEETINGS}
    path = link_of(made, "bo", Topic.ACCESS)
    # RFC 8058 §3.2 would rather have it so.
    form = {"files": {"List-Unsubscribe": (None, "One-Click")}}
    assert one_click(clients(""), path, **form) == 200
    assert one_click(clients(""), path) == 200
    assert stopped(made, "bo") == {Topic.MEETINGS, Topic.ACCESS}
    assert stopped(made, "cy") == frozenset()


def test_no_other_body_and_no_other_site_stops_anything(made: Network, clients: Clients) -> None:
    path = link_of(made, "bo")
    for wrong in (
        {"data": {"List-Unsubscribe": "Yes"}},
        {"data": {}},
        {"content": b"List-Unsubscribe=One-Click"},
        {"json": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": ("x.txt", "One-Click")}},
        {"data": {"List-Unsubscribe": "One-Click", "person": "1"}},
    ):
        assert one_click(clients(""), path, **wrong) in (400, 422), wrong
    other = {"origin": "https://other.example"}
    data = {"List-Unsubscribe": "One-Click"}
    assert clients("").post(path, data=data, headers=other).status_code == 403
    assert stopped(made, "bo") == frozenset()


def test_a_forged_or_foreign_link_is_like_one_that_never_was(
    made: Network, clients: Clients
) -> None:
    path = link_of(made, "bo")
    start, number, topic, seal = path.partition("stop/")[0], *path.split("/")[-1].split(".")
    cy = person(made, "cy")
    for token in (
        f"{cy}.{topic}.{seal}",
        f"{number}.access.{seal}",
        f"{number}.reset.{seal}",
        f"{number}.{topic}.{'0' * 64}",
        f"999999.{topic}.{seal}",
        f"{number}.{topic}",
        "x" * 43,
    ):
        for name in ("", "bo"):
            assert clients(name).get(f"{start}stop/{token}").status_code == 404
        assert one_click(clients(""), f"{start}stop/{token}") == 404
    assert stopped(made, "bo") == stopped(made, "cy") == frozenset()


def test_stewards_see_refusals_and_send_again(made: Network, clients: Clients) -> None:
    letter = refused(made, "bo")
    ada = clients("ada")
    page = ada.get("/network/mail")
    [row] = HTMLParser(page.text).css("main tbody tr")
    assert ANSWER in row.text()
    assert "<script>no" not in page.text
    assert "refusé" in row.text()
    again = send(ada, f"/network/mail/{letter}/again")
    assert again.headers["location"] == "/network/mail?done=mail-again"
    assert HTMLParser(ada.get("/network/mail").text).css("main tbody tr") == []
    assert "1 courriel attend" in ada.get("/network/mail").text
    test = send(ada, "/network/mail/test")
    assert test.headers["location"] == "/network/mail?done=mail-tested"
    assert "2 courriels attendent" in ada.get("/network/mail").text
    assert send(ada, "/network/mail/999999/again").status_code == 409
    journal = HTMLParser(ada.get("/journal").text).css("main")[0].text()
    assert "a fait renvoyer un courriel à Bo" in journal


def test_how_the_mail_fares_stands_on_the_desk_and_with_the_health_of_the_rest(
    made: Network, clients: Clients
) -> None:
    refused(made, "bo")
    letter = refused(made, "cy")

    async def unreached(ws: Workspace) -> None:
        async def unit(tx: Transaction) -> None:
            long_ago = ws.clock() - timedelta(days=2)
            unreached = "Error connecting: refused"
            await tx.run("UPDATE letters SET changed_at = 0 WHERE id <> :id", id=letter)
            waits = LetterState.WAITING
            await records.settle(tx, letter, waits, ws.clock(), answer=unreached)
            ms = int(long_ago.timestamp() * 1000)
            await tx.run("UPDATE letters SET created_at = :ms WHERE id = :id", ms=ms, id=letter)

        await ws.db.write(unit)

    within(made, unreached)
    for path in ("/network/mail", "/reading"):
        page = clients("ada").get(path).text
        assert "Le serveur de courriel ne répond pas depuis le" in page
        assert "1 courriel attend, le plus ancien depuis le" in page
        assert "Dernier refus le 1 janvier 1970" in page.replace("1er", "1")
        assert "550 5.1.1 &lt;script&gt;" in page


def test_nobody_else_sees_the_mail_of_the_network(made: Network, clients: Clients) -> None:
    letter = refused(made, "bo")
    bo = clients("bo")
    token = token_in(bo.get("/").text)
    assert bo.get("/network/mail").status_code == 403
    for path in (f"/network/mail/{letter}/again", "/network/mail/999999/again"):
        assert bo.post(path, data={"form_token": token}).status_code == 403
    assert bo.post("/network/mail/test", data={"form_token": token}).status_code == 403
    assert 'href="/network/mail"' not in bo.get("/").text
    assert 'href="/network/mail"' in clients("ada").get("/network").text
    assert clients("").get("/network/mail").status_code == 303


def dropped_for_cy(made: Network) -> MeetingId:
    """A convened meeting that invites Cy, who reads it only since her letter was dropped."""
    cy = person(made, "cy")

    async def act(ws: Workspace) -> MeetingId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        soon = date.today() + timedelta(days=30)
        number = await meetings.make(ws, ada, made.shared, meetings.Draft("Comité", soon))
        subject = Subject(SubjectKind.PERSON, cy)
        await invitations.invite(ws, ada, number, [subject])
        await preparing.set_state(ws, ada, number, MeetingState.CONVENED)
        await ws.db.write(lambda tx: tx.run("UPDATE letters SET state = 'dropped'"))
        await sharing.grant(ws, ada, made.shared, subject, Role.READER)
        return number

    return within(made, act)


def test_who_coordinates_convenes_those_who_read_a_meeting_only_by_now(
    made: Network, clients: Clients
) -> None:
    number = dropped_for_cy(made)
    here, words = f"/meetings/{number}", "Envoyer la convocation à 1 personne de plus"
    for name in ("bo", "cy"):
        reader = clients(name)
        page = reader.get(here).text
        assert words not in page
        data = {"form_token": token_in(page), "untold": "yes"}
        assert reader.post(f"{here}/invited", data=data).status_code == 403
    ada = clients("ada")
    assert words in ada.get(here).text
    done = send(ada, f"{here}/invited", untold="yes")
    assert done.status_code == 303, done.text
    assert done.headers["location"] == f"{here}?done=convened-more"
    page = ada.get(done.headers["location"]).text
    assert "La convocation part par courriel." in page and "de plus" not in page
    again = send(ada, f"{here}/invited", untold="yes")
    assert again.status_code == 409 and "déjà été prévenues" in again.text
    assert "de plus" not in clients("bo").get(here).text


def test_without_a_server_the_desk_says_so_and_sends_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with network(tmp_path_factory.mktemp("nomail")) as made, served(made) as clients:
        ada = clients("ada")
        page = ada.get("/network/mail").text
        assert "Aucun serveur de courriel" in page
        assert "courriel d’essai" not in page
        answer = send(ada, "/network/mail/test")
        assert answer.status_code == 422
        assert "Aucun serveur de courriel" in answer.text
        mine = ada.get("/account/mail").text
        assert "n’envoie pas de courriels : rien ne vous est écrit" in mine.replace("\u00a0", " ")
        assert "Atelier vous écrit" not in mine and "toujours écrit" not in mine
        assert "Vous recevrez alors" in mine
