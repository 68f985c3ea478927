"""The ending of a document's name and what its content is."""

from __future__ import annotations

import pytest

from atelier.extract.media_type import DOC, DOCX, OLE, PDF, PPTX, XLSX, ZIP
from atelier.web.language import Voice
from atelier.web.pages.endings import belied
from tests.web.network import Clients, Network, send
from tests.web.test_document_pages import post

FRENCH = Voice("fr", "Europe/Paris")


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("x.docx", PDF, "PDF"),
        ("X.PDF", DOCX, "Texte Word"),
        ("x.xlsx", PPTX, "Diaporama"),
        ("plan.png", PDF, "PDF"),
        ("note.txt", XLSX, "Tableur"),
    ],
)
def test_a_name_that_announces_another_kind_is_told(name: str, media_type: str, kind: str) -> None:
    told = belied(name, media_type, FRENCH)
    assert f"({kind})" in told and name[-4:].lower() in told


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("x.pdf", PDF),
        ("x.docx", DOC),
        ("x.jpg", "image/png"),
        ("x.doc", "text/rtf"),
        # A protected DOCX is an OLE container; what is cut or unknown is another matter.
        ("x.docx", OLE),
        ("x.docx", ZIP),
        ("x.pdf", "application/octet-stream"),
        ("sans fin", PDF),
        ("x.dwg", PDF),
        (".pdf", PDF),
    ],
)
def test_a_name_that_fits_or_is_not_known_to_belie_is_left_alone(
    name: str, media_type: str
) -> None:
    assert belied(name, media_type, FRENCH) == ""


def test_a_version_of_another_kind_is_taken_and_its_page_leads_to_the_new_name(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}"
    assert "Le nom finit par" not in bo.get(here).text
    answer = post(bo, f"{here}/versions", ("x.html", b"<!doctype html><p>x</p>"), expected="1")
    assert answer.headers["location"].endswith("done=revised")
    page = bo.get(here).text
    assert "Le nom finit par «\u00a0.pdf\u00a0»" in page and "Page web" in page
    assert f'<a href="{here}/rename">Renommez le document' in page
    send(bo, f"{here}/rename", name="compte rendu.html", expected="2")
    assert "Le nom finit par" not in bo.get(here).text
