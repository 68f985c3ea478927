"""Presentations are read slide by slide, with what stands beside each, and nothing twice."""

from __future__ import annotations

import io
import socket
import zipfile
from pathlib import Path

import pytest

from atelier.extract import media_type as kinds
from atelier.extract.contract import PageKind
from atelier.model.documents import ReadState
from tests import samples
from tests import samples_office as office
from tests.extract.reading import parsed_here, read_all

_RELS = "ppt/slides/_rels/slide1.xml.rels"
_META = (
    "<office:meta><dc:title>Bilan</dc:title><meta:initial-creator>ARS</meta:initial-creator>"
    "<meta:creation-date>2024-02-03T04:05:06.789</meta:creation-date>"
    "<dc:date>2024-02-04T00:00:00+02:00</dc:date></office:meta>"
)


def _beside(kind: str, body: str) -> dict[str, str | bytes]:
    """A part of a kind beside the first slide."""
    return {_RELS: office.relations(("r1", kind, "../own/part.xml")),
            "ppt/own/part.xml": office.part(body)}  # fmt: skip


def test_slides_come_in_the_order_of_the_presentation_with_its_properties(tmp_path: Path) -> None:
    core = office.CORE.format("Feuille de route", "Réseau", "2024-02-03T04:05:06Z", "hier")
    content = office.pptx(
        [office.words("Premier", "suite"), office.words("Deuxième")],
        {"docProps/core.xml": core},
    )
    reading = parsed_here(content, "a.pptx", tmp_path)
    assert reading.pages == ("Premier\nsuite", "Deuxième")
    assert (reading.page_kind, reading.page_count) == (PageKind.SLIDE, 2)
    assert (reading.title, reading.author) == ("Feuille de route", "Réseau")
    assert (reading.written_at, reading.changed_at) == ("2024-02-03T04:05:06Z", "")


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("presentationml.slideshow", kinds.PPSX), ("presentationml.template", kinds.PPTX),
     ("ms-powerpoint.presentation.macroEnabled", kinds.PPTM)],
)  # fmt: skip
def test_shows_templates_and_files_with_macros_are_presentations(
    kind: str, media_type: str, tmp_path: Path
) -> None:
    reading = parsed_here(office.pptx([office.words("mot")], kind=kind), "a", tmp_path)
    assert (reading.media_type, reading.pages) == (media_type, ("mot",))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("notesSlide", office.words("mot")),
        ("diagramData", office.words("mot")),
        ("chart", "<c:tx><c:strRef><c:f>A1</c:f><c:strCache><c:pt><c:v>mot</c:v></c:pt>"
         "</c:strCache></c:strRef></c:tx><c:val><c:numRef><c:numCache><c:pt><c:v>17</c:v></c:pt></c:numCache>"
         "</c:numRef></c:val>"),
        ("comments", "<p:cm><p:text>mot</p:text></p:cm>"),
    ],
)  # fmt: skip
def test_what_stands_beside_a_slide_follows_its_text(kind: str, body: str, tmp_path: Path) -> None:
    content = office.pptx([office.words("Titre"), office.words("Fin")], _beside(kind, body))
    assert parsed_here(content, "a.pptx", tmp_path).pages == ("Titre\n\nmot", "Fin")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<mc:AlternateContent><mc:Choice>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback>"
         "</mc:AlternateContent>", "mot"),
        ("<a:p><a:r><a:t>un </a:t></a:r><a:r><a:t>mot</a:t></a:r><a:br/><a:r><a:t>bas</a:t></a:r>"
         "</a:p>", "un mot\nbas"),
        ('{0}<a:p><a:fld type="slidenum"><a:t>3</a:t></a:fld></a:p>', "mot"),
        ('<a:p><a:fld type="datetime1"><a:t>mot</a:t></a:fld></a:p>', "mot"),
        ("<a:tbl><a:tr><a:tc>{0}</a:tc><a:tc>{0}</a:tc></a:tr></a:tbl>", "mot\nmot"),
    ],
)  # fmt: skip
def test_a_slide_reads_as_it_is_shown(body: str, text: str, tmp_path: Path) -> None:
    content = office.pptx([body.format(office.words("mot"))])
    assert parsed_here(content, "a.pptx", tmp_path).pages == (text,)


