"""A real SMTP server (aiosmtpd) on a free port of this machine, that can be told to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "atelier", "un mot de passe du courrier"


@dataclass
class Mailbox:
    """What came, by whom; and what the server is to answer.

    `accounts`: who may come in. `refused`: addresses that it does not know. `answers`: to the
    next messages, taken when there is none. `waits_at`: the step at which it says nothing until
    it is `going_on` (RCPT, DATA); `reached` is set then. `dies`: it takes the message and is gone
    before it answers.
    """

    messages: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=lambda: {USER: PASSWORD})
    refused: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    waits_at: str = ""
    dies: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    going_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address, or not."""
        await self._wait("RCPT")
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message, or not."""
        await self._wait("DATA")
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.raw.append(content)
            message = message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
        if self.dies:
            transport = server.transport
            assert transport is not None
            transport.abort()
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, shown: object
    ) -> AuthResult:
        """Let in who shows the user name and the password."""
        assert isinstance(shown, LoginPassword)
        is_right = self.accounts.get(shown.login.decode()) == shown.password.decode()
        if is_right:
            self.users.append(shown.login.decode())
        return AuthResult(success=is_right, handled=False)

    def texts(self, number: int = -1) -> tuple[str, str]:
        """The text and the HTML of a message."""
        message = self.messages[number]
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        return text.get_content(), html.get_content()

    async def _wait(self, step: str) -> None:
        if self.waits_at == step:
            self.reached.set()
            await self.going_on.wait()


@dataclass(frozen=True)
class Certificate:
    """A certificate of `localhost` that signs itself, and its key, in one file."""

    path: Path

    def context(self) -> ssl.SSLContext:
        """What a server shows it with."""
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.load_cert_chain(self.path)
        return made


def certificate(folder: Path) -> Certificate:
    """A new one; clients that read `SSL_CERT_FILE` take it when its path stands there."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return Certificate(path)


@contextlib.asynccontextmanager
async def mail_server(
    box: Mailbox,
    *,
    port: int = 0,
    shown: Certificate | None = None,
    from_first_byte: bool = False,
    asks_who: bool = False,
) -> AsyncIterator[int]:
    """The server as long as the block lasts; its port.

    With a certificate it takes letters encrypted only: after STARTTLS, or `from_first_byte`.
    """
    context = None if shown is None else shown.context()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            box,
            loop=loop,
            tls_context=None if from_first_byte else context,
            require_starttls=context is not None and not from_first_byte,
            authenticator=box.authenticate,
            # Where the first byte is encrypted it does not see that it is, and only offers it.
            auth_required=asks_who and not from_first_byte,
            auth_require_tls=not from_first_byte,
        )

    ssl_context = context if from_first_byte else None
    server = await loop.create_server(session, "localhost", port, ssl=ssl_context)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
    # What clients broke off is closed a few turns later.
    for _ in range(50):
        await asyncio.sleep(0)
