"""Where people find this installation: its public URL and the names it answers to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """The public URL, without a trailing slash, and what follows from it.

    `hosts` are the accepted values of `Host`, `origins` those of `Origin`. When the
    public URL is a loopback one, the three loopback names with its port are all ours.
    """

    url: str
    is_https: bool
    hosts: frozenset[bytes]
    origins: frozenset[bytes]

    @classmethod
    def of(cls, public_url: str) -> Site:
        """The site of a public URL; `ValueError` unless it is `http(s)://host[:port]`."""
        parts = urlsplit(public_url.rstrip("/"))
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise ValueError(f"not an http(s) address: {public_url!r}")
        if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError(f"an address with more than a host and a port: {public_url!r}")
        hosts = frozenset(_hosts(parts.scheme, parts.hostname, parts.port))
        return cls(
            url=f"{parts.scheme}://{parts.netloc.lower()}",
            is_https=parts.scheme == "https",
            hosts=frozenset(host.encode() for host in hosts),
            origins=frozenset(f"{parts.scheme}://{host}".encode() for host in hosts),
        )


def _hosts(scheme: str, hostname: str, port: int | None) -> list[str]:
    name = f"[{hostname}]" if ":" in hostname else hostname
    names = _LOOPBACK if name in _LOOPBACK else (name,)
    number = port or _DEFAULT_PORTS[scheme]
    hosts = [f"{each}:{number}" for each in names]
    return [*hosts, *names] if number == _DEFAULT_PORTS[scheme] else hosts
