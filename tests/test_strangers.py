"""Every door, knocked at by everybody, whatever became of what is behind it.

Each answer is the one that the matrix derives from the door's rule and the oracle; what is
hidden answers to the byte as what never was; and no answer tells a word of what its reader
may not read.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from atelier.web.doors import PUBLIC, SIGNED_IN, UNASKED, Door
from atelier.web.routes import DOORS
from tests import matrix, strangers_meetings
from tests.matrix import CALLERS, DOCUMENT, FURTHER, STATES, Answer, Thing
from tests.oracle import Asker
from tests.snapshots import dump
from tests.strangers import (
    Served,
    hidden_words,
    strangers,
    told,
)
from tests.web import knocking
from tests.web.network import PDF
from tests.web.test_routes import FORMS, MULTIPART, filled_in

# Doors that ask nobody who she is, or anybody: one more is decided here, not by the way.
FOR_ANYBODY: Final = {
    "GET /invite/{token}", "POST /invite/{token}",  # the link says for whom it is
    "POST /invite/{token}/passkey",
    "GET /signin", "POST /signin", "GET /welcome/{token}", "POST /welcome/{token}",
    "GET /forgotten", "POST /forgotten", "GET /reset/{token}", "POST /reset/{token}",
    "GET /confirm/{token}", "POST /confirm/{token}",
    "POST /signin/passkey/start", "POST /signin/passkey",
    "GET /signin/second", "POST /signin/second",  # whoever has the cookie of a step
    "GET /legal", "GET /privacy", "GET /accessibility",
    "POST /language", "GET /static/{path:path}", "GET /favicon.ico", "GET /health",
    "OPTIONS /deposits/",
    "GET /mail/stop/{token}", "POST /mail/stop/{token}",  # whoever has the letter; it stops letters
    "GET /calendar/{token}.ics",  # whoever has the address; it shows what its person may read
}  # fmt: skip
# What is filled in otherwise here than in `test_routes`, whose network is another one.
OWN_FORMS: Final = {
    "/people": {"email": "di@reseau.example", "person_name": "Di", "organisation": "Mairie"},
    "/people/{person:id}/memberships": {"organisation": str(matrix.TOWN), "function": ""},
    "/groups/{group:id}/members": {"member": "kim@reseau.example"},
    "/take-over": {"folder": str(matrix.SUBJECT), "reason": "Départ"},
    "/requests": {"about": "folder", "number": str(matrix.SUBJECT), "role": "reader"},
    "/signin": {"email": "sol@reseau.example", "password": "une autre phrase", "next": "/"},
    "/welcome/{token}": {"password": "encore une phrase longue"},
    "/reset/{token}": {"password": "encore une phrase longue"},
    "/forgotten": {"email": "sol@reseau.example"},
    "/language": {"language": "fr", "next": "/"},
    "/mail/stop/{token}": {"List-Unsubscribe": "One-Click"},
    "/signin/passkey": {"answer": "{}", "next": "/"},
    "/signin/second": {"code": "000000", "next": "/"},
    "/invite/{token}": {"person_name": "Zoé", "password": "encore une phrase longue"},
    "/invite/{token}/passkey": {"person_name": "Zoé"},
}


def said(door: Door) -> str:
    """A door, in the words of the table."""
    return f"{door.method} {door.path}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with strangers(tmp_path_factory.mktemp("strangers")) as one:
        yield one


def test_every_door_says_here_who_is_refused_behind_it() -> None:
    anybody = {said(door) for door in DOORS if door.rule in (PUBLIC, UNASKED)}
    assert anybody == FOR_ANYBODY
    for door in DOORS:
        if door.rule == SIGNED_IN:
            known = {(door.method, door.path), ("*", door.path)} & FURTHER.keys()
            assert known, f"tests.matrix: who may do what behind {said(door)}?"
        if door.rule.needs_session and door.method == "POST":
            known_form = {door.path} & (FORMS.keys() | OWN_FORMS.keys() | set(MULTIPART))
            is_known = known_form or knocking.speaks_tus(door)
            assert is_known, f"test_routes: what does a form of {said(door)} hold?"
    paths = {door.path for door in DOORS}
    assert {path for _, path in FURTHER} <= paths, "tests.matrix: a row without a door"


def test_each_door_refuses_somebody_or_is_for_everybody() -> None:
    everybody = {said(door) for door in DOORS if door.rule == SIGNED_IN and not _refuses(door)}
    assert everybody == EVERYBODYS


# Behind these there is nothing but her own, or what the whole network may know.
EVERYBODYS: Final = {
    "GET /decisions", "GET /decisions.csv", "GET /decisions.pdf", "GET /actions",
    "GET /", "GET /trash", "GET /meetings", "GET /search", "GET /search.json",
    "GET /search/suggestions",
    "GET /people", "GET /people/{person:id}", "GET /glossary",
    "GET /organisations/{organisation:id}", "GET /groups/{group:id}", "GET /requests",
    "GET /requests/new", "POST /requests", "POST /see-as/stop", "POST /signout",
    "GET /searches", "POST /searches",
    "GET /account/mail", "POST /account/mail",
    "GET /account", "GET /account/password", "POST /account/password", "GET /account/sessions",
    "POST /account/sessions/end", "POST /account/sessions/end-others",
    "POST /account/sessions/end-all",
    "GET /account/email", "POST /account/email", "POST /account/email/give-up",
    "GET /account/showing", "POST /account/showing", "GET /people/{person:id}/card.vcf",
    "GET /account/data", "POST /account/data", "GET /organisations/{organisation:id}/card.vcf",
    "GET /account/follows",
    "POST /acting-as", "GET /calendar", "POST /calendar", "POST /calendar/end",
    "GET /account/keys", "POST /account/keys/proof", "POST /account/keys/proof/start",
    "POST /account/keys/passkeys", "POST /account/keys/passkeys/start",
    "GET /account/keys/app", "POST /account/keys/app", "POST /account/keys/app/confirm",
    "POST /account/keys/codes",
}  # fmt: skip


def _refuses(door: Door) -> bool:
    signed_in = [caller for caller in CALLERS if caller not in ("anonymous", "disabled")]
    answers = {
        matrix.expected(door, caller, state)
        for caller in signed_in for state in matrix.states_of(door)
    }  # fmt: skip
    return answers != {Answer.OPEN}


@pytest.mark.parametrize("door", DOORS, ids=said)
def test_every_caller_gets_the_answer_of_the_matrix_in_every_state(
    world: Served, door: Door
) -> None:
    thing = matrix.thing_of(door)
    for caller in CALLERS:
        missing = _knock(world, door, caller, thing, "never")
        for state in matrix.states_of(door):
            given = _knock(world, door, caller, thing, state)
            wanted = matrix.expected(door, caller, state)
            assert given.answer == wanted, (said(door), caller, state, given.status, given.body)
            if wanted in (Answer.NOT_FOUND, Answer.SIGN_IN) and missing.answer == wanted:
                assert given == missing, (said(door), caller, state)
            asker = Asker(CALLERS[caller] or 0)
            words = hidden_words(matrix.network_in(thing, state), asker, thing, state)
            assert not told(given.body, words), (said(door), caller, state)


@dataclass(frozen=True)
class Given:
    """What came back, without what differs from one request to the next."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    @property
    def answer(self) -> Answer | None:
        """As the matrix calls it; None for what no door may answer."""
        location = dict(self.headers).get("location", "")
        if self.status == 401 or (self.status == 303 and location.startswith("/signin")):
            is_done = "done=signed-out" in location or "done=step-over" in location
            return Answer.OPEN if is_done else Answer.SIGN_IN
        if self.status in (200, 201, 204, 302, 303, 409, 422):
            return Answer.OPEN
        return {403: Answer.FORBIDDEN, 404: Answer.NOT_FOUND}.get(self.status)


