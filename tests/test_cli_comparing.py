"""The command that compares two versions: what it prints, refuses, and exits with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples import docx, pdf
from tests.test_cli import Said, Typed
from tests.test_cli import network as network
from tests.test_cli import said as said
from tests.test_cli import typed as typed

BODY = [f"Article {n}. Chaque structure tient à jour la liste numéro {n}." for n in range(1, 5)]
OLDER = ["Convention", "La durée est de deux ans.", *BODY, "Le bilan est présenté en comité."]
NEWER = ["Convention", "La durée est de trois ans.", BODY[3], *BODY[:3], "Fait à Argentan."]


@pytest.fixture
def document(network: Typed, tmp_path: Path) -> str:
    """The number of a document of three versions: a DOCX, a PDF, one that is encrypted."""
    paper = tmp_path / "convention.docx"
    for content in (docx(OLDER), pdf(["\n".join(NEWER)]), pdf(["secret"], password="x")):
        paper.write_bytes(content)
        network("import", str(paper), "--into", "Réunions", "--wait")
    (hit,) = network("search", "convention")["hits"]
    return str(hit["document"])


def test_changes_are_told_one_by_one_with_marks_and_pages(
    network: Typed, said: Said, document: str
) -> None:
    told = said("compare", document, "--versions", "1", "2").splitlines()
    assert told[0].startswith("1 passage ajouté, 1 retiré, 1 modifié, 1 déplacé")
    assert told[1:] == [
        "",
        "~ page 1",
        "  - La durée est de [deux] ans.",
        "  + La durée est de [trois] ans.",
        "",
        "> page 1",
        "  Article 4. Chaque structure tient à jour la liste numéro 4.",
        "",
        "-",
        "  Le bilan est présenté en comité.",
        "",
        "+ page 1",
        "  Fait à Argentan.",
    ]
    found = network("compare", document, "--versions", "2", "1")
    assert (found["older"], found["newer"]) == (1, 2)
    assert found["changes"] == {"changed": 1, "moved": 1, "removed": 1, "added": 1}
    (changed,) = (one for one in found["passages"] if one["change"] == "changed")
    assert changed["newer"] == [
        ["same", "La durée est de"], ["added", " trois"], ["same", " ans."],
    ]  # fmt: skip
    assert (changed["older_page"], changed["newer_page"]) == (None, 1)


def test_what_cannot_be_compared_is_refused_with_its_reason(network: Typed, document: str) -> None:
    status, why = network("compare", document)
    assert status == 1 and "3" in why
    status, why = network("compare", document, "--versions", "2", "2")
    assert status == 1 and why.strip()
    assert network("compare", document, "--versions", "1", "9")[0] == 1
    assert network("compare", document, "--versions", "1", "0")[0] == 2
    assert network("compare", document, "--versions", "1")[0] == 2


def test_only_those_who_may_read_it_compare(network: Typed, document: str) -> None:
    words = ("--versions", "1", "2", "--as")
    refused = network("compare", document, *words, "cy@hopital.example")
    assert refused[0] == 1
    assert refused == network("compare", "999", *words, "cy@hopital.example")
    assert network("compare", document, *words, "bo@mairie.example")["newer"] == 2
