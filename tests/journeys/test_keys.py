"""Keys in a real browser: a passkey, an app, recovery codes, and what is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.journeys.devices import Device
from tests.journeys.keys import (
    ADD,
    WITH_APP,
    WITH_BOTH,
    WITH_PASSKEY,
    begins_to_link,
    codes_shown,
    first_proof,
    links_app,
    shows_code,
    signs_out,
)
from tests.journeys.people import OUTSIDER
from tests.journeys.stage import Stage, Visit

pytestmark = pytest.mark.browser

HOME = re.compile(r".*/(\?done=.*)?$")
BY_PASSKEY = "Se connecter avec une clé d'accès"
FOREIGN = "Cette clé d'accès n'ouvre aucun compte ici."
PLANTED = "x" * 43


def session_cookie(visit: Visit) -> str:
    """The token that her browser holds, "" for none."""
    cookies = {one["name"]: one["value"] for one in visit.context.cookies()}
    return cookies.get("session", "")


def kept_days(visit: Visit) -> float:
    """How long her browser keeps the session."""
    (cookie,) = [one for one in visit.context.cookies() if one["name"] == "session"]
    return (cookie["expires"] - datetime.now(UTC).timestamp()) / 86_400


def test_a_passkey_is_made_and_opens_without_address_and_not_for_somebody_else(
    stage: Stage,
) -> None:
    with stage.visit() as visit:
        device = Device.of(visit)
        visit.sign_in(WITH_PASSKEY, stage.password)
        visit.goes("/account/keys")
        visit.page.fill("[name=key_name]", "Téléphone de l'essai")
        visit.presses(ADD)
        assert len(codes_shown(visit)) == 10 and device.credentials() == 1
        visit.goes("/account/keys")
        assert "Téléphone de l'essai" in visit.page.inner_text("main")
        signs_out(visit)
        # Whoever holds the device without being its owner.
        device.knows_her(is_she=False)
        visit.goes("/signin")
        visit.presses(BY_PASSKEY)
        expect(visit.page.locator("form[data-passkey] [role=alert]")).to_be_visible()
        assert session_cookie(visit) == ""
        device.knows_her(is_she=True)
        visit.context.add_cookies([{"name": "session", "value": PLANTED, "url": stage.url}])
        visit.goes("/signin")
        visit.page.locator("form[data-passkey] [name=kept]").check()
        visit.presses(BY_PASSKEY)
        visit.page.wait_for_url(HOME)
        assert session_cookie(visit) not in ("", PLANTED)
        assert 29 < kept_days(visit) < 31
        visit.goes("/account/keys")
        assert visit.said("dernier emploi") in visit.page.inner_text("main")
        visit.opens("Retirer")
        visit.presses("Retirer cette clé")
        visit.page.wait_for_url("**/account/keys?done=passkey-removed")
        signs_out(visit)
        visit.presses(BY_PASSKEY)
        visit.page.wait_for_selector("#field-passkey")
        assert visit.said(FOREIGN) in visit.page.inner_text("main")
        assert not session_cookie(visit)


def test_a_code_opens_once_a_recovery_code_opens_once_and_each_step_has_a_new_session(
    stage: Stage,
) -> None:
    with stage.visit() as visit:
        visit.sign_in(WITH_APP, stage.password)
        before = session_cookie(visit)
        begins_to_link(visit)
        box = visit.page.locator(".scanned svg").bounding_box()
        assert box is not None and box["width"] > 150
        used = links_app(visit)
        codes = codes_shown(visit)
    with stage.visit() as visit:
        visit.context.add_cookies([{"name": "session", "value": PLANTED, "url": stage.url}])
        first_proof(visit, WITH_APP)
        assert session_cookie(visit) == ""
        visit.goes("/people")
        assert visit.path == "/signin"
        # The code that linked the app was taken then.
        shows_code(visit, used)
        visit.page.wait_for_selector("[data-summary]")
        assert not session_cookie(visit)
        shows_code(visit, codes[0].lower())
        visit.page.wait_for_url("**/account/keys?done=recovery-used")
        opened = session_cookie(visit)
        assert opened not in ("", PLANTED, before)
        assert "Il vous reste 9 codes." in visit.page.inner_text("main")
        signs_out(visit)
        first_proof(visit, WITH_APP)
        shows_code(visit, codes[0])
        visit.page.wait_for_selector("[data-summary]")
        shows_code(visit, codes[1])
        visit.page.wait_for_url("**/account/keys?done=recovery-used")
        assert session_cookie(visit) not in ("", opened)


def test_a_passkey_answers_the_second_step(stage: Stage) -> None:
    with stage.visit() as visit:
        device = Device.of(visit)
        visit.sign_in(WITH_BOTH, stage.password)
        visit.goes("/account/keys")
        visit.presses(ADD)
        codes_shown(visit)
        links_app(visit)
        signs_out(visit)
        first_proof(visit, WITH_BOTH)
        device.knows_her(is_she=False)
        visit.presses("Employer ma clé d'accès")
        expect(visit.page.locator("form[data-passkey] [role=alert]")).to_be_visible()
        device.knows_her(is_she=True)
        visit.presses("Employer ma clé d'accès")
        visit.page.wait_for_url(HOME)
        assert session_cookie(visit)


def test_without_script_what_asks_for_a_passkey_is_explained_and_the_rest_works(
    stage: Stage,
) -> None:
    with stage.visit(has_script=False) as visit:
        visit.goes("/signin")
        assert not visit.page.locator("form[data-passkey]").is_visible()
        assert "ne sait pas employer" in visit.page.inner_text("main")
        visit.sign_in(OUTSIDER, stage.password)
        visit.goes("/account/keys")
        assert not visit.page.locator("form[data-passkey]").is_visible()
        assert visit.page.get_by_role("button", name="Relier une application").is_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/signin",
        "/signin/passkey/start",
        "/signin/passkey",
        "/signin/second",
        "/account/keys/passkeys/start",
        "/account/keys/proof/start",
        "/account/keys/codes",
    ],
)
def test_another_site_has_nothing_sent_here(stage: Stage, path: str) -> None:
    with stage.visit(OUTSIDER) as visit:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site", "Origin": stage.url},
            {"Sec-Fetch-Site": "same-site", "Origin": stage.url},
        ):
            answer = visit.context.request.post(path, form={"email": "x"}, headers=headers)
            assert answer.status == 403, (path, headers)
        as_text = {"Content-Type": "text/plain", "Origin": stage.url}
        told = visit.context.request.post(path, data='{"answer": "x"}', headers=as_text)
        assert told.status == 400, path
        assert visit.context.request.get("/signin/passkey/start").status == 405
