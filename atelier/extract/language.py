"""Which language a text is in, by py3langid, with its model shared on disk instead of in memory.

Loaded as it comes, the model takes 73 MiB of the process and half a second. So a child that
then ends lays it out in a scratch file, for the languages of our documents only, and the
extraction server maps that file: its pages belong to the system, which may take them back.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from typing import Any, BinaryIO, Literal, Protocol

import msgspec

from atelier.extract.limits import LANGUAGE_CHARACTERS, LANGUAGE_MIN_CHARACTERS

# numpy's algebra starts threads unless told not to, and a process with threads must not fork
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy
from py3langid.langid import MODEL_FILE, LanguageIdentifier

del os.environ["OPENBLAS_NUM_THREADS"]

# ISO 639-1: Europe's languages and those of the people whom health networks in France serve
LANGUAGES = (
    "am", "ar", "bg", "bn", "br", "bs", "ca", "co", "cs", "cy", "da", "de", "el", "en", "es",
    "et", "eu", "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "hy", "it", "ja", "ka",
    "km", "ko", "ku", "lo", "lt", "lv", "mg", "mk", "mt", "nl", "no", "oc", "pa", "pl", "ps",
    "pt", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur",
    "vi", "zh",
)  # fmt: skip
_ALIGNMENT = 64

_Table = numpy.ndarray[tuple[int, ...], numpy.dtype[Any]]


class Model(Protocol):
    """What tells languages apart."""

    def classify(self, text: str) -> tuple[str, float]:
        """ISO 639-1 code, and how sure it is on a scale without unit."""
        ...


class _Section(msgspec.Struct, frozen=True):
    """Where one table of the model lies in the scratch file."""

    kind: str
    offset: int
    size: int
    shape: tuple[int, ...]


class _Layout(msgspec.Struct, frozen=True):
    """What stands at the end of the scratch file, its length in the last 8 bytes."""

    languages: tuple[str, ...]
    sections: dict[str, _Section]


def lay_out(file: BinaryIO) -> None:
    """Write the model's tables into `file`; done in a process that ends afterwards."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages([one for one in LANGUAGES if one in model.labels])
    tables: dict[str, _Table] = {
        "features": numpy.ascontiguousarray(model.nb_ptc, dtype=numpy.float16),
        "priors": numpy.ascontiguousarray(model.nb_pc, dtype=numpy.float32),
        "moves": numpy.asarray(model.tk_nextmove, dtype=numpy.uint32),
        "rows": numpy.asarray(model.tk_row, dtype=numpy.uint32),
        "outputs": numpy.asarray(model.tk_output, dtype=numpy.int32),
    }
    sections = {name: _written(file, table) for name, table in tables.items()}
    layout = msgspec.json.encode(_Layout(tuple(model.nb_classes), sections))
    file.write(layout + len(layout).to_bytes(8, "big"))
    file.flush()


def opened(file: BinaryIO) -> Model:
    """The model over the mapped scratch file; `file` may be closed afterwards."""
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    size = int.from_bytes(mapped[-8:], "big")
    layout = msgspec.json.decode(mapped[-8 - size : -8], type=_Layout)

    def table(name: str) -> _Table:
        """An array over its section."""
        section = layout.sections[name]
        count = section.size // numpy.dtype(section.kind).itemsize
        return numpy.frombuffer(mapped, section.kind, count, section.offset).reshape(section.shape)

    def column(name: str, code: Literal["I", "i"]) -> Sequence[int]:
        """Whole numbers of a section: plain indexing, quicker than an array's."""
        section = layout.sections[name]
        return memoryview(mapped)[section.offset : section.offset + section.size].cast(code)

    model: Model = LanguageIdentifier(
        table("features"), table("priors"), list(layout.languages),
        column("moves", "I"), column("outputs", "i"), tk_row=column("rows", "I"),
    )  # fmt: skip
    return model


def language_of(model: Model, pages: Sequence[str]) -> str:
    """ISO 639-1 code of the first 5,000 characters; "" under 40 of them."""
    sample = ""
    for page in pages:
        sample = f"{sample}\n{page[:LANGUAGE_CHARACTERS]}".strip()
        if len(sample) >= LANGUAGE_CHARACTERS:
            break
    if len(sample) < LANGUAGE_MIN_CHARACTERS:
        return ""
    return model.classify(sample[:LANGUAGE_CHARACTERS])[0]


def _written(file: BinaryIO, table: _Table) -> _Section:
    file.write(b"\0" * (-file.tell() % _ALIGNMENT))
    offset = file.tell()
    file.write(table.tobytes())
    return _Section(table.dtype.str, offset, table.nbytes, tuple(table.shape))
