"""Workbooks are read sheet by sheet, numbers as people see them, however far they reach."""

from __future__ import annotations

import datetime
import io
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineError, CalamineWorkbook

from atelier.extract import media_type as kinds
from atelier.extract.bounds import refuse_vast_records
from atelier.extract.contract import PageKind
from atelier.extract.found import Unread
from atelier.extract.limits import Limits
from atelier.extract.sheets import opened, shown
from atelier.model.documents import ReadState
from tests import samples
from tests import samples_office as office
from tests.extract.reading import parsed_here, read_all
from tests.samples_legacy import compound, summary
from tests.samples_office import cell, cell_of_odf, row, row_of_odf, table

_RELS = "xl/worksheets/_rels/sheet1.xml.rels"
_FAR = row(1, cell("A1", "proche")) + row(1_048_576, cell("XFD1048576", "loin"))


def test_a_workbook_is_read_sheet_by_sheet_with_its_properties(tmp_path: Path) -> None:
    core = office.CORE.format("Tableau", "DIM", "2024-02-03T04:05:06Z", "2024-02-03T07:05:06+02:00")
    content = office.xlsx(
        {"Séjours": row(2, cell("B2", "Lits"), cell("D2", 12.0)) + row(9, cell("A9", 0.1)),
         "Vide": "", "Fin & suite": row(1, cell("A1", "un\ndeux"))},
        {"docProps/core.xml": core},
    )  # fmt: skip
    reading = parsed_here(content, "a.xlsx", tmp_path)
    assert reading.pages == ("Séjours\nLits\t12\n0.1", "Vide", "Fin & suite\nun deux")
    assert (reading.page_kind, reading.page_count) == (PageKind.SHEET, 3)
    assert (reading.title, reading.author) == ("Tableau", "DIM")
    assert (reading.written_at, reading.changed_at) == (
        "2024-02-03T04:05:06Z", "2024-02-03T05:05:06Z")  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"), (-3.5, "-3.5"), (0.1 + 0.2, "0.3"), (1e20, "1e+20"), (float("inf"), "inf"),
        (7, "7"), (True, "TRUE"), (False, "FALSE"), (" un \n deux ", "un deux"),
        (datetime.date(2024, 2, 3), "2024-02-03"), (datetime.time(4, 5), "04:05:00"),
        (datetime.datetime(2024, 2, 3, 4, 5, 6, 7), "2024-02-03 04:05:06"),
        (datetime.timedelta(hours=30), "1 day, 6:00:00"),
    ],
)  # fmt: skip
def test_values_are_shown_as_people_read_them(value: object, text: str) -> None:
    assert shown(value) == text


def test_cells_without_names_stand_beside_each_other(tmp_path: Path) -> None:
    rows = '<row><c><v>1</v></c><c t="n" s="0"/><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    reading = parsed_here(office.xlsx({"Un": rows}), "a.xlsx", tmp_path)
    assert reading.pages == ("Un\n1\t2\n3",)


def test_days_are_told_from_numbers_by_their_format(tmp_path: Path) -> None:
    cells = [cell("A1", 45_000, ' s="0"'), cell("B1", 45_000.5, ' s="1"'), cell("C1", 45_000)]
    content = office.xlsx(
        {"Un": row(1, *cells)}, {"xl/styles.xml": office.styles("dd/mm/yy", "dd/mm/yy hh:mm")}
    )
    reading = parsed_here(content, "a.xlsx", tmp_path)
    assert reading.pages == ("Un\n2023-03-15\t2023-03-15 12:00:00\t45000",)


@pytest.mark.parametrize("thread", [False, True])
def test_text_boxes_and_comments_follow_the_cells_once(thread: bool, tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        _RELS: office.relations(
            ("r1", "drawing", "../drawings/d.xml"), ("r2", "comments", "../comments1.xml"),
            *([("r3", "threadedComment", "../threads/t.xml")] if thread else []),
        ),
        "xl/drawings/d.xml": office.part(office.words("cadre")),
        "xl/drawings/_rels/d.xml.rels": office.relations(("r1", "chart", "../c.xml")),
        "xl/c.xml": office.part(office.words("courbe")),
        "xl/comments1.xml": office.sheet_part(
            "comments", "<comment><text><r><t>avis</t></r></text></comment>"),
        "xl/threads/t.xml": '<a xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
        'threadedcomments"><threadedComment><text>fil</text></threadedComment></a>',
    }  # fmt: skip
    reading = parsed_here(office.xlsx({"Un": row(1, cell("A1", 1))}, more), "a.xlsx", tmp_path)
    assert reading.pages == ("Un\n1\n\ncadre\n\ncourbe\n\n" + ("fil" if thread else "avis"),)


