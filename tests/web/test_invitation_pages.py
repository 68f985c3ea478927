"""The invitation as pages: inviting, answering, who opened, the file and the feed."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, time, timedelta

import pytest
from icalendar import Calendar
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingState
from atelier.model.recurrence import Every
from atelier.workspace import accounts, invitations, meetings, people, preparing, sharing, trash
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, within

SOON = date.today() + timedelta(days=30)


def met(
    made: Network,
    *,
    folder: FolderId | None = None,
    title: str = "Comité ; pilotage, suite",
    state: MeetingState = MeetingState.CONVENED,
) -> MeetingId:
    """A meeting in a month, in the shared folder unless said otherwise."""

    async def act(ws: Workspace) -> MeetingId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        draft = meetings.Draft(title, SOON, time(14), 90, place="Salle 3")
        number = await meetings.make(ws, ada, folder or made.shared, draft)
        if state is not MeetingState.PREPARATION:
            await preparing.set_state(ws, ada, number, state)
        return number

    return within(made, act)


def shown(client: TestClient, path: str) -> str:
    """The text of a page, as one reads it."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    text = HTMLParser(answer.text).body.text(separator=" ")  # type: ignore[union-attr]
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def expected(client: TestClient, meeting: int) -> str:
    """The state that the page of the invited names."""
    found = re.search(
        r'name="expected" value="(\d+)"', client.get(f"/meetings/{meeting}/invited").text
    )
    assert found
    return found[1]


def feed_of(client: TestClient) -> str:
    """A new address of her feed, without the host."""
    answer = send(client, "/calendar")
    assert answer.status_code == 200
    found = re.search(r'value="http://localhost:8000(/calendar/[\w-]+\.ics)"', answer.text)
    assert found, answer.text
    return found[1]


def titles(ics: str) -> list[str]:
    """What meetings a calendar holds."""
    return [str(event["summary"]) for event in Calendar.from_ical(ics).walk("VEVENT")]


def test_the_page_of_a_meeting_is_the_invitation(made: Network, clients: Clients) -> None:
    meeting = met(made)
    page = clients("bo").get(f"/meetings/{meeting}").text
    address = f'value="http://localhost:8000/meetings/{meeting}"'
    assert address not in page and address in clients("ada").get(f"/meetings/{meeting}").text
    assert f"/meetings/{meeting}/invitation.ics" in page and "Salle 3" in page
    assert f'action="/meetings/{meeting}/answer"' in page
    assert "visibles par toutes les personnes qui lisent ce dossier" in page
    assert f"/meetings/{meeting}/invited" not in page
    assert f"/meetings/{meeting}/invited" in clients("ada").get(f"/meetings/{meeting}").text
    assert clients("cy").get(f"/meetings/{meeting}").status_code == 404


def test_inviting_tells_who_does_not_read_and_leads_to_the_access(
    made: Network, clients: Clients
) -> None:
    meeting, ada = met(made), clients("ada")
    here = f"/meetings/{meeting}/invited"
    assert "Personne n’est encore invité" in shown(ada, here)
    answer = ada.post(
        here,
        data={
            "form_token": token(ada),
            "expected": expected(ada, meeting),
            "subject": ["organisation:1", "organisation:2"],
            "email": "cy@reseau.example",
        },
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}?done=invited")
    page = HTMLParser(ada.get(here).text)
    rows = {row.css_first("th bdi").text(): row.text() for row in page.css("tbody tr")}
    assert "lit le dossier" in rows["Mairie"] and "ne lit pas" not in rows["Mairie"]
    assert "ne lit pas le dossier" in rows["Hôpital"] and "ne lit pas le dossier" in rows["Cy"]
    links = [one.attributes["href"] for one in page.css("td a")]
    dossier = within(made, lambda ws: _dossier(ws, made, meeting))
    assert links == [
        f"/folders/{dossier}/access?subject=organisation%3A2#give",
        f"/folders/{dossier}/access?subject=person%3A3#give",
    ]  # fmt: skip
    access = ada.get(str(links[0])).text
    assert re.search(r'value="organisation:2" selected', access)
    assert 'value="cy@reseau.example"' in ada.get(str(links[1])).text
    assert "Mairie" in shown(clients("bo"), f"/meetings/{meeting}")
    assert clients("cy").get(f"/meetings/{meeting}").status_code == 404
    ada = clients("ada")
    removed = send(ada, f"{here}/remove", subject="organisation:2", expected=expected(ada, meeting))
    assert removed.headers["location"] == f"{here}?done=uninvited"
    assert "Hôpital" not in shown(ada, f"/meetings/{meeting}")


