"""What people feel: from dropping a document to finding it, from a hit to its page, and refusal.

Times are those of whole requests, p95 of several turns, as a browser on this machine
sees them. `an empty page` in the same run says how fast the machine is today.
"""

from __future__ import annotations

import io
import re
import tempfile
import time
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bench.figures import Figure, at_most
from bench.paint import first_paint_seconds
from bench.serving import serving
from bench.visiting import Visitor, commanded, p95

TURNS = 12
CROWD = 100
_PASSWORD = "une phrase pour mesurer"  # noqa: S105
_WORDS = ("prévention", "addictions", "logement", "transport", "médecin", "atelier", "santé")


def run() -> list[Figure]:
    """Measure every time of *What people feel* that the product has by now."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "network"
        steward = _founded(data)
        colleague = _invited(data)
        with serving("serve", "--data", str(data), log=Path(place) / "log") as server:
            visitor, reader = Visitor(server.port), Visitor(server.port)
            visitor.come_in(steward, _PASSWORD)
            reader.come_in(colleague, _PASSWORD)
            return _measured(visitor, reader)


def _founded(data: Path) -> str:
    made = commanded(
        "init", "--network", "Mesure", "--admin", "a@mesure.example", "--data", str(data)
    )
    commanded("folder", "add", "Réunions", "--data", str(data))
    return str(made["link"])


def _invited(data: Path) -> str:
    commanded("organisation", "add", "Mairie", "--data", str(data))
    added = commanded(
        "person",
        "add",
        "b@mesure.example",
        "--name",
        "Bo",
        "--organisation",
        "Mairie",
        "--data",
        str(data),
    )
    commanded(
        "grant", "Réunions", "--to", "organisation:Mairie", "--role", "reader", "--data", str(data)
    )
    return str(added["link"])


def _measured(visitor: Visitor, reader: Visitor) -> list[Figure]:
    sign_in = p95([visitor.get("/signin").seconds for _ in range(20)])
    beside = f"the sign-in page: {sign_in * 1000:.1f} ms"
    alone = [_dropped(visitor, f"seul{turn}") for turn in range(TURNS)]
    crowd = [_pdf(f"foule{number}") for number in range(CROWD)]
    for number, content in enumerate(crowd):
        visitor.deposit(1, f"foule {number}.pdf", content)
    behind = _dropped(visitor, "derriere")
    clicks = [_clicked(visitor, f"seul{turn}") for turn in range(TURNS)]
    painted = first_paint_seconds(visitor, ["/", "/folders/1", "/documents/1", "/search?q=atelier"])
    return [
        at_most("drop → row in the folder, p95", p95([row for row, _ in alone]), "s", 0.3, beside),
        at_most("drop → searchable, p95", p95([found for _, found in alone]), "s", 3, beside),
        at_most("behind 100 others: drop → row", behind[0], "s", 0.3, beside),
        at_most("behind 100 others: drop → searchable", behind[1], "s", 30, beside),
        at_most("hit → its page readable, p95", p95(clicks), "s", 1, beside),
        *(
            at_most(f"first paint of {path}, processor slowed 4 times", seconds, "s", 1, beside)
            for path, seconds in painted.items()
        ),
        at_most(
            "requests until a withdrawn grant holds", _withdrawn(visitor, reader), "requests", 1
        ),
    ]


def _dropped(visitor: Visitor, word: str) -> tuple[float, float]:
    """Seconds until the row stands in the folder, and until a word of its page 7 is found.

    The name holds nothing of the word: names are found before texts are read.
    """
    content, name = _pdf(word), f"{len(word)} {time.monotonic_ns()}.pdf"
    started = time.perf_counter()
    _wanted(visitor.deposit(1, name, content).status in (200, 201), "the deposit is refused")
    _wanted(name in visitor.get("/folders/1?sort=-changed").text, "no row in the folder")
    row = time.perf_counter() - started
    while name not in visitor.get(f"/search?q={word}").text:
        _wanted(time.perf_counter() - started < 60, f"{word} is never found")
        time.sleep(0.02)
    return row, time.perf_counter() - started


def _clicked(visitor: Visitor, word: str) -> float:
    """Seconds from the click on a hit's page until its bytes have come to the viewer."""
    found = visitor.get(f"/search?q={word}").text
    hit = re.search(r'href="(/documents/\d+/versions/\d+/content\?inline)#page=7"', found)
    if hit is None:
        raise RuntimeError("a hit leads to no page")
    reply = visitor.get(hit[1])
    _wanted(reply.body.startswith(b"%PDF") and reply.body == _pdf(word), "not its bytes")
    return reply.seconds


def _withdrawn(visitor: Visitor, reader: Visitor) -> int:
    """How many requests a reader makes after a withdrawal until she is refused."""
    _wanted(reader.get("/folders/1").status == 200, "the reader never saw the folder")
    page = visitor.get("/folders/1/access").text
    grants = re.findall(r'action="(/folders/1/access/\d+/withdraw)"', page)
    for address in grants[1:]:
        visitor.post(address)
    for request in range(1, 10):
        if reader.get("/folders/1").status == 404:
            return request
    raise RuntimeError("the withdrawn grant still holds")


def _pdf(word: str) -> bytes:
    """Twenty pages of French words; the one looked for stands on page 7."""
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=A4, invariant=True)
    for number in range(1, 21):
        text = canvas.beginText(60, 780)
        for line in range(45):
            text.textLine(
                " ".join(_WORDS[(number * 7 + line + at * 3) % len(_WORDS)] for at in range(10))
            )
        if number == 7:
            text.textLine(f"Il fut question de {word} ce jour-là.")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return page.getvalue()


def _wanted(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RuntimeError(otherwise)
