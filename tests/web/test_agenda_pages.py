"""The agenda through the real application: items, papers, what goes on to the next meeting."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.database.engine import Transaction
from atelier.errors import Invalid
from atelier.model.ids import DocumentId, MeetingId
from atelier.web.pages.agenda_papers import Wanted, parsed
from atelier.web.site import Site
from atelier.workspace import deposits, folders, meetings, people
from atelier.workspace.meetings import Draft
from atelier.workspace.place import Workspace
from tests.web.network import PDF, Clients, Network, send, token_in, within

SITE = Site.of("https://atelier.example")


def meet(made: Network, *, day: date = date(2100, 6, 3), secret: bool = False) -> MeetingId:
    """A meeting in the shared folder, from 14:00 to 16:00 in Paris."""

    async def making(ws: Workspace) -> MeetingId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        draft = Draft("Comité", day, time(14), 120, series="Comité")
        return await meetings.make(ws, ada, made.secret if secret else made.shared, draft)

    return within(made, making)


def revise(made: Network, content: bytes) -> None:
    """A further version of the shared document."""

    async def revising(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        incoming = await deposits.begin_version(ws, ada, made.document, expected=None)
        await incoming.write(content)
        await deposits.finish(ws, ada, incoming)

    within(made, revising)


def write_of(made: Network, item: int) -> None:
    """Minutes of an item."""

    async def unit(tx: Transaction) -> None:
        await tx.run("UPDATE agenda_items SET text = 'Dit.', state = 2 WHERE id = :id", id=item)

    within(made, lambda ws: ws.db.write(unit))


def state(page: str) -> str:
    """Which state of the meeting a page shows."""
    found = re.search(r'name="expected" value="(\d+)"', page)
    assert found
    return found[1]


def order(page: str) -> list[str]:
    """The titles of the items, as an agenda page shows them."""
    return re.findall(r'agenda/items/\d+"><bdi>([^<]*)</bdi>', page)


def offers(page: str) -> dict[str, bool]:
    """What may be taken up, as a page shows it: whether each is ticked."""
    found = re.findall(r'<input type="checkbox" name="item" value="(\d+)"( checked)?>', page)
    return {item: bool(ticked) for item, ticked in found}


def test_an_agenda_is_written_by_titles_and_read_with_its_clock(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    first = ada.get(here).text
    assert "Aucun point pour" in first and "autofocus" not in first
    added = send(ada, here, title="Bilan de l'année", expected=state(first))
    assert added.headers["location"] == f"{here}?done=item-added"
    page = ada.get(added.headers["location"]).text
    assert "autofocus" in page and order(page) == ["Bilan de l&#39;année"]
    send(ada, f"{here}/items/1", title="Bilan", minutes="90", presenter="Bo", note="Une\nnote",
         expected=state(page))  # fmt: skip
    send(ada, here, title="Budget", minutes="45", expected="")
    send(ada, here, title="Divers", expected="")
    read = clients("bo").get(f"/meetings/{meeting}").text
    assert read.index("Bilan") < read.index("Budget") < read.index("Divers")
    for told in ("14:00", "15:30", "16:15", "90 min", "Une\nnote", "plus long que la réunion"):
        assert told in read, told
    assert "2 h 15" in read.replace("\xa0", " ").replace("\u202f", " ") and "2 h" in read.replace(
        "\xa0", " "
    ).replace("\u202f", " ")
    assert here not in read, "a reader is offered no change"
    assert here in clients("ada").get(f"/meetings/{meeting}").text


def test_a_reader_is_refused_and_a_stranger_finds_nothing(made: Network, clients: Clients) -> None:
    meeting, hidden = meet(made), meet(made, secret=True)
    for path in ("", "/items/1", "/items/1/remove"):
        assert clients("bo").get(f"/meetings/{meeting}/agenda{path}").status_code in (403, 404)
        unread = clients("bo").get(f"/meetings/{hidden}/agenda{path}")
        never = clients("bo").get(f"/meetings/999999/agenda{path}")
        assert unread.status_code == never.status_code == 404
        assert unread.content == never.content
    assert clients("bo").get(f"/meetings/{meeting}/agenda").status_code == 403
    assert send(clients("bo"), f"/meetings/{meeting}/agenda", title="x").status_code == 403
    assert send(clients("cy"), f"/meetings/{meeting}/agenda", title="x").status_code == 404
    assert clients("ada").get(f"/meetings/{meeting}/agenda/items/999999").status_code == 404


def test_what_is_typed_wrongly_stays_in_the_form(made: Network, clients: Clients) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    for fields, field in (
        ({"title": "Budget", "minutes": "1441"}, "minutes"),
        ({"title": "Budget", "minutes": "beaucoup"}, "minutes"),
        ({"title": "x" * 301}, "title"),
        ({"title": " "}, "title"),
        ({"title": "Budget", "presenter": "x" * 201}, "presenter"),
    ):
        refused = send(ada, here, **fields)
        assert refused.status_code == 422
        assert f'id="field-{field}-fault"' in refused.text
        assert f'value="{fields["title"].strip()}"' in refused.text
    assert send(ada, here, title="x" * 1_000_000).status_code == 422
    assert order(ada.get(here).text) == []
    send(ada, here, title="<script>alert(1)</script>")
    assert order(ada.get(here).text) == ["&lt;script&gt;alert(1)&lt;/script&gt;"]
    assert "<script>alert" not in clients("bo").get(f"/meetings/{meeting}").text


def test_of_two_who_write_at_once_the_second_keeps_what_she_typed(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    send(ada, here, title="Bilan", note="la note")
    saw = state(ada.get(here).text)
    send(ada, f"{here}/items/1", title="Bilan d'une autre", note="sa note", expected=saw)
    late = send(ada, f"{here}/items/1", title="Bilan de moi", note="ma note", expected=saw)
    assert late.status_code == 409
    for told in ("Bilan de moi", "ma note", "Bilan d&#39;une autre", "sa note"):
        assert told in late.text, told
    assert "Enregistré entre-temps" in late.text
    again = send(ada, f"{here}/items/1", title="Les deux", note="", expected=state(late.text))
    assert again.status_code == 303
    added = send(ada, here, title="Encore un", expected=saw)
    assert added.status_code == 409 and 'value="Encore un"' in added.text
    send(ada, here, title="Encore un", expected=state(added.text))
    moved = send(ada, f"{here}/items/1/move", to="2", expected=saw)
    assert moved.status_code == 409 and order(moved.text) == ["Les deux", "Encore un"]
    send(ada, f"{here}/items/1/move", to="2", expected=state(moved.text))
    assert order(ada.get(here).text) == ["Encore un", "Les deux"]
    assert send(ada, f"{here}/items/1/move", to="9").status_code == 422
    for path, fields in (("move", {"to": "2"}), ("", {"title": "Les deux", "note": ""})):
        stays = send(ada, f"{here}/items/1/{path}".rstrip("/"), **fields)
        assert stays.headers["location"] == here


def test_of_two_who_write_of_an_item_each_keeps_what_she_changed(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    send(ada, here, title="Bilan")
    item = f"{here}/items/1"

    def filled(page: str) -> dict[str, str]:
        form = HTMLParser(page).css_first(f"form[action='{item}']")
        assert form is not None
        sent = {
            one.attributes["name"] or "": one.attributes["value"] or "" for one in form.css("input")
        }
        return sent | {"note": form.css_first("textarea").text().removeprefix("\n")}  # type: ignore[union-attr]

    first, second = (filled(ada.get(f"{item}/edit").text) for _ in range(2))
    first |= {"note": "Une note\r\nen deux lignes", "minutes": "20"}
    assert ada.post(item, data=first).status_code == 303
    late = ada.post(item, data=second | {"presenter": "Bo", "minutes": "30"})
    assert late.status_code == 409
    shown = filled(late.text)
    assert shown["note"] == "Une note\nen deux lignes"
    assert (shown["presenter"], shown["minutes"]) == ("Bo", "30")
    beside = HTMLParser(late.text).css_first("#field-minutes-fault")
    assert beside is not None and "«\xa020\xa0»" in beside.text()
    assert 'id="field-note-fault"' not in late.text
    assert ada.post(item, data=shown).status_code == 303
    again = filled(ada.get(f"{item}/edit").text)
    assert again["note"] == "Une note\nen deux lignes" and again["minutes"] == "30"


def test_what_is_typed_of_an_item_stands_on_a_page_with_no_other_form(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    for title in ("Bilan", "Budget"):
        send(ada, here, title=title)
    item = f"{here}/items/1"
    assert f'href="{item}/edit"' in ada.get(here).text
    typing = HTMLParser(ada.get(f"{item}/edit").text).css("main form")
    assert [one.attributes["action"] for one in typing] == [item]
    page = HTMLParser(ada.get(item).text)
    assert page.css("main textarea") == [] and page.css("main [name=title]") == []
    assert len(page.css("main form")) > 3 and f'href="{item}/edit"' in (page.html or "")


def test_an_item_with_minutes_is_only_taken_off_once_it_was_said_what_goes(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    for title in ("Vide", "Écrit"):
        send(ada, here, title=title)
    assert send(ada, f"{here}/items/1/remove").headers["location"] == f"{here}?done=item-removed"
    write_of(made, 2)
    asked = send(ada, f"{here}/items/2/remove")
    assert asked.status_code == 200 and "son compte rendu" in asked.text
    assert asked.text.count("Personne ne pourra") == 1
    assert "son compte rendu" in ada.get(f"{here}/items/2/remove").text
    shown = {"text_state": "2", "has_text": "yes", "todos": "0"}
    otherwise = send(ada, f"{here}/items/2/remove", **shown, decisions="3")
    assert otherwise.status_code == 409 and order(ada.get(here).text) == ["Écrit"]
    done = send(ada, f"{here}/items/2/remove", **shown, decisions="0")
    assert done.status_code == 303 and order(ada.get(here).text) == []


def test_a_paper_is_laid_by_its_address_and_opens_in_its_version(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    send(ada, here, title="Bilan")
    item, paper = f"{here}/items/1", f"/meetings/{meeting}/items/1/papers/{made.document}"
    assert f'value="/documents/{made.document}?version=1"' in ada.get(item).text
    laid = send(ada, f"{item}/papers", paper=f"http://localhost:8000/documents/{made.document}")
    assert laid.headers["location"] == f"{item}?done=paper-pinned"
    again = send(ada, f"{item}/papers", paper=f"/documents/{made.document}?version=1")
    assert again.status_code == 409 and "déjà jointe" in again.text
    revise(made, b"%PDF-1.7 autre contenu")
    for client in ("ada", "bo"):
        page = clients(client).get(f"/meetings/{meeting}").text
        assert "Version 1 jointe ; une version 2 existe" in page.replace("\xa0", " ").replace(
            "\u202f", " "
        )
        got = clients(client).get(paper)
        assert got.content == PDF and got.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in got.headers["content-security-policy"]
        part = clients(client).get(paper, headers={"range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"%PDF")
        inline = clients(client).get(f"{paper}?inline").headers["content-disposition"]
        assert inline.startswith("inline")
    ada = clients("ada")
    assert "Joindre la version 2 à la place" in ada.get(item).text.replace("\xa0", " ").replace(
        "\u202f", " "
    )
    send(ada, f"/documents/{made.document}/remove", expected="2")
    for client in ("ada", "bo"):
        page = clients(client).get(f"/meetings/{meeting}").text
        assert "à la corbeille" in page and f'href="{paper}"' in page
        assert f"/documents/{made.document}/view" not in page
        assert clients(client).get(paper).content == PDF
    assert clients("cy").get(paper).status_code == 404
    assert clients("").get(paper).status_code == 303


def test_the_newest_version_takes_the_place_and_a_paper_is_taken_away(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    item, ada = f"/meetings/{meeting}/agenda/items/1", clients("ada")
    send(ada, f"/meetings/{meeting}/agenda", title="Bilan")
    send(ada, f"{item}/papers", paper=f"/documents/{made.document}")
    revise(made, b"%PDF-1.7 autre contenu")
    saw = state(ada.get(item).text)
    newer = send(ada, f"{item}/papers", paper=f"/documents/{made.document}?version=2", expected=saw)
    assert newer.status_code == 303
    paper = f"/meetings/{meeting}/items/1/papers/{made.document}"
    assert ada.get(paper).content == b"%PDF-1.7 autre contenu"
    stale = send(ada, f"{item}/papers/{made.document}/unpin", expected=saw)
    assert stale.status_code == 409 and ada.get(paper).status_code == 200
    for done in (f"{item}?done=paper-unpinned", item):
        away = send(ada, f"{item}/papers/{made.document}/unpin")
        assert away.headers["location"] == done
    assert ada.get(paper).status_code == 404
    assert ada.get(f"/documents/{made.document}").status_code == 200


def test_of_a_paper_that_is_not_hers_nothing_is_told(made: Network, clients: Clients) -> None:
    meeting = meet(made)
    item, ada = f"/meetings/{meeting}/agenda/items/1", clients("ada")
    send(ada, f"/meetings/{meeting}/agenda", title="Bilan")
    laid = send(ada, f"{item}/papers", paper=f"/documents/{made.hidden}")
    assert laid.headers["location"] == f"{item}?done=paper-pinned-some"
    assert "Certains qui lisent ce dossier" in ada.get(laid.headers["location"]).text
    assert "compte rendu.pdf" in ada.get(item).text
    page = clients("bo").get(f"/meetings/{meeting}").text
    assert "un document qui ne vous est pas ouvert" in page
    assert "compte rendu.pdf" not in page and f"/documents/{made.hidden}" not in page
    hidden = f"/meetings/{meeting}/items/1/papers/{made.hidden}"
    refused = clients("bo").get(hidden)
    assert refused.status_code == 404 and "compte rendu" not in refused.text
    never = clients("bo").get(f"/meetings/{meeting}/items/1/papers/999999")
    assert refused.content == never.content
    assert "effacée définitivement, ou ne vous est" in refused.text
    ada = clients("ada")
    send(ada, f"/documents/{made.hidden}/remove", expected="1")
    trashed = f"/folders/{made.secret}/trash/documents/{made.hidden}/purge"
    assert "pièce de 1 réunion" in ada.get(trashed).text.replace("\xa0", " ").replace("\u202f", " ")
    send(ada, trashed)
    for client in ("ada", "bo"):
        page = clients(client).get(f"/meetings/{meeting}").text
        assert "document supprimé définitivement" in page and "compte rendu.pdf" not in page
        assert clients(client).get(hidden).status_code == 404


def test_an_address_that_is_no_document_of_ours_is_told_beside_the_field(
    made: Network, clients: Clients
) -> None:
    meeting = meet(made)
    item, ada = f"/meetings/{meeting}/agenda/items/1", clients("ada")
    send(ada, f"/meetings/{meeting}/agenda", title="Bilan")
    for typed in ("", "compte rendu", f"https://ailleurs.example/documents/{made.document}",
                  "/documents/999999", f"/documents/{made.document}?version=7"):  # fmt: skip
        refused = send(ada, f"{item}/papers", paper=typed)
        assert refused.status_code == 422 and 'id="field-paper-fault"' in refused.text
        assert not typed or f'value="{typed}"' in refused.text
    assert send(ada, f"{item[:-1]}999999/papers", paper="/documents/1").status_code == 404


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/documents/12", Wanted(DocumentId(12), None)),
        ("/documents/12?version=2", Wanted(DocumentId(12), 2)),
        ("/documents/12?done=revised", Wanted(DocumentId(12), None)),
        ("https://atelier.example/documents/12?version=3#page=4", Wanted(DocumentId(12), 3)),
        ("HTTPS://Atelier.example/documents/12/view?version=2&page=1", Wanted(DocumentId(12), 2)),
        ("/documents/12/versions/4/content?inline", Wanted(DocumentId(12), 4)),
        ("https://atelier.example:443/documents/12", Wanted(DocumentId(12), None)),
    ],
)
def test_an_address_of_ours_is_understood(address: str, wanted: Wanted) -> None:
    assert parsed(address, SITE) == wanted


@pytest.mark.parametrize(
    "address",
    [
        "", "12", "documents/12", "/documents/", "/documents/0", "/documents/012",
        "/documents/12/rename", "/documents/12?version=0", "/documents/12?version=x",
        "/documents/12?version=²", "/documents/12/versions/0/content", "/folders/12",
        "/documents/" + "9" * 19, "http://atelier.example/documents/12",
        "https://atelier.example.evil/documents/12", "https://x@atelier.example/documents/12",
        "//atelier.example/documents/12", "//evil/documents/12", "javascript:/documents/12",
        "https://[/documents/12", "https://\udcff/documents/12", "/documents/１２", "x" * 10_000,
    ],
)  # fmt: skip
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(address, SITE)
    assert (refused.value.field, refused.value.fault) == ("paper", "not_a_document")
    assert len(refused.value.value) <= 80


def test_what_is_left_over_is_offered_to_the_next_meeting(made: Network, clients: Clients) -> None:
    first, later = meet(made), meet(made, day=date(2100, 9, 2))
    here, ada = f"/meetings/{first}/agenda", clients("ada")
    send(ada, here, title="Reporté", minutes="10")
    for left, done in (("yes", "item-left-over"), ("yes", ""), ("no", "item-kept"),
                       ("yes", "item-left-over")):  # fmt: skip
        said = send(ada, f"{here}/items/1/left-over", left=left).headers["location"]
        assert said == (f"{here}?done={done}" if done else here)
    assert send(ada, f"{here}/items/1/left-over", left="no", expected="1").status_code == 409
    assert "reporté" in clients("bo").get(f"/meetings/{first}").text
    ada, there = clients("ada"), f"/meetings/{later}/agenda"
    offered = ada.get(there).text
    assert "Reprendre les points reportés" in offered and "Reporté" in offered
    stale = send(ada, f"{there}/carry", item="1", expected="99")
    assert stale.status_code == 409 and order(stale.text) == []
    none = send(ada, f"{there}/carry", expected=state(offered))
    assert none.status_code == 422 and "Cochez au moins un point" in none.text
    assert offers(none.text) == {"1": False}, "what she had not ticked stays so"
    for item, status in (("999999", 422), ("x", 422)):
        assert send(ada, f"{there}/carry", item=item).status_code == status
    assert order(ada.get(there).text) == []
    taken = send(ada, f"{there}/carry", item="1", expected=state(offered))
    assert taken.headers["location"] == f"{there}?done=items-carried"
    page = ada.get(there).text
    assert order(page) == ["Reporté"] and "Reprendre les points reportés" not in page
    assert send(ada, f"{there}/carry", item="1").headers["location"] == there


def test_what_comes_from_a_meeting_with_other_readers_is_not_ticked_and_says_so(
    made: Network, clients: Clients
) -> None:
    first, later = meet(made), meet(made, day=date(2100, 9, 2))
    closed = meet(made, day=date(2100, 7, 1))
    here, ada = f"/meetings/{later}/agenda", clients("ada")
    for number, (meeting, title) in enumerate(
        ((first, "Ouvert à tous"), (first, "Aussi"), (closed, "Confidentiel")), start=1
    ):
        send(ada, f"/meetings/{meeting}/agenda", title=title)
        send(ada, f"/meetings/{meeting}/agenda/items/{number}/left-over", left="yes")
    assert offers(ada.get(here).text) == {"1": True, "2": True, "3": True}
    assert "que tout le monde ici ne lit pas" not in ada.get(here).text

    async def closing(ws: Workspace) -> None:
        actor = (await people.session(ws, made.tokens["ada"])).actor
        dossier = (await meetings.look(ws, actor, closed)).folder.id
        await folders.close(ws, actor, dossier)

    within(made, closing)
    page = ada.get(here).text
    assert offers(page) == {"1": True, "2": True, "3": False}
    assert page.count("que tout le monde ici ne lit pas") == 1
    refused = ada.post(
        f"{here}/carry", data={"form_token": token_in(page), "item": ["2", "999999"]}
    )
    assert refused.status_code == 422 and order(refused.text) == []
    assert offers(refused.text) == {"1": False, "2": True, "3": False}
    both = ada.post(f"{here}/carry", data={"form_token": token_in(page), "item": ["1", "2"]})
    assert both.headers["location"] == f"{here}?done=items-carried"
    page = ada.get(here).text
    assert order(page) == ["Ouvert à tous", "Aussi"] and offers(page) == {"3": False}
    assert "Confidentiel" not in clients("bo").get(f"/meetings/{later}").text
    ada = clients("ada")
    send(ada, f"{here}/carry", item="3")
    assert "Confidentiel" in clients("bo").get(f"/meetings/{later}").text


def test_more_than_a_form_can_hold_is_offered_in_turn(made: Network, clients: Clients) -> None:
    first, later = meet(made), meet(made, day=date(2100, 9, 2))
    here, ada = f"/meetings/{later}/agenda", clients("ada")

    async def unit(tx: Transaction) -> None:
        await tx.many(
            "INSERT INTO agenda_items (meeting_id, place, title, is_left_over)"
            " VALUES (:meeting, :place, 'Point', 1)",
            [{"meeting": first, "place": place} for place in range(1, 121)],
        )

    within(made, lambda ws: ws.db.write(unit))
    for waiting, offered in ((120, 90), (30, 30)):
        page = ada.get(here).text
        assert f"{waiting} points reportés" in page and len(offers(page)) == offered
        assert ("30 autres points" in page) == (waiting == 120)
        sent = {"form_token": token_in(page), "item": list(offers(page)), "expected": state(page)}
        assert ada.post(f"{here}/carry", data=sent).status_code == 303
    assert len(order(ada.get(here).text)) == 120 and offers(ada.get(here).text) == {}


def test_an_approved_meeting_offers_no_change(made: Network, clients: Clients) -> None:
    meeting = meet(made)
    here, ada = f"/meetings/{meeting}/agenda", clients("ada")
    for title in ("Bilan", "Budget"):
        send(ada, here, title=title)
    send(ada, f"{here}/items/1/papers", paper=f"/documents/{made.document}")

    async def unit(tx: Transaction) -> None:
        await tx.run("UPDATE meetings SET state = 'approved', approved_at = 1")

    within(made, lambda ws: ws.db.write(unit))
    for path in (here, f"{here}/items/1"):
        page = ada.get(path).text
        assert "Bilan" in page and "ne change plus" in page
        assert 'name="title"' not in page and f"{here}/items/1/move" not in page
    for path, fields in (
        ("", {"title": "x"}), ("/carry", {}), ("/items/1", {"title": "x"}),
        ("/items/1/move", {"to": "2"}), ("/items/1/left-over", {"left": "yes"}),
        ("/items/1/remove", {}), ("/items/1/papers", {"paper": f"/documents/{made.hidden}"}),
        (f"/items/1/papers/{made.document}/unpin", {}),
    ):  # fmt: skip
        assert send(ada, f"{here}{path}", **fields).status_code == 409, path
    assert order(clients("bo").get(f"/meetings/{meeting}").text) == []
    assert ada.get(f"/meetings/{meeting}/items/1/papers/{made.document}").content == PDF