def test_a_hidden_slide_is_read_too(tmp_path: Path) -> None:
    hidden = office.part(office.words("caché")).replace("<p:part", '<p:part show="0"', 1)
    content = office.pptx([office.words("vu"), ""], {"ppt/slides/slide2.xml": hidden})
    assert parsed_here(content, "a.pptx", tmp_path).pages == ("vu", "caché")


def test_layout_and_master_are_told_once_without_their_placeholders(tmp_path: Path) -> None:
    def shape(text: str, place: str) -> str:
        return f"<p:sp><p:nvSpPr><p:nvPr>{place}</p:nvPr></p:nvSpPr>{office.words(text)}</p:sp>"

    content = office.pptx([office.words("un"), office.words("deux")], {
        _RELS: office.relations(("r1", "slideLayout", "../own/layout.xml")),
        _RELS.replace("1", "2"): office.relations(("r1", "slideLayout", "../own/layout.xml")),
        "ppt/own/layout.xml": office.part(shape("Cliquez", "<p:ph/>") + shape("Devise", "")),
        "ppt/own/_rels/layout.xml.rels": office.relations(("r1", "slideMaster", "master.xml")),
        "ppt/own/master.xml": office.part(shape("Logo", "") + shape("Titre", "<p:ph/>")),
    })  # fmt: skip
    assert parsed_here(content, "a.pptx", tmp_path).pages == ("un\n\nDevise\n\nLogo", "deux")


def test_an_odp_gives_slides_notes_charts_and_masters_once(tmp_path: Path) -> None:
    notes = "<presentation:notes><text:p>À dire</text:p></presentation:notes>"
    chart = '<draw:object xlink:href="./Object 1"/><draw:object xlink:href="./Object 2"/>'
    axis = (
        "<office:body><office:chart><text:p>Axe</text:p><table:table-cell office:value-type="
        '"float"><text:p>17</text:p></table:table-cell></office:chart></office:body>'
    )
    footer = '<presentation:footer-decl presentation:name="f">Pied</presentation:footer-decl>'
    master = (
        '<office:master-styles><style:master-page style:name="Standard"><draw:frame '
        'presentation:class="title"><text:p>Cliquez</text:p></draw:frame><draw:frame><text:p>Devise'
        "</text:p></draw:frame></style:master-page></office:master-styles>"
    )
    slide = office.slide_of_odf("un", more=chart + notes).replace(
        "<draw:page ", '<draw:page presentation:use-footer-name="f" '
    )
    content = office.odf("presentation", footer + slide + office.slide_of_odf("deux"), {
        "styles.xml": office.part_of_odf(master), "meta.xml": office.part_of_odf(_META),
        "Object 1/content.xml": office.part_of_odf(axis),
        "Object 2/content.xml": "<!DOCTYPE math:math><math/>",
    })  # fmt: skip
    reading = parsed_here(content, "a.odp", tmp_path)
    assert reading.pages == ("un\n\nAxe\n\nÀ dire\n\nPied\n\nDevise", "deux")
    assert (reading.page_kind, reading.title, reading.author) == (PageKind.SLIDE, "Bilan", "ARS")
    assert (reading.written_at, reading.changed_at) == (
        "2024-02-03T04:05:06", "2024-02-03T22:00:00Z")  # fmt: skip


def test_an_odp_leaves_out_its_slide_numbers_and_what_was_deleted(tmp_path: Path) -> None:
    more = "<text:p>page <text:page-number>4</text:page-number></text:p>"
    gone = "<text:tracked-changes><text:p>ôté</text:p></text:tracked-changes>"
    content = office.odf("presentation-template", office.slide_of_odf("un", more=more + gone))
    reading = parsed_here(content, "a.otp", tmp_path)
    assert (reading.media_type, reading.pages) == (kinds.OTP, ("un\npage",))


