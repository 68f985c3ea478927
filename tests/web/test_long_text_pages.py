"""Very long texts on the page of a document and in the viewer."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from atelier.app import finish_waiting_work
from atelier.model.ids import DocumentId
from atelier.workspace import deposits, people
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, within


async def _deposited(ws: Workspace, made: Network, content: bytes) -> DocumentId:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    incoming = await deposits.begin(ws, ada, made.shared, "texte.txt")
    await incoming.write(content)
    return (await deposits.finish(ws, ada, incoming)).document_id


@pytest.mark.parametrize(("count", "is_cut"), [(60_000, True), (3, False)])
def test_a_very_long_text_is_shown_in_part_and_says_so_and_a_short_one_does_not(
    made: Network, clients: Clients, count: int, is_cut: bool
) -> None:
    document = within(made, lambda ws: _deposited(ws, made, b"un mot " * count))
    within(made, finish_waiting_work)
    for then in ("", "/view"):
        here = f"/documents/{document}{then}"
        page = clients("bo").get(here).text
        tree = LexborHTMLParser(page)
        assert ("téléchargez le document pour le lire en entier." in tree.text()) is is_cut
        assert len(page) < 250_000
        (text,) = tree.css("article.prose")
        assert text.text().startswith("un mot un mot")
        english = clients("bo").get(here, headers={"accept-language": "en"}).text
        told = "The text goes on: download the document to read all of it."
        assert (told in english) is is_cut
