"""THREATS 38–43, 45 for the formats that are read: each hostile file ends in its state, within
the limits, reaching nothing, and the files around it are read as if it were not there."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from atelier.extract.limits import Limits
from atelier.model.documents import ReadState
from tests import samples
from tests.extract.reading import read_among_honest, text_of

_ODT = "application/vnd.oasis.opendocument.text"


def _lying_zip() -> bytes:
    """A DOCX whose body inflates to 40 MiB while its directory announces 10 bytes."""
    content = bytearray(samples.flat_bomb(40 << 20))
    for mark, size_at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        member = content.rindex(mark)
        content[member + size_at : member + size_at + 4] = struct.pack("<I", 10)
    return bytes(content)


def _odt_of(content: bytes) -> bytes:
    return samples.zipped({"mimetype": _ODT, "content.xml": content})


def test_bombs_end_too_large_and_the_queue_goes_on(tmp_path: Path) -> None:
    bombs = {
        "ratio.docx": samples.flat_bomb(20 << 20),
        "size.docx": samples.flat_bomb(257 << 20),
        "entries.docx": samples.many_entries(10_001),
        "overlap.docx": samples.overlapping_bomb(),
        "spaces.odt": samples.odt_body('<text:p>a<text:s text:c="2000000000"/>b</text:p>'),
        "many-spaces.odt": samples.odt_body('<text:p><text:s text:c="9999999"/></text:p>' * 8),
        "long.txt": b"mot " * (17 << 20),
    }
    readings = read_among_honest(bombs, tmp_path, Limits(cpu_seconds=20))
    assert {name: readings[name].reason for name in bombs} == {
        "ratio.docx": "zip_ratio", "size.docx": "zip_size", "entries.docx": "zip_entries",
        "overlap.docx": "zip_overlap", "spaces.odt": "spaces", "many-spaces.odt": "text",
        "long.txt": "text",
    }  # fmt: skip
    assert {readings[name].state for name in bombs} == {ReadState.TOO_LARGE}
    assert all(readings[name].pages == () for name in bombs)


def test_a_nested_bomb_is_never_opened_and_a_lying_one_is_cut(tmp_path: Path) -> None:
    nested = samples.zipped({"dedans.zip": samples.flat_bomb(300 << 20)})
    inside = samples.zipped({
        "[Content_Types].xml": samples.content_types(), "word/media/a.zip": nested,
        "word/document.xml": f'<w:document xmlns:w="{samples.W}"><w:t>mot</w:t></w:document>',
    })  # fmt: skip
    files = {"nested.zip": nested, "nested.docx": inside, "lying.docx": _lying_zip()}
    readings = read_among_honest(files, tmp_path, Limits(cpu_seconds=20))
    assert (readings["nested.zip"].state, readings["nested.zip"].pages) == (
        ReadState.OK,
        ("dedans.zip",),
    )
    assert (readings["nested.docx"].state, readings["nested.docx"].pages) == (
        ReadState.OK,
        ("mot",),
    )
    assert readings["lying.docx"].state == ReadState.DAMAGED


def test_levels_and_attributes_without_end_are_damaged(tmp_path: Path) -> None:
    levels = 50_000
    attributes = " ".join(f'a{number}="b"' for number in range(100_000))
    files = {
        "levels.docx": samples.docx_body("<w:p>" * levels + "</w:p>" * levels),
        "levels.odt": samples.odt_body("<text:span>" * levels + "</text:span>" * levels),
        "levels.html": samples.html("<div>" * levels + "mot"),
        "formats.html": samples.html("<b><i>" * levels + "mot"),
    }
    readings = read_among_honest(
        {**files, "attributes.odt": samples.odt_body(f"<text:p {attributes}>mot</text:p>")},
        tmp_path, Limits(cpu_seconds=20),
    )  # fmt: skip
    assert {readings[name].state for name in files} == {ReadState.DAMAGED}
    # the parser bears a hundred thousand attributes: then they are only that many unread words
    assert readings["attributes.odt"].state in (ReadState.DAMAGED, ReadState.OK)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_doctype_is_refused_in_every_encoding_and_nothing_is_resolved(
    encoding: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("motplante")
    entities = {
        "internal": '<!DOCTYPE a [<!ENTITY e "motplante">]><a>&e;</a>',
        "external": f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>',
        "parameter": f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]><a/>',
        "attribute": '<!DOCTYPE a [<!ENTITY e "motplante">]><a b="&e;"/>',
        "laughs": '<!DOCTYPE a [<!ENTITY b "mot"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        "plain": '<!DOCTYPE a SYSTEM "a.dtd"><a/>',
    }
    declared = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'
    files = {
        f"{name}.odt": _odt_of((declared + text).encode(encoding))
        for name, text in entities.items()
    }
    readings = read_among_honest(files, tmp_path, Limits(cpu_seconds=20))
    for name in files:
        assert readings[name].state == ReadState.DAMAGED
        assert "motplante" not in text_of(readings[name]) + readings[name].title


def test_looping_and_lying_pdfs_end_within_their_limits(tmp_path: Path) -> None:
    files = {f"{name}.pdf": content for name, content in samples.hostile_pdfs().items()}
    readings = read_among_honest(files, tmp_path, Limits(cpu_seconds=3))
    ends = {
        ReadState.OK,
        ReadState.PARTIAL,
        ReadState.DAMAGED,
        ReadState.TIMEOUT,
        ReadState.TOO_LARGE,
    }
    assert {readings[name].state for name in files} <= ends
    assert all(len(readings[name].pages) <= 10_000 for name in files)
    assert readings["kids.pdf"].state != ReadState.OK
    assert "".join(readings["count.pdf"].pages) == ""


def test_encrypted_files_are_said_so(tmp_path: Path) -> None:
    manifest = "<a xmlns:m='urn:x'><m:encryption-data/></a>"
    files = {
        "verrou.pdf": samples.pdf(["motsecret"], password="clef"),
        "verrou.odt": samples.odt_body("<text:p>x</text:p>", **{"META-INF/manifest.xml": manifest}),
    }
    readings = read_among_honest(files, tmp_path, Limits())
    assert {readings[name].state for name in files} == {ReadState.ENCRYPTED}


def test_markup_and_line_breaks_in_properties_stay_text_and_are_cut(tmp_path: Path) -> None:
    title = "<script>alert(1)</script>\r\nSet-Cookie: a"
    files = {
        "t.pdf": samples.pdf(["x"], title=title),
        "t.docx": samples.docx(["x"], title=title, author="a" * 255),
        "t.odt": samples.odt(["x"], title=title + "t" * 3_000),
    }
    readings = read_among_honest(files, tmp_path, Limits())
    for name in files:
        assert readings[name].title.startswith("<script>alert(1)</script> Set-Cookie: a")
        assert len(readings[name].title) <= 1_000


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener on the loopback that nothing may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def test_no_file_makes_its_reader_reach_out(canary: socket.socket, tmp_path: Path) -> None:
    host, port = canary.getsockname()
    files = samples.reaching_out(f"http://{host}:{port}")
    readings = read_among_honest(files, tmp_path, Limits())
    assert {name for name in files if readings[name].reason == "crashed"} == set()
    with pytest.raises(BlockingIOError):
        canary.accept()
    with contextlib.closing(socket.create_connection((host, port))):
        canary.accept()[0].close()  # the canary was alive all along
