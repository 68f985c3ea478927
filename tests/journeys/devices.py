"""A device of the journeys that makes passkeys: Chromium's own virtual authenticator."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import CDPSession

from tests.journeys.stage import Visit


@dataclass
class Device:
    """An authenticator inside the browser that knows its owner, or does not."""

    session: CDPSession
    number: str

    @classmethod
    def of(cls, visit: Visit) -> Device:
        """One that belongs to this visit's page; it verifies its owner at each use."""
        session = visit.context.new_cdp_session(visit.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(session, made["authenticatorId"])

    def knows_her(self, *, is_she: bool) -> None:
        """Whether whoever touches it from now on is its owner."""
        told = {"authenticatorId": self.number, "isUserVerified": is_she}
        self.session.send("WebAuthn.setUserVerified", told)

    def credentials(self) -> int:
        """How many passkeys it holds."""
        held = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.number})
        return len(held["credentials"])
