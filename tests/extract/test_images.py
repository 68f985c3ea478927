"""Images: their frames and what they say of themselves, without decoding or telling a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from atelier.extract.contract import PageKind
from atelier.extract.media_type import media_type_of
from atelier.model.documents import ReadState
from tests import samples, samples_legacy
from tests.extract.reading import parsed_here

_XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/'
    'dc/elements/1.1/"><rdf:Description><dc:title><rdf:Alt><rdf:li>Été à Caen</rdf:li></rdf:Alt>'
    "</dc:title><dc:creator><rdf:Seq><rdf:li>Zoé</rdf:li></rdf:Seq></dc:creator>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_an_image_waits_for_character_recognition_on_one_empty_page(
    kind: str, tmp_path: Path
) -> None:
    reading = parsed_here(samples_legacy.picture(kind), "a.bin", tmp_path)
    assert reading.media_type == f"image/{kind.lower()}"
    assert (reading.state, reading.reason) == (ReadState.NEEDS_OCR, "scan")
    assert (reading.page_kind, reading.pages) == (PageKind.PAGE, ("",))


def test_a_tiff_has_a_page_for_each_frame_and_only_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = parsed_here(samples_legacy.tiff(3), "a.tif", tmp_path)
    assert (whole.state, whole.page_count) == (ReadState.NEEDS_OCR, 3)
    monkeypatch.setattr("atelier.extract.images.MAX_PAGES", 2)
    cut = parsed_here(samples_legacy.tiff(3), "a.tif", tmp_path)
    assert (cut.state, cut.reason, cut.page_count) == (ReadState.PARTIAL, "many_pages", 2)


def test_title_author_and_moment_come_from_exif_or_xmp_and_never_a_place(tmp_path: Path) -> None:
    exif = samples_legacy.jpeg(title="Vue", author="Ana", taken="2026:03:05 14:30:00")
    reading = parsed_here(exif, "a.jpg", tmp_path)
    assert (reading.title, reading.author) == ("Vue", "Ana")
    assert (reading.written_at, reading.changed_at) == ("2026-03-05T14:30:00", "")
    described = parsed_here(samples_legacy.jpeg(xmp=_XMP.encode()), "b.jpg", tmp_path)
    assert (described.title, described.author) == ("Été à Caen", "Zoé")
    assert "48" not in "".join((*described.pages, described.title, described.author))
    framed = parsed_here(samples_legacy.tiff(1, title="Plan", author="Éva"), "c.tif", tmp_path)
    assert framed.title == "Plan"


def test_markup_in_exif_stays_text_on_one_line_and_is_cut(tmp_path: Path) -> None:
    title = "<script>alert(1)</script>\r\nSet-Cookie: a"
    reading = parsed_here(samples_legacy.jpeg(title=title, author="a" * 5_000), "a.jpg", tmp_path)
    assert reading.title == "<script>alert(1)</script> Set-Cookie: a"
    assert len(reading.author) == 1_000


def test_an_xmp_packet_with_a_doctype_or_cut_short_says_nothing(tmp_path: Path) -> None:
    for packet in (b'<!DOCTYPE a [<!ENTITY e "motplante">]><a>&e;</a>', _XMP.encode()[:200]):
        reading = parsed_here(samples_legacy.jpeg(xmp=packet), "a.jpg", tmp_path)
        assert (reading.state, reading.title) == (ReadState.NEEDS_OCR, "")


def test_a_photograph_of_a_telephone_is_said_unsupported(tmp_path: Path) -> None:
    content = b"\0\0\0\x18ftypheic" + bytes(64)
    reading = parsed_here(content, "IMG_1.heic", tmp_path)
    assert (reading.state, reading.reason) == (ReadState.UNSUPPORTED, "heic")
    assert reading.media_type == "image/heic"


def test_a_broken_image_is_damaged_and_a_text_that_begins_like_one_is_text(tmp_path: Path) -> None:
    cut = parsed_here(samples.png()[:20], "a.png", tmp_path)
    assert (cut.state, cut.reason) == (ReadState.DAMAGED, "broken")
    assert parsed_here(b"BM : bilan de mission", "a.txt", tmp_path).media_type == "text/plain"
    assert media_type_of(samples_legacy.picture("BMP"), "a.txt") == "image/bmp"
