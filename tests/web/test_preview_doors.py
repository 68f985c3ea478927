"""The doors of pictures and subtitles, and the viewer: rights first, headers of user bytes
(THREATS 12-14, 46, 59, 60, 62, 63)."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode
from starlette.requests import Request
from starlette.types import Message

from atelier.app import finish_waiting_work
from atelier.blobs import derived as derived_module
from atelier.errors import BodyCut
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId, GrantId
from atelier.web.pages.previews import while_there
from atelier.web.visit import Visit
from atelier.workspace import deposits, people, sharing, trash
from atelier.workspace.place import Workspace
from atelier.workspace.previews import Drawn
from tests import samples, samples_office
from tests import samples_pictures as pictures
from tests.samples_pictures import BLUE, CAMERA, GREEN, RED
from tests.web.network import Clients, Network, network, served, within

SRT = "1\n00:00:01,000 --> 00:00:02,000\nBonjour à tous.\n"
# The start of a film is enough for its kind to be known.
FILM = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(2_000)
SOUND = b"ID3\3\0\0\0\0\0\0" + bytes(500)
HTML = b"<!doctype html><script>alert(1)</script><p>mot</p>"
FILES = {
    "papier.pdf": pictures.coloured_pdf(RED, GREEN, BLUE),
    "texte.pdf": samples.pdf(["premier mot", "second mot"]),
    "photo.jpg": pictures.photograph(),
    "note.txt": b"une ligne\nune autre",
    "page.html": HTML,
    "lettre.docx": samples.docx(["un paragraphe"]),
    "film.mp4": FILM,
    "film.srt": SRT.encode("cp1252"),
    "film.en.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n",
    "son.mp3": SOUND,
    "dessin.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "diapos.pptx": samples_office.pptx(
        [samples_office.words("un premier mot"), samples_office.words("la suite")]
    ),
    "paquet.7z": b"7z\xbc\xaf\x27\x1c" + bytes(60),
}
MADE = ("pages/1", "thumbnail", "captions")


class Papers:
    """A network with these files in the shared folder and in the secret one, all read."""

    def __init__(self, made: Network, clients: Clients) -> None:
        self.made, self.clients = made, clients
        self.shared = within(made, lambda ws: self._all(ws, made.shared))
        self.hidden = within(made, lambda ws: self._all(ws, made.secret))
        within(made, finish_waiting_work)

    async def _all(self, ws: Workspace, folder: FolderId) -> dict[str, DocumentId]:
        ada = (await people.session(ws, self.made.tokens["ada"])).actor
        found = {}
        for name, content in FILES.items():
            incoming = await deposits.begin(ws, ada, folder, name)
            await incoming.write(content)
            found[name] = (await deposits.finish(ws, ada, incoming)).document_id
        return found

    def at(self, name: str, then: str, *, version: int = 1) -> str:
        """An address below a version of a paper that Bo may read."""
        return f"/documents/{self.shared[name]}/versions/{version}/{then}"

    def view(self, name: str, query: str = "", *, of: str = "bo") -> LexborHTMLParser:
        """The viewer's page."""
        answer = self.clients(of).get(f"/documents/{self.shared[name]}/view{query}")
        assert answer.status_code == 200, answer.text
        return LexborHTMLParser(answer.text)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with network(tmp_path_factory.mktemp("papers")) as made, served(made) as clients:
        yield Papers(made, clients)


def one(page: LexborHTMLParser, selector: str) -> LexborNode:
    """The first of these, which must be there."""
    found = page.css_first(selector)
    assert found is not None, selector
    return found