def test_binary_and_old_workbooks_and_those_with_macros_are_read_too(tmp_path: Path) -> None:
    macro = office.xlsx({"Un": row(1, cell("A1", 2))}, kind="ms-excel.sheet.macroEnabled")
    old = office.xls({"Un": [(0, 0, "mot"), (3, 1, 12.0)], "Deux": [(1, 1, 2.5)]})
    wide = office.xlsb(office.xlsb_sheet((0, 0, 12.0), (4, 3, 2.5)))
    files = {"macro": macro, "old": old, "wide": wide}
    readings = {name: parsed_here(content, "a", tmp_path) for name, content in files.items()}
    assert {name: (reading.media_type, reading.pages) for name, reading in readings.items()} == {
        "macro": (kinds.XLSM, ("Un\n2",)),
        "old": (kinds.XLS, ("Un\nmot\n12", "Deux\n2.5")),
        "wide": (kinds.XLSB, ("Un\n12\n2.5",)),
    }


def test_an_old_workbook_that_calamine_refuses_is_read_by_xlrd(tmp_path: Path) -> None:
    content = office.xls({"Un": [(0, 0, "mot"), (3, 1, 12.0)], "Deux": [(1, 1, 2.5)]}, state=3)
    with pytest.raises(CalamineError):
        CalamineWorkbook.from_filelike(io.BytesIO(content))
    reading = parsed_here(content, "a.xls", tmp_path)
    assert (reading.state, reading.pages) == (ReadState.OK, ("Un\nmot\n12", "Deux\n2.5"))


def test_a_sheet_that_is_missing_or_broken_leaves_the_others(tmp_path: Path) -> None:
    rows = row(1, cell("A1", "mot"))
    named = office.relations(("r1", "worksheet", "worksheets/sheet1.xml"),
                             ("r2", "worksheet", "worksheets/rien.xml"))  # fmt: skip
    missing = office.xlsx({"Un": rows, "Deux": ""}, {"xl/_rels/workbook.xml.rels": named})
    cut = office.xlsx({"Un": rows, "Deux": rows + "<row><c"})
    # a cell that shows the first of the shared texts, of which there are none
    old = office.xls({"Un": [(0, 0, "mot")], "Deux": [(0, 0, 7.0)]}, state=3)
    old = old.replace(struct.pack("<HH", 0x203, 14), struct.pack("<HH", 0xFD, 14))
    for name, content in {"a.xlsx": missing, "b.xlsx": cut, "c.xls": old}.items():
        reading = parsed_here(content, name, tmp_path)
        assert (reading.state, reading.reason) == (ReadState.PARTIAL, "pages")
        assert reading.pages == ("Un\nmot", "")


def test_xlrd_tells_days_hours_and_truths_too(tmp_path: Path) -> None:
    cells = [(0, 0, 45_000.0), (0, 1, 45_000.5), (0, 2, 0.25), (0, 3, True), (0, 4, 1e9)]
    content = office.xls({"Un": cells}, state=3, extra=office.old_format(14))
    reading = parsed_here(content, "a.xls", tmp_path)
    assert reading.pages == ("Un\n2023-03-15\t2023-03-15 12:00:00\t06:00:00\tTRUE\t1000000000",)


def test_several_cells_in_one_record_reach_as_far_as_the_last() -> None:
    def many(row_number: int, first: int, last: int) -> bytes:
        return struct.pack("<HHHH4xH", 0xBD, 10, row_number, first, last)

    refuse_vast_records(many(0, 0, 255) + many(65_535, 0, 255))
    with pytest.raises(Unread, match="cells"):
        refuse_vast_records(many(0, 0, 65_535) + many(65_535, 0, 1))


def test_a_sheet_that_is_a_chart_has_its_name_and_words(tmp_path: Path) -> None:
    sheets = {"Un": row(1, cell("A1", "mot")), "Courbe": ""}
    content = office.xlsx(sheets, {
        "xl/_rels/workbook.xml.rels": office.relations(
            ("r1", "worksheet", "worksheets/sheet1.xml"),
            ("r2", "chartsheet", "chartsheets/c.xml")),
        "xl/chartsheets/c.xml": office.sheet_part("chartsheet", ""),
        "xl/chartsheets/_rels/c.xml.rels": office.relations(("r1", "drawing", "../d.xml")),
        "xl/d.xml": office.part(office.words("axe")),
    })  # fmt: skip
    reading = parsed_here(content, "a.xlsx", tmp_path)
    assert (reading.state, reading.pages) == (ReadState.OK, ("Un\nmot", "Courbe\n\naxe"))


