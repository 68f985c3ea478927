"""Keys and the second step through the real application: cookies, ways, and closed doors."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from starlette.testclient import TestClient

from atelier.settings import load
from atelier.web.doors import PUBLIC, UNASKED, Door
from atelier.web.routes import DOORS
from atelier.workspace import own_keys
from tests.web.network import PASSWORD, Clients, Network, network, send, served, token_in

KEYS = "/account/keys"
BO = {"email": "bo@reseau.example", "password": PASSWORD}
SECOND = "/signin/second"


def cookies_of(answer: object) -> dict[str, str]:
    """What an answer sets, by name; "" for what it takes back."""
    given = answer.headers.get_list("set-cookie")  # type: ignore[attr-defined]
    pairs = (one.partition(";")[0].partition("=") for one in given)
    return {name: value.strip('"') for name, _, value in pairs}


def linked(client: TestClient) -> tuple[pyotp.TOTP, list[str]]:
    """An app linked by this client, and the recovery codes."""
    token = token_in(client.get(KEYS).text)
    assert (
        client.post(f"{KEYS}/app", data={"form_token": token}).headers["location"].endswith("/app")
    )
    page = client.get(f"{KEYS}/app").text
    found = re.search(r'id="secret"[^>]*>([A-Z2-7 ]+)<', page)
    assert 'href="otpauth://totp/' in page
    assert found and "<svg" in page and "style=" not in page
    app = pyotp.TOTP(found[1].replace(" ", ""))
    shown = client.post(f"{KEYS}/app/confirm", data={"form_token": token, "code": app.now()})
    assert shown.status_code == 200
    return app, re.findall(r"<code>([0-9A-Z-]{19})</code>", shown.text)


def on_step(client: TestClient, **more: str) -> str:
    """The cookie of the step that a password leads to."""
    client.headers.pop("cookie", None)
    client.cookies.clear()
    answer = client.post("/signin", data=BO | more)
    assert answer.headers["location"].startswith(SECOND)
    given = cookies_of(answer)
    assert given["session"] == "" and len(given["step"]) == 43
    client.cookies.clear()
    return given["step"]


def test_a_password_gives_a_step_a_code_a_session_and_the_step_is_taken_back(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    _, codes = linked(bo)
    assert len(codes) == 10
    step = on_step(bo, next="/people", kept="yes")
    bo.headers["cookie"] = f"step={step}; session={'x' * 43}"
    page = bo.get(f"{SECOND}?next=/people")
    assert page.status_code == 200 and 'autocomplete="one-time-code"' in page.text
    assert 'inputmode="numeric"' in page.text and 'value="/people"' in page.text
    assert "publickey-credentials-get=(self)" in page.headers["permissions-policy"]
    wrong = bo.post(SECOND, data={"code": "000000", "next": "/people"})
    assert wrong.status_code == 422 and "vérifiez l’heure de votre téléphone" in wrong.text
    assert "session" not in cookies_of(wrong)
    inside = bo.post(SECOND, data={"code": codes[0], "next": "/people"})
    assert inside.headers["location"] == f"{KEYS}?done=recovery-used"
    given = cookies_of(inside)
    assert given["step"] == "" and given["session"] not in ("", "x" * 43, step)
    days = made.settings.sessions.kept_days
    assert f"max-age={days * 24 * 3600}" in inside.headers["set-cookie"].lower()
    again = bo.post(SECOND, data={"code": codes[1], "next": "/people"})
    assert again.headers["location"] == "/signin?next=%2Fpeople&done=step-over"
    bo.cookies.clear()
    bo.headers["cookie"] = f"session={given['session']}"
    assert "Il vous reste 9 codes" in bo.get(KEYS).text


@pytest.mark.parametrize("cookie", ["", f"step={'x' * 43}", "step=x"])
def test_without_a_step_one_begins_again_and_is_told(clients: Clients, cookie: str) -> None:
    stranger = clients("")
    if cookie:
        stranger.headers["cookie"] = cookie
    sent = stranger.get(f"{SECOND}?next=//evil.example")
    assert sent.headers["location"] == "/signin?next=%2F&done=step-over"
    assert "connectez-vous de nouveau" in stranger.get(sent.headers["location"]).text
    posted = stranger.post(SECOND, data={"code": "000000", "next": "/people"})
    assert posted.headers["location"] == "/signin?next=%2Fpeople&done=step-over"


def test_a_step_is_no_session(clients: Clients) -> None:
    bo = clients("bo")
    linked(bo)
    step = on_step(bo)
    bo.headers["cookie"] = f"session={step}; step={step}"
    assert bo.get("/").headers["location"].startswith("/signin")
    assert bo.post(f"{KEYS}/codes", data={}).headers["location"] == "/signin"


def test_who_asks_for_a_passkey_is_told_what_to_sign_and_no_name(clients: Clients) -> None:
    stranger = clients("")
    answer = stranger.post("/signin/passkey/start", data={"next": "/", "answer": ""})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["userVerification"] == "required"
    assert not answer.json().get("allowCredentials")
    refused = stranger.post("/signin/passkey", data={"answer": "{}", "next": "/people"})
    assert refused.status_code == 422 and "set-cookie" not in refused.headers
    assert 'id="field-passkey"' in refused.text and 'value="/people"' in refused.text
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        for path in ("/signin/passkey/start", "/signin/passkey", SECOND):
            assert stranger.post(path, data={"answer": "{}"}, headers=headers).status_code == 403


def test_only_pages_that_need_it_may_ask_for_a_passkey(clients: Clients) -> None:
    bo = clients("bo")
    assert "publickey-credentials-get=()" in bo.get("/").headers["permissions-policy"]
    assert "publickey-credentials-get=(self)" in bo.get(KEYS).headers["permissions-policy"]
    stranger = clients("")
    policy = stranger.get("/signin").headers["permissions-policy"]
    assert "publickey-credentials-get=(self)" in policy and "camera=()" in policy


def test_changes_are_refused_in_words_and_lead_back(clients: Clients) -> None:
    bo = clients("bo")
    renewed = send(bo, f"{KEYS}/codes")
    assert renewed.status_code == 422 and "Ajoutez d’abord" in renewed.text
    assert send(bo, f"{KEYS}/passkeys/999/remove").status_code == 404
    spoilt = send(bo, f"{KEYS}/passkeys", key_name="x" * 81, answer="{}")
    assert spoilt.status_code == 422 and "80 caractères" in spoilt.text
    spoilt = send(bo, f"{KEYS}/passkeys", key_name="Clé", answer="{}")
    assert spoilt.status_code == 422 and 'value="Clé"' in spoilt.text
    wrong = send(bo, f"{KEYS}/proof", password="pas le bon")
    assert wrong.status_code == 422 and "pas votre mot de passe" in wrong.text
    assert send(bo, f"{KEYS}/proof", password=PASSWORD).headers["location"].endswith("proved")
    assert "rien à relier" in bo.get(f"{KEYS}/app").text
    sent = send(bo, f"{KEYS}/app/confirm", code="000000")
    assert sent.status_code == 200 and "rien à relier" in sent.text


def test_after_ten_minutes_one_shows_again_who_one_is(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    earlier = own_keys.FRESH_MINUTES * 60 * 1000
    with sqlite3.connect(made.settings.data / "atelier.sqlite3") as base:
        base.execute("UPDATE sessions SET created_at = created_at - ?", [earlier])
    page = bo.get(KEYS).text
    assert "Montrez que c’est bien vous" in page and "data-passkey" not in page
    for path in ("/app", "/codes", "/passkeys"):
        fields = {"key_name": "", "answer": "{}"} if path == "/passkeys" else {}
        answer = send(bo, f"{KEYS}{path}", **fields)
        assert path == "/passkeys" or answer.headers["location"].endswith("prove-again")
    send(bo, f"{KEYS}/proof", password=PASSWORD)
    assert "data-passkey" in bo.get(KEYS).text


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Network, Path]]:
    """A network whose stewards must have a second factor; its steward has none."""
    place = tmp_path_factory.mktemp("strict")
    with network(place) as made:
        yield made, place


OPEN = {
    ("GET", KEYS), ("POST", f"{KEYS}/proof"), ("POST", f"{KEYS}/proof/start"),
    ("POST", f"{KEYS}/passkeys"), ("POST", f"{KEYS}/passkeys/start"),
    ("POST", f"{KEYS}/passkeys/{{passkey:id}}/remove"), ("GET", f"{KEYS}/app"),
    ("POST", f"{KEYS}/app"), ("POST", f"{KEYS}/app/confirm"), ("POST", f"{KEYS}/app/remove"),
    ("POST", f"{KEYS}/codes"), ("POST", "/signout"),
}  # fmt: skip


def test_a_steward_with_a_password_only_reaches_nothing_but_her_keys(
    strict: tuple[Network, Path],
) -> None:
    made, place = strict
    settings = load(place, {"ATELIER_SESSIONS_SECOND_FACTOR": "stewards"}, place)
    asking = [door for door in DOORS if door.rule not in (PUBLIC, UNASKED)]
    assert {(door.method, door.path) for door in asking if door.opens_unproved} == OPEN
    made = Network(**{**vars(made), "settings": settings})
    with served(made) as clients:
        ada = clients("ada")
        for door in asking:
            if not door.opens_unproved:
                answer = ada.request(door.method, _path(door), follow_redirects=False)
                is_told = answer.status_code == 403
                is_led = answer.headers.get("location") == f"{KEYS}?done=second-factor-needed"
                assert is_told or is_led, (door, answer.status_code)
        page = ada.get(KEYS)
        assert page.status_code == 200 and "un mot de passe seul" in page.text
        linked(ada)
        assert ada.get("/").status_code == 200
        # What she did not have to have, others do not have to have either.
        assert clients("bo").get("/").status_code == 200


def _path(door: Door) -> str:
    """Some address of this door."""
    return re.sub(r"\{\w+(:\w+)?\}", "1", door.path)
