"""A small network that can die and come back, real folders on disk, and what the tray shows."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Final

from playwright.sync_api import Browser, Locator, TimeoutError, expect

from bench.serving import free_port, page
from bench.visiting import Visitor, commanded
from tests.journeys import acts
from tests.journeys.stage import PATIENCE_SECONDS, Stage, Visit, said
from tests.journeys.wire import Wire

PASSWORD: Final = "une phrase pour les tests"
ADA, BO = "ada@reseau.example", "bo@reseau.example"
# A drop may wait until its client holds a silent connection for cut (90 s), and then pause.
DROP_SECONDS: Final = 200
# Above this a file goes in several requests.
PIECE_BYTES: Final = 8 * 2**20
MOST_BYTES: Final = 8 * PIECE_BYTES
# Above what goes in one request, so that it goes in pieces.
LARGE: Final = Random(5).randbytes(3 * 2**20)
CUT: Final = re.compile(
    r"Le dépôt a été interrompu à \d+\s%\. "
    r"Rien n’est perdu\s: il reprendra dès que la connexion revient\."
)
_LINK: Final = re.compile(r'href="/(folders|documents)/(\d+)"[^>]*><bdi>([^<]+)</bdi>')
# The network's own words about a cut are no fault of the page.
_CUT: Final = re.compile(r"console: Failed to load resource: net::ERR_")


@dataclass
class Network:
    """A network of Ada, who coordinates, and Bo, who contributes; its server may be killed."""

    data: Path
    server_port: int
    wire: Wire
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    lives: int = 0

    @property
    def log(self) -> Path:
        """What the server says in this life."""
        return self.data.parent / f"log-{self.lives}"

    def start(self) -> None:
        """Serve, at the same address as ever."""
        self.lives += 1
        where = ("--data", str(self.data), "--port", str(self.server_port))
        command = ["-m", "atelier", "serve", *where]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([sys.executable, *command], stdout=log, stderr=log)
        end = monotonic() + PATIENCE_SECONDS
        while page(self.server_port, "/health")[0] != 200:
            assert self.process.poll() is None and monotonic() < end, self.log.read_text()[-2_000:]
            sleep(0.02)

    def kill(self) -> None:
        """As when the power goes."""
        assert self.process is not None
        self.check()
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def check(self) -> None:
        """The server met no defect so far. What its children say once it was killed is theirs."""
        words = self.log.read_text(errors="replace")
        assert "Traceback" not in words, words[words.index("Traceback") - 500 :][:6_000]

    def folder(self, name: str) -> str:
        """A new folder at the top, where Bo may contribute; its address."""
        made = commanded("folder", "add", name, "--data", str(self.data))
        role = ("--to", f"person:{BO}", "--role", "contributor")
        commanded("grant", name, *role, "--data", str(self.data))
        return f"/folders/{made['folder']}"


@contextmanager
def network(chromium: Browser, place: Path) -> Iterator[tuple[Network, Stage]]:
    """The network, served, and the stage to visit it from."""
    data = place / "network"
    first = commanded("init", "--network", "Essai", "--admin", ADA, "--data", str(data))
    commanded("organisation", "add", "Mairie", "--data", str(data))
    whom = ("--name", "Bo", "--organisation", "Mairie")
    second = commanded("person", "add", BO, *whom, "--data", str(data))
    port = free_port()
    own = Network(data, port, Wire(port))
    # People come over the wire: its address is the network's own.
    (data / "config.toml").write_text(
        f'[server]\npublic_url = "http://localhost:{own.wire.port}"\n'
        f"[limits]\nmax_deposit_bytes = {MOST_BYTES}\n"
        '[sessions]\nsecond_factor = "nobody"\n'
    )
    own.start()
    # Machines that test much at once are slow; what never comes is a fault all the same.
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    try:
        for link in (first["link"], second["link"]):
            guest = Visitor(own.wire.port)
            guest.come_in(str(link), PASSWORD)
            guest.close()
        yield own, Stage(chromium, f"http://localhost:{own.wire.port}", PASSWORD)
        own.check()
    finally:
        assert own.process is not None
        own.process.terminate()
        own.process.wait(PATIENCE_SECONDS)
        own.wire.close()


def tree(place: Path, files: int, *, big_bytes: int = 0) -> dict[str, str]:
    """A folder of files with sub-folders, one of them big; the SHA-256 of each by its path."""
    chance, made = Random(files), dict[str, str]()
    for number in range(files):
        below = ("", "Avis", "Séances/2025", "Séances/2026/Annexes")[number % 4]
        path = place / below / f"Pièce {number:03}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        size = big_bytes if big_bytes and number == 1 else chance.randint(1, 6_000)
        content = chance.randbytes(size)
        path.write_bytes(content)
        made[f"{place.name}/{path.relative_to(place)}"] = hashlib.sha256(content).hexdigest()
    return made


def stored(visit: Visit, folder: str, above: str = "") -> dict[str, str]:
    """What a folder holds with all below: the SHA-256 of what is downloaded, by path."""
    found = dict[str, str]()
    for number in range(1, 1_000):
        listing = visit.context.request.get(f"{folder}?page={number}").text()
        rows = listing.partition('id="list"')[2]
        for kind, key, name in _LINK.findall(rows):
            if kind == "documents":
                content = visit.bytes_at(f"/documents/{key}/versions/1/content")
                found[f"{above}{name}"] = hashlib.sha256(content).hexdigest()
            elif number == 1:
                found |= stored(visit, f"/folders/{key}", f"{above}{name}/")
        if f"page={number + 1}" not in rows:
            break
    return found


def ready(visit: Visit, path: str) -> None:
    """Open a folder or a document, as far as its script listens."""
    assert visit.goes(path) == 200
    listening(visit)


def listening(visit: Visit) -> None:
    """Wait until the script of deposits listens, and has taken up what was left."""
    visit.page.wait_for_selector("#tray[data-ready]", state="attached")


def drop(visit: Visit, *paths: Path) -> None:
    """Let real files and folders fall on the page, as from the desktop."""
    devtools = visit.context.new_cdp_session(visit.page)
    dragged = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for act in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": act, "x": 200, "y": 300, "data": dragged})


def choose(visit: Visit, files: Mapping[str, bytes]) -> None:
    """Choose files in the form that is open, and send it."""
    visit.page.set_input_files("[name=files]", acts.payloads(files))
    visit.page.locator("form[data-deposit] button[type=submit]").click()


def counted(visit: Visit) -> Locator:
    """How many of how many, in the head of the tray."""
    return visit.page.locator("#tray [data-count]")


def line(visit: Visit, name: str) -> Locator:
    """The tray's line of a file."""
    lines = visit.page.locator("#tray li")
    return lines.filter(has=visit.page.locator(f'[data-name]:text-is("{name}")'))


