"""What the page of a meeting offers, to whom and when: nothing that is refused, nothing untrue."""

from __future__ import annotations

import html
import re
from datetime import date, time, timedelta

from starlette.testclient import TestClient

from atelier.database.engine import Transaction
from atelier.model.agenda import Line
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import MeetingId
from atelier.model.meetings import MeetingState
from atelier.workspace import agenda, invitations, meetings, people, preparing
from atelier.workspace.meetings import Draft
from atelier.workspace.place import Workspace
from tests.recordings import held
from tests.web.network import Clients, Network, own_words, send, within
from tests.web.test_past_pages import address as past
from tests.web.test_past_pages import filled, sent

SOON = date.today() + timedelta(days=30)
READ = "Lire le compte rendu"
REOPEN = "Rouvrir le compte rendu"


def met(
    made: Network,
    title: str = "Comité",
    *,
    day: date = SOON,
    state: MeetingState = MeetingState.PREPARATION,
    series: str = "",
    invited: str = "",
) -> str:
    """The address of a meeting in the shared folder, to which that person is invited."""

    async def act(ws: Workspace) -> MeetingId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        draft = Draft(title, day, time(14), 90, series=series)
        number = await meetings.make(ws, ada, made.shared, draft)
        if invited:
            guest = (await people.session(ws, made.tokens[invited])).actor
            subject = Subject(SubjectKind.PERSON, guest.person_id, "")
            await invitations.invite(ws, ada, number, [subject])
        if state is not MeetingState.PREPARATION:
            await preparing.set_state(ws, ada, number, state)
        return number

    return f"/meetings/{within(made, act)}"


