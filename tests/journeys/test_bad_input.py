"""Bad input at the doors: a clear sentence, nothing lost, nothing half-visible, no traceback."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from bench.serving import serving
from bench.visiting import Reply, Visitor, commanded
from tests import samples
from tests.journeys import acts
from tests.journeys.stage import Stage, said
from tests.programs import TESSERACT

pytestmark = pytest.mark.browser

PASSWORD = "une phrase pour les tests"
MAX_BYTES = 64 * 1024
ADA, BO = "ada@reseau.example", "bo@reseau.example"


class Known(Visitor):
    """A visitor whose every answer is looked at for what nobody may see."""

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        reply = super()._ask(method, path, body, headers)
        assert reply.status < 500
        assert b"Traceback" not in reply.body and b'File "' not in reply.body
        return reply

    def leave(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()


@pytest.fixture(scope="module")
def own(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A small network: Ada coordinates two folders, Bo contributes to the first."""
    place = tmp_path_factory.mktemp("bad-input")
    data = str(place / "network")
    links = [commanded("init", "--network", "Essai", "--admin", ADA, "--data", data)["link"]]
    commanded("organisation", "add", "Mairie", "--data", data)
    added = commanded(
        "person", "add", BO, "--name", "Bo", "--organisation", "Mairie", "--data", data
    )
    links.append(added["link"])
    for folder in ("Ouvert", "Secret"):
        commanded("folder", "add", folder, "--data", data)
    commanded("grant", "Ouvert", "--to", f"person:{BO}", "--role", "contributor", "--data", data)
    (place / "network" / "config.toml").write_text(f"[limits]\nmax_deposit_bytes = {MAX_BYTES}\n")
    with serving("serve", "--data", data, log=place / "log") as server:
        for link in links:
            guest = Known(server.port)
            guest.come_in(str(link), PASSWORD)
            guest.leave()
        yield Stage(chromium, f"http://localhost:{server.port}", PASSWORD)
    assert "Traceback" not in (place / "log").read_text(errors="replace")


@pytest.fixture
def ada(own: Stage) -> Iterator[Known]:
    """The coordinator, over HTTP."""
    yield from _known(own, ADA)


@pytest.fixture
def bo(own: Stage) -> Iterator[Known]:
    """The contributor, over HTTP."""
    yield from _known(own, BO)


def _known(own: Stage, email: str) -> Iterator[Known]:
    with own.visit(email) as visit:
        visit.goes("/people")
        token = visit.page.locator("[name=form_token]").first.get_attribute("value")
        (cookie,) = (one for one in visit.context.cookies() if one["name"] == "session")
    port = int(own.url.rpartition(":")[2])
    known = Known(port, f"session={cookie['value']}", str(token))
    yield known
    known.leave()


@pytest.mark.parametrize(("typed", "sentence"), [
    ("   ", "Le nom est vide : écrivez au moins un caractère."),
    ("...", "Un nom ne peut pas être fait de points et d'espaces seulement."),
    ("2025/2026", "Un nom ne peut pas contenir de barre oblique (/ ou \\)."),
    ("a\\b", "Un nom ne peut pas contenir de barre oblique (/ ou \\)."),
    ("é" * 200, "Ce nom est trop long : 255 octets au plus, environ 200 lettres."),
])  # fmt: skip
@pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"])
def test_a_wrong_name_is_told_at_its_field_and_what_was_typed_stays(
    own: Stage, typed: str, sentence: str, has_script: bool
) -> None:
    with own.visit(ADA, has_script=has_script) as visit:
        visit.goes("/folders/1")
        folders = visit.page.locator("[aria-label=Dossiers] tbody tr").count()
        visit.opens("Nouveau dossier")
        visit.page.fill("[name=name]", typed)
        visit.presses("Créer le dossier")
        expect(visit.page.locator("[data-summary]")).to_be_focused()
        expect(visit.page.locator("[data-summary]")).to_contain_text(said(sentence))
        field = visit.page.locator("[name=name]")
        expect(field).to_be_visible()
        expect(field).to_have_value(typed.strip())
        expect(field).to_have_attribute("aria-invalid", "true")
        described = (field.get_attribute("aria-describedby") or "").split()
        told = [visit.page.locator(f"#{one}").inner_text() for one in described]
        assert said(sentence) in told
        visit.page.locator("[data-summary] a").click()
        expect(field).to_be_focused()
        visit.goes("/folders/1")
        assert visit.page.locator("[aria-label=Dossiers] tbody tr").count() == folders


