"""What a post promises: a letter is handed over at most once, and what became of it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from atelier.model.letters import Letter

# Asked once, at the last moment before bytes go out: the message, or None to keep it. Whoever
# gives it has written down that it may be gone from then on.
Give = Callable[[], Awaitable[bytes | None]]
# A letter as a message (RFC 5322) in ASCII bytes.
Compose = Callable[[Letter], bytes]


class Fate(StrEnum):
    """What became of a letter.

    LATER: it was not taken, another time it may be. REFUSED: it never will be, for this
    address. UNSURE: it went out and no answer came, so that it may have been taken. KEPT: it
    was not given in the end.
    """

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    UNSURE = "unsure"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a letter, and what the server said of it, on one line."""

    fate: Fate
    said: str = ""


class Post(Protocol):
    """Hands letters over to a mail server."""

    def compose(self, letter: Letter) -> bytes:
        """The letter as a message, in the language of who reads it."""
        ...

    async def send(self, to: str, give: Give) -> Answer:
        """Hand one letter over for this address; whatever the server does, an answer.

        `give` is asked only once the server has taken the address, and never twice: what ends
        this before has sent nothing.
        """
        ...


class NoPost:
    """The post of an installation without a mail server: nothing leaves."""

    def compose(self, letter: Letter) -> bytes:
        """Nothing: there is nowhere to send it."""
        return b""

    async def send(self, to: str, give: Give) -> Answer:
        """Not taken; another time there may be a server."""
        return Answer(Fate.LATER)