def page(client: TestClient, path: str) -> str:
    """A page without what stands on each, as it is read."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    text = html.unescape(own_words(answer.text))
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def number_in(text: str) -> str:
    """The state that its forms name."""
    found = re.search(r'name="expected" value="(\d+)"', text)
    assert found
    return found[1]


def written(made: Network) -> str:
    """The address of a meeting that was held and written up."""

    async def act(ws: Workspace) -> MeetingId:
        return await held(ws, (await people.session(ws, made.tokens["ada"])).actor, made.shared)

    return f"/meetings/{within(made, act)}"


def approved(made: Network, client: TestClient) -> str:
    """The address of a meeting whose minutes are approved."""
    address = written(made)
    number = number_in(client.get(f"{address}/record").text)
    answer = send(client, f"{address}/record/approve", expected=number)
    assert answer.status_code == 303
    return address


def taken_over(made: Network, client: TestClient) -> str:
    """The address of a meeting of the past, whose agenda and minutes are files."""
    filled(made, "CR COPIL 2019-03-12.odt", "ODJ COPIL 2019-03-12.odt")
    assert sent(client, made, client.get(past(made)).text).status_code == 303
    return "/meetings/1"


def test_readers_are_led_to_minutes_once_something_is_written(
    made: Network, clients: Clients
) -> None:
    empty, full = met(made), written(made)
    assert READ not in page(clients("bo"), empty)
    assert READ in page(clients("bo"), full)
    said = page(clients("bo"), f"{empty}/record")
    assert "Aucune décision n’est notée." in said and "n’a été prise" not in said


def test_a_meeting_of_the_past_leads_to_its_files_instead(made: Network, clients: Clients) -> None:
    address = taken_over(made, clients("ada"))
    for name in ("bo", "ada"):
        said = page(clients(name), address)
        assert "CR COPIL 2019-03-12.odt" in said
        assert "n’est pas encore écrit" not in said and "n'est pas encore écrit" not in said
        agenda_part = said.partition('id="agenda-title"')[2].partition("</section>")[0]
        assert "est dans le document" in agenda_part and "ODJ COPIL 2019-03-12.odt" in agenda_part
        assert 'id="record"' not in said, "no draft is told of"
        record = page(clients(name), f"{address}/record").partition("<main")[2]
        assert "CR COPIL 2019-03-12.odt" in record and "Aucune décision" not in record
        assert "vide" not in record and "pas encore approuvé" not in record
    assert READ not in page(clients("bo"), address)


def test_once_approved_coordinators_are_offered_to_reopen_and_readers_are_not(
    made: Network, clients: Clients
) -> None:
    address = approved(made, clients("ada"))
    said = page(clients("ada"), address)
    assert READ in said and REOPEN in said and f'href="{address}/record"' in said
    assert "Écrire le compte rendu" not in said and f'href="{address}/edit"' not in said
    for path in ("minutes", "minutes/attendance", "minutes/items/1", "edit"):
        shut = page(clients("ada"), f"{address}/{path}")
        link = rf'<a class="button [^"]*" href="{address}/record">.*?{REOPEN}</a>'
        assert re.search(link, shut), path
        assert "approuvé" in shut
    assert f'action="{address}/edit"' not in page(clients("ada"), f"{address}/edit")
    for path in ("", "/record"):
        read = page(clients("bo"), address + path)
        assert "Édition 1, approuvée" in read and "ouvr" not in read.lower().partition("<main")[
            2
        ].replace("ouvrir le dossier", ""), path
    number = number_in(clients("ada").get(f"{address}/record").text)
    reopened = send(clients("ada"), f"{address}/record/reopen", expected=number)
    assert reopened.status_code == 303
    said = page(clients("ada"), address)
    assert "Écrire le compte rendu" in said and REOPEN not in said
    assert f'action="{address}/edit"' in page(clients("ada"), f"{address}/edit")


def test_what_was_typed_into_a_head_that_was_approved_meanwhile_stays(
    made: Network, clients: Clients
) -> None:
    address = approved(made, clients("ada"))
    number = number_in(clients("ada").get(f"{address}/record").text)
    late = send(
        clients("ada"), f"{address}/edit", title="Autre nom", day="2026-03-10", starts="14:00",
        lasts="", place="", link="", series="", expected=number,
    )  # fmt: skip
    assert late.status_code == 409 and 'value="Autre nom"' in late.text and REOPEN in late.text


def test_convening_says_how_many_do_not_read_the_dossier_to_coordinators_alone(
    made: Network, clients: Clients
) -> None:
    address = met(made, invited="cy")
    said = "1 personne ou structure invitée ne lit pas ce dossier."
    ada = clients("ada")
    number = number_in(ada.get(address).text)
    done = send(ada, f"{address}/state", state="convened", expected=number)
    assert done.headers["location"] == f"{address}?done=meeting-convened"
    told = page(ada, done.headers["location"])
    notice = told.partition("data-notice")[2].partition("</p>")[0]
    assert said in notice
    part = told.partition('id="invitation"')[2]
    assert said in part and f'href="{address}/invited"' in part
    assert "ne lit pas ce dossier" not in page(clients("bo"), address)
    whole = met(made, "Bureau", state=MeetingState.CONVENED, invited="bo")
    assert "ne lit pas ce dossier" not in page(clients("ada"), whole)


def test_home_and_lists_tell_of_each_answer_that_is_awaited(
    made: Network, clients: Clients
) -> None:
    convened = [
        met(made, f"Réunion {n}", day=SOON + timedelta(days=n), state=MeetingState.CONVENED,
            invited="bo")
        for n in range(6)
    ]  # fmt: skip
    other = met(made, "Ouverte", day=SOON, state=MeetingState.CONVENED, invited="ada")
    home = page(clients("bo"), "/").partition('id="next-meeting"')[2].partition("</section>")[0]
    assert all(f'href="{one}#field-answer"' in home for one in convened[:4])
    assert convened[4] not in home and "et 2 autres" in home and 'href="/meetings"' in home
    rows = re.findall(r"<tr>.*?</tr>", page(clients("bo"), "/meetings"), re.DOTALL)
    marked = {
        found[1]
        for row in rows
        if "votre réponse est attendue" in row
        and (found := re.search(r'href="(/meetings/\d+)"', row))
    }
    assert marked == set(convened) and other not in marked
    send(clients("bo"), f"{convened[1]}/answer", answer="comes", instead="")
    home = page(clients("bo"), "/").partition('id="next-meeting"')[2].partition("</section>")[0]
    assert convened[1] not in home and f'href="{convened[4]}#field-answer"' in home
    assert "et 1 autre<" in home
    assert "réponse est attendue" not in page(clients("cy"), "/")


def test_states_are_told_by_what_the_button_does_and_who_convenes_once_it_is_so(
    made: Network, clients: Clients
) -> None:
    address = met(made, day=date.today())

    def moved(state: str) -> str:
        ada = clients("ada")
        number = number_in(ada.get(address).text)
        assert send(ada, f"{address}/state", state=state, expected=number).status_code == 303
        return page(ada, address)

    within(made, _convened_by_town)
    assert "Convoquée par" not in page(clients("bo"), address)
    assert "Convoquée par" in moved("convened")
    said = moved("held")
    assert "Revenir à « convoquée »" in said and "pas encore été tenue" not in said
    assert "Revenir à la préparation" in moved("convened")


async def _convened_by_town(ws: Workspace) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.run("UPDATE meetings SET organisation_id = 1")

    await ws.db.write(unit)


def test_coordinators_are_told_of_items_that_may_be_taken_up(
    made: Network, clients: Clients
) -> None:
    first = met(made, "Un", day=date(2026, 3, 10), series="COPIL")
    second = met(made, "Deux", series="COPIL")

    async def leave(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        number = MeetingId(int(first.rpartition("/")[2]))
        item = await agenda.add(ws, ada, number, Line("Budget"))
        await agenda.leave_over(ws, ada, number, item, is_left_over=True)

    assert "repris" not in page(clients("ada"), second)
    within(made, leave)
    said = "1 point reporté d'une réunion précédente peut être repris"
    told = page(clients("ada"), second).replace("’", "'")
    assert f'<a href="{second}/agenda">{said}</a>' in told
    assert "repris" not in page(clients("bo"), second)
    number = number_in(clients("ada").get(f"{second}/agenda").text)
    send(clients("ada"), f"{second}/agenda/carry", expected=number, item="1")
    assert "repris" not in page(clients("ada"), second)


def test_who_comes_instead_is_named_when_somebody_does(made: Network, clients: Clients) -> None:
    said = page(clients("bo"), met(made, state=MeetingState.CONVENED)).replace("’", "'")
    label = re.search(r'<label for="field-instead">(.*?)</label>', said)
    assert label and label[1] == "Qui vient pour vous (si quelqu'un vient à votre place)"
    field = re.search(r'<input [^>]*id="field-instead"[^>]*>', said)
    assert field and "required" not in field[0]