def test_a_control_character_and_broken_text_in_a_name_are_refused(ada: Known) -> None:
    before = ada.get("/folders/1").text
    reply = ada.post("/folders/1/folders", name="cloche\x07")
    assert reply.status == 422
    assert said("Ce nom contient un caractère invisible qui n'est pas permis.") in reply.text
    body = f"form_token={ada.form_token}&name=".encode()
    for broken in (b"%ED%A0%80", b"%FF", b"%00", b"%zz"):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert ada._ask("POST", "/folders/1/folders", body + broken, headers).status == 400
    for name in ("..", "a%2Fb", "%07", "%C0%AF"):
        assert ada._ask("PUT", f"/folders/1/deposits/{name}", b"x", _token(ada)).status in (
            400, 404, 422,
        )  # fmt: skip
    assert _rows(ada.get("/folders/1").text) == _rows(before)


def test_a_name_that_is_taken_is_told_and_the_other_stays(ada: Known) -> None:
    twin = "E\u0301TE\u0301"
    assert ada.post("/folders/1/folders", name="Été").status == 303
    reply = ada.post("/folders/1/folders", name=twin)
    assert reply.status == 409
    assert said("« %(name)s » existe déjà dans ce dossier.", name=twin) in reply.text
    assert _rows(ada.get("/folders/1").text).count("Été") == 1


@pytest.mark.parametrize("name", [
    "<img src=x onerror=alert(1)>.txt", "{{7*7}} ${7*7}.txt", "'; DROP TABLE documents; --.txt",
    "=1+1.csv", "%s%n{0}.txt", "nul.txt", "fdp.\u202etxt",
])  # fmt: skip
def test_a_strange_name_is_a_name_and_nothing_else(own: Stage, bo: Known, name: str) -> None:
    assert bo.deposit(1, name, name.encode()).status == 201
    with own.visit(BO) as visit:
        visit.page.on("dialog", lambda dialog: visit.faults.append("a script ran"))
        visit.goes(acts.document_in(visit, "/folders/1", name))
        expect(visit.page.locator("h1 bdi")).to_have_text(name)
        assert visit.page.locator("h1 .tag").count() == ("\u202e" in name)
        answer = visit.context.request.get(f"{visit.path}/versions/1/content")
        assert answer.body() == name.encode()
        assert re.match(r'attachment; filename="[ !#-~]*"', answer.headers["content-disposition"])


@pytest.mark.parametrize("size_bytes", [MAX_BYTES + 1, 40 * 1024**2], ids=["a_little", "by_far"])
def test_a_file_that_is_too_large_is_refused_with_the_limit_and_leaves_nothing(
    own: Stage, bo: Known, size_bytes: int, tmp_path: Path
) -> None:
    large = tmp_path / "trop grand.bin"
    with large.open("wb") as file:
        file.truncate(size_bytes)
    with own.visit(BO) as visit:
        visit.goes("/folders/1")
        visit.opens("Déposer des documents")
        visit.page.set_input_files("[name=files]", large)
        visit.presses("Déposer")
        expect(visit.page.locator("#tray [data-fault]")).to_contain_text("dépasse la limite de")
    with own.visit(BO, has_script=False) as visit:
        visit.goes("/folders/1")
        visit.opens("Déposer des documents")
        visit.page.set_input_files("[name=files]", large)
        visit.presses("Déposer")
        expect(visit.page.locator("main")).to_contain_text("dépasse la limite de")
    assert "trop grand" not in bo.get("/folders/1").text


def test_a_raw_body_that_is_too_large_is_refused_before_and_while_it_comes(bo: Known) -> None:
    told = bo.deposit(1, "annonce.bin", b"x" * (MAX_BYTES + 1))
    assert told.status == 413
    answer = told.text
    assert all(f'"{part}":"' in answer for part in ("title", "happened", "kept", "next"))
    assert "64" in answer
    connection = http.client.HTTPConnection("localhost", bo.port, timeout=30)
    headers = {**_token(bo), "Cookie": bo.cookie, "Sec-Fetch-Site": "same-origin"}
    connection.request(
        "PUT", "/folders/1/deposits/flux.bin", iter([b"x" * 4096] * 17), headers,
        encode_chunked=True,
    )  # fmt: skip
    assert connection.getresponse().status == 413
    connection.close()
    shown = bo.get("/folders/1").text
    assert "annonce.bin" not in shown and "flux.bin" not in shown


