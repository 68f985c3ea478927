"""People with keys: an authenticator app on a phone, and a device that makes passkeys."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from atelier.model.people import Actor
from atelier.workspace import authenticators, own_keys, passkeys, people
from atelier.workspace.entering import Entry, Visitor
from tests.builders import World

PASSWORD: Final = "un cheval bleu sous la pluie"
HOME: Final = Visitor("192.0.2.1", "Firefox, Linux")
ORIGIN: Final = "http://localhost:8000"
_PRESENT, _VERIFIED, _WITH_KEY = 1, 4, 64


@dataclass
class Device:
    """An authenticator of one passkey; what it does wrong is told to it."""

    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    handle: str = ""
    count: int = 0
    is_verified: bool = True
    origin: str = ORIGIN
    site: str = "localhost"

    def make(self, options: str) -> str:
        """The answer to a registration."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"]
        statement = {"fmt": "none", "attStmt": {}, "authData": self._said(with_key=True)}
        response = {
            "clientDataJSON": self._client("webauthn.create", asked["challenge"]),
            "attestationObject": bytes_to_base64url(encode_cbor(statement)),
        }
        return self._answer(response)

    def sign(self, options: str) -> str:
        """The answer to somebody who comes in."""
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        said = self._said()
        signed = said + hashlib.sha256(base64url_to_bytes(client)).digest()
        response = {
            "clientDataJSON": client,
            "authenticatorData": bytes_to_base64url(said),
            "signature": bytes_to_base64url(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.handle,
        }
        return self._answer(response)

    def _answer(self, response: dict[str, Any]) -> str:
        name = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _client(self, kind: str, challenge: str) -> str:
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return bytes_to_base64url(json.dumps(said).encode())

    def _said(self, *, with_key: bool = False) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.is_verified else 0) | (_WITH_KEY if with_key else 0)
        head = hashlib.sha256(self.site.encode()).digest() + bytes([flags])
        said = head + self.count.to_bytes(4, "big")
        if not with_key:
            return said
        point = self.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        return (
            said
            + bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + encode_cbor(cose)
        )


@dataclass
class Keyholder:
    """Somebody with an account, signed in by her password."""

    world: World
    actor: Actor
    email: str
    token: str
    app: pyotp.TOTP | None = None
    codes: tuple[str, ...] = ()

    async def sign_in(self, *, is_kept: bool = False) -> Entry:
        """By her password."""
        return await people.sign_in(self.world.ws, self.email, PASSWORD, HOME, is_kept=is_kept)

    async def add_app(self) -> None:
        """An authenticator app."""
        ws = self.world.ws
        await authenticators.start(ws, self.actor, self.token)
        given = await authenticators.secret(ws, self.actor, self.token)
        self.app = pyotp.TOTP(given.secret)
        made = await authenticators.confirm(ws, self.actor, self.token, self.code())
        self.codes = made or self.codes

    async def add_passkey(self, device: Device | None = None, name: str = "Téléphone") -> Device:
        """A passkey on a device."""
        made = device or Device()
        options = await passkeys.ask_to_add(self.world.ws, self.actor, self.token)
        added = await passkeys.add(self.world.ws, self.actor, self.token, made.make(options), name)
        self.codes = added or self.codes
        return made

    async def come_by(self, device: Device, *, is_kept: bool = False) -> Entry:
        """In by a passkey."""
        options = await passkeys.ask(self.world.ws, HOME)
        return await passkeys.sign_in(self.world.ws, device.sign(options), HOME, is_kept=is_kept)

    async def ring(self) -> own_keys.KeyRing:
        """Her keys."""
        return await own_keys.look(self.world.ws, self.actor, self.token)

    def code(self, *, seconds: int = 0) -> str:
        """What her app shows, its clock so many seconds off."""
        assert self.app is not None
        return self.app.at(int(self.world.clock().timestamp()) + seconds)


async def keyholder(world: World, name: str = "Awa") -> Keyholder:
    """Somebody new, with a password."""
    actor = await world.person(name)
    email = f"{name.lower()}@example.org"
    link = await people.issue_link(world.ws, world.steward, actor.person_id)
    entry = await people.use_link(world.ws, link, PASSWORD)
    return Keyholder(world, actor, email, entry.token)
