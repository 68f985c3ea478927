"""THREATS 31, 38–47 for old, mail, image, list and sheet formats: each hostile file ends in its
state, within the limits, reaching nothing, and the files around it are read all the same."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from atelier.extract.limits import Limits
from atelier.model.documents import ReadState
from tests import samples
from tests import samples_legacy as legacy
from tests.extract.reading import read_all, read_among_honest, text_of

_LIMITS = Limits(cpu_seconds=15, memory_bytes=768 << 20)
_SECRET = "motplante"


def _states(files: dict[str, bytes], folder: Path) -> dict[str, tuple[str, str]]:
    readings = read_among_honest(files, folder, _LIMITS)
    return {name: (str(readings[name].state), readings[name].reason) for name in files}


def test_old_containers_that_loop_or_lie_are_damaged_without_waiting_for_a_limit(
    tmp_path: Path,
) -> None:
    states = _states(legacy.hostile_compounds(), tmp_path)
    assert states == {
        "loop.doc": ("damaged", "ole"), "vast.doc": ("damaged", "ole"),
        "tables.doc": ("damaged", "ole"), "tree.doc": ("ok", ""),
        "slides.ppt": ("partial", "many_pages"), "pieces.doc": ("too_large", "text"),
        "cut.doc": ("damaged", "ole"), "head.doc": ("damaged", "ole"),
    }  # fmt: skip


def test_images_that_claim_too_much_are_too_large_before_a_pixel_is_decoded(
    tmp_path: Path,
) -> None:
    states = _states(legacy.hostile_images(), tmp_path)
    vast = {name for name, state in states.items() if state == ("too_large", "pixels")}
    assert vast == {"vast.png", "vast.gif", "vast.webp", "vast.bmp", "vast.jpg"}
    assert states["profile.png"] == ("damaged", "broken")
    # what stands after the pixels, or in frames that nobody looks at, is not unpacked at all
    assert states["words.png"] in {("damaged", "broken"), ("needs_ocr", "scan")}
    assert states["frames.gif"] == ("needs_ocr", "scan")
    assert states["loop.tif"] in {("damaged", "broken"), ("needs_ocr", "scan")}


def test_commands_under_the_name_of_an_image_are_only_text(tmp_path: Path) -> None:
    commands = {
        "a.png": b"push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'ephemeral:/etc'",
        "b.jpg": b'<?xml version="1.0"?><image><read filename="/etc/passwd"/></image>',
        "c.gif": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n",
        "d.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    }
    readings = read_among_honest(commands, tmp_path, _LIMITS)
    assert {readings[name].state for name in commands} == {ReadState.OK}
    assert {readings[name].media_type for name in ("a.png", "b.jpg", "c.gif")} == {"text/plain"}
    assert "root:" not in "".join(text_of(readings[name]) for name in commands)


def test_rtf_bombs_end_damaged_or_are_read_in_time(tmp_path: Path) -> None:
    files = {
        "depth.rtf": b"{\\rtf1 " + b"{" * 100_000 + b"mot",
        "links.rtf": b"{\\rtf1 " + b'{\\field{\\*\\fldinst{HYPERLINK "a' * 4_000 + b"}",
        "fonts.rtf": b"{\\rtf1{\\fonttbl" + b"\\f1" * 300_000 + b"}mot}",
        "picture.rtf": b"{\\rtf1 mot{\\pict " + b"0f" * (20 << 20) + b"}}",
        "bytes.rtf": b"{\\rtf1 mot\\bin4294967295 }",
        "long.rtf": b"{\\rtf1 " + b"mot " * (8 << 20) + b"}",
        "asides.rtf": b"{\\rtf1 mot" + b"{\\footnote x}" * 50_000 + b"}",
    }
    states = _states(files, tmp_path)
    assert states == {
        "depth.rtf": ("damaged", "nesting"), "links.rtf": ("damaged", "nesting"),
        "fonts.rtf": ("ok", ""), "picture.rtf": ("ok", ""), "bytes.rtf": ("ok", ""),
        "long.rtf": ("too_large", "text"), "asides.rtf": ("ok", ""),
    }  # fmt: skip


def _nested_mail(levels: int) -> bytes:
    head = (
        b"From: a@b.fr\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=%d"
    )
    return b"".join(head % n + b"\n\n--%d\n" % n for n in range(levels)) + b"\n" + b"mot\n"


def test_mail_bombs_end_in_a_state_of_their_own(tmp_path: Path) -> None:
    part = b"--b\nContent-Type: text/plain\n\nmot\n"
    start = b"From: a@b.fr\nTo: c@d.fr\nSubject: x\nMIME-Version: 1.0\n"
    many = start + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 20_000 + b"--b--\n"
    fields = start + b"Cc: " + b"((((" * 20_000 + b"\n\nmot\n"
    addresses = start + b"Cc: " + b"a@b.fr, " * 200_000 + b"\n\nmot\n"
    inner = EmailMessage()
    inner.set_content("mot")
    for _ in range(40):
        outer = EmailMessage()
        outer["From"], outer["Subject"] = "a@b.fr", "x"
        outer.set_content("mot")
        outer.add_attachment(inner)
        inner = outer
    files = {
        "parts.eml": many, "depth.eml": _nested_mail(5_000), "fields.eml": fields,
        "addresses.eml": addresses, "within.eml": inner.as_bytes(),
    }  # fmt: skip
    readings = read_among_honest(files, tmp_path, _LIMITS)
    states = {name: (readings[name].state, readings[name].reason) for name in files}
    assert states["parts.eml"] == (ReadState.TOO_LARGE, "parts")
    assert states["depth.eml"] == (ReadState.DAMAGED, "nesting")
    assert states["fields.eml"] == states["addresses.eml"] == (ReadState.OK, "")
    assert readings["within.eml"].page_count == 17  # the mail, and sixteen within each other
    assert max(len(line) for line in text_of(readings["addresses.eml"]).split("\n")) < 10_000


def test_lists_of_archives_keep_the_caps_of_archives(tmp_path: Path) -> None:
    files = {
        "ratio.zip": samples.zipped({"a": bytes(300 << 20)}),
        "entries.zip": samples.zipped({f"{n}": b"" for n in range(10_001)}),
        "overlap.zip": samples.overlapping_bomb().replace(b"[Content_Types]", b"[content_types]"),
        "nested.zip": samples.zipped({"a.zip": samples.flat_bomb(20 << 20)}),
        "cut.zip": samples.zipped({"a": b"b"})[:-9],
    }
    assert _states(files, tmp_path) == {
        "ratio.zip": ("too_large", "zip_ratio"), "entries.zip": ("too_large", "zip_entries"),
        "overlap.zip": ("too_large", "zip_overlap"), "nested.zip": ("ok", ""),
        "cut.zip": ("damaged", "zip"),
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_markup_are_never_resolved_whatever_the_encoding(
    encoding: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(_SECRET)
    entities = {
        "internal": f'<!DOCTYPE a [<!ENTITY e "{_SECRET}">]><a>&e;</a>',
        "external": f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>',
        "parameter": f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]><a/>',
    }
    files = {f"{name}.{kind}": text.encode(encoding)
             for name, text in entities.items() for kind in ("xml", "svg")}  # fmt: skip
    deep = {"deep.xml": b"<a>" * 50_000, "wide.xml": _attributes()}
    container = {"META-INF/container.xml": entities["internal"]}
    book = {"dtd.epub": samples.zipped({"mimetype": "application/epub+zip", **container})}
    readings = read_among_honest({**files, **deep, **book}, tmp_path, _LIMITS)
    for name in (*files, *book):
        assert (readings[name].state, readings[name].reason) == (ReadState.DAMAGED, "doctype")
        assert _SECRET not in text_of(readings[name])
    assert readings["deep.xml"].reason == "nesting"
    assert readings["wide.xml"].state in (ReadState.OK, ReadState.DAMAGED)


def _attributes() -> bytes:
    attributes = " ".join(f'a{number}="b"' for number in range(100_000))
    return f"<a {attributes}>mot</a>".encode()


def test_cards_and_subtitles_without_end_are_read_in_time(tmp_path: Path) -> None:
    files = {
        "lines.ics": b"SUMMARY" + b";A=B" * 15_000 + b"\n" + b"SUMMARY;X=\"" * 9_000,
        "folds.vcf": b"BEGIN:VCARD\nFN:a" + b"\n " * 500_000 + b"mot\nEND:VCARD\n",
        "marks.srt": b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<" * 2_000_000 + b"\n",
        "tags.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"{\\" * 500_000 + b"\n",
    }  # fmt: skip
    readings = read_among_honest(files, tmp_path, _LIMITS)
    assert {readings[name].state for name in files} == {ReadState.OK}
    assert "mot" in text_of(readings["folds.vcf"])


def test_macros_are_never_run_and_their_text_is_not_the_document(tmp_path: Path) -> None:
    macro = b'Sub AutoOpen()\n Shell "motmacro"\nEnd Sub'
    with_macro = samples.zipped({
        "[Content_Types].xml": samples.content_types().replace(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            "application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
        "word/document.xml": f'<w:document xmlns:w="{samples.W}"><w:p><w:r><w:t>mot</w:t></w:r>'
                             "</w:p></w:document>",
        "word/vbaProject.bin": legacy.compound({"VBA": {"ThisDocument": macro}}),
    })  # fmt: skip
    readings = read_all({"a.docm": with_macro, "b.doc": legacy.word("mot\r")}, tmp_path, _LIMITS)
    for reading in readings.values():
        assert (reading.state, reading.pages) == (ReadState.OK, ("mot",))


def test_an_empty_file_or_one_under_a_wrong_name_is_told_by_its_bytes(tmp_path: Path) -> None:
    files = {
        "vide.doc": b"", "vide.jpg": b"", "image.doc": samples.png(),
        "mot.pdf": legacy.word("mot\r"),
        "sans-extension": legacy.powerpoint([("mot", "", "")]), "texte.ppt": b"mot",
    }  # fmt: skip
    readings = read_all(files, tmp_path, _LIMITS)
    assert [readings[name].reason for name in ("vide.doc", "vide.jpg")] == ["empty", "empty"]
    assert readings["image.doc"].media_type == "image/png"
    assert readings["mot.pdf"].media_type == "application/msword"
    assert readings["sans-extension"].media_type == "application/vnd.ms-powerpoint"
    for name in ("mot.pdf", "sans-extension", "texte.ppt"):
        assert readings[name].pages == ("mot",)


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener on the loopback that nothing may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def _reaching_out(address: str) -> dict[str, bytes]:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.fr", "c@d.fr", "x"
    mail.set_content(f'<img src="{address}/i"><iframe src="{address}/f"></iframe>mot',
                     subtype="html")  # fmt: skip
    external = (
        f'Content-Type: message/external-body; access-type=URL; URL="{address}/e"\n\n'
        "Content-Type: text/plain\n\n"
    )
    svg = f'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{address}/i"/></svg>'
    return {
        "a.eml": mail.as_bytes(),
        "b.eml": b"From: a@b.fr\nTo: c@d.fr\nSubject: x\nMIME-Version: 1.0\n" + external.encode(),
        "c.rtf": f'{{\\rtf1 {{\\field{{\\*\\fldinst INCLUDEPICTURE "{address}/p"}}}}'
                 f"{{\\*\\template {address}/t}}mot}}".encode(),
        "d.doc": legacy.word(f'\x13 INCLUDETEXT "{address}/t" \x14mot\x15\r'),
        "e.svg": svg.encode(),
        "f.xml": f'<!DOCTYPE a SYSTEM "{address}/dtd"><a>mot</a>'.encode(),
        "g.msg": legacy.outlook("x", "", html=f'<img src="{address}/i">mot'.encode()),
        "h.epub": legacy.epub([f'<img src="{address}/i"/>mot']),
        "i.ics": f"BEGIN:VEVENT\nATTACH:{address}/a\nURL:{address}/u\nEND:VEVENT\n".encode(),
        "j.png": f"image over 0,0 0,0 '{address}/m.png'".encode(),
        "k.jpg": legacy.jpeg(xmp=f'<!DOCTYPE x SYSTEM "{address}/x"><x/>'.encode()),
    }  # fmt: skip


def test_no_other_file_makes_its_reader_reach_out(canary: socket.socket, tmp_path: Path) -> None:
    host, port = canary.getsockname()
    files = _reaching_out(f"http://{host}:{port}")
    readings = read_among_honest(files, tmp_path, _LIMITS)
    assert {readings[name].state for name in files} <= {ReadState.OK, ReadState.NEEDS_OCR}
    with pytest.raises(BlockingIOError):
        canary.accept()
    with contextlib.closing(socket.create_connection((host, port))):
        canary.accept()[0].close()  # the canary was alive all along