def test_what_cannot_be_invited_is_told_at_its_field_and_what_was_typed_stays(
    made: Network, clients: Clients
) -> None:
    meeting, ada = met(made), clients("ada")
    here = f"/meetings/{meeting}/invited"
    for fields, fault in (
        ({"email": "personne@x.example"}, "Personne n’a cette adresse"),
        ({}, "Choisissez pour qui"),
        ({"subject": "organisation:99"}, "Ce choix n’existe pas"),
        ({"subject": "network:0"}, "Ce choix n’existe pas"),
        ({"subject": "<b>"}, "Ce choix n’existe pas"),
    ):
        answer = send(ada, here, expected=expected(ada, meeting), **fields)
        assert answer.status_code == 422 and fault in html.unescape(answer.text), fields
        assert html.escape(fields.get("email", "")) in answer.text
    stale = send(ada, here, expected="999", subject="organisation:1")
    assert stale.status_code == 409
    assert "Personne n’est encore invité" in shown(ada, here)
    bo = clients("bo")
    for path in (here, f"{here}/remove"):
        assert send(bo, path, subject="organisation:1", expected="1").status_code == 403
    assert bo.get(here).status_code == 403
    cy = clients("cy")
    for number in (meeting, 999_999):
        path = f"/meetings/{number}/invited"
        assert cy.get(path).status_code == 404
        assert send(cy, path, subject="organisation:1", expected="1").status_code == 404


def test_an_answer_is_given_changed_and_read_by_everybody_who_reads(
    made: Network, clients: Clients
) -> None:
    meeting, bo = met(made), clients("bo")
    here = f"/meetings/{meeting}"
    page = shown(bo, here)
    assert "Personne n’a encore répondu" in page and "Votre réponse :" not in page
    answer = send(bo, f"{here}/answer", answer="comes", instead="")
    assert answer.headers["location"] == f"{here}?done=answered"
    assert "Votre réponse : « Je viens »." in shown(bo, here)
    send(bo, f"{here}/answer", answer="represented", instead="Zoé <Petit>")
    page = bo.get(here).text
    assert "Zoé &lt;Petit&gt;" in page and "Zoé <Petit>" not in page
    assert "1 se fait représenter" in shown(bo, here)
    seen = shown(clients("ada"), here)
    assert "Bo Mairie se fait représenter par Zoé <Petit>" in seen and "Votre réponse :" not in seen
    bo = clients("bo")
    for fields, fault in (
        ({"answer": "represented", "instead": " "}, "Écrivez le nom"),
        ({"answer": "represented", "instead": "x" * 201}, "trop long"),
        ({"answer": "peut-être", "instead": ""}, "Ce choix n’existe pas"),
        ({"answer": "", "instead": ""}, "Ce choix n’existe pas"),
    ):
        refused = send(bo, f"{here}/answer", **fields)
        assert refused.status_code == 422 and fault in html.unescape(refused.text), fields
        assert f'action="{here}/answer"' in refused.text
    assert "se fait représenter par Zoé <Petit>" in shown(bo, here)
    cy = clients("cy")
    for number in (meeting, 999_999):
        path = f"/meetings/{number}/answer"
        assert send(cy, path, answer="comes", instead="").status_code == 404
        assert send(cy, path, answer="never", instead="").status_code == 404


@pytest.mark.parametrize("state", [MeetingState.PREPARATION, None])
def test_no_answer_is_asked_for_where_none_is_awaited(
    made: Network, clients: Clients, state: MeetingState | None
) -> None:
    meeting = met(made, state=state or MeetingState.CONVENED)
    if state is None:
        within(made, lambda ws: _cancel(ws, made, meeting))
    bo = clients("bo")
    assert f"/meetings/{meeting}/answer" not in bo.get(f"/meetings/{meeting}").text
    refused = send(bo, f"/meetings/{meeting}/answer", answer="comes", instead="")
    assert refused.status_code == 422 and "Aucune réponse n’est attendue" in html.unescape(
        refused.text
    )
    assert f'action="/meetings/{meeting}/answer"' not in refused.text


def test_the_answer_comes_first_then_the_agenda_then_who_answered_and_who_is_invited(
    made: Network, clients: Clients
) -> None:
    meeting = met(made)
    within(made, lambda ws: _invite(ws, made, meeting, Subject(SubjectKind.ORGANISATION, 1)))
    for name in ("ada", "bo"):
        page = clients(name).get(f"/meetings/{meeting}").text
        parts = [page.index(one) for one in ("/answer", 'id="agenda-title"', 'id="invitation"')]
        assert parts == sorted(parts)
    send(clients("bo"), f"/meetings/{meeting}/answer", answer="comes", instead="")
    page = clients("bo").get(f"/meetings/{meeting}").text
    assert page.index("Votre réponse") < page.index('id="agenda-title"') < page.index("<caption")


