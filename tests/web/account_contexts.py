"""What pages of one's own account are given, with names that try to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.ids import PersonId
from atelier.model.people import OpenSession, Person, Proof
from atelier.settings import Legal
from atelier.web.pages.account_words import PROOFS, WAYS
from atelier.workspace.email_changes import ChangeRow, Confirming
from tests.web.key_contexts import ring

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>"
SAYING_EVIL = Legal(EVIL, EVIL, "", "a@b.fr", EVIL)
SOMEBODY = Person(PersonId(9), EVIL, "a@b.fr", is_steward=False, is_active=True)


def account_pages() -> dict[str, dict[str, object]]:
    """A context for each of them, by the template's name."""
    return {
        "account/account.html": {
            "ways": [(one.path, one.name, one.meaning) for one in WAYS],
            "today": AT.date(),
        },
        "account/password.html": {
            "ring": ring(),
            "errors": {"current": EVIL, "password": EVIL},
        },
        "account/sessions.html": {"sessions": devices(), "proofs": PROOFS},
        "account/email.html": {
            "waiting": ChangeRow(PersonId(9), EVIL, True, False, AT),
            "has_mail": True,
            "days": 3,
            "ring": ring(),
            "errors": {"email": EVIL},
            "typed": {"email": EVIL},
        },
        "account/confirm.html": {"session": None, "change": Confirming(SOMEBODY, EVIL, True)},
        "account/confirmed.html": {"session": None, "is_made": False},
        "people/address.html": {"person": SOMEBODY, "errors": {"email": EVIL}},
        "people/keys.html": {"person": SOMEBODY, "errors": {"person": EVIL}},
        "signin/forgotten.html": {
            "session": None,
            "is_asked": False,
            "has_mail": True,
            "minutes": 30,
        },
        "legal/notice.html": {"legal": SAYING_EVIL},
        "legal/privacy.html": {"legal": SAYING_EVIL, "kept": [(EVIL, EVIL), (EVIL, "")]},
        "legal/accessibility.html": {"legal": SAYING_EVIL},
        "signin/welcome.html": {
            "session": None,
            "person_name": EVIL,
            "email": "a@b.fr",
            "hours": 48,
        },
        "signin/reset.html": {
            "session": None,
            "person_name": EVIL,
            "email": "a@b.fr",
            "minutes": 30,
        },
    }


def devices() -> list[OpenSession]:
    """One of each proof; the first is this one, and stays signed in."""
    return [
        OpenSession(str(number), EVIL if number else "", proof, not number, AT, AT, not number)
        for number, proof in enumerate(Proof)
    ]
