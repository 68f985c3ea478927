"""What an administrator may decide: `config.toml` and `ATELIER_*`, read into frozen values.

The classes below are the one table of settings: name, type, default, unit and help stand
together, and `config.toml`, the environment and `explain` follow them. Later wins:
default, `config.toml` (of the data folder, else of the working folder), the environment
(`ATELIER_SERVER_PORT` is `server.port`), an option of the command line. Whatever is
unknown or wrong is refused with a `SettingsFault` that says where it stood.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, TypeVar

from atelier.errors import SettingsFault
from atelier.settings import checks
from atelier.settings.checks import Check as Check
from atelier.settings.checks import Wrong as Wrong

T = TypeVar("T")

FILE_NAME = "config.toml"
PREFIX = "ATELIER_"
DEFAULT = "default"

# Read by the tests, which start servers with the environment they were given.
_NOT_SETTINGS = {"ATELIER_SAMPLES", "ATELIER_THOROUGH"}


def _setting(default: T, check: Check, help: str, unit: str = "") -> T:
    return field(default=default, metadata={"check": check, "help": help, "unit": unit})


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens, and how people reach it."""

    host: str = _setting(
        "127.0.0.1", checks.text, "Address on which the server listens; 0.0.0.0 for every network."
    )
    port: int = _setting(8000, checks.number(1, 65_535), "Port on which the server listens.")
    public_url: str = _setting(
        "http://localhost:8000",
        checks.public_url,
        "Address people type, and links in messages begin with; https unless it is this "
        "computer. Left out, it is http://localhost with the port above.",
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _setting(
        (),
        checks.proxies,
        "Addresses or networks of reverse proxies whose X-Forwarded-* headers are believed.",
    )
    accel_redirect: str = _setting(
        "",
        checks.place,
        "Under which internal address a trusted nginx finds the blobs, such as /_blobs/: it "
        "sends them once Atelier has checked the right. Left empty, Atelier sends them.",
    )


@dataclass(frozen=True, slots=True)
class Storage:
    """Where records, bytes and index are kept. Paths are relative to the data folder."""

    records: str = _setting("sqlite:atelier.sqlite3", checks.address, "Where the records are kept.")
    blobs: str = _setting(
        "file:blobs", checks.address, "Where the bytes of documents are kept; drafts stand beside."
    )
    index: str = _setting(
        "tantivy:index",
        checks.address,
        "Where the search index is kept; it may be deleted and rebuilt. whoosh:index for the "
        "engine in Python alone.",
    )
    free_space_floor_bytes: int = _setting(
        512 * 1024**2,
        checks.number(0, 2**50),
        "Deposits are refused when less than this is left on the disk.",
        "bytes",
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring."""

    max_deposit_bytes: int = _setting(
        2 * 1024**3, checks.number(1, 2**50), "Largest document that can be deposited.", "bytes"
    )
    max_files_per_deposit: int = _setting(
        6,
        checks.number(1, 500),
        "Most documents in one form sent without script; with script each goes alone.",
        "files",
    )
    max_archive_bytes: int = _setting(
        20 * 1024**3,
        checks.number(1, 2**50),
        "Largest archive (ZIP) of a folder or a selection that can be downloaded.",
        "bytes",
    )
    max_form_bytes: int = _setting(
        1024**2,
        checks.number(16 * 1024, 64 * 1024**2),
        "Largest form, its documents not counted.",
        "bytes",
    )


@dataclass(frozen=True, slots=True)
class Sessions:
    """How long people stay signed in, and links stay good."""

    idle_minutes: int = _setting(
        120, checks.number(30, 480), "A visit ends after this long without a click.", "minutes"
    )
    absolute_hours: int = _setting(
        12, checks.number(1, 24), "A visit ends after this long in any case.", "hours"
    )
    link_hours: int = _setting(
        72, checks.number(1, 720), "A one-time sign-in link is good for this long.", "hours"
    )
    invitation_days: int = _setting(
        7, checks.number(1, 30), "An invitation is good for this long.", "days"
    )
    reset_minutes: int = _setting(
        30,
        checks.number(10, 120),
        "The link of a forgotten password is good for this long.",
        "minutes",
    )
    kept_days: int = _setting(
        30,
        checks.number(1, 90),
        "A device on which one stays signed in, by a passkey or a second factor, is known for "
        "this long.",
        "days",
    )
    second_factor: str = _setting(
        "stewards",
        checks.one_of("nobody", "stewards", "coordinators"),
        "Who must have a passkey or an authenticator app: nobody; stewards; or coordinators, "
        "which is stewards too.",
    )
    inactive_months: int = _setting(
        12,
        checks.number(1, 120),
        "An account without a visit for this long is reported to the stewards.",
        "months",
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read. Limits of a reading are not settings."""

    read_processes: int = _setting(
        2, checks.number(1, 32), "How many documents are read at the same time.", "processes"
    )
    patient_data_guard: bool = _setting(
        True,
        checks.yes_no,
        "Whether people are warned of social-security numbers in what they deposit.",
    )
    use_ocr: bool = _setting(
        True, checks.yes_no, "Whether Tesseract, where it is installed, reads the text of scans."
    )
    use_libreoffice: bool = _setting(
        False,
        checks.yes_no,
        "Whether LibreOffice, where it is installed, turns office files into pages; it is a "
        "large program that opens files of strangers.",
    )


@dataclass(frozen=True, slots=True)
class Inbox:
    """Drop folders: what stands in them is deposited by itself."""

    # A scanner writes page after page: too short, and half a document is deposited.
    stable_seconds: int = _setting(
        5,
        checks.number(1, 3600),
        "A dropped file is taken once it has not changed for this long.",
        "seconds",
    )


@dataclass(frozen=True, slots=True)
class Trash:
    """What was removed and can still be brought back."""

    # A day at least, so that nothing goes before its removal could be noticed.
    keep_days: int = _setting(
        30,
        checks.number(1, 3650),
        "What is in the trash is kept for this long, then purged for good.",
        "days",
    )


@dataclass(frozen=True, slots=True)
class AccessLog:
    """The trail of who read or downloaded what."""

    # At least a month and at most ten years: without a trail nothing is found, without an
    # end it becomes a file about people. CNIL 2021-122 asks for six months to one year.
    keep_months: int = _setting(
        12,
        checks.number(1, 120),
        "Who read or downloaded which version is kept for this long, then purged.",
        "months",
    )


@dataclass(frozen=True, slots=True)
class Backup:
    """How `atelier backup` keeps the workspace elsewhere."""

    recipient: str = _setting(
        "",
        checks.recipient,
        "Public key (age1…) that backups are encrypted to; empty: they are not encrypted. "
        "Made by atelier backup-key.",
    )


@dataclass(frozen=True, slots=True)
class Mail:
    """How letters leave. Without a server nothing is sent, and links can be copied."""

    server: str = _setting(
        "", checks.host, "Host name of the SMTP server that takes letters; empty: none are sent."
    )
    port: int = _setting(587, checks.number(1, 65_535), "Port of the SMTP server.")
    security: str = _setting(
        "starttls",
        checks.one_of("starttls", "tls", "none"),
        "How the way to it is encrypted: starttls, tls from the first byte, or none, which is "
        "taken on loopback only.",
    )
    sender: str = _setting(
        "", checks.sender, "Address that letters come from; needed with a server."
    )
    credentials: str = _setting(
        "",
        checks.file_name,
        "File with the user name on its first line and the password on its second, that only "
        "its owner may read; relative to the data folder. Empty: no credentials are shown.",
    )


@dataclass(frozen=True, slots=True)
class Legal:
    """What the legal pages say of who answers for this network. Left empty, they say so."""

    publisher: str = _setting(
        "", checks.line, "Who publishes this workspace and answers for its data: name and address."
    )
    director: str = _setting("", checks.line, "Who directs the publication: a name and a function.")
    host: str = _setting(
        "", checks.line, "Who hosts the server: name, address and telephone number."
    )
    contact: str = _setting(
        "",
        checks.line,
        "Where people write about the workspace and its accessibility: an e-mail address or a "
        "postal one.",
    )
    data_protection: str = _setting(
        "", checks.line, "Where people write about their data: the data protection officer."
    )


@dataclass(frozen=True, slots=True)
class Network:
    """What holds for the whole network."""

    time_zone: str = _setting(
        "Europe/Paris", checks.zone, "Time zone in which the days of the network begin and end."
    )
    default_language: str = _setting(
        "fr", checks.one_of("fr", "en"), "Language shown to people who chose none: fr or en."
    )


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting as it holds: its value as text, where it came from, and what it is."""

    key: str
    value: str
    source: str
    unit: str
    help: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All the settings, and the data folder they were loaded for (absolute)."""

    data: Path
    server: Server
    storage: Storage
    limits: Limits
    sessions: Sessions
    reading: Reading
    inbox: Inbox
    trash: Trash
    access_log: AccessLog
    backup: Backup
    mail: Mail
    legal: Legal
    network: Network
    sources: Mapping[str, str]

    def explain(self) -> list[Explained]:
        """Every setting in the order of the table, with its value and its source."""
        return [
            Explained(
                row.key,
                _shown(getattr(getattr(self, row.section), row.name)),
                self.sources.get(row.key, DEFAULT),
                row.unit,
                row.help,
            )
            for row in TABLE
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of the table; `check` gives the value to keep or refuses."""

    section: str
    name: str
    default: object
    unit: str
    help: str
    check: Check

    @property
    def key(self) -> str:
        """As in `explain` and in faults: `server.port`."""
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        """As in the environment: `ATELIER_SERVER_PORT`."""
        return f"{PREFIX}{self.section}_{self.name}".upper()


SECTIONS: dict[str, type] = {
    "server": Server,
    "storage": Storage,
    "limits": Limits,
    "sessions": Sessions,
    "reading": Reading,
    "inbox": Inbox,
    "trash": Trash,
    "access_log": AccessLog,
    "backup": Backup,
    "mail": Mail,
    "legal": Legal,
    "network": Network,
}

TABLE: tuple[Row, ...] = tuple(
    Row(name, entry.name, entry.default, **entry.metadata)
    for name, section in SECTIONS.items()
    for entry in fields(section)
)


def load(
    data: Path,
    environ: Mapping[str, str],
    cwd: Path,
    options: Mapping[str, str] | None = None,
) -> Settings:
    """The settings for a data folder, or `SettingsFault`.

    `options` are what the command line was given, by key (`{"server.port": "9000"}`).
    """
    folder = cwd.absolute() / data
    given: dict[str, tuple[object, str]] = {}
    for place in (_from_file(folder, cwd), _from_environ(environ), _from_options(options or {})):
        given.update((key, (value, source)) for key, value, source in place)
    rows = {row.key: row for row in TABLE}
    values = {row.key: row.default for row in TABLE}
    values.update((key, _checked(rows[key], *found)) for key, found in given.items())
    return _settled(folder, values, {key: source for key, (_, source) in given.items()})


Found = Iterator[tuple[str, object, str]]


def _from_file(data: Path, cwd: Path) -> Found:
    for path in (data / FILE_NAME, cwd.absolute() / FILE_NAME):
        parsed = _parsed(path)
        if parsed is not None:
            yield from _sections(parsed, str(path))
            return


def _parsed(path: Path) -> dict[str, object] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsFault(str(path), "", Wrong.UNREADABLE) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at .*\)$", str(error))
        source = f"{path} {place.group()}" if place else str(path)
        raise SettingsFault(source, "", Wrong.NOT_TOML) from error
    except UnicodeDecodeError as error:
        raise SettingsFault(str(path), "", Wrong.NOT_TOML) from error


def _sections(parsed: Mapping[str, object], source: str) -> Found:
    for section, entries in parsed.items():
        if section in SECTIONS and isinstance(entries, dict):
            yield from _entries(section, entries, source)
        elif section in SECTIONS or isinstance(entries, dict):
            nearest = checks.nearest(section, SECTIONS)
            raise SettingsFault(source, section, Wrong.UNKNOWN_SECTION, nearest)
        else:
            raise SettingsFault(source, section, Wrong.UNKNOWN_KEY, _nearest_key(section))


def _entries(section: str, entries: Mapping[str, object], source: str) -> Found:
    known = {row.key for row in TABLE}
    for name, value in entries.items():
        key = f"{section}.{name}"
        if key not in known:
            raise SettingsFault(source, key, Wrong.UNKNOWN_KEY, _nearest_key(key))
        yield key, value, source


def _from_environ(environ: Mapping[str, str]) -> Found:
    keys = {row.variable: row.key for row in TABLE}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        if variable not in keys:
            nearest = checks.nearest(variable, keys)
            raise SettingsFault(variable, variable, Wrong.UNKNOWN_VARIABLE, nearest)
        yield keys[variable], checks.Typed(environ[variable]), variable


def _from_options(options: Mapping[str, str]) -> Found:
    for key, value in options.items():
        yield key, checks.Typed(value), f"--{key.rpartition('.')[2].replace('_', '-')}"


def _checked(row: Row, given: object, source: str) -> object:
    try:
        return row.check(given)
    except checks.Refused as refused:
        raise SettingsFault(source, row.key, refused.wrong, refused.nearest) from refused


def _settled(data: Path, values: dict[str, Any], sources: dict[str, str]) -> Settings:
    if "server.public_url" not in sources:
        values["server.public_url"] = f"http://localhost:{values['server.port']}"
    for key in ("storage.records", "storage.blobs", "storage.index"):
        values[key] = _placed(values[key], data)
    sections = {
        name: section(**{row.name: values[row.key] for row in TABLE if row.section == name})
        for name, section in SECTIONS.items()
    }
    _check_mail(sections["mail"], sources)
    return Settings(data=data, sources=sources, **sections)


def _check_mail(mail: Mail, sources: Mapping[str, str]) -> None:
    """What only two settings together can be wrong about."""
    if mail.server and not mail.sender:
        raise SettingsFault(sources["mail.server"], "mail.sender", Wrong.SENDER_NEEDED)
    if mail.server and mail.security == "none" and not checks.is_loopback(mail.server):
        raise SettingsFault(sources["mail.security"], "mail.security", Wrong.TLS_NEEDED, "starttls")


def _placed(address: str, data: Path) -> str:
    """The address with its path made absolute; one of another machine stays as it is."""
    scheme, _, place = address.partition(":")
    return address if place.startswith("//") else f"{scheme}:{data / place}"


def _nearest_key(key: str) -> str:
    """The known key of that name in whatever section, else the one most alike."""
    name = key.rpartition(".")[2]
    same = [row.key for row in TABLE if row.name == name]
    if same:
        return same[0]
    return checks.nearest(key, [row.key for row in TABLE]) or _nearest_name(name)


def _nearest_name(name: str) -> str:
    keys = {row.name: row.key for row in reversed(TABLE)}
    return keys.get(checks.nearest(name, keys), "")


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
