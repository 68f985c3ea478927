"""Each reader finds the words of its format, where they stand, and nothing that is not shown."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from atelier.extract import language
from atelier.extract import media_type as kinds
from atelier.extract.contract import PageKind
from atelier.model.documents import ReadState
from tests import samples
from tests.extract.reading import parsed_here, text_of


def test_a_pdf_is_read_page_by_page_with_its_properties(tmp_path: Path) -> None:
    content = samples.pdf(
        ["Ordre du jour", "", "Page trois\nsuite"], title="Compte rendu", author="Mairie"
    )
    reading = parsed_here(content, "cr.pdf", tmp_path)
    assert reading.pages == ("Ordre du jour", "", "Page trois\nsuite")
    assert (reading.page_kind, reading.page_count) == (PageKind.PAGE, 3)
    assert (reading.state, reading.title, reading.author) == (
        ReadState.OK,
        "Compte rendu",
        "Mairie",
    )


def test_the_words_of_a_form_field_are_read(tmp_path: Path) -> None:
    reading = parsed_here(samples.form_pdf("valeur saisie"), "f.pdf", tmp_path)
    assert "valeur saisie" in text_of(reading)


def test_a_pdf_needs_character_recognition_when_half_of_its_pages_are_images(
    tmp_path: Path,
) -> None:
    written = "Une page de texte ordinaire, assez longue"
    scan = parsed_here(samples.scanned_pdf(2), "s.pdf", tmp_path)
    half = parsed_here(samples.scanned_pdf(1, [written]), "h.pdf", tmp_path)
    mostly_text = parsed_here(samples.scanned_pdf(1, [written, written]), "t.pdf", tmp_path)
    assert (scan.state, half.state) == (ReadState.NEEDS_OCR, ReadState.NEEDS_OCR)
    assert half.pages == (written, "")
    assert mostly_text.state == ReadState.OK


def test_a_pdf_without_any_image_or_word_needs_no_character_recognition(tmp_path: Path) -> None:
    assert parsed_here(samples.pdf([""]), "v.pdf", tmp_path).state == ReadState.OK


def test_a_pdf_with_a_password_is_encrypted_and_a_cut_one_damaged(tmp_path: Path) -> None:
    locked = parsed_here(samples.pdf(["secret"], password="mot"), "l.pdf", tmp_path)
    cut = parsed_here(b"%PDF-1.7\n1 0 obj\n<<", "c.pdf", tmp_path)
    assert (locked.state, locked.reason, locked.pages) == (ReadState.ENCRYPTED, "password", ())
    assert cut.state == ReadState.DAMAGED


def test_a_docx_gives_body_table_header_and_comment_once_each(tmp_path: Path) -> None:
    content = samples.docx(
        ["Premier", "Second"], title="Convention", author="Hôpital",
        header="En-tête commun", table=[["Ville", "Argentan"]], comment="À vérifier",
    )  # fmt: skip
    reading = parsed_here(content, "c.docx", tmp_path)
    text = text_of(reading)
    assert text.startswith("Premier\nSecond\nVille\nArgentan")
    assert [text.count(word) for word in ("En-tête commun", "À vérifier")] == [1, 1]
    assert (reading.title, reading.author) == ("Convention", "Hôpital")
    assert (reading.page_kind, reading.page_count) == (PageKind.NONE, None)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        ("<w:p><w:del><w:r><w:delText>ôté</w:delText></w:r></w:del>"
         "<w:ins><w:r><w:t>mis</w:t></w:r></w:ins></w:p>", "mis"),
        ("<w:p><w:moveFrom><w:r><w:t>parti</w:t></w:r></w:moveFrom>"
         "<w:moveTo><w:r><w:t>venu</w:t></w:r></w:moveTo></w:p>", "venu"),
        ("<w:p><w:r><mc:AlternateContent><mc:Choice><w:p><w:r><w:t>cadre</w:t></w:r></w:p>"
         "</mc:Choice><mc:Fallback><w:p><w:r><w:t>cadre</w:t></w:r></w:p></mc:Fallback>"
         "</mc:AlternateContent></w:r></w:p>", "cadre"),
        ("<w:p><w:r><w:t>une </w:t><w:txbxContent><w:p><w:r><w:t>cadre</w:t></w:r></w:p>"
         "</w:txbxContent><w:t>phrase</w:t></w:r></w:p>", "une phrase\ncadre"),
        ("<w:p><w:pPr><w:tabs><w:tab w:pos='1'/></w:tabs></w:pPr><w:r><w:t>x</w:t></w:r></w:p>",
         "x"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>3</w:t></w:r></w:p>", "3"),
    ],
)  # fmt: skip
def test_a_docx_reads_as_word_shows_it(body: str, text: str, tmp_path: Path) -> None:
    assert text_of(parsed_here(samples.docx_body(body), "b.docx", tmp_path)) == text


def test_an_odt_gives_body_header_footer_and_properties(tmp_path: Path) -> None:
    content = samples.odt(
        ["Premier", "Second"], title="Bilan", author="ARS", header="Haut", footer="Bas"
    )
    reading = parsed_here(content, "b.odt", tmp_path)
    assert text_of(reading) == "Premier\nSecond\n\nHaut\n\nBas"
    assert (reading.title, reading.author, reading.page_count) == ("Bilan", "ARS", None)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>', "a   b\tc\nd"),
        ("<text:tracked-changes><text:changed-region><text:deletion><text:p>ôté</text:p>"
         "</text:deletion></text:changed-region></text:tracked-changes><text:p>resté</text:p>",
         "resté"),
        ("<text:p>avant <text:span>dans</text:span>\n  après</text:p>", "avant dans après"),
        ("<text:p>mot<text:note><text:note-citation>1</text:note-citation><text:note-body>"
         "<text:p>la note</text:p></text:note-body></text:note> suivant</text:p>",
         "mot suivant\nla note"),
        ("<text:p>mot<office:annotation><dc:creator>Anne</dc:creator><text:p>avis</text:p>"
         "</office:annotation> suivant</text:p><text:p>fin</text:p>", "mot suivant\navis\nfin"),
    ],
)  # fmt: skip
def test_an_odt_reads_as_writer_shows_it(body: str, text: str, tmp_path: Path) -> None:
    assert text_of(parsed_here(samples.odt_body(body), "b.odt", tmp_path)) == text


def test_html_gives_visible_words_by_blocks_and_its_title(tmp_path: Path) -> None:
    content = samples.html(
        "<h1>Réunion</h1><p>Un   <b>mot</b> ici</p><script>mal()</script><style>p{}</style>"
        "<ul><li>un<li>deux</ul>",
        title="Titre &amp; suite",
    )
    reading = parsed_here(content, "p.html", tmp_path)
    assert text_of(reading).splitlines() == ["Réunion", "Un mot ici", "un", "deux"]
    assert reading.title == "Titre & suite"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "iso-8859-15"])
def test_html_is_read_in_the_encoding_it_declares(charset: str, tmp_path: Path) -> None:
    content = samples.html("<p>été à Argentan</p>", charset=charset)
    assert text_of(parsed_here(content, "p.html", tmp_path)) == "été à Argentan"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("name", ["notes.txt", "notes.md", "notes.csv", "notes"])
def test_plain_text_is_read_whatever_its_encoding(encoding: str, name: str, tmp_path: Path) -> None:
    sentence = "L’été, réunion à l’hôpital : « décidé » à cœur, 3 000 €"
    assert text_of(parsed_here(sentence.encode(encoding), name, tmp_path)) == sentence


def test_text_of_another_alphabet_is_told_from_cp1252(tmp_path: Path) -> None:
    sentence = "Сегодня состоится собрание всех врачей города и представителей больницы. " * 4
    reading = parsed_here(sentence.encode("cp1251"), "r.txt", tmp_path)
    assert text_of(reading) == sentence.strip()


def test_texts_come_plain_and_titles_short(tmp_path: Path) -> None:
    text = "un\x00\x1b[31mdeux\r\ntrois\x0bquatre e\u0301"
    reading = parsed_here(b"\xef\xbb\xbf" + text.encode(), "t.txt", tmp_path)
    long = parsed_here(samples.pdf(["x"], title="<b>\r\n" + "t" * 3_000), "t.pdf", tmp_path)
    assert text_of(reading) == "un[31mdeux\ntrois\nquatre é"
    assert long.title.startswith("<b> t") and len(long.title) == 1_000


def test_an_empty_file_is_read_and_an_unknown_one_said_so(tmp_path: Path) -> None:
    empty = parsed_here(b"", "vide.pdf", tmp_path)
    unknown = parsed_here(bytes(range(256)), "donnees.pdf", tmp_path)
    assert (empty.state, empty.reason, empty.pages) == (ReadState.OK, "empty", ())
    assert (unknown.state, unknown.reason, unknown.media_type) == (
        ReadState.UNSUPPORTED, "no_reader", kinds.UNKNOWN)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"PK\x03\x04 coupe", "a.docx", "zip"),
        (samples.zipped({"[Content_Types].xml": samples.content_types()}), "a.docx", "no_body"),
        (samples.docx_body("<w:p>"), "a.docx", "xml"),
        (samples.docx_body("<w:p>" * 5_000 + "</w:p>" * 5_000), "a.docx", "xml"),
        (samples.zipped({"mimetype": kinds.ODT}), "a.odt", "no_body"),
        (samples.zipped({"mimetype": kinds.ODT, "content.xml": "<a/>"}), "a.odt", "no_body"),
        (samples.zipped({"mimetype": kinds.ODT, "content.xml": b" "}), "a.odt", "xml"),
        (samples.zipped({"mimetype": kinds.ODT, "content.xml": "<!DOCTYPE a><a/>"}),
         "a.odt", "doctype"),
        (samples.odt_body('<text:s text:c="-1"/>'), "a.odt", "spaces"),
        (samples.html("<div>" * 3_000), "a.html", "nesting"),
        (samples.odt(["x"])[:-30], "a.odt", "zip"),
        (samples.flat_bomb(12 << 20), "a.docx", "zip_ratio"),
        (samples.many_entries(10_001), "a.docx", "zip_entries"),
        (samples.overlapping_bomb(), "a.docx", "zip_overlap"),
        (samples.ole("EncryptedPackage"), "a.docx", "password"),
        (samples.raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]),
         "a.pdf", "pdf"),
    ],
)  # fmt: skip
def test_a_broken_file_says_what_is_broken(
    content: bytes, name: str, reason: str, tmp_path: Path
) -> None:
    reading = parsed_here(content, name, tmp_path)
    assert (reading.reason, reading.pages) == (reason, ())
    assert reading.state is not ReadState.OK


def test_a_pdf_with_a_page_that_cannot_be_read_is_partial(tmp_path: Path) -> None:
    whole = samples.pdf(["un", "deux"])
    broken = whole.replace(b"/Count 2", b"/Count 3", 1)
    reading = parsed_here(broken, "a.pdf", tmp_path)
    assert (reading.state, reading.reason) == (ReadState.PARTIAL, "pages")
    assert reading.pages == ("un", "deux", "")


def test_the_language_model_tells_languages_apart_from_its_scratch_file() -> None:
    sentences = {
        "fr": "La coordination des soins est assurée par les infirmières de la maison de santé.",
        "en": "The coordination of care is provided by the nurses of the local health centre.",
        "es": "La coordinación de la atención corre a cargo de las enfermeras del centro de salud.",
        "ar": "يتم تنسيق الرعاية من قبل الممرضات في المركز الصحي المحلي في المدينة",
        "": "Trop court",
    }
    with tempfile.TemporaryFile() as scratch:
        language.lay_out(scratch)
        model = language.opened(scratch)
    found = [language.language_of(model, ["", text]) for text in sentences.values()]
    assert found == list(sentences)
