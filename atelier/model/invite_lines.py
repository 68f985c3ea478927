"""A list of people as somebody pastes it or a spreadsheet saves it, read into lines.

Names, addresses and functions, apart by semicolons, commas or tabs, with or without a line of
titles; or as mail programs write them, « Awa Diop <awa@exemple.fr> ».
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from atelier.model.invites import TypedLine
from atelier.model.names import sort_key

_SEPARATORS: Final = (";", "\t", ",")
_MAILBOX: Final = re.compile(r"<[^<>@\s]+@[^<>\s]*>")
_BESIDE: Final = ' ,;\t"'
_TITLES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("nom", "name", "last name", "noms", "nom complet", "nom et prenom"), "name"),
    **dict.fromkeys(("prenom", "first name", "given name", "prenoms"), "first"),
    **dict.fromkeys(
        ("adresse", "courriel", "email", "e-mail", "mail", "adresse de courriel",
         "adresse mail", "adresse email", "adresse e-mail", "email address", "address"),
        "email",
    ),
    **dict.fromkeys(("fonction", "function", "poste", "role", "metier", "job title"), "function"),
}  # fmt: skip


def decoded(raw: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with its mark, else UTF-8, else as Excel writes it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def read_lines(text: str) -> list[TypedLine]:
    """Every line that says something, in order; one whose address is missing has ""."""
    plain = text.removeprefix("\ufeff").replace("\0", "")
    found = _mailboxes(plain) if _MAILBOX.search(plain) else _cells(plain)
    said = [line for line in (tuple(map(_one_line, cells)) for cells in found) if any(line)]
    return [TypedLine(number, *line) for number, line in enumerate(said, 1)]


def written(lines: Iterable[TypedLine]) -> str:
    """The lines as `read_lines` reads them again."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(["nom", "courriel", "fonction"])
    writer.writerows([one.name, one.email, one.function] for one in lines)
    return text.getvalue()


def _mailboxes(text: str) -> list[tuple[str, str, str]]:
    """« Awa <a@exemple.fr>, agent » on a line, or several people on one, as in a field « To »."""
    found: list[tuple[str, str, str]] = []
    for line in text.splitlines():
        name, *boxes = line.split("<")
        if not boxes and line.strip(_BESIDE):
            found += _cells(line)
        for index, box in enumerate(boxes, 1):
            email, _, rest = box.partition(">")
            is_last = index == len(boxes)
            function = rest.strip(_BESIDE) if is_last else ""
            found.append((email.strip(), name.strip(_BESIDE), function))
            name = rest
    return found


def _cells(text: str) -> list[tuple[str, str, str]]:
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row)]
    titles = _titles(rows[0]) if rows else {}
    if titles:
        return [_by_titles(row, titles) for row in rows[1:]]
    return [_by_place(row) for row in rows]


def _rows(text: str) -> list[list[str]]:
    separator = max(_SEPARATORS, key=text.count)
    try:
        return list(csv.reader(text.splitlines(keepends=True), delimiter=separator))
    except csv.Error:
        return [line.split(separator) for line in text.splitlines()]


def _titles(row: Sequence[str]) -> dict[str, int]:
    """Which column is what; nothing when the row is no row of titles."""
    if any("@" in cell for cell in row):
        return {}
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        meaning = _TITLES.get(sort_key(cell.strip().removesuffix(":").strip()))
        if meaning is not None:
            found.setdefault(meaning, index)
    return found if "email" in found else {}


def _by_titles(row: Sequence[str], titles: Mapping[str, int]) -> tuple[str, str, str]:
    def cell(meaning: str) -> str:
        index = titles.get(meaning, len(row))
        return row[index].strip() if index < len(row) else ""

    return cell("email"), f"{cell('first')} {cell('name')}".strip(), cell("function")


def _by_place(row: Sequence[str]) -> tuple[str, str, str]:
    """The cell with an @ is the address; of the others the first is the name, the next a function.

    Without any, the first cell stands for the address: whoever typed it sees what is missing.
    """
    cells = [cell.strip() for cell in row]
    at = next((index for index, cell in enumerate(cells) if "@" in cell), None)
    if at is None:
        return "", next(cell for cell in cells if cell), ""
    others = [cell for index, cell in enumerate(cells) if index != at and cell]
    name = others[0] if others else ""
    return cells[at], name, others[1] if len(others) > 1 else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