def test_home_says_that_an_answer_is_awaited_until_it_is_given(
    made: Network, clients: Clients
) -> None:
    meeting = met(made, state=MeetingState.PREPARATION)
    waiting = f'href="/meetings/{meeting}#field-answer"'
    assert waiting not in clients("bo").get("/").text
    within(made, lambda ws: _invite(ws, made, meeting, Subject(SubjectKind.ORGANISATION, 1)))
    assert waiting not in clients("bo").get("/").text
    within(made, lambda ws: _convene(ws, made, meeting))
    bo = clients("bo")
    assert waiting in bo.get("/").text and "Votre réponse est attendue" in shown(bo, "/")
    assert 'id="field-answer"' in bo.get(f"/meetings/{meeting}").text
    assert "réponse est attendue" not in shown(clients("cy"), "/")
    send(clients("bo"), f"/meetings/{meeting}/answer", answer="excused", instead="")
    assert waiting not in clients("bo").get("/").text


def test_those_of_the_meeting_before_are_invited_with_one_button_and_to_the_following_ones(
    made: Network, clients: Clients
) -> None:
    first, second, third = within(made, lambda ws: _series(ws, made, 3))
    ada, here = clients("ada"), f"/meetings/{second}/invited"
    button = "Inviter les mêmes personnes qu’à la réunion précédente de la série"
    assert button not in shown(ada, here), "that one has none"
    within(made, lambda ws: _invite(ws, made, first, Subject(SubjectKind.ORGANISATION, 1)))
    page = shown(ada, here)
    assert button in page and "aussi aux réunions suivantes de la série" in page
    answer = send(ada, here, expected=expected(ada, second), same="yes", goes_on="yes")
    assert answer.headers["location"] == f"{here}?done=invited-on"
    for meeting in (second, third):
        page = shown(clients("ada"), f"/meetings/{meeting}/invited")
        assert "Mairie" in page and button not in page
    assert "réunions suivantes" not in shown(ada, f"/meetings/{third}/invited")
    ada = clients("ada")
    again = send(ada, here, expected=expected(ada, second), same="yes", goes_on="yes")
    assert again.status_code == 409 and 'name="goes_on" value="yes" checked' in again.text
    assert send(clients("bo"), here, expected="1", same="yes").status_code == 403
    assert send(clients("cy"), here, expected="1", same="yes").status_code == 404


def test_who_coordinates_sees_who_opened_the_page_and_who_has_not_answered(
    made: Network, clients: Clients
) -> None:
    meeting = met(made)
    town = Subject(SubjectKind.ORGANISATION, 1)
    within(made, lambda ws: _invite(ws, made, meeting, town))
    page = shown(clients("bo"), f"/meetings/{meeting}")
    assert "ouvert cette page" not in page and "n’a pas répondu" not in page
    within(made, lambda ws: _open(ws, made, meeting))
    ada = clients("ada")
    page = shown(ada, f"/meetings/{meeting}")
    assert "1 personne a ouvert cette page" in page and "1 invité n’a pas répondu" in page
    send(clients("bo"), f"/meetings/{meeting}/answer", answer="excused", instead="")
    page = shown(clients("ada"), f"/meetings/{meeting}")
    assert "n’a pas répondu" not in page and "1 s’excuse" in page


def test_one_who_looks_as_another_is_offered_nothing_that_changes(
    made: Network, clients: Clients
) -> None:
    meeting, ada = met(made), clients("ada")
    send(ada, f"/folders/{made.shared}/see-as", subject="organisation:1", email="")
    page = ada.get(f"/meetings/{meeting}").text
    assert f"/meetings/{meeting}/answer" not in page and "ouvert cette page" not in page
    assert "/calendar/end" not in ada.get("/calendar").text
    assert 'action="/calendar"' not in ada.get("/calendar").text
    for path in ("/calendar", "/calendar/end", f"/meetings/{meeting}/answer"):
        assert send(ada, path, answer="comes").status_code == 403
    send(ada, "/see-as/stop")
    assert 'action="/calendar"' in ada.get("/calendar").text


