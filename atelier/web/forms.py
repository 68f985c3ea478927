"""Forms without files: what was typed, decoded strictly and bounded.

Forms with files are in `multipart`; both give a `Form`.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from atelier.errors import CrossSite, Invalid, Malformed, TextTooLarge, TooLarge
from atelier.web.bodies import whole

Choice = TypeVar("Choice", bound=StrEnum)

TOKEN_FIELD: Final = "form_token"  # noqa: S105
_BAD_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class FormLimits:
    """How much a form may hold, its files apart (THREATS 67, 68)."""

    max_body_bytes: int = 64 * 1024
    max_fields: int = 100


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed: one text a field, or several for the fields that may repeat."""

    fields: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What was typed, without surrounding spaces; "" when the field is absent."""
        return self.fields.get(name, "").strip()

    def secret(self, name: str) -> str:
        """What was typed, to the letter: for passwords."""
        return self.fields.get(name, "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may repeat, in order."""
        return self.lists.get(name, ())

    def number(self, name: str) -> int:
        """A whole number from 0, at most 18 digits; `Invalid` otherwise."""
        typed = self.text(name)
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 18):
            raise Invalid(name, "number", typed[:40])
        return int(typed)

    def day(self, name: str) -> date | None:
        """A day (`2026-03-12`), None when nothing was typed; `Invalid` otherwise."""
        typed = self.text(name)
        try:
            return date.fromisoformat(typed) if typed else None
        except ValueError:
            raise Invalid(name, "malformed", typed[:40]) from None

    def choice(self, name: str, among: type[Choice]) -> Choice:
        """One of the values of an enumeration; `Invalid` otherwise."""
        typed = self.text(name)
        if typed not in set(among):
            raise Invalid(name, "unknown", typed[:80])
        return among(typed)

    def checked(self, form_token: str | None) -> Form:
        """This form, when it carries the token of the visit; `CrossSite` otherwise.

        Without a visit (None) there is no token to carry: the gate's check of the
        origin stands alone.
        """
        sent = self.fields.get(TOKEN_FIELD, "").encode()
        if form_token is not None and not hmac.compare_digest(sent, form_token.encode()):
            raise CrossSite()
        return self


async def read_form(
    request: Request,
    names: Collection[str] = (),
    *,
    repeated: Collection[str] = (),
    limits: FormLimits | None = None,
) -> Form:
    """The urlencoded form of a request.

    `names` are the fields it may have, `repeated` those it may have several times; any
    other is `Invalid` with fault `unknown` (nothing can be set that was not asked for).
    `Malformed` for another media type, bad escapes, bad UTF-8, NUL, too many fields or a
    field twice; `TextTooLarge`, `BodyCut`.
    """
    limits = limits or FormLimits()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise Malformed("content-type")
    try:
        body = await whole(request, limits.max_body_bytes)
    except TooLarge as error:
        raise TextTooLarge(error.limit_bytes, error.size_bytes) from None
    return gathered(decoded(body, limits.max_fields), names, repeated)


def decoded(body: bytes, max_fields: int) -> list[tuple[str, str]]:
    """The pairs of an urlencoded body, in order; `Malformed`."""
    if not body:
        return []
    if body.count(b"&") >= max_fields:
        raise Malformed("form")
    return [(_text(name), _text(value)) for name, _, value in _parts(body)]


def gathered(
    pairs: Iterable[tuple[str, str]], names: Collection[str], repeated: Collection[str]
) -> Form:
    """The form that the pairs make; `Invalid` for an unknown field, `Malformed` for one twice."""
    fields: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if name in repeated:
            lists[name] = (*lists.get(name, ()), value)
        elif name != TOKEN_FIELD and name not in names:
            raise Invalid(name[:40], "unknown")
        elif name in fields:
            raise Malformed("form")
        else:
            fields[name] = value
    return Form(fields, lists)


def typed_text(raw: bytes) -> str:
    """UTF-8 text of a form, its line ends as `\\n`; `Malformed` for bad UTF-8 or NUL."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("form") from None
    if "\0" in text:
        raise Malformed("form")
    return text.replace("\r\n", "\n")


def _parts(body: bytes) -> Iterable[tuple[bytes, bytes, bytes]]:
    return (part.partition(b"=") for part in body.split(b"&") if part)


def _text(raw: bytes) -> str:
    if _BAD_ESCAPE.search(raw):
        raise Malformed("form")
    return typed_text(unquote_to_bytes(raw.replace(b"+", b" ")))
