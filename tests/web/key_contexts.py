"""What pages are given of keys and of the second step, with names that try to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup

from atelier.model.ids import PasskeyId
from atelier.model.keys import KeyRing, Passkey, Standing, Ways

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"


def key_pages() -> dict[str, dict[str, object]]:
    """The second step of signing in, one's keys, an app to link, recovery codes."""
    return {
        "signin/second.html": {
            "session": None,
            "next": EVIL,
            "ways": Ways(has_app=True, has_passkey=True, codes_left=0),
            "errors": {"code": EVIL, "passkey": EVIL},
        },
        "keys/keys.html": {
            "ring": ring(),
            "has_passkeys": True,
            "must_prove": True,
            "device": EVIL,
            "max_name": 80,
            "errors": {"key_name": EVIL, "key": EVIL, "codes": EVIL, "passkey": EVIL},
            "typed": {"key_name": EVIL},
        },
        "keys/app.html": {
            "picture": Markup("<svg></svg>"),
            "secret": "ABCD EFGH",
            "address": EVIL,
            "errors": {},
        },
        "keys/codes.html": {"codes": ("ABCD-EFGH-JKMN-PQRS", "0123-4567-89AB-CDEF")},
    }


def ring(standing: Standing = Standing.FRESH) -> KeyRing:
    """Two passkeys, one of them never used, an app, and one recovery code."""
    passkeys = tuple(Passkey(PasskeyId(one), EVIL, AT, AT if one == 1 else None) for one in (1, 2))
    return KeyRing(passkeys, AT, 1, is_obliged=True, has_password=True, standing=standing)