def test_the_file_is_a_calendar_for_who_reads_and_nothing_for_others(
    made: Network, clients: Clients
) -> None:
    meeting, hidden = met(made), met(made, folder=made.secret)
    bo = clients("bo")
    answer = bo.get(f"/meetings/{meeting}/invitation.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"reunion-{meeting}.ics" in answer.headers["content-disposition"]
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event["summary"] == "Comité ; pilotage, suite"
    assert event["url"] == f"http://localhost:8000/meetings/{meeting}"
    start = event.decoded("dtstart")
    assert isinstance(start, datetime) and start.date() == SOON and start.hour == 14
    never = bo.get("/meetings/999999/invitation.ics")
    closed = bo.get(f"/meetings/{hidden}/invitation.ics")
    assert closed.status_code == never.status_code == 404 and closed.content == never.content
    assert clients("").get(f"/meetings/{meeting}/invitation.ics").status_code == 303


def test_a_feed_needs_no_session_and_follows_the_rights_of_its_person(
    made: Network, clients: Clients
) -> None:
    met(made, title="Ouverte"), met(made, folder=made.secret, title="Fermée")
    met(made, title="En chantier", state=MeetingState.PREPARATION)
    hers, his, cys = [feed_of(clients(name)) for name in ("ada", "bo", "cy")]
    nobody = clients("")
    answer = nobody.get(his)
    assert titles(answer.text) == ["Ouverte"]
    assert sorted(titles(nobody.get(hers).text)) == ["En chantier", "Fermée", "Ouverte"]
    assert titles(nobody.get(cys).text) == []
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers
    unchanged = nobody.get(his, headers={"if-none-match": answer.headers["etag"]})
    assert unchanged.status_code == 304 and unchanged.content == b""
    within(made, lambda ws: _withdraw(ws, made))
    changed = clients("").get(his, headers={"if-none-match": answer.headers["etag"]})
    assert changed.status_code == 200 and titles(changed.text) == []
    # The cookie of somebody else adds nothing.
    assert titles(clients("ada").get(his).text) == []


def test_a_feed_drops_a_meeting_in_the_trash_and_all_of_a_disabled_person(
    made: Network, clients: Clients
) -> None:
    meeting = met(made, title="Ouverte")
    his = feed_of(clients("bo"))
    assert titles(clients("").get(his).text) == ["Ouverte"]
    within(made, lambda ws: _remove(ws, made, meeting))
    assert titles(clients("").get(his).text) == []
    within(made, lambda ws: _disable(ws, made, "bo@reseau.example"))
    nobody = clients("")
    disabled, never = nobody.get(his), nobody.get(f"/calendar/{'x' * 43}.ics")
    assert disabled.status_code == never.status_code == 404
    assert disabled.content == never.content and disabled.headers["content-type"].startswith(
        "text/html"
    )


def test_an_address_is_shown_once_replaced_and_ended(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    assert "Vous n’avez pas d’adresse" in shown(bo, "/calendar")
    first = feed_of(bo)
    page = bo.get("/calendar").text
    assert first not in page and "Remplacer l’adresse" in html.unescape(page)
    second = feed_of(bo)
    assert first != second
    assert [bo.get(one).status_code for one in (first, second)] == [404, 200]
    assert send(bo, "/calendar/end").headers["location"] == "/calendar?done=feed-ended"
    assert bo.get(second).status_code == 404
    assert "Vous n’avez pas d’adresse" in shown(bo, "/calendar")
    for never in ("/calendar/.ics", "/calendar/x.ics", "/calendar/%C3%A9.ics", "/calendar/a/b.ics"):
        assert bo.get(never).status_code == 404


def token(client: TestClient) -> str:
    """What a form of hers brings along."""
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', client.get("/").text)
    assert found
    return found[1]


async def _dossier(ws: Workspace, made: Network, meeting: MeetingId) -> FolderId:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    return (await meetings.look(ws, ada, meeting)).folder.id


async def _cancel(ws: Workspace, made: Network, meeting: MeetingId) -> None:
    await preparing.cancel(ws, (await people.session(ws, made.tokens["ada"])).actor, meeting)


async def _invite(ws: Workspace, made: Network, meeting: MeetingId, subject: Subject) -> None:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    await invitations.invite(ws, ada, meeting, [subject])


async def _convene(ws: Workspace, made: Network, meeting: MeetingId) -> None:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    await preparing.set_state(ws, ada, meeting, MeetingState.CONVENED)


async def _series(ws: Workspace, made: Network, times: int) -> tuple[MeetingId, ...]:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    draft = meetings.Draft("Comité", SOON, time(14), series="COPIL")
    done = await preparing.repeat(ws, ada, made.shared, draft, every=Every.WEEK, times=times)
    return done.meetings


async def _open(ws: Workspace, made: Network, meeting: MeetingId) -> None:
    bo = (await people.session(ws, made.tokens["bo"])).actor
    invitations.note_opened(ws, bo, meeting)
    await ws.trail.flush()


async def _withdraw(ws: Workspace, made: Network) -> None:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    found = await sharing.look(ws, ada, made.shared)
    grant = next(one.id for one in found.grants if one.subject.name == "Mairie")
    await sharing.withdraw(ws, ada, made.shared, grant)


async def _remove(ws: Workspace, made: Network, meeting: MeetingId) -> None:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    await trash.remove_folder(ws, ada, (await meetings.look(ws, ada, meeting)).folder.id)


async def _disable(ws: Workspace, made: Network, email: str) -> None:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    await accounts.disable(ws, ada, (await people.actor(ws, email)).person_id)
