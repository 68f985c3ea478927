"""Files that name an address wherever their format lets them, beside those of `samples`."""

from __future__ import annotations

import io
import zipfile

from tests.samples import odt, zipped

_LINK = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{0}" xlink:actuate="onLoad"'
_RELATIONSHIP = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" TargetMode="External" Target="{0}" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/{1}"/></Relationships>'
)
_MAIN = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{0}" '
    'ContentType="application/vnd.openxmlformats-officedocument.{1}.main+xml"/></Types>'
)
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def reaching_out(address: str) -> dict[str, bytes]:
    """THREATS 40-41: external images, links, templates, playlists, scripts of drawing programs."""
    image = f'<img src="{address}/i">'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}/s"/><use href="{address}'
        f'/u#a"/></svg>'
    )
    mvg = f"push graphic-context\nimage over 0,0 0,0 'url({address}/m)'\npop graphic-context\n"
    rtf = (
        rf'{{\rtf1{{\*\template {address}/t}}{{\field{{\*\fldinst INCLUDEPICTURE "{address}/f"'
        r" \\d}{\fldrslt x}}}"
    )
    mail = (
        "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/html\r\n\r\n{image}\r\n--b\r\n"
        f'Content-Type: message/external-body; access-type=URL; URL="{address}/x"\r\n\r\n\r\n--b--'
    )
    return {
        "image.svg": svg.encode(), "mvg.png": mvg.encode(), "msl.jpg": _msl(address).encode(),
        "ps.jpg": f"%!PS\n({address}/p) (r) file\n".encode(), "champ.rtf": rtf.encode(),
        "lettre.eml": mail.encode(), "liste.mp4": f"#EXTM3U\n#EXTINF:1,\n{address}/v.ts\n".encode(),
        "image.odt": image_odt(address),
        "image.pptx": zipped({
            "[Content_Types].xml": _MAIN.format("ppt/presentation.xml",
                                                "presentationml.presentation"),
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{_P}"/>',
            "ppt/_rels/presentation.xml.rels": _RELATIONSHIP.format(f"{address}/d", "slide")}),
        "lien.xlsx": zipped({
            "[Content_Types].xml": _MAIN.format("xl/workbook.xml", "spreadsheetml.sheet"),
            "xl/workbook.xml": f'<workbook xmlns="{_S}"/>',
            "xl/_rels/workbook.xml.rels": _RELATIONSHIP.format(f"{address}/e",
                                                               "externalLinkPath")}),
    }  # fmt: skip


def image_odt(address: str) -> bytes:
    """A text whose image lies elsewhere: an office fetches it when it opens the text."""
    link = _LINK.format(f"{address}/image.png")
    frame = (
        '<text:p><draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" svg:width="5cm" '
        f'svg:height="5cm"><draw:image {link}/></draw:frame></text:p>'
    )
    with zipfile.ZipFile(io.BytesIO(odt(["avant"]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = members["content.xml"].decode()
    members["content.xml"] = content.replace("</office:text>", f"{frame}</office:text>").encode()
    return zipped(members)


def _msl(address: str) -> str:
    return f'<?xml version="1.0"?><image><read filename="{address}/l"/></image>'