def until_ended(visit: Visit, number: int) -> None:
    """All are done."""
    expect(counted(visit)).to_contain_text(f"{number} sur {number}", timeout=DROP_SECONDS * 1000)


def until_percent(visit: Visit, percent: int) -> None:
    """So much of the whole has been sent; what the tray shows is told when it never is."""
    try:
        visit.page.wait_for_function(
            "least => document.querySelector('#tray [data-whole]').value >= least",
            arg=percent, timeout=DROP_SECONDS * 1000,
        )  # fmt: skip
    except TimeoutError as error:
        raise AssertionError(visit.page.locator("#tray").inner_text()) from error


def forgive_cuts(visit: Visit) -> None:
    """Take out of a visit's faults what the browser says of a network that is gone."""
    visit.faults[:] = [fault for fault in visit.faults if not _CUT.match(fault)]


def trouble(visit: Visit) -> str:
    """What the tray says keeps everything from going on."""
    return visit.page.locator("#tray [data-trouble]").inner_text()


def asks(visit: Visit) -> Locator:
    """The questions of the tray."""
    return visit.page.locator("#tray fieldset:visible")


def answers(visit: Visit, name: str, words: str, *, for_all: bool = False) -> None:
    """Answer what is asked about a file."""
    asking = line(visit, name)
    if for_all:
        asking.get_by_label(said("Faire de même pour les autres")).check()
    asking.get_by_role("button", name=said(words)).click()


def stored_names(place: Stage, folder: str) -> list[str]:
    """What Ada finds there."""
    with place.visit(ADA) as ada:
        return sorted(stored(ada, folder))


def opened(visit: Visit, folder: str) -> None:
    ready(visit, folder)
    visit.opens("Déposer des documents")


def await_kept(visit: Visit) -> None:
    """All that waits is in the browser's own database: leaving asks nothing."""
    visit.page.wait_for_function(
        "() => dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    )


def current(visit: Visit, folder: str, name: str) -> tuple[bytes, int]:
    """The content and the number of a document's current version."""
    document = acts.document_in(visit, folder, name)
    visit.goes(document)
    number = len(acts.versions(visit))
    return visit.bytes_at(f"{document}/versions/{number}/content"), number