def test_a_body_cut_on_its_way_leaves_nothing_and_can_be_sent_again(bo: Known) -> None:
    content = b"Une phrase entiere. " * 2_000
    with socket.create_connection(("127.0.0.1", bo.port), 30) as connection:
        head = (
            f"PUT /folders/1/deposits/coupe.txt HTTP/1.1\r\nHost: localhost:{bo.port}\r\n"
            f"Cookie: {bo.cookie}\r\nX-Form-Token: {bo.form_token}\r\n"
            f"Sec-Fetch-Site: same-origin\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        connection.sendall(head.encode() + content[:10_000])
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass
    assert "coupe.txt" not in bo.get("/folders/1").text
    assert bo.deposit(1, "coupe.txt", content).status == 201
    assert "coupe.txt" in bo.get("/folders/1").text


# What is said of a scan depends on what the server has beside it.
_SCANNED: Final = (
    "Son texte a été reconnu sur des images"
    if TESSERACT.path()
    else "le texte de ses images n'est pas cherchable"
)


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("protege.pdf", samples.pdf(["Secret."], password="x"),
     "Ce document est protégé par un mot de passe : son texte n'est pas cherchable."),
    ("abime.pdf", b"%PDF-1.7\n" + b"\x00\xff" * 400,
     "Ce PDF ne s'ouvre pas : il est coupé ou abîmé. Le fichier est gardé tel quel"),
    ("numerise.pdf", samples.scanned_pdf(),
     _SCANNED),
    ("image.pdf", samples.png(), "Le nom finit par « .pdf », mais le contenu est d'un autre genre"),
])  # fmt: skip
def test_a_document_that_cannot_be_read_says_so_and_is_kept_to_the_byte(
    own: Stage, bo: Known, name: str, content: bytes, sentence: str
) -> None:
    assert bo.deposit(1, name, content).status == 201
    with own.visit(BO) as visit:
        address = acts.document_in(visit, "/folders/1", name)
        visit.goes(address)
        acts.until(visit, lambda: said(sentence) in visit.page.locator("main").inner_text())
        assert visit.bytes_at(f"{address}/versions/1/content") == content


def test_an_id_one_may_not_read_answers_as_one_that_never_was(ada: Known, bo: Known) -> None:
    assert ada.deposit(2, "cache.txt", b"Rien pour Bo.").status == 201
    found = re.search(r'href="(/documents/\d+)"', ada.get("/folders/2").text)
    assert found
    document, never = found[1], "/documents/999999999"
    pairs = [
        (f"{place}{end}", f"{absent}{end}")
        for place, absent, ends in (
            ("/folders/2", "/folders/999999999",
             ("", "/rename", "/move", "/close", "/open", "/access", "/journal", "?sort=-size")),
            (document, never, ("", "/rename", "/move", "/versions/1/content", "?page=1")),
        )
        for end in ends
    ]  # fmt: skip
    for hidden, absent in pairs:
        assert ada.get(hidden).status in (200, 409), hidden
        assert _answer(bo.get(hidden)) == _answer(bo.get(absent)), hidden
    for end, fields in (
        ("/rename", {"name": "x", "expected": "1"}), ("/versions/1/restore", {"expected": "1"}),
    ):  # fmt: skip
        assert _answer(bo.post(document + end, **fields)) == _answer(bo.post(never + end, **fields))
    assert _answer(bo.deposit(2, "x", b"x")) == _answer(bo.deposit(999999999, "x", b"x"))
    assert bo.get("/folders/2").status == 404


@pytest.mark.parametrize("path", [
    "/folders/0", "/folders/-1", "/folders/1e3", "/folders/" + "9" * 30, "/folders/1/",
    "/documents/abc", "/documents/1/versions/0/content", "/nowhere", "/folders/%2e%2e/1",
])  # fmt: skip
def test_an_address_that_cannot_be_is_not_found(bo: Known, path: str) -> None:
    assert bo.get(path).status == 404


@pytest.mark.parametrize(("path", "words"), [
    ("/folders/1?sort=secret", "Valeur à corriger"),
    ("/folders/1?page=-1", "Valeur à corriger"),
    ("/folders/1?page=" + "9" * 30, "Valeur à corriger"),
    ("/search?q=a&page=-1", "Ce lien de recherche n'est plus valable."),
    ("/search?q=a&page=zero", "Ce lien de recherche n'est plus valable."),
])  # fmt: skip
def test_a_query_that_makes_no_sense_is_told_as_wrong(bo: Known, path: str, words: str) -> None:
    reply = bo.get(path)
    assert reply.status == 422
    assert said(words) in reply.text


