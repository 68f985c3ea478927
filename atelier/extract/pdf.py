"""Reads PDF through PDFium, page by page, with what forms and annotations show."""

from __future__ import annotations

import mmap
from ctypes import c_char
from typing import BinaryIO

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, Unread
from atelier.extract.limits import MAX_PAGES, OCR_CHARACTERS
from atelier.extract.moments import pdf_moment
from atelier.model.documents import ReadState

# PDFium stands for a hyphen at the end of a line with one of these: the word goes on
_SOFT_HYPHENS = str.maketrans("", "", "\ufffe\x02\u00ad")


def read(file: BinaryIO) -> Found:
    """One text a page, in order; `needs_ocr` when half of the pages or more are images only."""
    document = opened(file)
    count = len(document)
    if count <= 0:
        raise Unread(ReadState.DAMAGED, "no_pages")
    sheet, pages, broken, scans = Sheet(), [], 0, 0
    for number in range(min(count, MAX_PAGES)):
        try:
            text, is_scan = _page(document, number)
        except pdfium.PdfiumError:
            text, is_scan, broken = "", False, broken + 1
        sheet.write(text)
        scans += is_scan
        pages.append(sheet.take())
    state, reason = _state(count, broken, scans)
    properties = document.get_metadata_dict()
    return Found(
        tuple(pages), PageKind.PAGE, properties.get("Title", ""), properties.get("Author", ""),
        state, reason, pdf_moment(properties.get("CreationDate", "")),
        pdf_moment(properties.get("ModDate", "")),
    )  # fmt: skip


def opened(file: BinaryIO) -> pdfium.PdfDocument:
    """The document, its forms ready; `Unread` encrypted or damaged."""
    # mapped, not read: a PDF of a gigabyte costs only the parts that are looked at
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    try:
        document = pdfium.PdfDocument((c_char * len(mapped)).from_buffer(mapped))
        document.init_forms()
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_raw.FPDF_ERR_PASSWORD, pdfium_raw.FPDF_ERR_SECURITY):
            raise Unread(ReadState.ENCRYPTED, "password") from error
        raise Unread(ReadState.DAMAGED, "pdf") from error
    return document


def _page(document: pdfium.PdfDocument, number: int) -> tuple[str, bool]:
    """Text of a page, and whether it is a scan: hardly a word, and an image."""
    page = document[number]
    if pdfium_raw.FPDFPage_GetAnnotCount(page) > 0:
        pdfium_raw.FPDFPage_Flatten(page, pdfium_raw.FLAT_NORMALDISPLAY)
        page.close()
        page = document[number]  # handles made before flattening do not see its text
    try:
        text = page.get_textpage().get_text_range().translate(_SOFT_HYPHENS)
        is_scan = len(text.strip()) < OCR_CHARACTERS and has_image(page)
        return text, is_scan
    finally:
        page.close()


def has_image(page: pdfium.PdfPage) -> bool:
    """Whether anything on the page is an image."""
    return any(True for _ in page.get_objects(filter=[pdfium_raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _state(count: int, broken: int, scans: int) -> tuple[ReadState, str]:
    if broken >= min(count, MAX_PAGES):
        raise Unread(ReadState.DAMAGED, "pages")
    if count > MAX_PAGES:
        return ReadState.PARTIAL, "many_pages"
    if broken:
        return ReadState.PARTIAL, "pages"
    return (ReadState.NEEDS_OCR, "scan") if 2 * scans >= count else (ReadState.OK, "")
