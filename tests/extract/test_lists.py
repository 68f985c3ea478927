"""Archives, subtitles, cards, markup, books, sound: what each says without being opened."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from atelier.extract.contract import PageKind
from atelier.model.documents import ReadState
from tests import samples, samples_legacy
from tests.extract.reading import parsed_here


def test_a_zip_is_the_list_of_its_names_and_nothing_in_it_is_read(tmp_path: Path) -> None:
    content = samples.zipped({"photos/": b"", "photos/été.jpg": b"motsecret", "a.zip":
                              samples.zipped({"b.txt": b"motsecret"})})  # fmt: skip
    reading = parsed_here(content, "a.zip", tmp_path)
    assert (reading.state, reading.page_kind) == (ReadState.OK, PageKind.NONE)
    assert reading.pages == ("photos/été.jpg\na.zip",)


def test_names_in_the_code_pages_of_windows_and_of_mac_keep_their_accents(tmp_path: Path) -> None:
    for encoding, name in (("cp850", "À voir/Êtes-vous là.txt"), ("utf-8", "Équipe.txt")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(name.encode(encoding).decode("cp437"), b"")
        # the flag that announces UTF-8, which those programs do not set, is taken away
        content = bytearray(buffer.getvalue())
        raw = name.encode(encoding).decode("cp437").encode()
        assert raw in content
        plain = bytes(content).replace(raw, name.encode(encoding).ljust(len(raw), b"x"))
        unset = plain.replace(b"PK\x03\x04\x14\0\0\x08", b"PK\x03\x04\x14\0\0\0").replace(
            b"PK\x01\x02\x14\x03\x14\0\0\x08", b"PK\x01\x02\x14\x03\x14\0\0\0"
        )
        assert parsed_here(unset, "a.zip", tmp_path).pages[0].startswith(name)


def test_a_zip_of_photographs_over_the_cap_of_readers_is_still_listed(tmp_path: Path) -> None:
    content = bytearray(samples.zipped({"a.jpg": b"a"}))
    entry = content.index(b"PK\x01\x02")
    size = (300 << 20).to_bytes(4, "little")
    content[entry + 20 : entry + 28] = (290 << 20).to_bytes(4, "little") + size
    assert parsed_here(bytes(content), "a.zip", tmp_path).pages == ("a.jpg",)


@pytest.mark.parametrize(
    ("head", "kind"),
    [(b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
     (b"Rar!\x1a\x07", "application/vnd.rar"), (b"\x1f\x8b\x08", "application/gzip")],
)  # fmt: skip
def test_other_archives_are_said_unopened(head: bytes, kind: str, tmp_path: Path) -> None:
    reading = parsed_here(head + bytes(64), "a.bin", tmp_path)
    assert (reading.state, reading.reason) == (ReadState.UNSUPPORTED, "archive")
    assert reading.media_type == kind


def test_subtitles_are_what_is_said(tmp_path: Path) -> None:
    srt = "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Bonjour</i> à tous\r\n- 42\r\n\r\n2\r\n"
    srt += "00:00:03,000 --> 00:00:04,000\r\n{\\an8}Bonjour à tous\r\nAu revoir &amp; merci\r\n"
    vtt = "WEBVTT - titre\n\nNOTE rien\n\nintro\n01:02.000 --> 01:03.000 align:start\n<v Zoé>Été\n"
    assert parsed_here(srt.encode("cp1252"), "a.srt", tmp_path).pages == (
        "Bonjour à tous\n- 42\nAu revoir & merci",
    )
    assert parsed_here(vtt.encode(), "a.vtt", tmp_path).pages == ("Été",)


def test_a_calendar_and_a_card_are_read_as_lines(tmp_path: Path) -> None:
    calendar = (
        "BEGIN:VCALENDAR\r\nPRODID:-//motcache\r\nBEGIN:VEVENT\r\nUID:motcache\r\nSUMMARY;LANGUAGE"
        "=fr:Réunion\\, bilan\r\nDESCRIPTION:Ligne une\\nligne d\r\n eux\r\nATTENDEE;CN=\"Zoé N\";"
        "ROLE=X:mailto:zoe@exemple.fr\r\nDTSTART;TZID=Europe/Paris:20260305T143000\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )  # fmt: skip
    card = (
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:No=C3=ABl;Zo=C3=A9\n"
        "FN:Zoé Noël\nTEL;WORK:02 31 00 00 00\nPHOTO;ENCODING=b:motcache\nEND:VCARD\n"
    )
    meeting = parsed_here(calendar.encode(), "a.ics", tmp_path)
    assert meeting.pages == (
        "Réunion, bilan\nLigne une\nligne deux\nZoé N <zoe@exemple.fr>\n20260305T143000",
    )
    assert meeting.title == "Réunion, bilan"
    person = parsed_here(card.encode(), "a.vcf", tmp_path)
    assert (person.title, person.pages) == ("Zoé Noël", ("Noël, Zoé\nZoé Noël\n02 31 00 00 00",))


def test_a_drawing_and_markup_give_their_words_without_scripts(tmp_path: Path) -> None:
    svg = (
        '<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg">'
        "<title>Carte</title><style>motcache</style><script>motcache()</script>"
        "<text>Été <tspan>à</tspan> Caen</text><text>deux</text></svg>"
    )
    drawing = parsed_here(svg.encode("iso-8859-1"), "a.svg", tmp_path)
    assert (drawing.title, drawing.pages) == ("Carte", ("Carte\nÉté à Caen\ndeux",))
    data = parsed_here("<a><b c='x'>Un</b><b>Été</b></a>".encode(), "a.xml", tmp_path)
    assert data.pages == ("Un\nÉté",)
    assert parsed_here(b"<a><b></a>", "a.xml", tmp_path).reason == "xml"
    assert parsed_here('{"clé": "été"}'.encode(), "a.json", tmp_path).pages == ('{"clé": "été"}',)


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    content = samples_legacy.epub(["Chapitre un", "Chapitre deux"], title="Livre", author="Zoé")
    reading = parsed_here(content, "a.epub", tmp_path)
    assert (reading.state, reading.media_type) == (ReadState.OK, "application/epub+zip")
    assert reading.pages == ("Chapitre un\n\nChapitre deux",)
    assert (reading.title, reading.author) == ("Livre", "Zoé")
    empty = samples.zipped({"mimetype": "application/epub+zip"})
    assert parsed_here(empty, "a.epub", tmp_path).reason == "no_body"


def test_sound_and_video_have_no_text_and_say_so(tmp_path: Path) -> None:
    sound = parsed_here(samples_legacy.sound("Été", "Zoé"), "a.mp3", tmp_path)
    video = parsed_here(b"\0\0\0\x18ftypisom" + bytes(64), "a.mp4", tmp_path)
    assert (sound.title, sound.author) == ("Été", "Zoé")
    for reading in (sound, video):
        assert (reading.state, reading.reason, reading.pages) == (ReadState.OK, "media", ())