def test_a_book_stops_where_its_sheets_have_had_their_share() -> None:
    content = office.xlsx({"Un": row(1, cell("A1", 1)), "Deux": row(2, cell("B2", 1))})
    book = replace(opened(io.BytesIO(content)), cells_left=2)
    assert book.page(0) == "Un\n1"
    with pytest.raises(Unread, match="cells"):
        book.page(1)


def test_a_locked_workbook_inside_a_zip_is_encrypted(tmp_path: Path) -> None:
    whole = office.xlsx({"Un": ""})
    locked = bytearray(whole)
    for mark, flags_at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        locked[locked.rindex(mark) + flags_at] |= 1
    reading = parsed_here(bytes(locked), "a.xlsx", tmp_path)
    assert (reading.state, reading.reason) == (ReadState.ENCRYPTED, "password")


def test_an_ods_gives_cells_as_shown_repeats_comments_and_drawings(tmp_path: Path) -> None:
    day = '<table:table-cell office:value-type="date" office:date-value="2024-02-03"/>'
    note = (
        "<table:table-cell><office:annotation><dc:creator>Anne</dc:creator><text:p>avis</text:p>"
        "</office:annotation><text:p>12,50 €</text:p></table:table-cell>"
    )
    shapes = "<table:shapes><draw:frame><text:p>cadre</text:p></draw:frame></table:shapes>"
    content = office.odf(
        "spreadsheet",
        table("Un", shapes, row_of_odf(cell_of_odf("", repeated=1_000), cell_of_odf("a"), note),
              row_of_odf(cell_of_odf("b", repeated=3), day, repeated=2),
              row_of_odf(cell_of_odf("", repeated=16_384), repeated=1_048_570))
        + table("Deux", f"<table:table-header-rows>{row_of_odf(cell_of_odf('tête'))}"
                "</table:table-header-rows>"),
    )  # fmt: skip
    reading = parsed_here(content, "a.ods", tmp_path)
    template = parsed_here(office.odf("spreadsheet-template", table("T")), "a", tmp_path)
    assert (template.media_type, template.pages) == (kinds.OTS, ("T",))
    assert reading.pages == (
        "Un\na\t12,50 € avis\nb\tb\tb\t2024-02-03\nb\tb\tb\t2024-02-03\n\ncadre", "Deux\ntête",
    )  # fmt: skip
    assert (reading.page_kind, reading.state) == (PageKind.SHEET, ReadState.OK)


def test_a_sheet_that_reaches_too_far_leaves_the_others(tmp_path: Path) -> None:
    content = office.xlsx({"Loin": _FAR, "Près": row(1, cell("A1", "mot"))})
    reading = parsed_here(content, "a.xlsx", tmp_path)
    assert (reading.state, reading.reason) == (ReadState.PARTIAL, "pages")
    assert reading.pages == ("", "Près\nmot")


def test_one_cell_far_out_and_colours_without_words_reach_nothing(tmp_path: Path) -> None:
    colours = row(1, cell("A1", "mot")) + row(1_048_576, '<c r="XFD1048576" s="0"/>')
    content = office.xlsx({"Coin": row(9_000, cell("XFD9000", "coin")), "Teinte": colours})
    reading = parsed_here(content, "a.xlsx", tmp_path)
    assert reading.pages == ("Coin\ncoin", "Teinte\nmot")