def test_a_field_that_the_form_does_not_have_is_refused_whole(ada: Known) -> None:
    for path, fields in (
        ("/folders/1/folders", {"name": "Nouveau", "owner": "2"}),
        ("/folders/1/access", {"subject": "network:0", "role": "reader", "until": "", "id": "9"}),
        ("/people", {"email": "c@reseau.example", "person_name": "C", "is_steward": "1"}),
    ):
        assert ada.post(path, **fields).status == 422
    assert "Nouveau" not in _rows(ada.get("/folders/1").text)
    assert "c@reseau.example" not in ada.get("/people").text


def test_a_form_without_its_token_or_from_another_site_changes_nothing(ada: Known) -> None:
    kept = ada.form_token
    ada.form_token = "0" * 64
    assert ada.post("/folders/1/folders", name="Piège").status == 403
    headers = {
        "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://elsewhere.example",
    }  # fmt: skip
    body = f"form_token={kept}&name=Pi%C3%A8ge".encode()
    assert ada._ask("POST", "/folders/1/folders", body, headers).status == 403
    assert "Piège" not in ada.get("/folders/1").text


def test_the_same_form_sent_twice_does_one_thing_and_says_so(ada: Known) -> None:
    first, second = (ada.post("/folders/1/folders", name="Une seule fois") for _ in range(2))
    assert (first.status, second.status) == (303, 409)
    assert said("« %(name)s » existe déjà dans ce dossier.", name="Une seule fois") in second.text
    assert ada.deposit(1, "deux fois.txt", b"un").status == 201
    assert ada.deposit(1, "deux fois.txt", b"un").status == 200
    assert ada.deposit(1, "deux fois.txt", b"deux").status == 201
    found = re.search(r'href="(/documents/\d+)"><bdi>deux fois', ada.get("/folders/1").text)
    assert found
    restored = [ada.post(f"{found[1]}/versions/1/restore", expected="2") for _ in range(2)]
    assert [reply.status for reply in restored] == [303, 409]
    assert ada.get(found[1]).text.count('class="dot"') == 3


def test_a_button_pressed_twice_sends_its_form_once(own: Stage) -> None:
    with own.visit(ADA) as visit:
        sent: list[str] = []
        visit.page.on("request", lambda one: sent.append(one.method))
        visit.goes("/folders/1")
        visit.opens("Nouveau dossier")
        visit.page.fill("[name=name]", "Deux clics")
        visit.page.get_by_role("button", name=said("Créer le dossier")).dblclick(no_wait_after=True)
        visit.page.wait_for_url("**?done=folder-made")
        assert visit.heading == "Deux clics"
        assert sent.count("POST") == 1


def test_a_session_that_ended_leads_to_sign_in_and_back(own: Stage) -> None:
    with own.visit() as visit:
        visit.sign_in(ADA, PASSWORD)
        visit.goes("/folders/1?sort=-size")
        visit.context.clear_cookies(name="session")
        visit.page.reload()
        assert visit.path == "/signin"
        visit.page.fill("[name=email]", ADA)
        visit.page.fill("[name=password]", PASSWORD)
        visit.presses("Se connecter")
        visit.page.wait_for_url("**/folders/1?sort=-size")
        visit.context.clear_cookies(name="session")
        visit.opens("Nouveau dossier")
        visit.page.fill("[name=name]", "Sans session")
        visit.presses("Créer le dossier")
        visit.page.wait_for_url("**/signin*")


def test_next_never_leads_to_another_site(own: Stage) -> None:
    with own.visit() as visit:
        for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere"):
            visit.goes(f"/signin?next={quote(elsewhere, safe='')}")
            assert visit.page.locator("form [name=next]").first.get_attribute("value") == "/"


def _answer(reply: Reply) -> tuple[int, bytes, dict[str, str]]:
    """All that a client can see of an answer, but its moment and its number."""
    headers = {name: value for name, value in reply.headers.items()
               if name not in {"date", "x-request-id"}}  # fmt: skip
    return reply.status, reply.body, headers


def _rows(page: str) -> list[str]:
    """The names that a page lists."""
    return re.findall(r'<a href="/(?:folders|documents)/\d+"><bdi>([^<]+)</bdi>', page)


def _token(visitor: Visitor) -> dict[str, str]:
    return {"X-Form-Token": visitor.form_token}
