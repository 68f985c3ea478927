"""Depositing (journey 5): a folder is dropped, the line goes, she comes back, all is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Final

import pytest
from playwright.sync_api import Browser, Dialog, Request, Route, expect

from tests.journeys import acts
from tests.journeys.depositing import (
    ADA,
    BO,
    CUT,
    LARGE,
    PASSWORD,
    PIECE_BYTES,
    Network,
    asks,
    await_kept,
    choose,
    counted,
    current,
    drop,
    forgive_cuts,
    line,
    listening,
    network,
    opened,
    ready,
    stored,
    stored_names,
    tree,
    trouble,
    until_ended,
    until_percent,
)
from tests.journeys.focus import tab_to
from tests.journeys.stage import PATIENCE_SECONDS, Stage, Visit, said

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Network, Stage]]:
    """A network of its own for all scenes; each scene in a folder of its own."""
    with network(chromium, tmp_path_factory.mktemp("deposits")) as both:
        yield both


@pytest.fixture
def own(served: tuple[Network, Stage]) -> Iterator[Network]:
    """The server, to kill and to start, and the line to it."""
    yield served[0]
    served[0].wire.mend()


@pytest.fixture
def place(served: tuple[Network, Stage]) -> Stage:
    """The stage before that server."""
    return served[1]


@pytest.fixture
def folder(own: Network, request: pytest.FixtureRequest) -> str:
    """The address of a new folder."""
    return own.folder(str(request.node.name)[:80].replace("/", " "))


def test_a_folder_of_200_files_is_all_there_after_a_cut_at_60_percent(
    own: Network, place: Stage, folder: str, tmp_path: Path
) -> None:
    made = tree(tmp_path / "Dossier commun", 200, big_bytes=4 * PIECE_BYTES)
    with place.visit(BO) as bo:
        ready(bo, folder)
        own.wire.cut(after_bytes=_share_of(tmp_path, 60))
        drop(bo, tmp_path / "Dossier commun")
        expect(bo.page.locator("#tray [data-trouble]")).to_have_text(CUT)
        expect(counted(bo)).not_to_contain_text("200 sur 200")
        assert bo.page.locator("#tray li").count() <= 20
        own.wire.mend()
        until_ended(bo, 200)
        assert asks(bo).count() == 0 and trouble(bo) == ""
        assert stored(bo, folder) == made
        forgive_cuts(bo)


def test_a_large_file_goes_on_where_it_was_cut_as_soon_as_the_line_is_back(
    own: Network, place: Stage, folder: str, tmp_path: Path
) -> None:
    made = tree(tmp_path / "Grand", 2, big_bytes=5 * PIECE_BYTES)
    with place.visit(BO) as bo:
        offsets: list[int] = []
        bo.page.on("request", lambda one: _note_offset(one, offsets))
        ready(bo, folder)
        own.wire.cut(after_bytes=_share_of(tmp_path, 60))
        drop(bo, tmp_path / "Grand")
        expect(bo.page.locator("#tray [data-trouble]")).to_have_text(CUT)
        bo.context.set_offline(True)
        sent = len(offsets)
        own.wire.mend()
        own.wire.hold(after_bytes=PIECE_BYTES * 3 // 2)
        # The browser tells its pages that the line is back.
        bo.context.set_offline(False)
        # It goes on, which takes that sentence away before it is done.
        expect(bo.page.locator("#tray [data-trouble]")).to_be_hidden()
        expect(line(bo, "Pièce 001.txt").locator("[data-state]")).to_have_text(
            re.compile(r"\d+\s%")
        )
        expect(counted(bo)).not_to_contain_text("2 sur 2")
        own.wire.mend()
        until_ended(bo, 2)
        assert min(offsets[sent:]) >= PIECE_BYTES
        assert stored(bo, folder) == made
        forgive_cuts(bo)


def test_a_piece_that_arrived_after_all_is_not_sent_again(
    own: Network, place: Stage, folder: str, tmp_path: Path
) -> None:
    made, offsets = tree(tmp_path / "Grand", 2, big_bytes=3 * PIECE_BYTES), list[int]()
    with place.visit(BO) as bo:

        def send_twice(route: Route) -> None:
            if not offsets:
                # As from the page before, whose last bytes come while this one asks how many.
                content = (tmp_path / "Grand/Avis/Pièce 001.txt").read_bytes()[:PIECE_BYTES]
                headers = {**route.request.headers, "content-length": str(PIECE_BYTES)}
                sent = bo.context.request.patch(route.request.url, headers=headers, data=content)
                assert sent.status == 204
            _note_offset(route.request, offsets)
            route.continue_()

        ready(bo, folder)
        bo.page.route(re.compile("/deposits/."), send_twice)
        drop(bo, tmp_path / "Grand")
        until_ended(bo, 2)
        assert offsets[:2] == [0, PIECE_BYTES]
        assert stored(bo, folder) == made
        bo.faults[:] = [fault for fault in bo.faults if "409 (Conflict)" not in fault]


def test_a_drop_outlives_a_killed_server_and_reloads_and_goes_on_from_any_page(
    own: Network, place: Stage, folder: str, tmp_path: Path
) -> None:
    made = tree(tmp_path / "Dossier", 120, big_bytes=3 * PIECE_BYTES)
    with place.visit(BO) as bo:
        ready(bo, folder)
        own.wire.cut(after_bytes=_share_of(tmp_path, 60))
        drop(bo, tmp_path / "Dossier")
        expect(bo.page.locator("#tray [data-trouble]")).to_have_text(CUT)
        await_kept(bo)
        own.kill()
        own.start()
        own.wire.mend()
        bo.context.add_init_script(_EMPTY)
        bo.page.reload()
        listening(bo)
        bo.goes("/people")
        listening(bo)
        assert bo.page.evaluate("() => window.wasEmpty") is False, "it comes with its lines"
        until_percent(bo, 100)
        assert asks(bo).count() == 0
        assert stored(bo, folder) == made
        _await_forgotten(bo)
        bo.page.reload()
        expect(bo.page.locator("#tray")).to_be_hidden()
        forgive_cuts(bo)


def test_what_a_closed_tab_left_goes_on_in_another_and_nothing_goes_twice(
    own: Network, place: Stage, folder: str
) -> None:
    with place.visit(BO) as bo:
        opened(bo, folder)
        other = bo.context.new_page()
        other.goto(folder)
        other.wait_for_selector("#tray[data-ready]", state="attached")
        own.wire.hold()
        choose(bo, {"grand.bin": LARGE, "petit.txt": b"Petit."})
        await_kept(bo)
        third = bo.context.new_page()
        own.wire.mend()
        third.goto(folder)
        third.wait_for_selector("#tray[data-ready]", state="attached")
        until_ended(bo, 2)
        own.wire.hold()
        choose(bo, {"encore.bin": LARGE})
        await_kept(bo)
        third.close()
        bo.page.close()
        own.wire.mend()
        other.goto(folder)
        expect(other.locator("#list")).to_contain_text("encore.bin")
        bo.page = other
        assert sorted(stored(bo, folder)) == ["encore.bin", "grand.bin", "petit.txt"]
        assert all(current(bo, folder, name)[1] == 1 for name in sorted(stored(bo, folder)))


def test_whole_folders_come_by_the_button_for_them_with_the_keyboard(
    place: Stage, folder: str, tmp_path: Path
) -> None:
    made = tree(tmp_path / "Au clavier", 8)
    (tmp_path / "Au clavier" / "Thumbs.db").write_bytes(b"system")
    with place.visit(BO) as bo:
        ready(bo, folder)
        tab_to(bo.page, bo.page.locator("summary", has_text=said("Déposer des documents")))
        bo.page.keyboard.press("Enter")
        with bo.page.expect_file_chooser() as chooser:
            tab_to(bo.page, bo.page.get_by_label(said("Déposer un dossier entier")))
            bo.page.keyboard.press("Space")
        chooser.value.set_files(tmp_path / "Au clavier")
        tab_to(bo.page, bo.page.locator("form[data-deposit] button[type=submit]"))
        bo.page.keyboard.press("Enter")
        until_ended(bo, 8)
        assert stored(bo, folder) == made


def test_more_entries_than_a_browser_reads_at_once_are_all_dropped(
    place: Stage, folder: str, tmp_path: Path
) -> None:
    made = tree(tmp_path / "Beaucoup", 260)
    flat = {Path(path).name: digest for path, digest in made.items()}
    (tmp_path / "Plat").mkdir()
    for path in made:
        (tmp_path / path).rename(tmp_path / "Plat" / Path(path).name)
    with place.visit(BO) as bo:
        ready(bo, folder)
        drop(bo, tmp_path / "Plat")
        until_ended(bo, 260)
        assert bo.page.locator("#tray li").count() <= 10
        assert stored(bo, folder) == {f"Plat/{name}": digest for name, digest in flat.items()}


def test_nothing_of_one_person_is_sent_by_another_and_signing_out_asks_first(
    own: Network, place: Stage, folder: str
) -> None:
    with place.visit() as shared:
        shared.sign_in(BO, PASSWORD)
        _paused(own, shared, folder, "de Bo.bin")
        shared.context.clear_cookies(name="session")
        sent: list[str] = []
        shared.page.on("request", lambda one: sent.append(one.url))
        shared.sign_in(ADA, PASSWORD)
        ready(shared, folder)
        expect(shared.page.locator("#tray")).to_be_hidden()
        assert _kept(shared) == 0
        assert [address for address in sent if "/deposits/" in address] == []
        _paused(own, shared, folder, "d'Ada.bin")
        asked: list[str] = []

        def refuse(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.dismiss() if len(asked) == 1 else dialog.accept()

        shared.page.on("dialog", refuse)
        shared.page.locator("[data-menu] summary").click()
        shared.presses("Se déconnecter")
        assert shared.path == folder and _kept(shared) == 1
        shared.presses("Se déconnecter")
        shared.page.wait_for_url("**/signin*")
        assert len(asked) == 2 and _kept(shared) == 0
        assert stored_names(place, folder) == []


def test_a_session_that_ends_meanwhile_keeps_everything_until_she_is_back(
    own: Network, place: Stage, folder: str
) -> None:
    with place.visit() as bo:
        bo.sign_in(BO, PASSWORD)
        _paused(own, bo, folder, "longue.bin")
        bo.context.clear_cookies(name="session")
        line(bo, "longue.bin").get_by_role("button", name=said("Reprendre")).click()
        expect(bo.page.locator("#tray [data-trouble]")).to_contain_text("reconnectez-vous")
        bo.page.locator("#tray").get_by_role("link", name=said("Se connecter")).click()
        bo.page.fill("[name=email]", BO)
        bo.page.fill("[name=password]", PASSWORD)
        bo.presses("Se connecter")
        until_ended(bo, 1)
        assert sorted(stored(bo, folder)) == ["longue.bin"]


def test_a_file_that_changed_on_her_disk_goes_as_it_was_or_is_asked_for_again(
    own: Network, place: Stage, folder: str, tmp_path: Path
) -> None:
    paper = tmp_path / "brouillon.txt"
    paper.write_bytes(b"Comme choisi.")
    with place.visit(BO) as bo:
        opened(bo, folder)
        own.wire.cut()
        bo.page.set_input_files("[name=files]", paper)
        bo.presses("Déposer")
        await_kept(bo)
        paper.write_bytes(b"Change depuis le choix.")
        own.wire.mend()
        until_ended(bo, 1)
        assert current(bo, folder, paper.name)[0] == b"Comme choisi."
        forgive_cuts(bo)
    with place.visit(BO) as private:
        # A browser that keeps nothing for pages: private windows, or by her settings.
        private.context.add_init_script(
            "Object.defineProperty(navigator, 'locks', {value: undefined})"
        )
        opened(private, folder)
        own.wire.cut()
        other = tmp_path / "autre.txt"
        other.write_bytes(b"Un.")
        private.page.set_input_files("[name=files]", other)
        private.presses("Déposer")
        expect(private.page.locator("#tray [data-trouble]")).to_have_text(CUT)
        other.write_bytes(b"Deux, plus long.")
        own.wire.mend()
        asked = line(private, other.name).locator("[data-fault]")
        expect(asked).to_contain_text("choisissez-le à nouveau")
        private.page.set_input_files("[name=files]", other)
        private.presses("Déposer")
        expect(private.page.locator("#list")).to_contain_text(other.name)
        assert current(private, folder, other.name)[0] == b"Deux, plus long."
        forgive_cuts(private)


def test_a_screenshot_that_is_pasted_becomes_a_document_named_by_its_moment(
    place: Stage, folder: str
) -> None:
    with place.visit(BO) as bo:
        ready(bo, folder)
        paste = """() => {
            const data = new DataTransfer();
            data.items.add(new File(['pixels'], 'image.png', {type: 'image/png'}));
            document.body.dispatchEvent(new ClipboardEvent(
                'paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
        bo.page.evaluate(paste)
        until_ended(bo, 1)
        (name,) = sorted(stored(bo, folder))
        assert re.fullmatch(r"Capture du \d{1,2} \w+ \d{4} à \d\d h \d\d\.png", name)
        ready(bo, folder)
        bo.page.locator("[data-search]").focus()
        bo.page.evaluate(paste.replace("document.body", "document.activeElement"))
        expect(bo.page.locator("#tray")).to_be_hidden()


def test_several_files_go_by_the_form_without_script(place: Stage, folder: str) -> None:
    with place.visit(BO, has_script=False) as bo:
        bo.goes(folder)
        contents = {"un.txt": b"Un.", "deux.txt": b"Deux.", "trois.txt": b"Trois."}
        acts.choose_files(bo, contents)
        bo.presses("Déposer")
        assert sorted(stored(bo, folder)) == ["deux.txt", "trois.txt", "un.txt"]
        assert {name: current(bo, folder, name)[0] for name in contents} == contents
        assert bo.page.get_by_label(said("Déposer un dossier entier")).count() == 0 or not (
            bo.page.get_by_label(said("Déposer un dossier entier")).is_visible()
        )


# Whether the tray was ever there with nothing in it.
_EMPTY: Final = """addEventListener('DOMContentLoaded', () => {
    const tray = document.getElementById('tray');
    window.wasEmpty = false;
    new MutationObserver(() => (window.wasEmpty ||= !tray.hidden && !tray.querySelector('li')))
        .observe(tray, {attributes: true});
})"""


def _share_of(place: Path, percent: int) -> int:
    """So many percent of the bytes below a folder."""
    return sum(file.stat().st_size for file in place.rglob("*.txt")) * percent // 100


def _note_offset(request: Request, offsets: list[int]) -> None:
    if request.method == "PATCH":
        offsets.append(int(request.headers["upload-offset"]))


def _paused(own: Network, visit: Visit, folder: str, name: str) -> None:
    """One large file of hers waits in the browser, paused."""
    opened(visit, folder)
    own.wire.hold()
    choose(visit, {name: LARGE})
    line(visit, name).get_by_role("button", name=said("Suspendre")).click()
    expect(line(visit, name)).to_contain_text(said("En pause"))
    own.wire.mend()
    await_kept(visit)


def _await_forgotten(visit: Visit) -> None:
    """Nothing of what is done stays in the browser."""
    end = monotonic() + PATIENCE_SECONDS
    while _kept(visit):
        assert monotonic() < end
        visit.page.wait_for_timeout(50)


def _kept(visit: Visit) -> int:
    """How many files the browser keeps."""
    number: int = visit.page.evaluate(
        """() => new Promise((resolve) => {
            const opening = indexedDB.open('atelier.deposits');
            opening.onsuccess = () => {
                const files = opening.result.transaction('files').objectStore('files').count();
                files.onsuccess = () => { opening.result.close(); resolve(files.result); };
            };
        })"""
    )
    return number
