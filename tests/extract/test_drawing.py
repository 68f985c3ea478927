"""Pictures of pages: as wide as asked, upright, bare of what a camera wrote; hostile files end
in their reason (THREATS 41, 42, 44-46, 59)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from atelier.extract import drawing
from atelier.extract.answer import checked_picture
from atelier.extract.contract import Picture
from atelier.extract.limits import Limits
from atelier.extract.process import open_readers
from tests import samples
from tests import samples_pictures as pictures
from tests.samples_pictures import BLUE, CAMERA, GREEN, RED

Colour = tuple[int, int, int]


def drawn(
    content: bytes, name: str, folder: Path, *, page: int = 1, width: int = 320
) -> Picture:  # fmt: skip
    """The picture of a page of honest bytes, drawn in this process."""
    path = folder / "content"
    path.write_bytes(content)
    with path.open("rb") as file:
        return drawing.draw(file, name, page, width)


def drawn_apart(files: Mapping[str, bytes], folder: Path, limits: Limits) -> dict[str, Picture]:
    """The first pages of files by name, drawn by the real extraction server."""
    for number, content in enumerate(files.values()):
        (folder / f"file-{number}").write_bytes(content)

    async def draw() -> list[Picture]:
        readers = open_readers(limits)
        try:
            return await asyncio.gather(
                *(readers.draw(folder / f"file-{n}", name, 1, 320) for n, name in enumerate(files))
            )
        finally:
            await readers.close()

    return dict(zip(files, asyncio.run(draw()), strict=True))


def colour_at(picture: Picture, across: float, down: float) -> Colour:
    """The nearest of the three colours at a place, both from 0 to 1."""
    with Image.open(io.BytesIO(picture.content)) as image:
        shown = image.convert("RGB")
    found = shown.getpixel((int(across * (shown.width - 1)), int(down * (shown.height - 1))))
    assert isinstance(found, tuple)
    return min((RED, GREEN, BLUE), key=lambda one: sum(abs(a - b) for a, b in zip(one, found)))  # noqa: B905


@pytest.mark.parametrize("width", [320, 1200])
def test_a_pdf_page_is_as_wide_as_asked_whatever_its_size(tmp_path: Path, width: int) -> None:
    for size in ((595, 842), (20, 28), (14_400, 14_400), (842, 595)):
        content = pictures.coloured_pdf(RED, GREEN, size=size)
        second = drawn(content, "a.pdf", tmp_path, page=2, width=width)
        assert second.width == width
        assert abs(second.height - width * size[1] / size[0]) <= 2
        assert colour_at(second, 0.5, 0.5) == GREEN
        assert second.content[8:12] == b"WEBP"


def test_a_page_of_noise_gets_coarser_then_smaller_and_others_keep_their_width(
    tmp_path: Path,
) -> None:
    for rows, size in ((4, (840, 1120)), (9, (588, 1764))):
        picture = drawn(pictures.noise_pdf(rows=rows), "a.pdf", tmp_path, width=1200)
        assert len(picture.content) <= 400 << 10
        assert (picture.width, picture.height) == size
        with Image.open(io.BytesIO(picture.content)) as image:
            assert image.size == size
        assert checked_picture(msgspec.msgpack.encode(picture)) == picture
    coarse = drawn(pictures.noise_pdf(rows=1), "a.pdf", tmp_path, width=1200)
    assert (coarse.width, len(coarse.content) <= 400 << 10) == (1200, True)
    plain = drawn(pictures.coloured_pdf(RED, size=(400, 1200)), "a.pdf", tmp_path, width=1200)
    assert (plain.width, plain.height) == (1200, 3600)


def test_what_stands_in_a_form_field_is_drawn(tmp_path: Path) -> None:
    filled, empty = (
        drawn(samples.form_pdf(value), "a.pdf", tmp_path, width=1200) for value in ("MOT", "")
    )
    assert filled.content != empty.content


def test_a_page_that_is_not_there_and_a_kind_that_nothing_draws_have_no_picture(
    tmp_path: Path,
) -> None:
    two = pictures.coloured_pdf(RED, GREEN)
    for page in (0, 3, 10_001, 10**18):
        assert drawn(two, "a.pdf", tmp_path, page=page) == Picture(reason="no_page")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    mvg = b"push graphic-context\nimage over 0,0 0,0 'http://127.0.0.1:9/'\n"
    for name, content in {
        "a.svg": svg, "a.png": b"%!PS-Adobe-3.0 EPSF-3.0\n", "b.png": mvg, "a.txt": b"mot",
        "a.emf": b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(80), "a.wmf": b"\xd7\xcd\xc6\x9a\0\0",
        "a.zip": samples.zipped({"a.png": samples.png()}), "vide.pdf": b"",
    }.items():  # fmt: skip
        assert drawn(content, name, tmp_path) == Picture(reason="no_picture"), name


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_photograph_tells_neither_where_nor_with_what_it_was_taken(
    tmp_path: Path, kind: str
) -> None:
    content = pictures.photograph(kind)
    with Image.open(io.BytesIO(content)) as image:
        # Pillow writes no place into a TIFF
        assert image.getexif().get_ifd(0x8825) or kind == "TIFF"
    assert CAMERA.encode() in content
    for width in (320, 1200):
        picture = drawn(content, f"a.{kind.lower()}", tmp_path, width=width)
        assert (picture.width, picture.height) == ((320, 240) if width == 320 else (800, 600))
        with Image.open(io.BytesIO(picture.content)) as image:
            assert not image.getexif() and not {"exif", "xmp", "icc_profile"} & image.info.keys()
        assert CAMERA.encode() not in picture.content


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (320, 240), (0.1, 0.5)), (2, (320, 240), (0.9, 0.5)), (3, (320, 240), (0.9, 0.5)),
        (4, (320, 240), (0.1, 0.5)), (5, (320, 427), (0.5, 0.1)), (6, (320, 427), (0.5, 0.1)),
        (7, (320, 427), (0.5, 0.9)), (8, (320, 427), (0.5, 0.9)), (9, (320, 240), (0.1, 0.5)),
    ],
)  # fmt: skip
def test_a_photograph_stands_upright_however_the_camera_was_held(
    tmp_path: Path, orientation: int, size: tuple[int, int], red_at: tuple[float, float]
) -> None:
    picture = drawn(pictures.photograph(orientation=orientation), "a.jpg", tmp_path)
    assert (picture.width, picture.height) == size
    assert colour_at(picture, *red_at) == RED
    assert colour_at(picture, 1 - red_at[0], 1 - red_at[1]) == BLUE


def test_an_image_is_never_enlarged_and_a_long_one_gets_narrower(tmp_path: Path) -> None:
    small = pictures.packed(pictures.halves(100, 50), "PNG")
    assert (lambda one: (one.width, one.height))(drawn(small, "a.png", tmp_path)) == (100, 50)
    receipt = pictures.packed(pictures.halves(400, 8_000), "PNG")
    narrow = drawn(receipt, "a.png", tmp_path)
    assert (narrow.width, narrow.height) == (48, 960)
    scroll = drawn(pictures.coloured_pdf(RED, size=(200, 14_000)), "a.pdf", tmp_path)
    assert scroll.height <= 961 and scroll.width < 20


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16", "I", "F"])
def test_every_way_to_keep_colours_gives_a_picture(tmp_path: Path, mode: str) -> None:
    content = pictures.packed(pictures.halves(64, 64).convert(mode.partition(";")[0]), "TIFF")
    if mode == "I;16":
        content = pictures.packed(Image.new("I;16", (64, 64), 0x8000), "TIFF")
        picture = drawn(content, "a.tif", tmp_path)
        with Image.open(io.BytesIO(picture.content)) as image:
            assert 100 < image.convert("L").getpixel((30, 30)) < 156  # type: ignore[operator]
    assert drawn(content, "a.tif", tmp_path).content


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    numbered = Image.new("P", (40, 40), 7)
    for content in (
        pictures.packed(clear, "PNG"),
        pictures.packed(numbered, "GIF", transparency=7),
        pictures.packed(clear, "WEBP"),
    ):
        picture = drawn(content, "a", tmp_path)
        with Image.open(io.BytesIO(picture.content)) as image:
            assert min(image.convert("RGB").getpixel((20, 20))) > 250  # type: ignore[arg-type]


def test_pages_of_a_tiff_are_pages_and_only_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    scan = pictures.tiff(RED, GREEN, BLUE)
    found = [colour_at(drawn(scan, "a.tif", tmp_path, page=n), 0.5, 0.5) for n in (1, 2, 3)]
    assert found == [RED, GREEN, BLUE]
    assert drawn(scan, "a.tif", tmp_path, page=4) == Picture(reason="no_page")
    film = pictures.gif(40)
    assert colour_at(drawn(film, "a.gif", tmp_path), 0.5, 0.5) == RED
    assert drawn(film, "a.gif", tmp_path, page=2) == Picture(reason="no_page")


def test_an_office_file_shows_the_small_picture_it_holds_and_no_page(tmp_path: Path) -> None:
    image = pictures.halves(200, 300)
    for name, content in {
        "a.odt": pictures.odt_with(pictures.packed(image, "PNG")),
        "a.docx": pictures.docx_with(pictures.packed(image, "JPEG")),
        "b.docx": pictures.docx_with(pictures.packed(image, "PNG"), "docProps/thumbnail.png"),
    }.items():
        picture = drawn(content, name, tmp_path)
        assert (picture.width, picture.height) == (200, 300), name
        assert colour_at(picture, 0.1, 0.5) == RED
        for page, width in ((2, 320), (1, 1200)):
            other = drawn(content, name, tmp_path, page=page, width=width)
            assert other == Picture(reason="no_picture")


def test_an_office_file_with_a_blank_a_foreign_or_no_picture_has_none(tmp_path: Path) -> None:
    blank = pictures.packed(Image.new("RGB", (200, 300), (255, 255, 255)), "JPEG")
    assert drawn(pictures.docx_with(blank), "a.docx", tmp_path).reason == "no_picture"
    assert drawn(samples.odt(["mot"]), "a.odt", tmp_path).reason in ("no_picture", "")
    drawing_words = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    assert drawn(pictures.odt_with(drawing_words), "a.odt", tmp_path).reason == "broken"
    hidden = pictures.odt_with(pictures.png_of(60_000, 60_000))
    assert drawn(hidden, "a.odt", tmp_path).reason == "too_large"
    locked = samples.ole("EncryptedPackage", "EncryptionInfo")
    assert drawn(locked, "a.docx", tmp_path).reason == "password"


def test_a_locked_pdf_says_so_and_odd_page_sizes_end_in_a_picture_or_a_reason(
    tmp_path: Path,
) -> None:
    locked = samples.pdf(["secret"], password="secret")
    assert drawn(locked, "a.pdf", tmp_path) == Picture(reason="password")
    for box in (
        b"0 0 1e30 1e30", b"0 0 0 0", b"0 0 -5 9", b"0 0 0.0001 0.0001", b"0 0 1 100000",
        b"0 0 100000 1", b"nan 0 1 1", b"0 0 99999999999999999999 1", b"",
    ):  # fmt: skip
        picture = drawn(pictures.pdf_of_size(box), "a.pdf", tmp_path, width=1200)
        assert picture.reason in ("", "broken", "no_page"), box
        assert picture.width <= 1201 and picture.height <= 3_601, box


def test_hostile_images_are_refused_before_they_are_decoded_and_others_are_drawn(
    tmp_path: Path,
) -> None:
    hostile = pictures.hostile_images() | {
        "frames.gif": pictures.gif(2_000),
        "bomb.docx": samples.flat_bomb(257 << 20),
    }
    honest = {"honnete.pdf": pictures.coloured_pdf(RED)}
    limits = Limits(cpu_seconds=10, memory_bytes=700 << 20)
    found = drawn_apart({**hostile, **honest}, tmp_path, limits)
    assert {name: found[name].reason for name in hostile} == {
        "huge.png": "too_large", "huge.gif": "too_large", "huge.bmp": "too_large",
        "iccp.png": "broken", "ztxt.png": "broken", "loop.tif": "", "cut.png": "broken",
        "nothing.jpg": "broken", "frames.gif": "", "bomb.docx": "too_large",
    }  # fmt: skip
    assert colour_at(found["honnete.pdf"], 0.5, 0.5) == RED


def test_hostile_pdfs_end_within_the_limits_in_a_picture_or_a_reason(tmp_path: Path) -> None:
    hostile = {f"{name}.pdf": content for name, content in samples.hostile_pdfs().items()}
    hostile["burning.pdf"] = samples.burning_pdf()
    found = drawn_apart(hostile, tmp_path, Limits(cpu_seconds=1, wall_seconds=20))
    assert found["burning.pdf"].reason == "timeout"
    for name, picture in found.items():
        assert picture.reason in ("", "broken", "no_page", "crashed", "timeout"), name
        assert bool(picture.content) != bool(picture.reason), name


def test_a_picture_that_no_true_child_would_send_is_none(tmp_path: Path) -> None:
    true = drawn(pictures.coloured_pdf(RED), "a.pdf", tmp_path)
    large = Picture(true.content + bytes((1 << 20) - len(true.content)), 10, 10)
    for honest in (true, large):
        assert checked_picture(msgspec.msgpack.encode(honest)) == honest
    assert checked_picture(msgspec.msgpack.encode(Picture(reason="broken"))).reason == "broken"
    for lie in (
        Picture(b"<script>alert(1)</script>", 10, 10), Picture(true.content, 0, 10),
        Picture(true.content, 10, 20_000), Picture(true.content, 10, 10, "broken"), Picture(),
        Picture(true.content + bytes(1 << 20), 10, 10), Picture(reason="<b>"),
    ):  # fmt: skip
        assert checked_picture(msgspec.msgpack.encode(lie)) == Picture(reason="answer")
    assert checked_picture(b"\xc1") == Picture(reason="answer")
