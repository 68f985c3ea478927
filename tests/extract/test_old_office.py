"""Word, PowerPoint and RTF of before: the words a person saw, and none of the instructions."""

from __future__ import annotations

from pathlib import Path

import pytest

from atelier.extract import media_type as kinds
from atelier.extract.contract import PageKind
from atelier.model.documents import ReadState
from tests import samples_legacy as samples
from tests.extract.reading import parsed_here, text_of


@pytest.mark.parametrize("narrow", [True, False])
def test_a_word_document_is_read_across_its_pieces_in_both_widths(
    narrow: bool, tmp_path: Path
) -> None:
    content = samples.word(
        "Équipe mobile\rSecond paragraphe\r", narrow=narrow, title="Été", author="Zoé"
    )
    reading = parsed_here(content, "a.doc", tmp_path)
    assert (reading.state, reading.media_type) == (ReadState.OK, kinds.DOC)
    assert reading.pages == ("Équipe mobile\nSecond paragraphe",)
    assert (reading.title, reading.author) == ("Été", "Zoé")
    assert (reading.written_at, reading.changed_at) == (
        "2022-06-18T04:26:40Z",
        "2022-06-18T04:26:41Z",
    )
    assert reading.page_kind == PageKind.NONE


def test_notes_comments_boxes_and_headers_follow_the_body_headers_once(tmp_path: Path) -> None:
    content = samples.word(
        "Corps\r", footnotes="\x02Note\r", headers="En-tête\rPied\rEn-tête\r", comments="Avis\r",
        boxes="Encadré\r",
    )  # fmt: skip
    reading = parsed_here(content, "a.doc", tmp_path)
    assert reading.pages[0].split("\n\n") == ["Corps", "Note", "Avis", "Encadré", "En-tête\nPied"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('Voir \x13 HYPERLINK "http://secret" \x14le site\x15.', "Voir le site."),
        ("a\x13 IF \x13 PAGE \x14 1 \x15 x \x14b\x15c", "abc"),
        ("jamais fermé \x13 PAGE", "jamais fermé  PAGE"),
        ("Nom\x07Ville\x07\x07Zoé\x07Caen\x07\x07", "Nom\tVille\nZoé\tCaen"),
        ("porte\x1eparole co\x1fopérer\x0bsuite", "porte-parole coopérer\nsuite"),
    ],
)
def test_fields_show_their_result_and_marks_become_white_space(
    body: str, text: str, tmp_path: Path
) -> None:
    assert parsed_here(samples.word(body), "a.doc", tmp_path).pages[0].strip() == text


def test_an_encrypted_word_document_is_refused_and_an_older_one_is_said_unsupported(
    tmp_path: Path,
) -> None:
    locked = parsed_here(samples.word("secret", flags=0x0100), "a.doc", tmp_path)
    older = parsed_here(samples.word("ancien", identity=0xA5DC, version=101), "b.doc", tmp_path)
    nonsense = parsed_here(samples.word("rien", identity=0x1234), "c.doc", tmp_path)
    assert (locked.state, locked.reason) == (ReadState.ENCRYPTED, "password")
    assert (older.state, older.reason) == (ReadState.UNSUPPORTED, "old_word")
    assert (nonsense.state, nonsense.reason) == (ReadState.DAMAGED, "no_body")
    assert "secret" not in text_of(locked) and text_of(older) == ""


def test_a_powerpoint_show_is_read_slide_by_slide_in_its_own_order_with_notes(
    tmp_path: Path,
) -> None:
    slides = [("Titre\rpoint", "encadré", "note 1"), ("Deuxième", "Ωmega", ""), ("Trois", "", "n3")]
    reading = parsed_here(samples.powerpoint(slides, order=(2, 0, 1)), "a.ppt", tmp_path)
    assert (reading.state, reading.page_kind) == (ReadState.OK, PageKind.SLIDE)
    assert reading.pages == ("Trois\nn3", "Titre\npoint\nencadré\nnote 1", "Deuxième\nΩmega")


def test_an_encrypted_show_is_refused(tmp_path: Path) -> None:
    locked = parsed_here(samples.powerpoint([("a", "", "")], locked=True), "a.ppt", tmp_path)
    assert (locked.state, locked.reason) == (ReadState.ENCRYPTED, "password")


def test_a_slide_named_twice_is_read_once(tmp_path: Path) -> None:
    twice = samples.powerpoint([("Un", "encadré", "")], order=(0, 0))
    assert parsed_here(twice, "a.ppt", tmp_path).pages == ("Un\nencadré", "Un")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"{\rtf1\ansi\ansicpg1252 caf\'e9 \u8364? \emdash  fin}", "café € — fin"),
        (r"{\rtf1\ansicpg1250{\fonttbl{\f0\fcharset238 A;}}\f0 \'e8}", "č"),
        (r"{\rtf1 \u-10179?\u-8704?}", "\U0001f600"),
        (r"{\rtf1 a\cell b\cell\row c\cell d\cell\row}", "a\tb\t\nc\td"),
        (r"{\rtf1 guerre{\footnote une note}, pourtant{\header titre} vrai}",
         "guerre, pourtant vrai\n\nune note\n\ntitre"),
        (r'{\rtf1 {\field{\*\fldinst{HYPERLINK "http://secret"}}{\fldrslt lien}}}', "lien"),
        (r"{\rtf1 avant{\*\shppict{\pict\pngblip " + "0a" * 400 + "}} après}", "avant apr"),
        (r"{\rtf1{\info{\title T}{\operator Nom}} texte}", "texte"),
    ],
)  # fmt: skip
def test_rtf_shows_its_words_its_notes_after_them_and_no_picture(
    source: str, text: str, tmp_path: Path
) -> None:
    found = parsed_here(source.encode("cp1252"), "a.rtf", tmp_path)
    assert (found.state, found.media_type) == (ReadState.OK, "text/rtf")
    assert found.pages[0].startswith(text)
    assert "secret" not in found.pages[0] and "0a0a" not in found.pages[0]


def test_rtf_skips_bytes_that_stand_as_they_are(tmp_path: Path) -> None:
    content = rb"{\rtf1 avant{\pict\bin9 }}}{{{\b }milieu}"
    assert parsed_here(content, "a.rtf", tmp_path).pages == ("avantmilieu",)


def test_rtf_gives_title_and_author_even_written_in_unicode(tmp_path: Path) -> None:
    source = rb"{\rtf1\ansicpg1252{\info{\title \u201?t\'e9 {\b chaud}}{\author Zo\'eb}}texte}"
    reading = parsed_here(source, "a.rtf", tmp_path)
    assert (reading.title, reading.author) == ("Été chaud", "Zoë")


def test_rtf_that_cannot_be_read_is_damaged(tmp_path: Path) -> None:
    for source in (rb"{\rtf1 \u9999999999 a}", rb"{\rtf1 \uc a}", b"{\\rtf1 " + b"{" * 20_000):
        assert parsed_here(source, "a.rtf", tmp_path).state == ReadState.DAMAGED
