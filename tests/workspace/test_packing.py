"""The form of a backup: what any tar reads, taken in pieces of any size."""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.workspace import packing
from atelier.workspace.packing import Broken, Unpacking

AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
FILES = st.lists(
    st.tuples(st.text(st.sampled_from("abé .-"), min_size=1, max_size=40), st.binary(max_size=1500))
)


class Kept:
    """Keeps one member."""

    def __init__(self, taken: list[tuple[str, bytes]], name: str, size: int) -> None:
        self._taken = taken
        self._name = name
        self._size = size
        self._content = b""

    def write(self, piece: bytes) -> None:
        """The next bytes."""
        self._content += piece

    def end(self) -> None:
        """All of them came."""
        assert len(self._content) == self._size
        self._taken.append((self._name, self._content))


def packed(files: list[tuple[str, bytes]]) -> bytes:
    """A backup's tar of these files."""
    parts = [
        packing.header(name, len(content), AT) + content + packing.padding(len(content))
        for name, content in files
    ]
    return b"".join(parts) + packing.END


def unpacked(content: bytes, size: int) -> list[tuple[str, bytes]]:
    """What comes out of it when it arrives in pieces of that size."""
    taken: list[tuple[str, bytes]] = []
    unpacking = Unpacking(lambda name, length: Kept(taken, name, length))
    for offset in range(0, len(content), size):
        unpacking.write(content[offset : offset + size])
    unpacking.close()
    return taken


@given(FILES, st.integers(1, 5_000))
def test_what_is_packed_comes_out_in_pieces_of_any_size(
    files: list[tuple[str, bytes]], size: int
) -> None:
    assert unpacked(packed(files), size) == files
    assert unpacked(packed(files) + b"what follows", size) == files


@given(FILES)
def test_any_tar_reads_it_as_files_of_their_owner_alone(files: list[tuple[str, bytes]]) -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(files))) as tar:
        for member, (name, content) in zip(tar, files, strict=True):
            assert (member.name, member.mode, member.isreg()) == (name, 0o600, True)
            assert tar.extractfile(member).read() == content  # type: ignore[union-attr]


@given(FILES.filter(bool), st.data())
def test_what_is_cut_anywhere_is_broken(
    files: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    whole = packed(files)[: -packing.BLOCK * 2]
    with pytest.raises(Broken):
        unpacked(whole[: data.draw(st.integers(0, len(whole)))], 1_000)


@given(st.binary(min_size=packing.BLOCK, max_size=3_000).filter(any))
def test_bytes_of_anything_else_are_broken(content: bytes) -> None:
    with pytest.raises(Broken):
        unpacked(b"\1" + content, 700)


def test_a_size_beyond_the_old_form_is_written_and_read() -> None:
    size = 9 * 1024**3
    member = tarfile.TarInfo.frombuf(packing.header("x", size, AT), "utf-8", "strict")
    assert member.size == size
    taken: list[tuple[str, int]] = []

    def begun(name: str, length: int) -> Kept:
        taken.append((name, length))
        return Kept([], name, length)

    Unpacking(begun).write(packing.header("x", size, AT))
    assert taken == [("x", size)]


@pytest.mark.parametrize("size", [-1, -(2**60)])
def test_a_size_below_nothing_is_broken(size: int) -> None:
    member = tarfile.TarInfo("x")
    member.size = 1
    block = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    block[124:136] = tarfile.itn(size, 12, tarfile.GNU_FORMAT)
    block[148:156] = b"        "
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    with pytest.raises(Broken):
        unpacked(bytes(block), 512)
