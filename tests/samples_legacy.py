"""Small files of old and other kinds, written for tests: honest ones first, hostile ones below."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from tests import samples

_END, _FREE, _TABLE = 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD
_SECTOR = 512
_LEAST = 4_096  # bytes: shorter streams would have to lie in a stream of small ones

Tree: TypeAlias = "Mapping[str, bytes | Tree]"


def compound(tree: Tree) -> bytes:
    """An OLE container ([MS-CFB]) of streams and storages; streams are padded with zeros."""
    entries: list[list[object]] = []
    streams: list[bytes] = []

    def add(name: str, content: bytes | Tree, kind: int) -> int:
        number = len(entries)
        entry: list[object] = [name, kind, _FREE, _FREE, _END, 0]
        entries.append(entry)
        if isinstance(content, bytes):
            entry[4] = sum(len(each) // _SECTOR for each in streams)
            streams.append(content.ljust(max(_LEAST, -(-len(content) // _SECTOR) * _SECTOR), b"\0"))
            entry[5] = len(streams[-1])
            return number
        previous: list[object] = []
        for each, inner in content.items():
            child = add(each, inner, 2 if isinstance(inner, bytes) else 1)
            if previous:
                previous[2] = child
            else:
                entry[3] = child
            previous = entries[child]
        return number

    add("Root Entry", tree, 5)
    return _container(entries, streams)


def _container(entries: list[list[object]], streams: list[bytes]) -> bytes:
    directory = b"".join(
        _entry(str(name), *(int(str(each)) for each in facts)) for name, *facts in entries
    )
    directory = directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0")
    lengths = [len(each) // _SECTOR for each in (*streams, directory)]
    tables = -(-(sum(lengths) * 128 // 127 + 1) // 128) + 1
    table: list[int] = []
    for length in lengths:
        table += [*range(len(table) + 1, len(table) + length), _END]
    first_table = len(table)
    table += [_TABLE] * tables
    table += [_FREE] * (128 * tables - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16xHHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, sum(lengths[:-1]), 0, 4096, _END,
        0, _END, 0,
    )  # fmt: skip
    places = [*range(first_table, first_table + tables), *[_FREE] * (109 - tables)]
    return b"".join((header, struct.pack("<109I", *places), *streams, directory,
                     struct.pack(f"<{len(table)}I", *table)))  # fmt: skip


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    title = name.encode("utf-16-le") + b"\0\0"
    return title.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIQ", len(title), kind, 1, _FREE, right, child, start, size
    )


def summary(title: str, author: str) -> bytes:
    """The stream of properties of an OLE document ([MS-OLEPS]): title, author, both its dates."""
    moment = 133_000_000_000_000_000  # 2022-06-18, in tenths of a microsecond since 1601
    values = {
        1: struct.pack("<IHxx", 2, 1252),
        **{
            name: struct.pack("<II", 30, len(text) + 1) + text.encode("cp1252") + b"\0"
            for name, text in ((2, title), (4, author))
        },
        12: struct.pack("<IQ", 64, moment),
        13: struct.pack("<IQ", 64, moment + 10**7),
    }
    places, content = b"", b""
    for name, value in values.items():
        places += struct.pack("<II", name, 8 + 8 * len(values) + len(content))
        content += value
    section = struct.pack("<II", 8 + len(places) + len(content), len(values)) + places + content
    return struct.pack("<HHI16xI16xI", 0xFFFE, 0, 0, 1, 48) + section


def word(
    body: str, *, footnotes: str = "", headers: str = "", comments: str = "", boxes: str = "",
    narrow: bool = True, title: str = "", author: str = "", flags: int = 0, identity: int = 0xA5EC,
    version: int = 0xC1,
) -> bytes:  # fmt: skip
    """A Word 97 document in two pieces, of one byte a character or of two."""
    text = body + footnotes + headers + comments + boxes
    half = len(text) // 2
    start = 0x200
    encoding, width = ("cp1252", 1) if narrow else ("utf-16-le", 2)
    places = [start, start + half * width]
    marks = [(2 * place) | 1 << 30 if narrow else place for place in places]
    pieces = struct.pack("<3I", 0, half, len(text)) + b"".join(
        struct.pack("<HIH", 0, mark, 0) for mark in marks
    )
    table = b"\x01\x02\x00\x00\x00" + b"\x02" + struct.pack("<I", len(pieces)) + pieces
    main = bytearray(start)
    struct.pack_into("<HH", main, 0, identity, version)
    struct.pack_into("<H", main, 0x0A, flags | 0x0200)
    counts = (len(body), len(footnotes), len(headers), 0, len(comments), 0, len(boxes), 0)
    struct.pack_into("<8i", main, 0x4C, *counts)
    struct.pack_into("<II", main, 0x1A2, 0, len(table))
    return compound({
        "WordDocument": bytes(main) + text.encode(encoding), "1Table": table,
        "\x05SummaryInformation": summary(title, author),
    })  # fmt: skip


def _record(kind: int, content: bytes, *, instance: int = 0, is_container: bool = False) -> bytes:
    return struct.pack("<HHI", instance << 4 | 15 * is_container, kind, len(content)) + content


def _wide(text: str) -> bytes:
    return _record(0x0FA0, text.encode("utf-16-le"))


def powerpoint(
    slides: Sequence[tuple[str, str, str]], *, locked: bool = False, order: Sequence[int] = ()
) -> bytes:
    """A PowerPoint 97 show: for each slide its outline, a text box and its notes.

    `order` lists the slides in another order than they lie in the file.
    """
    parts = [b""]  # the document, known last
    entries: dict[int, list[bytes]] = {0: [], 2: []}
    for number, (outline, box, notes) in enumerate(slides):
        slide, noted = 2 + 2 * number, 3 + 2 * number
        facts = _record(0x03EF, struct.pack("<16xIHxx", 1_000 + number if notes else 0, 0))
        drawing = _record(0xF002, _record(0xF00D, _wide(box), is_container=True), is_container=True)
        parts.append(_record(0x03EE, facts + drawing, is_container=True))
        narrow = _record(0x0FA8, notes.encode("cp1252"))
        parts.append(_record(0x03F0, narrow, is_container=True))
        entries[0].append(_record(0x03F3, struct.pack("<IIIII", slide, 0, 0, 256 + number, 0))
                          + _record(0x0F9F, struct.pack("<I", 0)) + _wide(outline))  # fmt: skip
        entries[2].append(_record(0x03F3, struct.pack("<IIIII", noted, 0, 0, 1_000 + number, 0)))
    listed = [entries[0][number] for number in order or range(len(slides))]
    lists = _record(0x0FF0, b"".join(listed), is_container=True) + _record(
        0x0FF0, b"".join(entries[2]), instance=2, is_container=True
    )
    parts[0] = _record(0x03E8, lists, is_container=True)
    return _show(parts, locked=locked)


def _show(parts: Sequence[bytes], *, locked: bool = False) -> bytes:
    places, at = [], 0
    for part in parts:
        places.append(at)
        at += len(part)
    directory = _record(0x1772, struct.pack(f"<I{len(places)}I", len(places) << 20 | 1, *places))
    edit = _record(0x0FF5, struct.pack("<IIIIIII", 0, 0, 0, at, 1, 9, 0))
    token = 0xF3D1C4DF if locked else 0xE391C05F
    user = _record(0x0FF6, struct.pack("<III", 20, token, at + len(directory)))
    return compound({"PowerPoint Document": b"".join(parts) + directory + edit,
                     "Current User": user})  # fmt: skip


def outlook(
    subject: str, body: str, *, sender: str = "", to: str = "", html: bytes = b"",
    packed_rtf: bytes = b"", attachments: Sequence[str] = (), inner: Tree | None = None,
) -> bytes:  # fmt: skip
    """An Outlook message; `inner` is the storage of a message attached to it."""
    return compound(message(subject, body, sender=sender, to=to, html=html, packed_rtf=packed_rtf,
                            attachments=attachments, inner=inner, header=32))  # fmt: skip


def message(
    subject: str, body: str, *, sender: str = "", to: str = "", html: bytes = b"",
    packed_rtf: bytes = b"", attachments: Sequence[str] = (), inner: Tree | None = None,
    header: int = 24,
) -> Tree:  # fmt: skip
    """The storage of a message ([MS-OXMSG] §2.2); without other `header` an attached one."""
    texts = {0x0037: subject, 0x1000: body, 0x0C1A: sender, 0x0E04: to}
    values = {(name, 0x1F): text.encode("utf-16-le") for name, text in texts.items() if text}
    values |= {(0x1013, 0x102): html} if html else {}
    values |= {(0x1009, 0x102): packed_rtf} if packed_rtf else {}
    tree: dict[str, bytes | Tree] = dict(_properties(values, header))
    for number, name in enumerate(attachments):
        named = _properties({(0x3707, 0x1F): name.encode("utf-16-le")}, 8)
        tree[f"__attach_version1.0_#{number:08X}"] = named
    if inner is not None:
        held = {**_properties({}, 8), "__substg1.0_3701000D": inner}
        tree["__attach_version1.0_#000000FF"] = held
    return tree


def _properties(values: Mapping[tuple[int, int], bytes], header: int) -> dict[str, bytes]:
    # the moment of sending, a fixed value; a code page so that bytes of HTML can be decoded
    fixed = struct.pack("<HHIQ", 0x40, 0x0039, 6, 133_000_000_000_000_000)
    fixed += struct.pack("<HHIII", 3, 0x3FDE, 6, 65001, 0)
    listed = b"".join(struct.pack("<HHIII", kind, name, 6, len(value), 0)
                      for (name, kind), value in values.items())  # fmt: skip
    streams = {f"__substg1.0_{name:04X}{kind:04X}": value for (name, kind), value in values.items()}
    return {"__properties_version1.0": bytes(header) + fixed + listed, **streams}


def packed(rtf: bytes) -> bytes:
    """RTF in the frame that Outlook packs it in, every byte as it is ([MS-OXRTFCP])."""
    runs = [rtf[at : at + 8] for at in range(0, len(rtf), 8)]
    content = b"".join(b"\0" + run for run in runs)
    return struct.pack("<II4sI", len(content) + 12, len(rtf), b"LZFu", 0) + content


def tiff(count: int, *, title: str = "", author: str = "") -> bytes:
    """A TIFF of that many small grey pages."""
    frames = [Image.new("L", (8, 8), 40 * number % 255) for number in range(count)]
    facts = ImageFileDirectory_v2()
    if title:
        facts[0x010E], facts[0x013B] = title, author
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], tiffinfo=facts)
    return buffer.getvalue()


def jpeg(*, title: str = "", author: str = "", taken: str = "", xmp: bytes = b"") -> bytes:
    """A small JPEG that says of itself what is given, and where it was taken."""
    exif = Image.Exif()
    if title:
        exif[0x010E], exif[0x013B] = title, author
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    exif.get_ifd(0x8825)[2] = (48.0, 44.0, 36.0)  # a latitude
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(buffer, "JPEG", exif=exif, xmp=xmp)
    return buffer.getvalue()


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    """A small image of a kind Pillow writes."""
    buffer = io.BytesIO()
    Image.new("L", size).save(buffer, kind)
    return buffer.getvalue()


def sound(title: str, performer: str) -> bytes:
    """The start of an MP3 with an ID3 tag of version 2.4."""
    frames = b""
    for name, text in ((b"TIT2", title), (b"TPE1", performer)):
        content = b"\x03" + text.encode()
        frames += name + struct.pack(">IH", len(content), 0) + content
    return b"ID3\x04\x00\x00" + struct.pack(">I", len(frames)) + frames + b"\xff\xfb" + bytes(64)


def epub(chapters: Sequence[str], *, title: str = "", author: str = "") -> bytes:
    """An EPUB whose spine lists its chapters backwards of their order in the archive."""
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>'
                    for n in range(len(chapters)))  # fmt: skip
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/p.opf"/></rootfiles></container>'
    )
    pages = {f"OPS/c{n}.xhtml": samples.html(f"<p>{text}</p>")
             for n, text in reversed(list(enumerate(chapters)))}  # fmt: skip
    return samples.zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": container,
                           "OPS/p.opf": package, **pages})  # fmt: skip


def png_of(*chunks: tuple[bytes, bytes], size: tuple[int, int] = (1, 1)) -> bytes:
    """A PNG with these chunks between its header and its pixels, of the size it claims."""
    wrapped = [(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)), *chunks,
               (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in wrapped
    )  # fmt: skip


def hostile_images() -> dict[str, bytes]:
    """Images that claim, nest or repeat more than they may, by what they do (THREATS 44)."""
    bomb = zlib.compress(bytes(64 << 20), 9)
    loop = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 256, 3, 1, 8)
    frame = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return {
        "vast.png": png_of(size=(60_000, 60_000)),
        "profile.png": png_of((b"iCCP", b"a\0\0" + bomb)),
        "words.png": png_of((b"zTXt", b"a\0\0" + bomb)),
        "frames.gif": b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * 50_000 + b";",
        "vast.gif": b"GIF89a\x60\xea\x60\xea\x80\0\0\0\0\0\xff\xff\xff" + frame + b";",
        "loop.tif": loop + struct.pack("<I", 8),
        "vast.webp": b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0",
        "vast.bmp": b"BM" + struct.pack("<IIIIiiHHIIIIII", 58, 0, 54, 40, 60_000, 60_000, 1, 24, 0,
                                        0, 0, 0, 0, 0) + bytes(4),
        "vast.jpg": b"\xff\xd8\xff\xc0\0\x0b\x08\xea\x60\xea\x60\x01\x01\x11\0\xff\xd9",
        "script.png": b"push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/x.png'\n",
    }  # fmt: skip


def hostile_compounds() -> dict[str, bytes]:
    """Old Office files whose tables loop or lie, by what they do."""
    honest = word("Bonjour\r")
    at = honest.index("WordDocument".encode("utf-16-le"))
    first_table = struct.unpack_from("<I", honest, 76)[0]
    chain = _SECTOR * (first_table + 1)
    loop = bytearray(honest)
    struct.pack_into("<I", loop, chain, 0)  # the first sector follows itself
    vast = bytearray(loop)
    struct.pack_into("<Q", vast, at + 120, 1 << 31)
    tables = bytearray(honest)
    struct.pack_into("<I", tables, 44, 1 << 20)
    struct.pack_into("<II", tables, 68, 0, (1 << 20) // 127)
    tree = bytearray(honest)
    struct.pack_into("<I", tree, at + 68, 0)  # the sibling of an entry is its root
    # a slide that lies within itself, so that walking it never gets on
    looping = _show([_record(0x03E8, _record(0x0FF0, b"".join(
        _record(0x03F3, struct.pack("<IIIII", 1, 0, 0, n, 0)) for n in range(20_000)
    ), is_container=True), is_container=True)])  # fmt: skip
    return {
        "loop.doc": bytes(loop), "vast.doc": bytes(vast), "tables.doc": bytes(tables),
        "tree.doc": bytes(tree), "slides.ppt": looping,
        "pieces.doc": many_pieces(),
        "cut.doc": honest[:2_000], "head.doc": honest[:60],
    }  # fmt: skip


def many_pieces(count: int = 3_000, length: int = 100_000) -> bytes:
    """A Word document whose pieces are all the same bytes: 300 million characters of 100,000."""
    bounds = [number * length for number in range(count + 1)]
    pieces = struct.pack(f"<{count + 1}I", *bounds) + struct.pack(
        "<HIH", 0, 0x400 | 1 << 30, 0) * count  # fmt: skip
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    main = bytearray(0x200)
    struct.pack_into("<HH6xH", main, 0, 0xA5EC, 0xC1, 0x0200)
    struct.pack_into("<i", main, 0x4C, count * length)
    struct.pack_into("<II", main, 0x1A2, 0, len(table))
    return compound({"WordDocument": bytes(main) + b"a" * length, "1Table": table})
