"""Office files on paper: pages, nothing lost; LibreOffice bounded, silent, and only when wanted."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from atelier.extract import open_readers_for
from atelier.extract.complete import CompleteReaders
from atelier.extract.contract import PageKind, Picture, Reading
from atelier.extract.office import Office
from atelier.extract.papers import on_paper
from atelier.extract.programs import find_programs
from atelier.model.documents import ReadState
from atelier.settings import Reading as Settings
from tests import samples, samples_reaching

_LETTER = "Madame, veuillez trouver ci-joint la convention signée par les deux structures."
T = TypeVar("T")


def _with_office(act: Callable[[CompleteReaders], Awaitable[T]], *, is_wanted: bool = True) -> T:
    async def run() -> T:
        readers = open_readers_for(Settings(use_libreoffice=is_wanted))
        try:
            return await act(readers)
        finally:
            await readers.close()

    return asyncio.run(run())


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.libreoffice
def test_a_letter_has_pages_and_pictures_with_an_office_and_none_without(tmp_path: Path) -> None:
    path = _written(tmp_path, "a", samples.docx([_LETTER] * 80, comment="À revoir avant jeudi"))

    async def act(readers: CompleteReaders) -> tuple[Reading, Picture, Picture]:
        read = await readers.read(path, "a.docx")
        drawn = await readers.draw(path, "a.docx", 2, 600)
        return read, drawn, await readers.draw(path, "a.docx", 99, 600)

    read, drawn, beyond = _with_office(act)
    assert (read.state, read.page_kind) == (ReadState.OK, PageKind.PAGE)
    assert len(read.pages) > 1 and "convention signée" in read.pages[1]
    assert "À revoir avant jeudi" in "\n".join(read.pages)
    assert drawn.content[8:12] == b"WEBP" and drawn.width == 600
    assert beyond.reason == "no_page"
    plain, undrawn, _ = _with_office(act, is_wanted=False)
    assert (plain.page_kind, undrawn.reason) == (PageKind.NONE, "no_picture")


@pytest.mark.libreoffice
def test_an_office_fetches_nothing_runs_no_macro_and_leaves_nothing_behind(tmp_path: Path) -> None:
    program = find_programs().office
    assert program is not None
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        url = f"http://127.0.0.1:{canary.getsockname()[1]}"
        path = _written(tmp_path, "a", samples_reaching.image_odt(url))
        broken = _written(tmp_path, "b", b"PK\x03\x04" + b"x" * 1000)

        async def act() -> tuple[bytes, Path | None]:
            office = Office(program)
            try:
                paper = await office.paper(path, "application/vnd.oasis.opendocument.text")
                assert paper is not None and await office.paper(path, "no matter") == paper
                head, folder = paper.read_bytes()[:5], paper.parent
                await office.paper(broken, "application/vnd.oasis.opendocument.text")
            finally:
                office.close()
            return head, folder

        head, folder = asyncio.run(act())
        assert head == b"%PDF-"
        assert folder is not None and not folder.exists()
        with pytest.raises(BlockingIOError):
            canary.accept()
        with contextlib.closing(socket.create_connection(canary.getsockname())):
            canary.accept()[0].close()  # the canary was alive all along
    ends = time.monotonic() + 30
    while _sockets_nobody_answers() and time.monotonic() < ends:
        time.sleep(0.05)  # another test's office may just have ended
    assert not _sockets_nobody_answers()


def test_a_program_that_writes_no_paper_leaves_the_reading_as_it_was(tmp_path: Path) -> None:
    idle = Path("/bin/true").resolve()
    path = _written(tmp_path, "a", samples.docx([_LETTER]))

    async def act() -> Path | None:
        office = Office(idle)
        try:
            return await office.paper(path, "text/rtf")
        finally:
            office.close()

    assert asyncio.run(act()) is None


def _sockets_nobody_answers() -> list[Path]:
    """Those that an office left when it ended; of another test's, at work meanwhile, none."""
    left = []
    for path in Path("/tmp").glob("OSL_PIPE_*"):  # noqa: S108
        with socket.socket(socket.AF_UNIX) as line:
            if line.connect_ex(str(path)) == errno.ECONNREFUSED:
                left.append(path)
    return left


def _text(*lines: str) -> Reading:
    return Reading(
        ReadState.OK, "text/rtf", pages=("\n".join(lines),), title="Titre", language="fr"
    )


def _paper(*pages: str, state: ReadState = ReadState.OK) -> Reading:
    return Reading(state, "application/pdf", PageKind.PAGE, pages, language="en")


def test_what_paper_does_not_show_stays_at_its_end() -> None:
    text = _text("Un paragraphe qui va d'une page à l'autre page", "Note cachée du rédacteur", "2")
    paper = _paper("Un paragraphe qui va d'une page\nPied de page 1", "à l'autre page\nPied 2")
    found = on_paper(text, paper)
    assert found.pages == (paper.pages[0], "à l'autre page\nPied 2\n\nNote cachée du rédacteur")
    assert (found.page_kind, found.title, found.language) == (PageKind.PAGE, "Titre", "fr")
    assert found.media_type == "text/rtf"


def test_paper_without_words_or_that_was_not_read_changes_nothing() -> None:
    text = _text("mot")
    assert on_paper(text, _paper("", "")) is text
    assert on_paper(text, _paper("x", state=ReadState.DAMAGED)) is text
    old = Reading(ReadState.UNSUPPORTED, "application/msword", reason="old_word")
    read = on_paper(old, _paper("Le texte du vieux document"))
    assert (read.state, read.reason, read.pages) == (
        ReadState.OK, "", ("Le texte du vieux document",),
    )  # fmt: skip
