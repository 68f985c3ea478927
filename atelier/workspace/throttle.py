"""Throttling: how often something may be tried, in the records, so that it survives restarts.

Ten failures within fifteen minutes, or twenty-five within a day, then a pause of fifteen
minutes; each failure after that doubles the pause, up to four hours. A success ends it, or a
day after the last pause. What bears more than an account bears more after a pause too, and is not
counted by day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from atelier.database import sessions
from atelier.database.engine import Transaction
from atelier.errors import TooMany
from atelier.model import names
from atelier.model.ids import PersonId

FAILURES = 10
WITHIN = timedelta(minutes=15)
LONGEST = timedelta(hours=4)
DAY = timedelta(days=1)
KEPT_FOR = timedelta(days=7)
# CNIL 2022-100 knows pauses that grow, and few tries in a day: who tries nine times in every
# quarter of an hour makes 864 of them.
FAILURES_OF_A_DAY = 25
# Many sign in from behind one town hall's address: it bears more than an account does.
FAILURES_OF_AN_ADDRESS = 50


def account(email: str) -> str:
    """The key of an account that may not exist, by the address that was typed."""
    return f"account:{names.key(email)}"


def own_password(person: PersonId) -> str:
    """The key of what somebody signed in proves by her password: no stranger's tries count."""
    return f"own:{person}"


def second_factor(person: PersonId) -> str:
    """The key of somebody's codes."""
    return f"second:{person}"


def address(network_address: str) -> str:
    """The key of what one household or office holds: an IPv4 address, the /64 of an IPv6 one."""
    try:
        known = ip_address(network_address)
    except ValueError:
        return f"address:{network_address}"
    is_wide = known.version == 6
    return f"address:{ip_network((known, 64), strict=False) if is_wide else known}"


def invitations_by(person: PersonId) -> str:
    """The key of the invitations that somebody makes or sends again."""
    return f"invites:{person}"


def letters_to(email: str) -> str:
    """The key of the invitations that go to an address by letter, whoever has them sent."""
    return f"letters:{names.key(email)}"


async def check(tx: Transaction, keys: Mapping[str, int], now: datetime) -> None:
    """Note a try under each key, or `TooMany` when one has had its failures already.

    A key may fail so many times within fifteen minutes. A try counts as a failure until it
    is forgotten; one that is refused here does not count.
    """
    for key, failures in keys.items():
        tried = await sessions.attempts(tx, key, now - KEPT_FOR)
        # A clock that was put right again: what it noted far ahead would hold for ever.
        until = _pause_end([at for at in tried if at <= now + LONGEST], failures)
        if until is not None and until > now:
            raise TooMany(max(1, int((until - now).total_seconds())))
    for key in keys:
        await sessions.note_attempt(tx, key, now)


async def forget(tx: Transaction, keys: Iterable[str], at: datetime) -> None:
    """Forget a try that was noted at this time and was none."""
    for key in keys:
        await sessions.forget_attempt(tx, key, at)


def _pause_end(tried: Iterable[datetime], failures: int) -> datetime | None:
    """When the pause that these failures, oldest first, brought about is over."""
    recent: list[datetime] = []
    of_day: list[datetime] = []
    pause, until, bears = WITHIN, None, failures
    for at in tried:
        if until is not None and at >= until + DAY:
            pause, until, bears = WITHIN, None, failures
        recent = [one for one in recent if at - one < WITHIN] + [at]
        of_day = [one for one in of_day if at - one < DAY] + [at]
        is_paced = failures <= FAILURES and len(of_day) >= FAILURES_OF_A_DAY
        if len(recent) >= bears or is_paced:
            pause = WITHIN if until is None else min(2 * pause, LONGEST)
            until, recent, bears = at + pause, [], max(1, failures // FAILURES)
    return until
