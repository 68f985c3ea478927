"""Pages out of templates: one Jinja environment per language, static files by digest.

Templates see the values of the handler, the common values below, and a few functions:
messages, days and sizes in the reader's language, addresses, and the model in words.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Final, Protocol
from urllib.parse import quote, urlencode

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from atelier.model.names import is_suspect
from atelier.web.language import LANGUAGE_NAMES, LANGUAGES, Voice
from atelier.web.pages import words
from atelier.web.pages.assets import Assets, StaticFile
from atelier.web.pages.rows import Rows

HUES: Final = 8

# What every page may read without its handler having to say it.
_COMMON: Final[Mapping[str, object]] = {
    "session": None,
    "network_name": "Atelier",
    "path": "/",
    "notice": None,
    "errors": {},
    "typed": {},
    "form_token": "",
    "q": "",
    "undo": "",
    "brought": None,
    "aside": (),
    "next_meeting": None,
    "of_meeting": None,
    "onto": None,
}


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str:
        """Its name."""


class SharedBytecode(BytecodeCache):
    """Compiles a template once for all languages: the second takes the code of the first."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket when another language compiled this template."""
        if bucket.key in self._codes:
            bucket.code = marshal.loads(self._codes[bucket.key])  # noqa: S302

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was just compiled."""
        code = bucket.code
        if isinstance(code, CodeType):
            self._codes[bucket.key] = marshal.dumps(code)


def url(*parts: object, **query: object) -> str:
    """A path of ours: `url("folders", 12, page=2)` → `/folders/12?page=2`.

    Parts are percent-encoded; a query value of None or "" is left out.
    """
    path = "/" + "/".join(quote(str(part), safe="") for part in parts)
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def url_before(name: str, *parts: object, **query: object) -> str:
    """An address that ends in `name=`: a macro puts what it links to after it."""
    start = url(*parts, **query)
    return f"{start}{'&' if '?' in start else '?'}{name}="


def named(things: Iterable[Named]) -> list[tuple[str, str]]:
    """Options of a select for things that are chosen by their name."""
    return [(thing.name, thing.name) for thing in things]


def initials(name: str) -> str:
    """« Centre hospitalier d'Argentan » → « CA »: first and last capital words, else letters."""
    capitals = [word[0] for word in name.replace("'", " ").split() if word[:1].isupper()]
    if len(capitals) > 1:
        return capitals[0] + capitals[-1]
    return name[:2].upper()


def hue(number: int) -> int:
    """The colour class of an id, from 0 to `HUES` - 1; neighbours differ."""
    return (number * 5) % HUES


class Renderer:
    """Renders pages and gives static files; made once, shared by all requests."""

    def __init__(self, templates_folder: Path, *, time_zone: str = "Europe/Paris") -> None:
        """Reads the static files; moments are shown in `time_zone`."""
        self.assets = Assets(templates_folder / "static")
        self._voices = {language: Voice(language, time_zone) for language in LANGUAGES}
        bytecode, loader = SharedBytecode(), FileSystemLoader(templates_folder)
        self._environments = {
            language: self._environment(voice, loader, bytecode)
            for language, voice in self._voices.items()
        }

    def voice(self, language: str) -> Voice:
        """The voice of a language, for sentences made outside templates."""
        return self._voices[language]

    def render(self, name: str, language: str, context: Mapping[str, object]) -> bytes:
        """The page in UTF-8; a value that a template misses is an error, never a blank."""
        values = {**_COMMON, **context}
        session = values["session"]
        if session is not None:
            values["form_token"] = getattr(session, "form_token", "")
        template = self._environments[language].get_template(name)
        return template.render(values).encode()

    def static(self, name: str) -> str:
        """The immutable address of a static file, such as `css/atelier.css`."""
        return self.assets.url(name)

    def static_file(self, path: str) -> StaticFile | None:
        """The file at what follows `/static/` in an address; None when there is none."""
        return self.assets.find(path)

    def _environment(
        self, voice: Voice, loader: FileSystemLoader, bytecode: BytecodeCache
    ) -> Environment:
        environment = Environment(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            bytecode_cache=bytecode,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(self._globals(voice))
        return environment

    def _globals(self, voice: Voice) -> dict[str, object]:
        return {
            "_": voice.markup,
            "ngettext": voice.markup_plural,
            "language": voice.language,
            "languages": LANGUAGE_NAMES,
            "day": voice.day,
            "moment": voice.moment,
            "iso": lambda when: voice.local(when).isoformat(timespec="minutes"),
            "size": voice.size,
            "number": voice.number,
            "static": self.static,
            "url": url,
            "url_before": url_before,
            "named": named,
            "initials": initials,
            "hue": hue,
            "rows": Rows(voice, self.static("icons/sprite.svg")),
            "reading": lambda state: words.reading(state, voice),
            "role_words": {role.role.value: role for role in words.roles(voice)},
            "journal_sentence": lambda line: words.journal_sentence(line, voice),
            "is_suspect": is_suspect,
            "icon": lru_cache(maxsize=256)(self._icon),
        }

    def _icon(self, symbol: str) -> Markup:
        """A decorative icon: the words beside it say the same."""
        return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
            self.static("icons/sprite.svg"), symbol
        )
