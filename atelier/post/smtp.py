"""Letters by SMTP (RFC 5321), one connection each, encrypted as the settings say.

Until the server has said yes to the address nothing was sent, and the letter may be tried
again. From the first byte of the message on, only a clear no makes it so.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from atelier.model.letters import Letter, LetterFault, deliverable
from atelier.post.contract import Answer, Compose, Fate, Give
from atelier.post.credentials import Credentials
from atelier.settings import Mail

MAX_SAID_CHARACTERS: Final = 300
_UNPRINTED: Final = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the server is waited for, in seconds.

    `answer`: for each step. `taking`: once it has the whole message, which it may look
    through. `rest`: how long a server that cannot be reached is left alone.
    """

    answer: float = 30.0
    taking: float = 300.0
    rest: float = 60.0


class SmtpPost:
    """Hands letters over to the SMTP server of the settings."""

    def __init__(
        self,
        mail: Mail,
        compose: Compose,
        *,
        credentials: Credentials | None = None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds that only go up."""
        self._mail = mail
        self._compose = compose
        self._credentials = credentials
        self._patience = patience or Patience()
        self._clock = clock
        self._rests_until = clock()
        self._unreached = ""

    def compose(self, letter: Letter) -> bytes:
        """The letter as a message."""
        return self._compose(letter)

    async def send(self, to: str, give: Give) -> Answer:
        """See `Post`. A server that cannot be reached is left alone for a while."""
        try:
            address = deliverable(to)
        except ValueError:
            return Answer(Fate.REFUSED, LetterFault.ADDRESS)
        if self._clock() < self._rests_until:
            return Answer(Fate.LATER, self._unreached)
        client = self._client()
        try:
            return await self._sent(client, address, give)
        finally:
            client.close()

    async def _sent(self, client: SMTP, address: str, give: Give) -> Answer:
        try:
            await self._enter(client)
        except (SMTPException, OSError, ValueError) as error:
            self._rests_until = self._clock() + self._patience.rest
            self._unreached = self._said(error)
            return Answer(Fate.LATER, self._unreached)
        try:
            await client.mail(self._mail.sender)
            await client.rcpt(address)
        except SMTPRecipientRefused as error:
            fate = Fate.REFUSED if 500 <= error.code < 600 else Fate.LATER
            return Answer(fate, self._said(error))
        except (SMTPException, OSError) as error:
            return Answer(Fate.LATER, self._said(error))
        message = await give()
        if message is None:
            return Answer(Fate.KEPT)
        return await self._handed(client, message)

    async def _enter(self, client: SMTP) -> None:
        await client.connect()
        await client.ehlo()
        if self._credentials is not None:
            await client.login(self._credentials.user, self._credentials.password)

    async def _handed(self, client: SMTP, message: bytes) -> Answer:
        """The message sent; only a clear answer tells what became of it."""
        try:
            taken = await client.data(message, timeout=self._patience.taking)
        except SMTPDataError as error:
            if 400 <= error.code < 500:
                return Answer(Fate.LATER, self._said(error))
            fate = Fate.REFUSED if 500 <= error.code < 600 else Fate.UNSURE
            return Answer(fate, self._said(error))
        except (SMTPException, OSError) as error:
            return Answer(Fate.UNSURE, self._said(error))
        await _leave(client)
        return Answer(Fate.TAKEN, self._cut(f"{taken.code} {taken.message}"))

    def _client(self) -> SMTP:
        security = self._mail.security
        return SMTP(
            hostname=self._mail.server,
            port=self._mail.port,
            # Asked of the system it may take seconds; servers look at the sender instead.
            local_hostname=self._mail.sender.rpartition("@")[2],
            timeout=self._patience.answer,
            use_tls=security == "tls",
            start_tls=security == "starttls",
            tls_context=None if security == "none" else ssl.create_default_context(),
        )

    def _said(self, error: Exception) -> str:
        if isinstance(error, SMTPResponseException):
            return self._cut(f"{error.code} {error.message}")
        return self._cut(str(error) or type(error).__name__)

    def _cut(self, text: str) -> str:
        """On one line, and without the password, whatever a server sends back."""
        if self._credentials is not None:
            text = text.replace(self._credentials.password, "…")
        return " ".join(_UNPRINTED.sub(" ", text).split())[:MAX_SAID_CHARACTERS]


async def _leave(client: SMTP) -> None:
    """The letter is theirs: how they say goodbye changes nothing."""
    try:
        await asyncio.wait_for(client.quit(), 5)
    except (SMTPException, OSError):
        return