@pytest.mark.parametrize(
    ("content", "name", "state", "reason"),
    [
        (office.xlsx({"Un": _FAR}), "a.xlsx", ReadState.TOO_LARGE, "cells"),
        (office.xlsx({"Un": _FAR.replace('"', "'").replace("XFD", "xfd")}), "a.xlsx",
         ReadState.TOO_LARGE, "cells"),
        (office.xlsx({"Un": "<row>" + "<c><v>1</v></c>" * 16_384 + '</row><row r="1048576"><c>'
                      "<v>1</v></c></row>"}), "a.xlsx", ReadState.TOO_LARGE, "cells"),
        (office.xlsb(office.xlsb_sheet((0, 0, 1.0), (1 << 19, 1 << 13, 1.0))), "a.xlsb",
         ReadState.TOO_LARGE, "cells"),
        (office.xls({"Un": [(0, 0, "a"), (65_535, 65_535, "b")]}), "a.xls",
         ReadState.TOO_LARGE, "cells"),
        (office.xls({"Un": []}, extra=b"\x2f\x00\x02\x00\x01\x00"), "a.xls",
         ReadState.ENCRYPTED, "password"),
        (samples.ole("Workbook"), "a.xls", ReadState.DAMAGED, "no_pages"),
        (compound({"Workbook": b"mot " * 200}), "a.xls", ReadState.DAMAGED, "broken"),
        (samples.ole("EncryptedPackage"), "a.xlsx", ReadState.ENCRYPTED, "password"),
        (office.xlsx({"Un": ""}, {"_rels/.rels": office.relations()}), "a.xlsx",
         ReadState.DAMAGED, "broken"),
        (office.xlsx({}), "a.xlsx", ReadState.DAMAGED, "no_pages"),
        (samples.zipped({"[Content_Types].xml": "<a/>", "xl/a": ""}), "a.xlsx",
         ReadState.DAMAGED, "no_body"),
        (office.xlsx({"Un": "<row><c>"}), "a.xlsx", ReadState.DAMAGED, "pages"),
        (office.xlsx({"Un": ""}, {"xl/worksheets/sheet1.xml": "<!DOCTYPE a><worksheet/>"}),
         "a.xlsx", ReadState.DAMAGED, "doctype"),
        (office.xlsx({"Un": ""}, {"xl/media/a.png": b" " * (12 << 20)}), "a.xlsx",
         ReadState.TOO_LARGE, "zip_ratio"),
        (office.odf("spreadsheet", table("Un", row_of_odf(cell_of_odf("a", repeated=1 << 14),
                                                          repeated=1 << 20))),
         "a.ods", ReadState.TOO_LARGE, "text"),
        (office.odf("spreadsheet", table("Un", row_of_odf(cell_of_odf("a", repeated=10**9)))),
         "a.ods", ReadState.TOO_LARGE, "cells"),
        (office.odf("spreadsheet", table("Un", row_of_odf(
            *[cell_of_odf("mot " * 4, repeated=4_000_000)] * 5))),
         "a.ods", ReadState.TOO_LARGE, "text"),
        (office.odf("spreadsheet", ""), "a.ods", ReadState.DAMAGED, "no_pages"),
        (office.odf("spreadsheet", "", {
            "META-INF/manifest.xml": office.part_of_odf("<encryption-data/>")}),
         "a.ods", ReadState.ENCRYPTED, "password"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_workbook_ends_in_its_state(
    content: bytes, name: str, state: ReadState, reason: str, tmp_path: Path
) -> None:
    reading = parsed_here(content, name, tmp_path)
    assert (reading.state, reading.reason, reading.pages) == (state, reason, ())


def test_shared_texts_are_counted_before_they_are_copied(tmp_path: Path) -> None:
    def shared(size: int) -> dict[str, str | bytes]:
        return {"xl/sharedStrings.xml": office.sheet_part("sst", f"<si><t>{'a' * size}</t></si>")}

    rows = "".join(row(n, f'<c r="A{n}" t="s"><v>0</v></c>') for n in range(1, 2_001))
    small = parsed_here(office.xlsx({"Un": rows}, shared(3)), "a.xlsx", tmp_path)
    large = parsed_here(office.xlsx({"Un": rows}, shared(1 << 20)), "a.xlsx", tmp_path)
    assert small.pages == ("Un" + "\naaa" * 2_000,)
    assert (large.state, large.reason) == (ReadState.TOO_LARGE, "text")


def test_an_old_workbook_tells_its_title(tmp_path: Path) -> None:
    content = office.xls({"Un": [(0, 0, "mot")]}, about=summary("Budget", "ARS"))
    reading = parsed_here(content, "a.xls", tmp_path)
    assert (reading.title, reading.author) == ("Budget", "ARS")


def test_whatever_calamine_does_the_queue_goes_on(tmp_path: Path) -> None:
    name_record = office.xls({"Un": []}, extra=b"\x18\x00\x09\x00\x01\0\0\0\x01\0\0\0\x05")
    files = {
        "panic.xls": name_record,
        "row.xlsx": office.xlsx({"Un": row(9_999_999_999, cell("A9999999999", 1))}),
        "good.xlsx": office.xlsx({"Un": row(1, cell("A1", "mot"))}),
    }
    readings = read_all(files, tmp_path, Limits(cpu_seconds=20))
    assert {name: (readings[name].state, readings[name].reason) for name in files} == {
        "panic.xls": (ReadState.DAMAGED, "crashed"),
        "row.xlsx": (ReadState.TOO_LARGE, "cells"),
        "good.xlsx": (ReadState.OK, ""),
    }