def bare(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """What is the same for two requests alike."""
    headers = {name: text for name, text in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, answer.content, headers


@pytest.mark.parametrize(
    ("name", "then", "kind"),
    [("papier.pdf", "pages/2", "image/webp"), ("papier.pdf", "thumbnail", "image/webp"),
     ("photo.jpg", "pages/1", "image/webp"), ("film.srt", "captions", "text/vtt; charset=utf-8")],
)  # fmt: skip
def test_what_is_made_of_a_document_leaves_under_the_headers_of_its_bytes(
    papers: Papers, name: str, then: str, kind: str
) -> None:
    answer = papers.clients("bo").get(papers.at(name, then))
    headers = answer.headers
    assert (answer.status_code, headers["content-type"]) == (200, kind)
    assert headers["content-security-policy"] == (
        "sandbox; default-src 'none'; frame-ancestors 'none'"
    )
    assert headers["cache-control"] == "private, no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "vary" not in headers and headers["etag"].startswith('"')
    head = papers.clients("bo").head(papers.at(name, then))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))
    again = papers.clients("bo").get(
        papers.at(name, then), headers={"if-none-match": headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "private, no-cache"
    other = papers.clients("bo").get(papers.at(name, then), headers={"if-match": '"x"'})
    assert other.status_code == 412
    # nothing but the whole: a part would be no picture
    part = papers.clients("bo").get(papers.at(name, then), headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (200, answer.content)


@pytest.mark.parametrize("asked", [{}, {"if-none-match": "*"}, {"if-match": '"x"'}], ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_may_not_be_read_has_no_picture_subtitles_or_viewer_like_what_never_was(
    papers: Papers, asked: dict[str, str], method: str
) -> None:
    for who in ("bo", "cy"):
        hidden = papers.hidden if who == "bo" else papers.hidden | papers.shared
        for name, then in (("papier.pdf", "pages/1"), ("papier.pdf", "thumbnail"),
                           ("film.srt", "captions"), ("papier.pdf", "pages/99")):  # fmt: skip
            client = papers.clients(who)
            refused, never = (
                client.request(method, f"/documents/{number}/versions/1/{then}", headers=asked)
                for number in (hidden[name], 999_999)
            )
            assert bare(refused) == bare(never)
            assert refused.status_code == 404 and "etag" not in refused.headers
        for query in ("", "?as=text", "?page=2", "?version=1", "?version=7"):
            client = papers.clients(who)
            refused, never = (
                client.request(method, f"/documents/{number}/view", params=query.strip("?"))
                for number in (hidden["papier.pdf"], 999_999)
            )
            assert bare(refused)[:2] == bare(never)[:2] and refused.status_code == 404


def test_what_has_no_picture_answers_a_reader_like_what_never_was(papers: Papers) -> None:
    bo = papers.clients("bo")
    never = bo.get("/documents/999999/versions/1/pages/1")
    for name, then in (
        ("papier.pdf", "pages/4"), ("papier.pdf", "pages/999999999999999999"),
        ("papier.pdf", "captions"), ("note.txt", "pages/1"), ("note.txt", "captions"),
        ("dessin.svg", "thumbnail"), ("dessin.svg", "pages/1"), ("page.html", "thumbnail"),
        ("film.mp4", "thumbnail"), ("lettre.docx", "pages/1"), ("paquet.7z", "captions"),
    ):  # fmt: skip
        assert bare(bo.get(papers.at(name, then)))[:2] == bare(never)[:2], (name, then)
    assert bo.get(papers.at("papier.pdf", "pages/1", version=2)).status_code == 404
    for odd in ("0", "01", "-1", "1.5", "x", "1" * 30):
        assert bo.get(papers.at("papier.pdf", f"pages/{odd}")).status_code == 404


def test_a_stranger_signs_in_first_and_another_site_embeds_nothing(papers: Papers) -> None:
    for then in MADE:
        answer = papers.clients("").get(papers.at("papier.pdf", then))
        assert answer.status_code == 303 and answer.headers["location"].startswith("/signin")
        bo = papers.clients("bo")
        for site in ("cross-site", "same-site"):
            fetched = {
                "sec-fetch-site": site,
                "sec-fetch-mode": "no-cors",
                "sec-fetch-dest": "image",
            }
            assert bo.get(papers.at("papier.pdf", then), headers=fetched).status_code == 403


def test_a_withdrawn_right_ends_pictures_and_a_tag_known_from_before_helps_nobody(
    papers: Papers,
) -> None:
    path, made = papers.at("photo.jpg", "thumbnail"), papers.made

    async def give(ws: Workspace) -> GrantId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        cy = (await people.session(ws, made.tokens["cy"])).actor
        subject = Subject(SubjectKind.PERSON, cy.person_id)
        return await sharing.grant(ws, ada, made.shared, subject, Role.READER)

    grant = within(made, give)
    seen = papers.clients("cy").get(path)
    assert seen.status_code == 200

    async def withdraw(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await sharing.withdraw(ws, ada, made.shared, grant)

    within(made, withdraw)
    for headers in ({}, {"if-none-match": seen.headers["etag"]}):
        assert papers.clients("cy").get(path, headers=headers).status_code == 404
    assert papers.clients("bo").get(path).status_code == 200


def test_what_was_removed_or_purged_has_no_picture_and_leaves_none(papers: Papers) -> None:
    made = papers.made

    async def one_more(ws: Workspace) -> DocumentId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        incoming = await deposits.begin(ws, ada, made.shared, "à retirer.pdf")
        await incoming.write(FILES["papier.pdf"])
        return (await deposits.finish(ws, ada, incoming)).document_id

    number = within(made, one_more)
    path = f"/documents/{number}/versions/1/pages/1"
    before = {one.name for one in (made.settings.data / "derived").glob("*/*")}
    assert papers.clients("bo").get(path).status_code == 200

    async def purge(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await trash.remove_document(ws, ada, number)
        assert papers.clients("ada").get(path).status_code == 404
        await trash.purge_document(ws, ada, made.shared, number)

    within(made, purge)
    assert papers.clients("ada").get(path).status_code == 404
    assert {one.name for one in (made.settings.data / "derived").glob("*/*")} == before


def test_a_photograph_keeps_its_place_in_the_original_alone(papers: Papers) -> None:
    bo = papers.clients("bo")
    original = bo.get(papers.at("photo.jpg", "content"))
    assert CAMERA.encode() in original.content
    for then in ("pages/1", "thumbnail"):
        picture = bo.get(papers.at("photo.jpg", then)).content
        assert CAMERA.encode() not in picture and b"EXIF" not in picture


def test_a_pdf_opens_in_the_browsers_viewer_at_its_page_and_the_sandbox_is_the_bytes_own(
    papers: Papers,
) -> None:
    page = papers.view("texte.pdf", "?page=2")
    frame = one(page, "iframe")
    assert frame.attributes["src"] == f"{papers.at('texte.pdf', 'content')}?inline#page=2"
    assert "sandbox" not in frame.attributes and "texte.pdf" in (frame.attributes["title"] or "")
    content = papers.clients("bo").get(papers.at("texte.pdf", "content") + "?inline")
    policy = content.headers["content-security-policy"]
    assert policy == "sandbox; default-src 'none'; frame-ancestors 'self'"
    assert [one.text() for one in page.css(".ways a")] == [
        "Lecteur PDF",
        "Image de la page",
        "Texte",
    ]
    here = f"/documents/{papers.shared['texte.pdf']}/view?version=1"
    assert one(page, ".ways [aria-current]").attributes["href"] == f"{here}&as=pdf&page=2"
    assert one(page, ".pager a[rel=prev]").attributes["href"] == f"{here}&page=1"
    assert page.css(f'a[href="{here}&page=2"]')
    assert page.css(f'a[href="/documents/{papers.shared["texte.pdf"]}"]')


def test_the_same_pdf_is_shown_as_pictures_and_as_text(papers: Papers) -> None:
    page = papers.view("texte.pdf", "?as=pages&page=2")
    image = one(page, "img.page")
    assert image.attributes["src"] == papers.at("texte.pdf", "pages/2")
    assert (image.attributes["width"], bool(image.attributes["height"])) == ("1200", True)
    assert image.attributes["alt"] == "Image de la page 2 sur 2"
    assert "as=pages" in (one(page, ".pager a").attributes["href"] or "")
    page = papers.view("texte.pdf", "?as=text&page=2")
    assert one(page, "article").text() == "second mot"
    assert one(papers.view("texte.pdf", "?as=text&page=99"), "article").text() == "second mot"
    assert papers.clients("bo").get(
        f"/documents/{papers.shared['texte.pdf']}/view?page=0"
    ).status_code == 422  # fmt: skip


def test_every_kind_is_shown_in_the_way_it_allows_and_markup_stays_text(papers: Papers) -> None:
    assert papers.view("photo.jpg").css("img.page")
    note = papers.view("note.txt")
    assert one(note, "article").text() == "une ligne\nune autre"
    assert "Aperçu non disponible" not in note.text()
    for name in ("page.html", "lettre.docx"):
        page = papers.view(name)
        assert "le texte est consultable et cherchable" in page.text()
        assert page.css("article") and not page.css("iframe, img.page, article script")
    page = papers.view("paquet.7z")
    assert "Ce serveur ne sait pas montrer ce fichier" in page.text()
    assert not page.css("iframe, article, .ways")


def test_a_film_plays_with_the_subtitles_beside_it(papers: Papers) -> None:
    page = papers.view("film.mp4")
    player = one(page, "video[controls]")
    assert player.attributes["src"] == papers.at("film.mp4", "content") + "?inline"
    tracks = [(one.attributes["src"], one.attributes["srclang"]) for one in page.css("track")]
    assert tracks == [
        (papers.at("film.en.vtt", "captions"), "en"),
        (papers.at("film.srt", "captions"), "fr"),
    ]
    spoken = papers.clients("bo").get(tracks[1][0] or "")
    assert spoken.text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBonjour à tous.\n\n"
    assert "Hello." in papers.clients("bo").get(tracks[0][0] or "").text
    assert papers.view("son.mp3").css("audio[controls]")
    assert not papers.view("son.mp3").css("track")


def test_a_film_is_sent_by_parts_under_its_own_kind_and_the_sandbox(papers: Papers) -> None:
    bo = papers.clients("bo")
    for name, kind in (("film.mp4", "video/mp4"), ("son.mp3", "audio/mpeg")):
        answer = bo.get(papers.at(name, "content") + "?inline", headers={"range": "bytes=4-11"})
        assert (answer.status_code, answer.content) == (206, FILES[name][4:12])
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        kept = bo.get(papers.at(name, "content"))
        assert kept.headers["content-disposition"].startswith("attachment")


def test_only_a_page_that_plays_may_play_and_fill_the_screen(papers: Papers) -> None:
    bo = papers.clients("bo")
    for name, plays in (("film.mp4", True), ("son.mp3", True), ("texte.pdf", False)):
        headers = bo.get(f"/documents/{papers.shared[name]}/view").headers
        assert ("media-src 'self'" in headers["content-security-policy"]) == plays
        assert ("fullscreen=(self)" in headers["permissions-policy"]) == plays
        assert "camera=()" in headers["permissions-policy"]
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert headers["cache-control"] == "no-store"


def test_an_old_version_says_so_and_shows_itself(papers: Papers) -> None:
    made = papers.made

    async def revise(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        document = papers.shared["note.txt"]
        incoming = await deposits.begin_version(ws, ada, document, expected=1)
        await incoming.write(b"tout autre chose")
        await deposits.finish(ws, ada, incoming)

    within(made, revise)
    within(made, finish_waiting_work)
    old, new = papers.view("note.txt", "?version=1"), papers.view("note.txt")
    assert one(old, "article").text() == "une ligne\nune autre"
    assert "Vous lisez la version 1." in old.text()
    assert one(new, "article").text() == "tout autre chose"
    assert "Vous lisez la version" not in new.text()
    sheet = papers.clients("bo").get(f"/documents/{papers.shared['note.txt']}").text
    opening = [link.attributes["href"] for link in LexborHTMLParser(sheet).css(".timeline a")]
    for number in (1, 2):
        assert f"/documents/{papers.shared['note.txt']}/view?version={number}" in opening
    missing = papers.clients("bo").get(f"/documents/{papers.shared['note.txt']}/view?version=9")
    assert missing.status_code == 404


def test_the_page_of_a_document_shows_its_thumbnail_and_leads_to_the_viewer(papers: Papers) -> None:
    for name, has_one in (("papier.pdf", True), ("photo.jpg", True), ("note.txt", False)):
        number = papers.shared[name]
        page = LexborHTMLParser(papers.clients("bo").get(f"/documents/{number}").text)
        images = [one.attributes for one in page.css("img.thumbnail")]
        assert len(images) == has_one
        if has_one:
            assert images[0]["src"] == papers.at(name, "thumbnail")
            assert images[0]["width"] and images[0]["height"] and images[0]["loading"] == "lazy"
        assert page.css(f'a.button[href="/documents/{number}/view"]')
    packed = papers.shared["paquet.7z"]
    page = LexborHTMLParser(papers.clients("bo").get(f"/documents/{packed}").text)
    assert not page.css(f'a[href^="/documents/{packed}/view"]')


def test_a_hit_leads_to_the_viewer_at_its_page(papers: Papers) -> None:
    page = LexborHTMLParser(papers.clients("bo").get("/search?q=second").text)
    links = [one.attributes["href"] for one in page.css(".hit .pages a")]
    assert links == [f"/documents/{papers.shared['texte.pdf']}/view?page=2"]


def test_slides_are_called_slides_and_a_photograph_has_no_pages(papers: Papers) -> None:
    number = papers.shared["diapos.pptx"]
    sheet = LexborHTMLParser(papers.clients("bo").get(f"/documents/{number}?page=2").text)
    assert one(sheet, "#text-title").text() == "Texte de la diapositive 2"
    assert one(sheet, ".pager .figures").text().replace("\xa0", " ") == "Diapositive 2 sur 2"
    assert "Diapositives" in [term.text() for term in sheet.css(".facts dt")]
    viewer = papers.view("diapos.pptx", "?page=2")
    assert one(viewer, "title").text().startswith("Diapositive 2 de ")
    assert "Diapositive 2 sur 2" in one(viewer, ".pager").text()
    assert "Page 2 sur 2" in one(papers.view("texte.pdf", "?page=2"), ".pager").text()
    tabs = [tab.text() for tab in papers.view("diapos.pptx").css(".ways a")]
    assert "Image de la page" not in tabs


def test_subtitles_are_asked_only_of_who_may_deposit_them_and_where_none_stand(
    papers: Papers,
) -> None:
    hint = "Pour ajouter des sous-titres"
    made = papers.made

    async def give(ws: Workspace) -> GrantId:
        ada, cy = [(await people.session(ws, made.tokens[name])).actor for name in ("ada", "cy")]
        subject = Subject(SubjectKind.PERSON, cy.person_id)
        return await sharing.grant(ws, ada, made.shared, subject, Role.READER)

    async def withdraw(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await sharing.withdraw(ws, ada, made.shared, grant)

    grant = within(made, give)
    assert hint in papers.view("son.mp3").text()
    assert hint not in papers.view("film.mp4").text()
    assert hint not in papers.view("son.mp3", of="cy").text()
    within(made, withdraw)


def test_the_page_of_a_sound_says_once_that_it_has_no_text(papers: Papers) -> None:
    page = papers.clients("bo").get(f"/documents/{papers.shared['son.mp3']}").text
    assert page.count("pas de texte") == 1 and "Texte non disponible" not in page


def test_who_has_too_many_pages_drawn_sees_the_page_without_its_picture_and_others_have_theirs(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived_module, "_MAX_WAITING_EACH", 0)
    for path in (papers.at("texte.pdf", "pages/1"), papers.at("papier.pdf", "pages/1")):
        assert papers.clients("bo").get(path).status_code == 200  # kept: nothing is drawn
    fresh = papers.at("papier.pdf", "pages/3")
    refused = papers.clients("bo").get(fresh)
    assert (refused.status_code, "retry-after" in refused.headers) == (429, True)
    page = papers.view("papier.pdf", "?as=pages&page=3")
    assert "Trop de pages se dessinent en ce moment." in page.text()
    assert not page.css("img.page") and page.css(".pager")
    again = one(page, ".viewer a.button").attributes["href"] or ""
    assert again.endswith("&as=pages&page=3")
    monkeypatch.undo()
    assert LexborHTMLParser(papers.clients("bo").get(again).text).css("img.page")
    assert papers.clients("bo").get(fresh).status_code == 200


def test_a_client_that_leaves_gives_her_place_back_and_one_that_stays_is_served() -> None:
    async def act() -> None:
        reached, left, ended = asyncio.Event(), asyncio.Event(), list[str]()

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        async def drawing(gate: asyncio.Event) -> Drawn:
            reached.set()
            try:
                await gate.wait()
            except asyncio.CancelledError:
                ended.append("left")
                raise
            return Drawn(b"x", 1, 1)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        visit = cast(Visit, SimpleNamespace(request=Request(scope, receive)))
        gate = asyncio.Event()
        gate.set()
        assert (await while_there(visit, drawing(gate))).content == b"x"
        look = asyncio.create_task(while_there(visit, drawing(asyncio.Event())))
        reached.clear()
        await reached.wait()
        assert not look.done()
        left.set()
        with pytest.raises(BodyCut):
            await look
        assert ended == ["left"]

    asyncio.run(act())
