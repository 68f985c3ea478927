"""Pages of keys: how journeys come to them, by people whom no other journey plays."""

from __future__ import annotations

from typing import Final

import pyotp

from atelier.demo.network import accounts
from tests.journeys.devices import Device
from tests.journeys.reaching import enters
from tests.journeys.stage import Visit

# A key ends the other sessions of its owner: of those whom the stage keeps signed in, nobody.
WITH_PASSKEY: Final = "etienne.bazin@ehpad-tilleuls.example"
WITH_APP: Final = "florence.aubert@ars-orne.example"
WITH_BOTH: Final = "olivier.tessier@ars-orne.example"
_ON_STEP: Final = "manon.riviere@trois-vallees.example"
_LINKING: Final = "sophie.letourneur@msp-orne-udon.example"
_HOLDING: Final = "camille.osmont@cpts-plaine-bocage.example"

ADD: Final = "Ajouter une clé d'accès"


def first_proof(visit: Visit, email: str) -> None:
    """Address and password, wherever they lead."""
    visit.goes("/signin")
    visit.page.fill("[name=email]", email)
    visit.page.fill("[name=password]", accounts()[0].password)
    visit.presses("Se connecter")
    visit.page.wait_for_url(lambda url: "/signin?" not in url and not url.endswith("/signin"))


def shows_code(visit: Visit, code: str) -> None:
    """A second proof, typed."""
    visit.goes("/signin/second")
    visit.page.fill("[name=code]", code)
    visit.presses("Entrer")


def signs_out(visit: Visit) -> None:
    """She signs out through her menu."""
    visit.goes("/")
    visit.page.locator("[data-menu] summary").click()
    visit.presses("Se déconnecter")
    visit.page.wait_for_url("**/signin?*")


def begins_to_link(visit: Visit) -> pyotp.TOTP:
    """On the page that shows what an app is to be told, and the app that was told."""
    visit.goes("/account/keys")
    visit.presses("Relier une application")
    visit.page.wait_for_url("**/account/keys/app")
    return pyotp.TOTP(visit.page.input_value("#secret").replace(" ", ""))


def links_app(visit: Visit) -> str:
    """An app of hers; the code that confirmed it."""
    code = begins_to_link(visit).now()
    visit.page.fill("[name=code]", code)
    visit.presses("Relier l'application")
    visit.page.wait_for_url(lambda url: not url.endswith("/app"))
    return code


def codes_shown(visit: Visit) -> list[str]:
    """The recovery codes that the page shows."""
    visit.page.wait_for_selector("main ol code")
    return visit.page.locator("main ol code").all_inner_texts()


def linking(visit: Visit) -> None:
    """An app to link."""
    enters(visit, _LINKING)
    begins_to_link(visit)


def refused_code(visit: Visit) -> None:
    """A first code that is not the right one."""
    linking(visit)
    visit.page.fill("[name=code]", "000000")
    visit.presses("Relier l'application")
    visit.page.wait_for_selector("[data-summary]")


def holding(visit: Visit) -> None:
    """Somebody with a passkey, whose panels are open."""
    enters(visit, _HOLDING)
    Device.of(visit)
    visit.goes("/account/keys")
    visit.presses(ADD)
    visit.page.wait_for_selector("main ol code, [data-notice]")
    visit.goes("/account/keys")
    for summary in visit.page.locator("main summary:visible").all():
        summary.click()


def new_codes(visit: Visit) -> None:
    """Recovery codes, shown once."""
    holding(visit)
    visit.presses("Obtenir dix nouveaux codes")
    visit.page.wait_for_selector("main ol code")


def second_step(visit: Visit) -> None:
    """After the password of somebody with an app."""
    first_proof(visit, _ON_STEP)
    if visit.path != "/signin/second":
        links_app(visit)
        signs_out(visit)
        first_proof(visit, _ON_STEP)


def refused_second(visit: Visit) -> None:
    """A second proof that is none."""
    second_step(visit)
    shows_code(visit, "ABCD")
    visit.page.wait_for_selector("[data-summary]")
