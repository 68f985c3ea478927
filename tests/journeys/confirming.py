"""The pages of one's own account, and of who forgot a password: the ways to them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import sqlite3
import time
from pathlib import Path
from typing import Final

from tests.journeys.people import COORDINATOR, OUTSIDER, STEWARD
from tests.journeys.reaching import Shown, at, from_directory, one_time_link
from tests.journeys.stage import Visit

# The link that the letter to a new address would carry: the demonstration sends no letters.
_CONFIRMING: Final = "c" * 43
# What the link at the foot of a letter to the first steward carries.
_SECRET: Final = "d" * 64
_SEAL: Final = hmac.new(_SECRET.encode(), b"stop 1 digests", "sha256").hexdigest()
_STOPPING: Final = f"1.digests.{_SEAL}"
_PERSON: Final = "/people/{person:id}"


def ask_address(data: Path) -> None:
    """Somebody of the network in this data folder has asked for another address."""
    with contextlib.closing(sqlite3.connect(data / "atelier.sqlite3", timeout=30)) as records:
        now, find = int(time.time() * 1000), "SELECT id FROM people WHERE email = ?"
        (person,) = records.execute(find, (OUTSIDER,)).fetchone()
        records.execute(
            "INSERT INTO email_changes (person_id, email, email_key, created_at)"
            " VALUES (?, 'ailleurs@exemple.example', 'ailleurs@exemple.example', ?)",
            (person, now),
        )
        records.execute(
            "INSERT INTO sign_in_links (token_hash, purpose, person_id, expires_at)"
            " VALUES (?, 'email_new', ?, ?)",
            (hashlib.sha256(_CONFIRMING.encode()).hexdigest(), person, now + 86_400_000),
        )
        records.commit()


def write_to_first(data: Path) -> None:
    """The first steward of the network in this data folder has got letters that can be stopped."""
    with contextlib.closing(sqlite3.connect(data / "atelier.sqlite3", timeout=30)) as records:
        records.execute("UPDATE people SET mail_secret = ? WHERE id = 1", (_SECRET,))
        records.commit()


def stopped_letters(visit: Visit) -> None:
    """What the button of that page does."""
    visit.goes(f"/mail/stop/{_STOPPING}")
    visit.presses("Ne plus les recevoir")
    visit.page.wait_for_selector("main a[href='/account/mail']")


def refused_password(visit: Visit) -> None:
    """A current password that is not hers."""
    visit.goes("/account/password")
    visit.page.fill("[name=current]", "ce n'est pas le bon")
    visit.page.fill("[name=password]", "une phrase à moi seule")
    visit.presses("Changer le mot de passe")
    visit.page.wait_for_selector("[data-summary]")


def reset(visit: Visit) -> None:
    """Where the link for a forgotten password leads; a steward's link opens it as well."""
    one_time_link(visit)
    visit.goes(visit.page.input_value("[data-copy]").replace("/welcome/", "/reset/"))


def anothers_address(visit: Visit) -> None:
    """The form of another address for somebody."""
    from_directory("/people/")(visit)
    visit.goes(f"{visit.path}/email")


def refused_address(visit: Visit) -> None:
    """An address that somebody else has."""
    anothers_address(visit)
    visit.page.fill("[name=email]", COORDINATOR)
    visit.presses("Changer l'adresse")
    visit.page.wait_for_selector("[data-summary]")


def anothers_keys(visit: Visit) -> None:
    """What taking somebody's keys away does."""
    from_directory("/people/")(visit)
    visit.goes(f"{visit.path}/remove-keys")


def refused_keys(visit: Visit) -> None:
    """Somebody who has no key."""
    anothers_keys(visit)
    visit.presses("Retirer toutes ses clés")
    visit.page.wait_for_selector("[data-summary]")


ACCOUNT_PAGES: Final = (
    Shown("account", "/account", at("/account")),
    Shown("account-password", "/account/password", at("/account/password")),
    Shown("account-password-refused", "/account/password", refused_password),
    Shown("account-sessions", "/account/sessions", at("/account/sessions")),
    Shown("account-email", "/account/email", at("/account/email")),
    Shown("account-email-waiting", "/account/email", at("/account/email"), OUTSIDER),
    Shown("account-confirm", "/confirm/{token}", at(f"/confirm/{_CONFIRMING}"), ""),
    Shown("mail-stop", "/mail/stop/{token}", at(f"/mail/stop/{_STOPPING}"), ""),
    Shown("mail-stopped", "/mail/stop/{token}", stopped_letters, ""),
    Shown("person-address", f"{_PERSON}/email", anothers_address, STEWARD),
    Shown("person-address-refused", f"{_PERSON}/email", refused_address, STEWARD),
    Shown("person-keys", f"{_PERSON}/remove-keys", anothers_keys, STEWARD),
    Shown("person-keys-refused", f"{_PERSON}/remove-keys", refused_keys, STEWARD),
    Shown("forgotten", "/forgotten", at("/forgotten"), ""),
    Shown("legal", "/legal", at("/legal"), ""),
    Shown("privacy", "/privacy", at("/privacy")),
    Shown("accessibility", "/accessibility", at("/accessibility"), ""),
    Shown("reset", "/reset/{token}", reset, STEWARD),
)
