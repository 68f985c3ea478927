"""What one shows of oneself, and visiting cards, through the real application."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from atelier.model.ids import PersonId
from atelier.model.organisations import Particulars
from atelier.web.vcards import Card, written
from atelier.workspace import accounts, organisations, people
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, own_words, send, within
from tests.web.test_people_pages import said

HERE = "/account/showing"


def unfolded(card: bytes) -> list[str]:
    """The lines of a card as an address book reads them."""
    return card.decode().replace("\r\n ", "").split("\r\n")


def test_she_chooses_what_her_sheet_and_the_directory_show(clients: Clients) -> None:
    bo = clients("bo")
    page = bo.get(HERE)
    assert "vous le choisissez ici" in said(page.text)
    answer = send(bo, HERE, phone="02 33 00 00 00", shows_phone="yes")
    assert answer.headers["location"] == f"{HERE}?done=showing-chosen"
    for path in ("/people", "/people/2"):
        seen = clients("cy").get(path).text
        assert "02 33 00 00 00" in seen and "bo@reseau.example" not in seen
        assert "bo@reseau.example" in own_words(clients("ada").get(path).text)
    assert "bo@reseau.example" in own_words(clients("bo").get("/people/2").text)
    assert "Choisir ce que je montre" not in clients("cy").get("/people/2").text
    found = clients("cy").get("/people?filter=bo@reseau")
    assert "Personne ne répond" in said(found.text)


def test_a_wrong_number_is_said_beside_its_field_and_keeps_the_choice(clients: Clients) -> None:
    refused = send(clients("bo"), HERE, phone="à la mairie", shows_phone="yes")
    assert refused.status_code == 422 and 'value="à la mairie"' in refused.text
    assert "n'est pas un numéro" in said(refused.text)
    assert 'name="shows_phone" value="yes" checked' in refused.text
    assert 'name="shows_email" value="yes" checked' not in refused.text
    assert 'name="shows_email" value="yes" checked' in clients("bo").get(HERE).text


def test_a_card_holds_what_one_may_know(made: Network, clients: Clients) -> None:
    card = clients("cy").get("/people/2/card.vcf")
    assert card.headers["content-type"] == "text/vcard; charset=utf-8"
    assert 'filename="Bo.vcf"' in card.headers["content-disposition"]
    assert card.headers["cache-control"] == "no-store"
    lines = unfolded(card.content)
    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual"]
    assert "UID:http://localhost:8000/people/2" in lines and "place1.ORG:Mairie" in lines
    assert "EMAIL;TYPE=work:bo@reseau.example" in lines
    send(clients("bo"), HERE, phone="3620")
    hidden = unfolded(clients("cy").get("/people/2/card.vcf").content)
    assert not [line for line in hidden if line.startswith(("EMAIL", "TEL"))]
    managed = unfolded(clients("ada").get("/people/2/card.vcf").content)
    assert "EMAIL;TYPE=work:bo@reseau.example" in managed
    assert clients("cy").get("/people/99/card.vcf").status_code == 404

    async def disable(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        found, _ = await people.directory(ws, ada)
        town = next(one for one in found if one.name == "Mairie")
        particulars = Particulars("Mairie", address="1, rue\nArgentan", contact="x;y")
        await organisations.change(ws, ada, town.id, particulars)
        await accounts.disable(ws, ada, PersonId(2))

    within(made, disable)
    assert clients("cy").get("/people/2/card.vcf").status_code == 404
    town = unfolded(clients("cy").get("/organisations/1/card.vcf").content)
    assert {
        "KIND:org",
        "ORG:Mairie",
        "NOTE:x\\;y",
        "ADR;TYPE=work:;;1\\, rue\\nArgentan;;;;",
    } <= set(town)
    assert clients("cy").get("/organisations/99/card.vcf").status_code == 404


def test_no_name_writes_a_line_of_its_own_into_a_card() -> None:
    evil = "Eve\r\nEMAIL:x@y\u2028TEL:1\u0085NOTE:2\x0bORG:3\x00;a,b\\n"
    card = Card(evil, "http://localhost/people/1", evil, evil, ((evil, evil),), evil, evil)
    raw = written(card)
    assert raw.endswith(b"END:VCARD\r\n") and raw.count(b"\r\n") == raw.count(b"\n")
    lines = unfolded(raw)
    heads = [line.partition(":")[0] for line in lines if line]
    assert heads == [
        "BEGIN", "VERSION", "KIND", "UID", "SOURCE", "FN", "N", "place1.ORG", "place1.TITLE",
        "EMAIL;TYPE=work", "TEL;TYPE=work", "ADR;TYPE=work", "NOTE", "END",
    ]  # fmt: skip
    escaped = "Eve\\nEMAIL:x@y\\nTEL:1\\nNOTE:2\\nORG:3\\;a\\,b\\\\n"
    assert lines[5] == f"FN:{escaped}"


def test_long_lines_are_folded_between_characters() -> None:
    name = "Élise " * 60
    raw = written(Card(name, "http://localhost/people/1"))
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    raw.decode()
    assert f"FN:{name}" in unfolded(raw)


def values_of(card: bytes) -> dict[str, list[str]]:
    """Each property by its name with its parts, as RFC 6350 §3 has them read."""
    found: dict[str, list[str]] = {}
    for line in unfolded(card):
        named, _, value = line.partition(":")
        parts = [""]
        escaped = False
        for one in value:
            if escaped:
                parts[-1] += "\n" if one in "nN" else one
            elif one == ";":
                parts.append("")
            elif one != "\\":
                parts[-1] += one
            escaped = one == "\\" and not escaped
        found[named] = parts
    return found


@given(st.text(max_size=120), st.text(max_size=120))
def test_whatever_a_card_says_is_read_again_in_short_lines(name: str, function: str) -> None:
    url = "http://localhost:8000/people/2"
    raw = written(Card(name, url, "bo@reseau.example", "01;02", (("Mairie, Lens", function),)))
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    read = values_of(raw)
    if name.isprintable():
        assert read["FN"] == [name] and read["N"] == ["", name, "", "", ""]
    if function and function.isprintable():
        assert read["place1.TITLE"] == [function]
    assert read["place1.ORG"] == ["Mairie, Lens"]
    assert read["TEL;TYPE=work"] == ["01;02"] and read["EMAIL;TYPE=work"] == ["bo@reseau.example"]
    assert "\n" not in "".join(read) and read["UID"] == [url]


def test_words_that_a_space_of_any_kind_parts_stay_apart() -> None:
    read = values_of(written(Card("Jean\u00a0Paul\u202fRoy", "http://localhost/people/2")))
    assert read["FN"] == ["Jean Paul Roy"]