def _knock(world: Served, door: Door, caller: str, thing: Thing, state: str) -> Given:
    """A well-made request at this door; one that is refused changes nothing."""
    world.in_state(thing, state)
    with contextlib.closing(sqlite3.connect(world.settings.data / "atelier.sqlite3")) as eye:
        before = _lasting(eye) if door.method != "GET" else []
        answer = _request(world, door, caller)
        given = Given(
            answer.status_code,
            tuple(sorted((name, text) for name, text in answer.headers.items()
                         if name != "x-request-id")),
            answer.text,
        )  # fmt: skip
        if door.method != "GET" and given.status not in (200, 201, 204, 303):
            assert _lasting(eye) == before, (said(door), caller, state)
    return given


def _lasting(eye: sqlite3.Connection) -> list[Any]:
    """The records, without those that tell of visits."""
    visits = {
        "sessions", "sign_in_attempts", "access_log", "access_log_ends", "meeting_openings",
    }  # fmt: skip
    return [(name, rows) for name, rows in dump(eye) if name not in visits]


def _request(world: Served, door: Door, caller: str) -> Any:
    client, token = world.client(caller), world.token(caller)
    if knocking.speaks_tus(door):
        return knocking.knock(client, door, token, folder=matrix.SUBJECT, key=world.upload)
    path = _address(world, door)
    if door.method == "GET":
        return client.get(path)
    if door.method == "PUT":
        headers = {"x-form-token": token} | ({"if-match": '"2"'} if "versions" in path else {})
        return client.put(path, content=PDF, headers=headers)
    if door.path in MULTIPART:
        fields, files = filled_in(door.path)
        fields |= {"form_token": token} | ({"expected": "2"} if "expected" in fields else {})
        return client.post(path, data=fields, files=files)
    form = FORMS.get(door.path, {}) | OWN_FORMS.get(door.path, {})
    return client.post(path, data={"form_token": token} | form)


