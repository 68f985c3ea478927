"""Every address of the pages, knocked at by everybody."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from atelier.model.documents import Blob
from atelier.model.folders import Action
from atelier.model.ids import FolderId
from atelier.web.doors import STEWARD, Door
from atelier.web.routes import DOORS
from atelier.workspace import aside, deposits, documents, folders, inbox, people, sharing, trash
from atelier.workspace.place import Workspace
from tests.web import knocking
from tests.web.met import NEVER, met
from tests.web.network import PDF, Clients, Network, network, served, token_in, within

# What a form of each address holds when it is filled in well.
FORMS: dict[str, dict[str, str]] = {
    "/folders": {"name": "Nouveau"},
    "/folders/{folder:id}/folders": {"name": "Dedans"},
    "/folders/{folder:id}/rename": {"name": "Autrement"},
    "/folders/{folder:id}/move": {"parent": "1"},
    "/folders/{folder:id}/close": {},
    "/folders/{folder:id}/open": {},
    "/folders/{folder:id}/access": {"subject": "network:0", "role": "reader", "until": ""},
    "/folders/{folder:id}/access/{grant:id}/withdraw": {},
    "/documents/{document:id}/versions/{version:id}/restore": {"expected": "1"},
    "/documents/{document:id}/versions/{version:id}/label": {"label": "Relu"},
    "/documents/{document:id}/versions/{version:id}/settle": {},
    "/documents/{document:id}/versions/{version:id}/purge": {},
    "/documents/{document:id}/versions/{version:id}/read": {},
    "/folders/{folder:id}/unread": {"document": "", "version": ""},
    "/documents/{document:id}/aside/{aside:id}/deposit": {"expected": "999"},
    "/documents/{document:id}/aside/{aside:id}/remove": {},
    "/documents/{document:id}/replace": {"onto": "1", "over": "1", "expected": "1"},
    "/documents/{document:id}/rename": {"name": "autre.pdf", "expected": "1"},
    "/documents/{document:id}/move": {"parent": "1", "expected": "1"},
    # Too long to be taken: a lock would keep later tests from the document.
    "/documents/{document:id}/lock": {"note": "x" * 201},
    "/documents/{document:id}/lock/renew": {},
    "/documents/{document:id}/lock/release": {},
    # A name that is refused: a folder has no more than ten.
    "/folders/{folder:id}/inbox": {"name": ".", "email": ""},
    "/folders/{folder:id}/inbox/{drop:id}/pause": {},
    "/folders/{folder:id}/inbox/{drop:id}/resume": {},
    "/folders/{folder:id}/inbox/{drop:id}/unbind": {},
    # Nothing is ticked: what is taken would be missed by later tests.
    "/folders/{folder:id}/past": {},
    "/folders/{folder:id}/meetings": {"title": "Comité", "day": "2100-03-12", "starts": "14:00"},
    "/meetings/{meeting:id}/edit": {"title": "Bureau", "day": "2100-06-03", "expected": "1"},
    "/meetings/{meeting:id}/state": {"state": "convened", "expected": "1"},
    "/meetings/{meeting:id}/cancel": {"expected": "1"},
    "/meetings/{meeting:id}/revive": {"expected": "1"},
    "/meetings/{meeting:id}/agenda": {"title": "Budget", "expected": ""},
    "/meetings/{meeting:id}/agenda/carry": {"item": "1", "expected": ""},
    "/meetings/{meeting:id}/agenda/items/{item:id}": {"title": "Bilan", "expected": ""},
    "/meetings/{meeting:id}/agenda/items/{item:id}/move": {"to": "1", "expected": ""},
    "/meetings/{meeting:id}/agenda/items/{item:id}/left-over": {"left": "yes", "expected": ""},
    "/meetings/{meeting:id}/agenda/items/{item:id}/remove": {"expected": ""},
    "/meetings/{meeting:id}/agenda/items/{item:id}/papers": {
        "paper": "/documents/1",
        "expected": "",
    },
    "/meetings/{meeting:id}/agenda/items/{item:id}/papers/{document:id}/unpin": {"expected": ""},
    "/meetings/{meeting:id}/record/deposit": {},
    "/meetings/{meeting:id}/record/approve": {"expected": "1"},
    "/meetings/{meeting:id}/record/reopen": {"expected": "1"},
    "/folders/{folder:id}/quota": {"amount": "5", "unit": "gb"},
    "/organisations/{organisation:id}/quota": {"amount": "5", "unit": "gb"},
    # A version and a weight that never were: what is removed would be missed by later tests.
    "/documents/{document:id}/remove": {"expected": "999"},
    "/folders/{folder:id}/remove": {"folders": "999", "documents": "999"},
    "/folders/{folder:id}/trash/documents/{removed:id}/restore": {"name": "", "parent": ""},
    "/folders/{folder:id}/trash/documents/{removed:id}/purge": {},
    "/folders/{folder:id}/trash/folders/{removed:id}/restore": {"name": "", "parent": ""},
    "/folders/{folder:id}/trash/folders/{removed:id}/purge": {},
    "/trash/folders/{removed:id}/restore": {"name": "", "parent": ""},
    "/trash/folders/{removed:id}/purge": {},
    "/people": {"email": "di@reseau.example", "person_name": "Di"},
    "/people/{person:id}/link": {},
    "/people/{person:id}/disable": {},
    "/people/{person:id}/enable": {},
    "/people/{person:id}/steward": {"steward": "no"},
    "/people/{person:id}/top-folders": {"allowed": "no"},
    "/people/{person:id}/memberships": {"organisation": "2", "function": "Agent"},
    "/people/{person:id}/memberships/{membership:id}": {"function": "Agent"},
    "/people/{person:id}/memberships/{membership:id}/end": {"last_day": "2100-01-01"},
    "/organisations": {"organisation_name": "Cabinet"},
    "/groups": {"group_name": "Groupe", "member": ""},
    "/organisations/{organisation:id}": {"name": "Mairie d'essai", "siret": "", "finess": ""},
    "/organisations/{organisation:id}/end": {"day": "2100-01-01"},
    "/organisations/{organisation:id}/merge": {"into": "2"},
    "/groups/{group:id}/rename": {"name": "Groupe renommé"},
    "/groups/{group:id}/members": {"member": "bo@reseau.example"},
    "/groups/{group:id}/members/{membership:id}/unseat": {},
    "/groups/{group:id}/members/{membership:id}/coordinator": {"coordinates": "yes"},
    # Nobody's number: filled in well, she would look as somebody else in the tests after it.
    "/folders/{folder:id}/see-as": {"subject": "organisation:999999", "email": ""},
    "/see-as/stop": {},
    "/glossary": {"term": "CLS", "meanings": "contrat local de santé"},
    "/glossary/import": {"list": "CLS = contrat local de santé"},
    "/glossary/{term:id}": {"term": "CLS", "meanings": "contrat local", "expected": ""},
    "/glossary/{term:id}/remove": {"expected": ""},
    "/requests": {"about": "folder", "number": "999999", "role": "reader", "message": ""},
    "/requests/{request:id}/grant": {"role": "reader", "until": ""},
    "/requests/{request:id}/refuse": {"answer": ""},
    "/requests/{request:id}/withdraw": {},
    "/take-over": {"folder": "1", "reason": "Sans coordination"},
    "/account/mail": {"topic": "meetings"},
    "/network/mail/test": {},
    "/network/mail/{letter:id}/again": {},
    "/account/follows/{follow:id}": {"pace": "weekly"},
    "/account/follows/{follow:id}/remove": {},
    "/folders/{folder:id}/follow": {"pace": "daily"},
    "/documents/{document:id}/follow": {"pace": "daily"},
    "/searches/{saved:id}/follow": {"pace": "daily"},
    "/meetings/series/{series:id}/follow": {"pace": "daily"},
    "/searches": {"asked": "q=compte+rendu", "name": "Comptes rendus"},
    "/searches/{saved:id}/rename": {"name": "Autrement"},
    "/searches/{saved:id}/forget": {},
    "/searches/{saved:id}/seen": {"next": "/searches"},
    "/meetings/{meeting:id}/minutes/items/{item:id}": {"text": "Dit.", "state": "1"},
    "/meetings/{meeting:id}/minutes/items/{item:id}/decisions": {
        "text": "Oui.",
        "way": "vote",
        "yes": "3",
        "decided_on": "2100-06-03",
    },
    "/meetings/{meeting:id}/minutes/items/{item:id}/decisions/{decision:id}": {
        "text": "Non.",
        "way": "consensus",
        "expected": "",
    },
    "/meetings/{meeting:id}/minutes/items/{item:id}/decisions/{decision:id}/remove": {
        "expected": "",
    },
    "/meetings/{meeting:id}/minutes/items/{item:id}/actions": {"text": "Appeler", "who": "Bo"},
    "/meetings/{meeting:id}/minutes/items/{item:id}/actions/{todo:id}": {
        "text": "Rappeler",
        "expected": "",
    },
    "/meetings/{meeting:id}/minutes/items/{item:id}/actions/{todo:id}/remove": {"expected": ""},
    "/meetings/{meeting:id}/minutes/attendance": {"expected": ""},
    # An answer that is not awaited, and people who were never invited.
    "/meetings/{meeting:id}/invited": {"email": "ada@reseau.example", "expected": "1"},
    "/meetings/{meeting:id}/invited/remove": {"subject": "person:1", "expected": "1"},
    "/meetings/{meeting:id}/answer": {"answer": "comes", "instead": ""},
    "/actions/{todo:id}/done": {"next": "/actions"},
    "/actions/{todo:id}/reopen": {"next": "/actions"},
    "/calendar": {},
    "/calendar/end": {},
    # Nobody's handle, and a password that is not hers: what ends would be missed by later tests.
    "/account/password": {"current": "x", "password": "une toute autre phrase"},
    "/account/sessions/end": {"handle": "x"},
    "/account/sessions/end-others": {},
    "/account/sessions/end-all": {},
    "/account/email": {"email": "ailleurs@reseau.example", "current": "x"},
    "/account/email/give-up": {},
    "/people/{person:id}/email": {"email": "cy@reseau.example"},
    "/people/{person:id}/remove-keys": {},
    "/people/{person:id}/end-sessions": {},
    "/people/{person:id}/erase": {},
    "/account/leave/{membership:id}": {"last_day": "2100-01-01"},
    "/people/{person:id}/departure": {},
    "/account/data": {},
    "/account/showing": {"phone": "02 33 00 00 00", "shows_email": "yes"},
    "/account/keys/proof/start": {},
    "/account/keys/proof": {"password": "ce n'est pas le bon"},
    "/account/keys/passkeys/start": {"key_name": ""},
    "/account/keys/passkeys": {"key_name": "", "answer": "{}"},
    "/account/keys/passkeys/{passkey:id}/remove": {},
    "/account/keys/app": {},
    "/account/keys/app/confirm": {"code": "000000"},
    "/account/keys/app/remove": {},
    "/account/keys/codes": {},
    "/folders/{folder:id}/invite": {"email": "zoe@ailleurs.example", "role": "reader"},
    "/organisations/{organisation:id}/invite": {"email": "yan@ailleurs.example"},
    "/people/invite": {"email": "eva@ailleurs.example"},
    "/people/invites/{invite:id}/resend": {"next": "/"},
    "/people/invites/{invite:id}/link": {"next": "/"},
    "/people/invites/{invite:id}/withdraw": {"next": "/"},
    "/invite/{token}/take": {},
    "/signout": {},
    "/acting-as": {"organisation": "", "next": "/"},
}
MULTIPART = (
    "/folders/{folder:id}/deposits",
    "/documents/{document:id}/versions",
    "/folders/{folder:id}/invite/list",
    "/organisations/{organisation:id}/invite/list",
    "/people/invite/list",
)
# Of bytes that only begin like a PDF nothing can be made; `test_preview_doors` has better ones.
NOTHING_MADE = tuple(
    f"/documents/{{document:id}}/versions/{{version:id}}/{made}"
    for made in ("pages/{page:id}", "thumbnail", "captions")
)
IN_FOLDERS = [door for door in DOORS if door.rule.action is not None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("network")) as one:
        yield one


@pytest.fixture(scope="module")
def clients(made: Network) -> Iterator[Clients]:
    with served(made) as client:
        yield client


def filled_in(path: str) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """The fields and the file of a form with files at this address."""
    if "invite" in path:
        fields = {"role": "reader"} if "folder" in path else {}
        return fields, {"file": ("x.csv", b"Zo\xe9;lise@ailleurs.example")}
    fields = {"expected": "1"} if "versions" in path else {"taken": "revise"}
    return fields, {"files": ("x.pdf", PDF)}


def knock(client: TestClient, door: Door, token: str, ids: dict[str, int]) -> tuple[int, bytes]:
    """The status and the body for a well-made request at this door."""
    if knocking.speaks_tus(door):
        answer = knocking.knock(client, door, token, folder=ids.get("folder", 1))
        return answer.status_code, answer.content
    path = door.path.replace("{name}", "x.pdf").replace("{path:path}", "x/y.css")
    # Bo is still asked after his sessions have ended: Cy is not.
    path = path.replace("/{person:id}/end-sessions", "/3/end-sessions")
    path = path.replace("{token}", "x" * 43).replace("{person:id}", "2")
    path = path.replace("{request:id}", "999999").replace("{page:id}", "1")
    path = path.replace("{organisation:id}", "1").replace("{group:id}", "1")
    path = path.replace("{membership:id}", "1")
    for name, number in ids.items():
        path = path.replace(f"{{{name}:id}}", str(number))
    path = path.replace("{removed:id}", "999999").replace("{aside:id}", "999999")
    path = path.replace("{drop:id}", "999999").replace("{term:id}", "999999")
    path = path.replace("{saved:id}", "999999").replace("{letter:id}", "999999")
    path = path.replace("{saved:id}", "999999").replace("{passkey:id}", "999999")
    path = path.replace("{follow:id}", "999999").replace("{series:id}", "999999")
    path = path.replace("{saved:id}", "999999").replace("{invite:id}", "999999")
    for name in NEVER:
        path = path.replace(f"{{{name}:id}}", "999999")
    if door.method == "GET":
        answer = client.get(path)
    elif door.method == "PUT":
        headers = {"x-form-token": token, "if-match": '"1"'} if "versions" in path else {}
        answer = client.put(path, content=PDF, headers={"x-form-token": token} | headers)
    elif door.path in MULTIPART:
        fields, files = filled_in(door.path)
        answer = client.post(path, data={"form_token": token} | fields, files=files)
    else:
        answer = client.post(path, data={"form_token": token} | FORMS.get(door.path, {}))
    return answer.status_code, answer.content


def said(door: Door) -> str:
    return f"{door.method} {door.path}"


def test_every_form_is_known_here() -> None:
    posts = {door.path for door in DOORS if door.method == "POST" and door.rule.needs_session}
    assert {path for path in posts if path != "/deposits/"} == set(FORMS) | set(MULTIPART)


@pytest.mark.parametrize("door", [door for door in DOORS if door.rule.needs_session], ids=said)
def test_a_stranger_is_sent_to_sign_in(clients: Clients, door: Door) -> None:
    stranger = clients("")
    ids = {"folder": 1, "document": 1, "version": 1, "grant": 1}
    status, _ = knock(stranger, door, "", ids)
    is_program = door.method == "PUT" or knocking.speaks_tus(door) or door.path.endswith(".json")
    assert status == (401 if is_program else 303)


@pytest.mark.parametrize("door", IN_FOLDERS, ids=said)
def test_what_may_not_be_read_is_like_what_never_was(
    made: Network, clients: Clients, door: Door
) -> None:
    cy = clients("cy")
    token = token_in(cy.get("/").text)
    unreadable = {"folder": made.secret, "document": made.hidden, "version": 1, "grant": 1}
    unreadable["removed"] = _removed(made, door, made.secret, "ada")
    unreadable |= met(made, door, made.secret)
    never = {"folder": 999_999, "document": 999_999, "version": 1, "grant": 1, "removed": 999_999}
    first, second = (knock(cy, door, token, ids) for ids in (unreadable, never))
    assert first == second
    assert first[0] == 404


@pytest.mark.parametrize("door", IN_FOLDERS, ids=said)
def test_a_reader_may_not_do_more_and_a_coordinator_may(
    made: Network, clients: Clients, door: Door
) -> None:
    ids = {"folder": made.shared, "document": made.document, "version": 1, "grant": 0}
    token = token_in(clients("bo").get("/").text)
    ids |= met(made, door, made.shared)
    removed = _removed(made, door, made.shared, "bo" if "/documents/" in door.path else "ada")
    status, _ = knock(clients("bo"), door, token, ids | {"grant": 1, "removed": removed})
    contributes = {Action.READ, Action.ADD, Action.REVISE, Action.RENAME, Action.REMOVE}
    assert (status == 403) == (door.rule.action not in contributes)
    token = token_in(clients("ada").get("/").text)
    ids |= {"grant": _own_grant(made), "removed": _removed(made, door, made.shared, "ada")}
    ids["aside"] = within(made, lambda ws: set_aside(ws, made, "ada"))
    if "{drop:id}" in door.path:
        ids["drop"] = within(made, lambda ws: _dropping(ws, made))
    status, _ = knock(clients("ada"), door, token, ids)
    assert status in ((404,) if door.path in NOTHING_MADE else (200, 201, 303, 409, 422))


@pytest.mark.parametrize("door", [door for door in DOORS if door.rule is STEWARD], ids=said)
def test_only_stewards_add_to_the_directory(clients: Clients, door: Door) -> None:
    token = token_in(clients("bo").get("/").text)
    assert knock(clients("bo"), door, token, {})[0] == 403
    token = token_in(clients("ada").get("/").text)
    # There is no mail server here by which a test letter would leave.
    is_sent = door.path != "/network/mail/test"
    assert knock(clients("ada"), door, token, {})[0] in ((200, 303, 409) if is_sent else (422,))


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door.method != "GET" and door.rule.needs_session], ids=said
)
def test_a_form_of_another_site_or_visit_is_refused(
    made: Network, clients: Clients, door: Door
) -> None:
    # Bo brings nobody into an organisation: to him these doors are not there.
    is_hers = door.path.startswith("/organisations/{organisation:id}/invite")
    somebody = clients("ada" if is_hers else "bo")
    ids = {"folder": made.shared, "document": made.document, "version": 1, "grant": 1}
    assert knock(somebody, door, "f" * 64, ids)[0] == 403
    token = token_in(somebody.get("/").text)
    somebody.headers["origin"] = "https://evil.example"
    assert knock(somebody, door, token, ids)[0] == 403


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "GET"], ids=said)
def test_looking_changes_nothing_and_head_looks_too(
    made: Network, clients: Clients, door: Door
) -> None:
    ada = clients("ada")
    ids = {"folder": made.shared, "document": made.document, "version": 1}
    path = door.path.replace("{token}", "x" * 43).replace("{path:path}", "x/y.css")
    for name, number in ids.items():
        path = path.replace(f"{{{name}:id}}", str(number))
    get, head = ada.get(path), ada.head(path)
    assert get.status_code == head.status_code
    assert get.headers["content-security-policy"] == head.headers["content-security-policy"]
    assert "set-cookie" not in get.headers


def _removed(made: Network, door: Door, folder: FolderId, by: str) -> int:
    """Something new in the trash of a folder, for a door that is about such a thing."""
    if "{removed:id}" not in door.path:
        return 0

    async def remove(ws: Workspace) -> int:
        actor = (await people.session(ws, made.tokens[by])).actor
        name = secrets.token_hex(8)
        if "/folders/{removed:id}" in door.path:
            number = await folders.make(ws, actor, folder, name)
            await trash.remove_folder(ws, actor, number)
            return number
        incoming = await deposits.begin(ws, actor, folder, name)
        done = await deposits.finish(ws, actor, incoming)
        await trash.remove_document(ws, actor, done.document_id)
        return done.document_id

    return within(made, remove)


async def set_aside(ws: Workspace, made: Network, name: str) -> int:
    """What came second for the shared document, as if somebody had been faster."""
    actor = (await people.session(ws, made.tokens[name])).actor
    current = (await documents.look(ws, actor, made.document)).document.current
    blob = Blob(current.sha256, current.size_bytes)
    kept = await aside.keep(ws, actor, made.document, blob, "text/plain", expected=1, comment="")
    assert kept is not None
    return kept


async def _dropping(ws: Workspace, made: Network) -> int:
    """One more drop folder of the shared folder."""
    ada = (await people.session(ws, made.tokens["ada"])).actor
    return await inbox.bind(ws, ada, made.shared, secrets.token_hex(8))


def _own_grant(made: Network) -> int:
    async def grants(ws: object) -> int:
        actor = (await people.session(ws, made.tokens["ada"])).actor  # type: ignore[arg-type]
        audience = await sharing.look(ws, actor, made.shared)  # type: ignore[arg-type]
        return next(one.id for one in audience.grants if one.folder_id == made.shared)

    return within(made, grants)
