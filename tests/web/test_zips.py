"""ZIP archives as they are written, read back by another program's eyes."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from atelier.web.zips import Member, Writer, length

AT = datetime(2026, 3, 12, 9, 30, 14)
NAMES = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1)


def written(contents: dict[str, bytes], at: datetime = AT) -> bytes:
    """The archive of these paths, each given in two pieces; its length was known before."""
    writer, whole = Writer(), bytearray()
    members = [Member(path, len(content), at) for path, content in contents.items()]
    for member in members:
        whole += writer.begin(member)
        content = contents[member.path]
        for piece in (content[:3], content[3:]):
            whole += writer.add(piece)
        whole += writer.finish()
    whole += writer.end()
    assert len(whole) == length(members)
    return bytes(whole)


def test_an_archive_is_read_back_with_its_tree_dates_and_bytes() -> None:
    contents = {"R/": b"", "R/vide.txt": b"", "R/Été 2025/": b"", "R/Été 2025/a.txt": b"bonjour"}
    with zipfile.ZipFile(io.BytesIO(written(contents))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents
        for one in archive.infolist():
            assert one.date_time == (2026, 3, 12, 9, 30, 14)
            assert one.compress_type == zipfile.ZIP_STORED and one.flag_bits & 0x800
            assert one.is_dir() == one.filename.endswith("/")
            assert one.external_attr >> 16 == (0o040755 if one.is_dir() else 0o100644)


@given(st.dictionaries(NAMES, st.binary(max_size=40), max_size=5))
def test_whatever_names_and_bytes_come_back_and_the_length_is_exact(
    contents: dict[str, bytes],
) -> None:
    with zipfile.ZipFile(io.BytesIO(written(contents))) as archive:
        assert archive.testzip() is None
        assert [(one.filename, one.file_size) for one in archive.infolist()] == [
            (name, len(content)) for name, content in contents.items()
        ]


def test_days_that_the_format_cannot_say_are_the_nearest_it_can() -> None:
    for year, said in ((1970, 1980), (2200, 2107)):
        archive = zipfile.ZipFile(io.BytesIO(written({"a": b"x"}, datetime(year, 5, 6))))
        assert archive.infolist()[0].date_time[:3] == (said, 5, 6)


def test_more_than_four_gibibytes_are_read_back(tmp_path: Path) -> None:
    # The file has a hole where the large member is: nothing that size is written.
    large, small = Member("grand.bin", 5 * 2**30, AT), Member("après.txt", 7, AT)
    writer = Writer()
    with (tmp_path / "a.zip").open("wb") as file:
        file.write(writer.begin(large))
        file.seek(large.size_bytes, io.SEEK_CUR)
        writer.pass_over(large.size_bytes)
        file.write(writer.finish() + writer.begin(small) + writer.add(b"bonjour"))
        file.write(writer.finish() + writer.end())
        assert file.tell() == length([large, small])
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        sizes = [(one.filename, one.file_size) for one in archive.infolist()]
        assert sizes == [("grand.bin", 5 * 2**30), ("après.txt", 7)]
        assert archive.read("après.txt") == b"bonjour"
        with archive.open("grand.bin") as file_in:
            assert file_in.read(10) == bytes(10)


def test_more_members_than_the_old_format_counts_are_all_there() -> None:
    members = [Member(f"{number}/", 0, AT) for number in range(70_000)]
    writer = Writer()
    whole = b"".join(writer.begin(member) + writer.finish() for member in members) + writer.end()
    assert len(whole) == length(members)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert len(archive.infolist()) == 70_000


def test_a_length_is_told_without_building_anything() -> None:
    members = [Member(f"{'é' * 1_000}{number}", 1, AT) for number in range(2_000)]
    tracemalloc.start()
    try:
        length(members)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most_bytes < 100_000, "its directory has four million"


def test_the_program_that_comes_with_python_unpacks_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(written({"R/": b"", "R/é.txt": b"bonjour"}))
    command = [sys.executable, "-m", "zipfile", "-e", "a.zip", "out"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "out" / "R" / "é.txt").read_bytes() == b"bonjour"
