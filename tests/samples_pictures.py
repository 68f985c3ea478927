"""Small images and paged files for those who draw them: honest ones, then hostile ones."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Sequence

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.samples import content_types, raw_pdf, stream, zipped

RED, GREEN, BLUE = (220, 30, 30), (30, 160, 60), (30, 60, 200)
PLACE = (48.0, 44.0, 30.5)  # degrees, minutes, seconds: a market square
CAMERA = "Appareil de Mme Duhamel"


def halves(width: int, height: int, left: Sequence[int] = RED, right: Sequence[int] = BLUE
           ) -> Image.Image:  # fmt: skip
    """An image of two colours, side by side."""
    image = Image.new("RGB", (width, height), tuple(left))
    image.paste(tuple(right), (width // 2, 0, width, height))
    return image


def packed(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file of that kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photograph(kind: str = "JPEG", *, orientation: int = 1, size: tuple[int, int] = (800, 600)
               ) -> bytes:  # fmt: skip
    """A photograph as a telephone makes it: where, with what, and how it was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = CAMERA
    exif.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "W", 4: (0.0, 1.0, 12.0)})
    words = {"xmp": f"<x:xmpmeta>{CAMERA}</x:xmpmeta>".encode()} if kind != "TIFF" else {}
    return packed(halves(*size), kind, exif=exif, **words)


def tiff(*colours: tuple[int, int, int]) -> bytes:
    """A TIFF with a page of each colour."""
    first, *others = (Image.new("RGB", (90, 120), colour) for colour in colours)
    return packed(first, "TIFF", save_all=True, append_images=others)


def gif(frames: int) -> bytes:
    """An animation: its first frame is red, the others blue."""
    images = [Image.new("P", (60, 40), number) for number in range(frames)]
    for number, image in enumerate(images):
        # no two alike, or they would be written as one
        image.putpalette([*(RED if number == 0 else BLUE), *([number % 250] * 765)])
    return packed(images[0], "GIF", save_all=True, append_images=images[1:])


def odt_with(thumbnail: bytes, name: str = "Thumbnails/thumbnail.png") -> bytes:
    """An ODT that holds a small picture of itself."""
    kind = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": kind, "content.xml": "<a/>", name: thumbnail})


def docx_with(thumbnail: bytes, name: str = "docProps/thumbnail.jpeg") -> bytes:
    """A DOCX that holds a small picture of itself."""
    members = {"[Content_Types].xml": content_types(), "word/document.xml": "<a/>"}
    return zipped({**members, name: thumbnail})


def coloured_pdf(*colours: tuple[int, int, int], size: tuple[float, float] = (595, 842)) -> bytes:
    """A PDF with a page of each colour."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    for colour in colours:
        canvas.setFillColorRGB(*(part / 255 for part in colour))
        canvas.rect(0, 0, *size, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def noise_pdf(pages: int = 1, *, rows: int = 9, side: int = 400) -> bytes:
    """A small PDF whose every page is a tile of noise, three across: no picture of it is small."""
    tile = Image.frombytes("L", (side, side), random.Random(7).randbytes(side * side))
    image, buffer = ImageReader(tile), io.BytesIO()
    canvas = Canvas(buffer, pagesize=(side, rows * side / 3))
    for _ in range(pages):
        for place in range(3 * rows):
            across, down = place % 3 * side / 3, place // 3 * side / 3
            canvas.drawImage(image, across, down, side / 3, side / 3)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def pdf_of_size(box: bytes) -> bytes:
    """A PDF of one page with this MediaBox."""
    return raw_pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R>>" % box, stream(b""),
    ])  # fmt: skip


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG with its true checksum."""
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png_of(width: int, height: int, *chunks: bytes, rows: bytes = b"") -> bytes:
    """A grey PNG that says it is so large, with further chunks, and rows or none."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join((
        b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", header), *chunks,
        png_chunk(b"IDAT", zlib.compress(rows)), png_chunk(b"IEND", b""),
    ))  # fmt: skip


def hostile_images() -> dict[str, bytes]:
    """Images that ask for memory or time without end, by name."""
    bomb = zlib.compress(bytes(64 << 20), 9)
    rows = (b"\0" + bytes(range(16))) * 16
    tiff_head = b"II*\0" + struct.pack("<I", 8)
    # one entry, and the next directory is this very one
    entries = [(256, 3, 1, 40), (257, 3, 1, 40), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
               (273, 4, 1, 8), (278, 3, 1, 40), (279, 4, 1, 1600)]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", *entry) for entry in entries
    )
    return {
        "huge.png": png_of(60_000, 60_000),
        "huge.gif": b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0x80, 0, 0) + bytes(6)
        + b"," + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\x02\x02\x4c\x01\0;",
        "huge.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 60_000, 60_000, 1, 24, 0,
                                         0, 1, 1, 0, 0),
        "iccp.png": png_of(16, 16, png_chunk(b"iCCP", b"a\0\0" + bomb), rows=rows),
        "ztxt.png": png_of(16, 16, png_chunk(b"zTXt", b"a\0\0" + bomb), rows=rows),
        "loop.tif": tiff_head + directory + struct.pack("<I", 8) + bytes(1_600),
        "cut.png": png_of(400, 400, rows=bytes(401))[:-20],
        "nothing.jpg": b"\xff\xd8\xff" + bytes(40),
    }  # fmt: skip
