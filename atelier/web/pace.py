"""When a connection is too slow to be kept: limits and meters, without clock or socket."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from ipaddress import ip_network

from atelier.web.addresses import Networks, is_within, parsed


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one connection and one address may take of the server (THREATS 64, 66, 75)."""

    head_seconds: float = 10
    body_gap_seconds: float = 30
    unread_seconds: float = 60
    floor_bytes_per_second: int = 1024
    floor_seconds: float = 60
    # After an early answer (413) the rest of a body is thrown away for so long: a browser
    # shows the answer only when it could finish sending.
    linger_seconds: float = 30
    idle_seconds: int = 15
    stop_seconds: int = 10
    watch_seconds: float = 1
    # URL, headers and their line ends; `middleware.RequestLimits` judges within.
    max_head_bytes: int = 80 * 1024
    max_connections_per_address: int = 64
    buffered_body_bytes: int = 1024 * 1024


class Meter:
    """Whether bytes keep flowing one way: shown a running count, it says when they do not.

    Stalled is: nothing at all during `gap_seconds`, or less than the floor over
    `floor_seconds`.
    """

    def __init__(self, limits: ServerLimits, gap_seconds: float) -> None:
        self._gap_seconds = gap_seconds
        self._floor_seconds = limits.floor_seconds
        self._floor_bytes = limits.floor_bytes_per_second * limits.floor_seconds
        self.restart(0, 0)

    def restart(self, now: float, count: int) -> None:
        """Forgives what was: time runs from now."""
        self._count, self._moved_at = count, now
        self._window_count, self._window_at = count, now

    def is_stalled(self, now: float, count: int) -> bool:
        """Whether to give the connection up, having seen `count` bytes in all."""
        if count != self._count:
            self._count, self._moved_at = count, now
        if now - self._moved_at >= self._gap_seconds:
            return True
        if now - self._window_at < self._floor_seconds:
            return False
        flowed, self._window_count, self._window_at = count - self._window_count, count, now
        return flowed < self._floor_bytes


class Crowd:
    """How many connections each address holds; listed proxies speak for many and are exempt."""

    def __init__(self, most: int, exempt: Networks = ()) -> None:
        self._most = most
        self._exempt = exempt
        self._present: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Counts one more connection, unless the address holds too many: then False."""
        if is_within(address, self._exempt):
            return True
        if self._present[_key(address)] >= self._most:
            return False
        self._present[_key(address)] += 1
        return True

    def leave(self, address: str) -> None:
        """Counts one connection less; only for one that entered."""
        if is_within(address, self._exempt):
            return
        key = _key(address)
        self._present[key] -= 1
        if not self._present[key]:
            del self._present[key]


def _key(address: str) -> str:
    """One subscriber holds a whole /64 of IPv6 addresses: they count as one."""
    known = parsed(address)
    if known is None or known.version == 4:
        return str(known or address)
    return str(ip_network(f"{known}/64", strict=False))
