"""The page of a comparison: what it tells, how it tells it, and to whom (THREATS 13, 55)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser

from atelier.app import finish_waiting_work
from atelier.extract.contract import PageKind
from atelier.model.comparison import Change, Comparison, Passage, Words
from atelier.model.ids import DocumentId
from atelier.web.language import Voice
from atelier.web.pages import comparing
from atelier.workspace import deposits, documents, people
from atelier.workspace.place import Workspace
from tests.samples import docx, pdf
from tests.web.network import Clients, Network, within

MARKUP = "<script>alert('x')</script> {{ 7*7 }} %(n)s ' OR 1=1 --"
BODY = [f"Article {n}. Chaque structure tient à jour la liste numéro {n}." for n in range(1, 20)]
OLDER = ["Convention", "La durée est de deux ans.", *BODY, "Le bilan est présenté en comité."]
NEWER = ["Convention", "La durée est de trois ans.", *BODY, MARKUP]
FR = Voice("fr", "Europe/Paris")

Bring = Callable[..., DocumentId]


@pytest.fixture
def bring(made: Network) -> Bring:
    """Deposit versions of one document in the shared folder, and have them read."""

    async def versions(ws: Workspace, contents: tuple[bytes, ...], name: str) -> DocumentId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        incoming = await deposits.begin(ws, ada, made.shared, name)
        await incoming.write(contents[0])
        document = (await deposits.finish(ws, ada, incoming)).document_id
        for content in contents[1:]:
            incoming = await deposits.begin_version(ws, ada, document, expected=None)
            await incoming.write(content)
            await deposits.finish(ws, ada, incoming)
        return document

    def run(*contents: bytes, name: str = "convention.docx", reads: bool = True) -> DocumentId:
        document = within(made, lambda ws: versions(ws, contents, name))
        if reads:
            within(made, finish_waiting_work)
        return document

    return run


def text_of(page: str) -> str:
    """What a page says, quotes and spaces plain."""
    text = LexborHTMLParser(page).text(separator=" ")
    return " ".join(text.replace("\u202f", " ").replace("’", "'").split())


def both(bring: Bring) -> DocumentId:
    """A DOCX, and the PDF of two pages that followed it."""
    return bring(docx(OLDER), pdf(["\n".join(NEWER[:10]), "\n".join(NEWER[10:])]))


def test_what_changed_is_told_in_a_sentence_by_words_and_with_links_to_pages(
    made: Network, clients: Clients, bring: Bring
) -> None:
    document = both(bring)
    page = clients("bo").get(f"/documents/{document}/compare")
    assert page.status_code == 200
    said = text_of(page.text)
    assert "De la version 1 à la version 2" in said
    assert "1 passage ajouté, 1 retiré, 1 modifié" in said and "% des mots." in said
    tree = LexborHTMLParser(page.text)
    titles = [" ".join(one.text().split()) for one in tree.css(".change h3")]
    assert titles == [
        "Modifié changement 1 sur 3",
        "Retiré changement 2 sur 3",
        "Ajouté changement 3 sur 3",
    ]
    assert [one.text() for one in tree.css("#change-1 del")] == ["[retiré\u00a0: deux]"]
    assert [one.text() for one in tree.css("#change-1 ins")] == ["[ajouté\u00a0: trois]"]
    assert "Le bilan est présenté en comité." in tree.css("#change-2 del")[0].text()
    links = {one.attributes["href"] for one in tree.css(".change a")}
    assert f"/documents/{document}/view?version=2&page=2" in links
    assert {"#change-1", "#change-2", "#change-3"} <= links
    assert not any("version=1" in str(link) for link in links)  # a DOCX has no pages
    assert [one.text().strip() for one in tree.css("details.unchanged summary")] == [
        "19 passages inchangés"
    ]
    assert all(one.attributes["lang"] for one in tree.css(".comparison .told"))


@pytest.mark.parametrize("view", ["sides", "column"])
def test_words_of_a_paper_are_text_never_markup(clients: Clients, bring: Bring, view: str) -> None:
    document = both(bring)
    page = clients("bo").get(f"/documents/{document}/compare?view={view}").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert "{{ 7*7 }}" in page and "49" not in text_of(page).partition("{{")[2][:20]
    tree = LexborHTMLParser(page)
    assert len(tree.css(".sides")) == (3 if view == "sides" else 0)
    current = [one.text() for one in tree.css('.ways [aria-current="page"]')]
    assert current == ["Côte à côte" if view == "sides" else "En une colonne"]
    if view == "column":
        row = tree.css("#change-1 .told")[0].text()
        assert row.index("deux") < row.index("trois") and row.count("La durée est de") == 1


def test_any_two_versions_are_chosen_by_a_form_and_a_link_leads_there(
    clients: Clients, bring: Bring
) -> None:
    document = bring(docx(OLDER), docx(NEWER), docx(OLDER), docx([*OLDER, "Fait à Argentan."]))
    here = f"/documents/{document}/compare"
    tree = LexborHTMLParser(clients("bo").get(f"/documents/{document}").text)
    links = [one.attributes["href"] for one in tree.css(f'a[href^="{here}"]')]
    assert links == [f"{here}?newer=4", f"{here}?newer=3", f"{here}?newer=2"]
    chosen = LexborHTMLParser(clients("bo").get(f"{here}?older=4&newer=1&view=column").text)
    (form,) = chosen.css("form.compare-form")
    assert form.attributes["action"] == here and form.attributes.get("method") is None
    assert [one.attributes["value"] for one in form.css("option[selected]")] == ["1", "4"]
    assert [one.attributes["value"] for one in form.css("input")] == ["column"]
    assert text_of(clients("bo").get(f"{here}?older=1&newer=3").text).count(
        "Aucun changement dans le texte."
    )
    same = text_of(clients("bo").get(f"{here}?older=3&newer=3").text)
    assert "C'est deux fois la même" in same
    for query, status in (("older=9", 404), ("older=0", 422), ("newer=x", 422), ("page=99", 200)):
        assert clients("bo").get(f"{here}?{query}").status_code == status, query


def test_what_cannot_be_compared_says_which_version_why_and_what_to_do(
    made: Network, clients: Clients, bring: Bring
) -> None:
    document = bring(pdf(["Bonjour."]), reads=False)
    one = text_of(clients("bo").get(f"/documents/{document}/compare").text)
    assert "Ce document n'a qu'une version" in one
    waiting = bring(pdf(["Bonjour."]), pdf(["Bonsoir."]), name="a.pdf", reads=False)
    said = text_of(clients("bo").get(f"/documents/{waiting}/compare").text)
    assert "La version 1 est en cours de lecture : revenez dans un instant." in said
    assert "La version 2 est en cours de lecture" in said
    within(made, finish_waiting_work)
    locked = bring(pdf(["Bonjour."]), pdf(["secret"], password="x"), b" ", name="b.pdf")
    here = f"/documents/{locked}/compare"
    said = text_of(clients("bo").get(f"{here}?older=1&newer=2").text)
    assert "La version 2 n'a pas de texte à comparer." in said and "mot de passe" in said
    assert "La version 1" not in said
    said = text_of(clients("bo").get(f"{here}?older=1&newer=3").text)
    assert "La version 3 ne contient pas de texte" in said
    assert "passage" not in said


async def _forget(ws: Workspace, made: Network, document: DocumentId) -> None:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    versions = (await documents.look(ws, ada, document)).document.versions
    await documents.forget_texts(ws, [(one.id, one.sha256) for one in versions])


def test_a_text_that_was_lost_is_told(made: Network, clients: Clients, bring: Bring) -> None:
    document = bring(docx(OLDER), docx(NEWER))
    within(made, lambda ws: _forget(ws, made, document))
    said = text_of(clients("bo").get(f"/documents/{document}/compare").text)
    assert "Le texte de la version 1 n'est plus sur le serveur." in said


def test_readers_of_the_folder_alone_compare(made: Network, clients: Clients, bring: Bring) -> None:
    document = both(bring)
    assert clients("bo").get(f"/documents/{document}/compare").status_code == 200
    refused = clients("cy").get(f"/documents/{document}/compare")
    never = clients("cy").get("/documents/999999/compare")
    assert (refused.status_code, never.status_code) == (404, 404)
    assert text_of(refused.text) == text_of(never.text)
    stranger = clients("").get(f"/documents/{document}/compare")
    assert stranger.status_code == 303 and stranger.headers["location"].startswith("/signin")


def test_many_changes_are_told_on_several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def passages(change: Change, text: str) -> Passage:
        words = (Words(change, text),)
        older = () if change is Change.ADDED else words
        newer = () if change is Change.REMOVED else words
        return Passage(change, older, newer)

    monkeypatch.setattr(comparing, "_CHANGES_A_PAGE", 2)
    same = passages(Change.SAME, "pareil")
    found = Comparison(
        (same, *(one for n in range(5) for one in (passages(Change.ADDED, f"{n}"), same)))
    )
    rows = list(comparing._rows(found))
    shown = [comparing._on_page(rows, page) for page in (1, 2, 3)]
    assert [[row.number for row in page] for page in shown] == [
        [None, 1, None, 2, None], [3, None, 4, None], [5, None],
    ]  # fmt: skip
    assert [one for page in shown for one in page] == rows


def test_long_unchanged_text_is_shortened_and_the_changes_in_it_are_not() -> None:
    long = "mot " * 10_000
    words = (Words(Change.SAME, long), Words(Change.ADDED, "nouveau"), Words(Change.SAME, long))
    found = Comparison((Passage(Change.CHANGED, (words[0], words[2]), words),))
    (row,) = comparing._rows(found)
    said = "".join(one.text for one in row.shown[0].newer)
    assert "nouveau" in said and len(said) < 3_000 and said.count("[…]") == 2
    many = tuple(Passage(Change.SAME, (words[1],), (words[1],)) for _ in range(500))
    (row,) = comparing._rows(Comparison(many))
    assert (len(row.shown), row.left_out, row.count, row.is_folded) == (100, 400, 500, True)


@pytest.mark.parametrize(
    ("tally", "words", "said"),
    [
        ([Change.ADDED] * 3, (900, 100), "3 passages ajoutés"),
        ([Change.REMOVED, Change.MOVED], (10, 1), "1 passage retiré, 1 déplacé"),
        ([Change.MOVED], (10, 0), "1 passage déplacé"),
        ([Change.CHANGED] * 2, (10_000, 1), "2 passages modifiés"),
    ],
)
def test_the_sentence_counts_each_kind_and_the_share_of_words(
    tally: list[Change], words: tuple[int, int], said: str
) -> None:
    passages = [
        one for change in tally for one in (Passage(change, (), ()), Passage(Change.SAME, (), ()))
    ]
    found = Comparison(tuple(passages), words[0], words[0], words[1], words[1])
    share = round(100 * words[1] / words[0])
    ending = f"{share} % des mots." if share else "moins de 1 % des mots."
    assert text_of(comparing.headline(found, FR)) == f"{said}, soit {ending}"
    assert comparing.headline(Comparison(fault="timeout"), FR) == ""
    only = Comparison((Passage(Change.CHANGED, (), (), is_contents=True),))
    assert comparing.headline(only, FR) == "Seule la table des matières a changé."


def test_every_fault_has_a_sentence_that_says_what_to_do() -> None:
    for code in ("too_large", "timeout", "no_fork"):
        assert "Téléchargez" in comparing.fault(code, FR)
    for code in ("crashed", "answer", "never heard of"):
        assert "Essayez à nouveau" in comparing.fault(code, FR)


def test_places_are_named_by_what_the_format_counts() -> None:
    kinds = (PageKind.PAGE, PageKind.SLIDE, PageKind.SHEET, PageKind.MESSAGE)
    said = [comparing.place(kind, 3, FR) for kind in kinds]
    assert said == ["page 3", "diapositive 3", "feuille 3", "message 3"]
    assert comparing.place(PageKind.NONE, None, FR) == ""