def _address(world: Served, door: Door) -> str:
    """Where this door stands for what the matrix is about."""
    is_in_trash_of_old = door.path.startswith("/folders/{folder:id}/trash/folders/")
    removed = {Thing.DOCUMENT: DOCUMENT, Thing.ALONE: matrix.CLOSED}
    newcomer_place = len(matrix.PLACES) + 1
    coras_place = list(matrix.PLACES).index(matrix.CORA) + 1
    numbers = {
        "folder": matrix.OLD if is_in_trash_of_old else matrix.SUBJECT,
        "document": DOCUMENT + 1 if "{meeting:id}" in door.path else DOCUMENT,
        "version": 1,
        "page": 1,
        "removed": removed.get(matrix.thing_of(door), matrix.SUBJECT),
        "grant": _own_grant(world),
        "passkey": 1,
        "person": matrix.NEWCOMER,
        "membership": coras_place if door.path.startswith("/groups") else newcomer_place,
        "organisation": matrix.TOWN,
        "group": matrix.GROUP,
        "request": 1,
        "aside": 1,
        "drop": 1,
        "saved": 1,
        "invite": 999999,
        "follow": 1,
        "term": 1,
        "meeting": strangers_meetings.MEETING,
        "item": strangers_meetings.ITEM,
        "decision": strangers_meetings.DECISION,
        "todo": strangers_meetings.TODO,
        "series": strangers_meetings.SERIES,
        "letter": 1,
    }
    path = door.path.replace("{name}", "x.pdf").replace("{path:path}", world.static)
    path = path.replace("{token}.ics", f"{world.feeds['stranger']}.ics")
    path = path.replace("/confirm/{token}", f"/confirm/{world.confirming}")
    path = path.replace("/mail/stop/{token}", f"/mail/stop/{world.stopping}")
    is_invitation = door.path in ("/invite/{token}", "/invite/{token}/passkey")
    path = path.replace("{token}", world.invited if is_invitation else world.welcome)
    for name, number in numbers.items():
        path = path.replace(f"{{{name}:id}}", str(number))
    assert "{" not in path, f"test_strangers: what is meant in {said(door)}?"
    return path


def _own_grant(world: Served) -> int:
    """The grant that the folder has of its own when it is in place."""
    kept = world.snapshots[Thing.FOLDER, "live"]
    [(number,)] = kept.rows(
        f"SELECT id FROM grants WHERE folder_id = {matrix.SUBJECT}"
        f" AND subject_kind = 'organisation' AND subject_id = {matrix.THIRD}"
    )
    return int(str(number))


def test_the_printed_matrix_is_the_one_that_is_checked() -> None:
    page = matrix.PAGE.read_text(encoding="utf-8")
    assert page == matrix.written(page), ".venv/bin/python -m tests.matrix"
    assert len(STATES) == 6 and len(CALLERS) == 8