def test_a_slide_that_is_missing_or_broken_leaves_the_others(tmp_path: Path) -> None:
    slides = [office.words("un"), office.words("deux"), office.words("trois")]
    broken = parsed_here(
        office.pptx(slides, {"ppt/slides/slide2.xml": "<p:part>"}), "a.pptx", tmp_path
    )
    named = [(f"r{n}", "slide", f"slides/slide{n}.xml") for n in (1, 3)]
    missing = parsed_here(
        office.pptx(slides, {"ppt/_rels/presentation.xml.rels": office.relations(*named)}),
        "a.pptx", tmp_path,
    )  # fmt: skip
    for reading in (broken, missing):
        assert (reading.state, reading.reason) == (ReadState.PARTIAL, "pages")
        assert reading.pages == ("un", "", "trois")


def test_a_slide_whose_bytes_are_damaged_leaves_the_others(tmp_path: Path) -> None:
    content = office.pptx([office.words("un"), office.words("deux")])
    archive = zipfile.ZipFile(io.BytesIO(content))
    packed = archive.getinfo("ppt/slides/slide2.xml").header_offset + 30 + 21
    damaged = content[: packed + 40] + b"\xff\xff" + content[packed + 42 :]
    reading = parsed_here(damaged, "a.pptx", tmp_path)
    assert (reading.state, reading.pages) == (ReadState.PARTIAL, ("un", ""))


def test_more_slides_than_are_read_are_said(tmp_path: Path) -> None:
    slides = "<draw:page><text:p>a</text:p></draw:page>" * 10_001
    reading = parsed_here(office.odf("presentation", slides), "a.odp", tmp_path)
    assert (reading.state, reading.reason, reading.page_count) == (
        ReadState.PARTIAL, "many_pages", 10_000)  # fmt: skip


def test_relations_that_go_in_circles_or_out_end_well(tmp_path: Path) -> None:
    circle = office.relations(
        ("r1", "notesSlide", "slide1.xml"), ("r2", "slideLayout", "slide1.xml"),
        ("r3", "slideMaster", "slide1.xml"), ("r4", "chart", "../../../../../etc/passwd"),
    )  # fmt: skip
    again = office.relations(*((f"r{n}", "slide", "slides/slide1.xml") for n in (1, 2)))
    content = office.pptx(
        [office.words("un"), office.words("deux")],
        {_RELS: circle, "ppt/_rels/presentation.xml.rels": again},
    )
    reading = parsed_here(content, "a.pptx", tmp_path)
    assert (reading.state, reading.pages) == (ReadState.OK, ("un",))


@pytest.mark.parametrize(
    ("content", "name", "state", "reason"),
    [
        (office.pptx([]), "a.pptx", ReadState.DAMAGED, "no_pages"),
        (office.pptx(["<a:t>"]), "a.pptx", ReadState.DAMAGED, "pages"),
        (office.pptx([], {"ppt/presentation.xml": "<a"}), "a.pptx", ReadState.DAMAGED, "xml"),
        (office.pptx([], {"_rels/.rels": office.relations(("r", "officeDocument", "x.xml"))}),
         "a.pptx", ReadState.DAMAGED, "no_body"),
        (office.pptx([], {"ppt/presentation.xml": "<!DOCTYPE a><a/>"}),
         "a.pptx", ReadState.DAMAGED, "doctype"),
        (office.pptx([], {"ppt/media/a.png": b" " * (12 << 20)}),
         "a.pptx", ReadState.TOO_LARGE, "zip_ratio"),
        (samples.ole("EncryptedPackage"), "a.pptx", ReadState.ENCRYPTED, "password"),
        (office.odf("presentation", ""), "a.odp", ReadState.DAMAGED, "no_pages"),
        (office.odf("presentation", "<draw:page>"), "a.odp", ReadState.DAMAGED, "xml"),
        (office.odf("presentation", "", {
            "META-INF/manifest.xml": office.part_of_odf("<encryption-data/>")}),
         "a.odp", ReadState.ENCRYPTED, "password"),
        (samples.zipped({"mimetype": kinds.ODP}), "a.odp", ReadState.DAMAGED, "no_body"),
    ],
)  # fmt: skip
def test_a_broken_presentation_says_what_is_broken(
    content: bytes, name: str, state: ReadState, reason: str, tmp_path: Path
) -> None:
    reading = parsed_here(content, name, tmp_path)
    assert (reading.state, reading.reason, reading.pages) == (state, reason, ())


