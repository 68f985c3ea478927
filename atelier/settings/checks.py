"""Checks of settings: what a value must be, and why it is refused. See `settings`."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones


class Wrong(StrEnum):
    """Why a setting is refused: the `fault` of a `SettingsFault`."""

    UNREADABLE = "unreadable"
    NOT_TOML = "not_toml"
    UNKNOWN_SECTION = "unknown_section"
    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_VARIABLE = "unknown_variable"
    NOT_TEXT = "not_text"
    NOT_NUMBER = "not_number"
    NOT_LIST = "not_list"
    NOT_YES_NO = "not_yes_no"
    OUT_OF_RANGE = "out_of_range"
    NOT_ADDRESS = "not_address"
    NOT_PLACE = "not_place"
    NOT_URL = "not_url"
    HTTPS_NEEDED = "https_needed"
    NOT_NETWORK = "not_network"
    UNKNOWN_ZONE = "unknown_zone"
    NOT_OFFERED = "not_offered"
    NOT_RECIPIENT = "not_recipient"
    NOT_HOST = "not_host"
    NOT_SENDER = "not_sender"
    SENDER_NEEDED = "sender_needed"
    TLS_NEEDED = "tls_needed"
    ELSEWHERE = "elsewhere"
    CREDENTIALS_UNREADABLE = "credentials_unreadable"
    CREDENTIALS_OPEN = "credentials_open"
    CREDENTIALS_MALFORMED = "credentials_malformed"


Check = Callable[[Any], Any]

_LINE_CHARACTERS = 500


class Typed(str):
    """A value of the environment or the command line, where numbers and lists are text too."""

    __slots__ = ()


class Refused(Exception):
    """A check refuses a value; `nearest` is one it would take."""

    def __init__(self, wrong: Wrong, nearest: str = "") -> None:
        self.wrong = wrong
        self.nearest = nearest


def text(given: object) -> str:
    """A text that is not empty."""
    if not isinstance(given, str) or not given:
        raise Refused(Wrong.NOT_TEXT)
    return str(given)


def number(least: int, most: int) -> Check:
    """A check of whole numbers from `least` to `most`."""

    def check(given: object) -> int:
        if isinstance(given, Typed) and re.fullmatch(r"-?[0-9]{1,18}", given, re.ASCII):
            given = int(given)
        if not isinstance(given, int) or isinstance(given, bool):
            raise Refused(Wrong.NOT_NUMBER)
        if not least <= given <= most:
            raise Refused(Wrong.OUT_OF_RANGE, str(min(max(given, least), most)))
        return given

    return check


def yes_no(given: object) -> bool:
    """True or false."""
    said = {"true": True, "false": False}.get(given) if isinstance(given, Typed) else given
    if not isinstance(said, bool):
        raise Refused(Wrong.NOT_YES_NO)
    return said


def one_of(*offered: str) -> Check:
    """A check of texts that are offered."""

    def check(given: object) -> str:
        told = text(given)
        if told not in offered:
            raise Refused(Wrong.NOT_OFFERED, nearest(told, offered) or offered[0])
        return told

    return check


def place(given: object) -> str:
    """An address inside nginx, or nothing."""
    if not isinstance(given, str) or not re.fullmatch(r"(/([\w-]+/)+)?", given, re.ASCII):
        raise Refused(Wrong.NOT_PLACE)
    return str(given)


def address(given: object) -> str:
    """The address of an engine: scheme and place."""
    told = text(given)
    if not re.fullmatch(r"[a-z][a-z0-9]*:\S(.*\S)?", told, re.ASCII):
        raise Refused(Wrong.NOT_ADDRESS)
    return told


def proxies(given: object) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses or networks of reverse proxies."""
    parts = [part.strip() for part in given.split(",")] if isinstance(given, Typed) else given
    if parts == [""]:
        return ()
    if not isinstance(parts, list):
        raise Refused(Wrong.NOT_LIST)
    try:
        return tuple(ip_network(text(part)) for part in parts)
    except ValueError as error:
        raise Refused(Wrong.NOT_NETWORK) from error


def public_url(given: object) -> str:
    """The address that people type, without what comes after its host."""
    told = text(given).removesuffix("/")
    try:
        parts = urlsplit(told)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(Wrong.NOT_URL) from error
    if not host or told not in {f"http://{parts.netloc}", f"https://{parts.netloc}"}:
        raise Refused(Wrong.NOT_URL)
    if "@" in parts.netloc or not re.fullmatch(r"[\x21-\x7e]+", told):
        raise Refused(Wrong.NOT_URL)
    # Session cookies are `Secure`, which browsers only take over https or from loopback.
    if parts.scheme == "http" and not is_loopback(host):
        raise Refused(Wrong.HTTPS_NEEDED, f"https://{parts.netloc}")
    return told


def recipient(given: object) -> str:
    """A public key, or nothing."""
    # Bech32 of an X25519 key; its checksum is looked at where the key is used.
    if not isinstance(given, str) or not re.fullmatch(r"(age1[02-9ac-hj-np-z]{58})?", given):
        raise Refused(Wrong.NOT_RECIPIENT)
    return str(given)


def host(given: object) -> str:
    """A host name, or nothing."""
    if not isinstance(given, str) or not re.fullmatch(r"([A-Za-z0-9.:-]{1,253})?", given):
        raise Refused(Wrong.NOT_HOST)
    return str(given)


def sender(given: object) -> str:
    """An e-mail address, or nothing."""
    if not isinstance(given, str) or not re.fullmatch(
        r"([!-?A-~]{1,64}@[A-Za-z0-9.-]{1,189})?", given
    ):
        raise Refused(Wrong.NOT_SENDER)
    return str(given)


def file_name(given: object) -> str:
    """A file, or nothing."""
    if not isinstance(given, str) or not given.isprintable():
        raise Refused(Wrong.NOT_TEXT)
    return str(given)


def line(given: object) -> str:
    """One line of text, or nothing; 500 characters at the most."""
    if not isinstance(given, str) or not given.isprintable() or len(given) > _LINE_CHARACTERS:
        raise Refused(Wrong.NOT_TEXT)
    return str(given)


def zone(given: object) -> str:
    """A time zone."""
    told = text(given)
    try:
        ZoneInfo(told)
    except (ValueError, OSError, KeyError) as error:
        raise Refused(Wrong.UNKNOWN_ZONE, nearest(told, available_timezones())) from error
    return told


def is_loopback(host: str) -> bool:
    """Whether this host is the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def nearest(given: str, known: Any) -> str:
    """The known text most alike, "" for none."""
    return "".join(get_close_matches(given, known, n=1))
