"""The page that tells stewards how reading fares, through the real application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from tests.web.network import Network, within

Clients = Callable[[str], TestClient]
_SECRET = "compte rendu confidentiel.pdf"


async def _given_up(ws: Any) -> None:
    """The worker gave up on a reading, with a word of the document in its reason."""

    async def unit(tx: Any) -> None:
        await tx.run(
            "INSERT INTO jobs (kind, subject, state, run_after, attempts, last_error, created_at)"
            " SELECT 'read_version', MIN(id), 'failed', 0, 5, :error, 0 FROM versions",
            error=f"WriteFailed: {_SECRET}",
        )

    await ws.db.write(unit)


def _rows(page: HTMLParser, caption: str) -> dict[str, str]:
    for table in page.css("table"):
        if caption in table.css_first("caption").text():
            return {
                row.css_first("th").text(strip=True): " ".join(
                    row.css_first("td:last-child").text().split()
                )
                for row in table.css("tbody tr")
            }
    raise AssertionError(caption)


def test_a_steward_sees_programs_bounds_states_and_what_was_given_up(
    made: Network, clients: Clients
) -> None:
    within(made, _given_up)
    page = HTMLParser(clients("ada").get("/reading").text)
    programs = _rows(page, "Programmes")
    assert set(programs) == {"Tesseract", "LibreOffice", "ffmpeg"}
    assert all(
        any(state in said for state in ("utilisé", "arrêté", "absent"))
        for said in programs.values()
    )
    bounds = _rows(page, "Protections")
    assert len(bounds) == 4 and set(bounds.values()) <= {"assurée", "non assurée ici"}
    assert sum(int(count) for count in _rows(page, "Versions de documents").values()) > 0
    text = page.body.text() if page.body is not None else ""
    assert "WriteFailed" in text and _SECRET not in text


def test_nobody_else_is_told_how_reading_fares(made: Network, clients: Clients) -> None:
    for name in ("bo", "cy"):
        reply = clients(name).get("/reading")
        assert reply.status_code == 403 and "Tesseract" not in reply.text
        assert 'href="/reading"' not in clients(name).get("/").text
    assert 'href="/reading"' in clients("ada").get("/network").text


def test_how_the_mail_fares_stands_beside_it(made: Network, clients: Clients) -> None:
    text = clients("ada").get("/reading").text
    assert "Aucun serveur de courriel n’est réglé" in text
    assert 'href="/network/mail"' in text


def test_without_anything_given_up_the_page_says_so(made: Network, clients: Clients) -> None:
    assert "Aucune lecture" in clients("ada").get("/reading").text