def test_hostile_presentations_end_in_their_state_and_the_queue_goes_on(tmp_path: Path) -> None:
    levels = "<a:p>" * 50_000 + "</a:p>" * 50_000
    footer = "<presentation:footer-decl presentation:name='f'>{}</presentation:footer-decl>"
    shown = office.slide_of_odf("un").replace("<draw:page", "<draw:page presentation:"
                                              "use-footer-name='f'")  # fmt: skip
    shared = {f"ppt/slides/_rels/slide{n}.xml.rels": office.relations(
        ("r1", "notesSlide", "../own/part.xml")) for n in range(1, 31)}  # fmt: skip
    notes = office.part(office.words("mot " * 900_000))
    files = {
        "levels.pptx": office.pptx([levels]),
        "notes.pptx": office.pptx(["<a:p/>"] * 30, {
            **shared, "ppt/own/part.xml": notes}),
        "footer.odp": office.odf("presentation", footer.format("mot " * 900_000) + shown * 30),
        "good.pptx": office.pptx([office.words("mot")]),
    }  # fmt: skip
    readings = read_all(files, tmp_path)
    assert {name: (readings[name].state, readings[name].reason) for name in files} == {
        "levels.pptx": (ReadState.DAMAGED, "pages"),
        "notes.pptx": (ReadState.TOO_LARGE, "text"),
        "footer.odp": (ReadState.TOO_LARGE, "text"),
        "good.pptx": (ReadState.OK, ""),
    }


def test_no_presentation_or_workbook_makes_its_reader_reach_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        files = _reaching_out("http://{}:{}".format(*canary.getsockname()))
        readings = read_all(files, tmp_path)
        assert {name: readings[name].state for name in files} == dict.fromkeys(files, ReadState.OK)
        assert all("mot" in readings[name].pages[0] for name in files)
        with pytest.raises(BlockingIOError):
            canary.accept()
        with socket.create_connection(canary.getsockname()):
            canary.accept()[0].close()  # it was alive all along


def _reaching_out(address: str) -> dict[str, bytes]:
    """Files whose slides and sheets name `address` wherever their format lets them."""
    kinds_of_slide = ("image", "video", "notesSlide", "slideLayout", "chart", "comments")
    kinds_of_sheet = ("drawing", "comments", "queryTable", "hyperlink")
    frame = (
        f'<draw:frame><draw:image xlink:href="{address}/i"/><draw:object xlink:href="{address}/o"/>'
        "</draw:frame>"
    )
    source = f'<table:table-source xlink:href="{address}/s"/>'
    return {
        "a.pptx": office.pptx([office.words("mot")], {
            _RELS: _outside(address, kinds_of_slide)}),
        "a.xlsx": office.xlsx({"Un": office.row(1, office.cell("A1", "mot"))}, {
            "xl/worksheets/_rels/sheet1.xml.rels": _outside(address, kinds_of_sheet)}),
        "a.odp": office.odf("presentation", office.slide_of_odf("mot", more=frame)),
        "a.ods": office.odf("spreadsheet", office.table(
            "Un", source, office.row_of_odf(office.cell_of_odf("mot")), frame)),
    }  # fmt: skip


def _outside(address: str, named: tuple[str, ...]) -> str:
    return office.relations(*((kind, kind, f"{address}/{kind}") for kind in named)).replace(
        "<Relationship ", '<Relationship TargetMode="External" '
    )
