"""The network of the matrix, made by use-cases and served, in each of its states."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.testclient import TestClient

from atelier.app import finish_waiting_work, open_workspace
from atelier.database import email_changes as changes
from atelier.model.deposits import Target
from atelier.model.documents import Blob
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.follows import Followable, Pace
from atelier.model.ids import DocumentId, FolderId, MembershipId, OrganisationId, PersonId
from atelier.model.inbox import Outcome, Reason
from atelier.model.invites import Offer
from atelier.model.letters import Topic
from atelier.model.people import Actor
from atelier.model.requests import About
from atelier.model.search import Asked
from atelier.settings import Settings, load
from atelier.workspace import (
    accounts,
    admin,
    aside,
    calendars,
    deposits,
    documents,
    dropped,
    folders,
    follows,
    glossary,
    groups,
    inbox,
    invites,
    people,
    requests,
    saved,
    sharing,
    signing_in,
    stopping,
    trash,
    uploads,
)
from atelier.workspace.place import Workspace
from atelier.workspace.uploads import Announced
from tests import matrix, strangers_meetings
from tests.mailed import confirming
from tests.matrix import DOCUMENT, PLACES, Thing
from tests.oracle import Asker, Network
from tests.snapshots import Snapshot
from tests.web import network as web_network
from tests.web.network import PASSWORD, served

NAMES: Final = ("ada", "kim", "sol", "lea", "cora", "mona", "rose", "dan", "neo")
ORGANISATIONS: Final = ("Mairie", "Hôpital", "Cabinet", "Tiers")
# Words like no other, by what they are told of.
FOLDER_WORDS: Final = {
    matrix.HOME: "Homuvak",
    matrix.OLD: "Ancipoz",
    matrix.AWAY: "Ailimor",
    matrix.SUBJECT: "Folbavux",
    matrix.CLOSED: "Clorebix",
    matrix.DOSSIER: strangers_meetings.TITLE_WORD,
}
NAME_WORD, OLD_NAME_WORD, COMMENT_WORD = "Docuzelpi", "Premizavo", "Commentuxa"
TEXT_WORDS: Final = ("texturvom", "rarobiqua")
OLD_TEXT_WORD, MESSAGE_WORD, AWAY_WORD = "vieziblok", "Messigolu", "Lointapuk"
DROP_WORD: Final = "Scanuxil"
PAPERS_AWAY: Final = 25  # more than a page of hits: a count would tell of them
PAPER_WORDS: Final = (
    NAME_WORD,
    OLD_NAME_WORD,
    COMMENT_WORD,
    *TEXT_WORDS,
    OLD_TEXT_WORD,
)


@dataclass(frozen=True)
class Served:
    """The running network: a client for each caller, and its records in each state."""

    settings: Settings
    tokens: dict[str, str]
    client: Callable[[str], TestClient]
    snapshots: dict[tuple[Thing, str], Snapshot]
    static: str
    welcome: str
    upload: str
    confirming: str
    stopping: str
    invited: str
    feeds: dict[str, str]

    def in_state(self, thing: Thing, state: str) -> None:
        """Have the records as they were when the thing was in that state."""
        self.snapshots.get((thing, state), self.snapshots[Thing.FOLDER, "live"]).restore()

    def token(self, caller: str) -> str:
        """What a form of this caller brings along."""
        known = self.tokens.get(caller)
        return signing_in.form_token(known) if known else ""


@contextlib.contextmanager
def strangers(data: Path) -> Iterator[Served]:
    """The network of the matrix, from its making on."""
    settings = load(data, {"ATELIER_SESSIONS_SECOND_FACTOR": "nobody"}, data)
    with contextlib.ExitStack() as closing:
        made = asyncio.run(_Making(settings, closing).all())
        tokens = {caller: made.tokens[_name(caller)] for caller, person in matrix.CALLERS.items()
                  if person is not None}  # fmt: skip
        known = web_network.Network(
            settings,
            tokens,
            FolderId(matrix.SUBJECT),
            FolderId(matrix.AWAY),
            DocumentId(DOCUMENT),
            DocumentId(DOCUMENT + 1),
        )
        clients = closing.enter_context(served(known))

        def client(caller: str) -> TestClient:
            return clients(caller if caller in tokens else "")

        page = client("anonymous").get("/signin").text
        static = re.search(r'/static/([^"]+\.css)"', page)
        assert static
        feeds = {caller: made.feeds[_name(caller)] for caller in tokens}
        kept = (made.snapshots, static[1], made.welcome, made.upload)
        links = (made.confirming, made.stopping, made.invited)
        yield Served(settings, tokens, client, *kept, *links, feeds)


def hidden_words(net: Network, asker: Asker, thing: Thing, state: str) -> set[str]:
    """The words that she may not be told while that thing is in this state."""
    hidden = {word for folder, word in FOLDER_WORDS.items() if not net.may(asker, "read", folder)}
    if not net.may(asker, "read", matrix.AWAY):
        hidden.add(AWAY_WORD)
    if not net.may(asker, "read", matrix.DOSSIER):
        hidden |= set(strangers_meetings.MEETING_WORDS)
    is_gone = thing is Thing.DOCUMENT and state in ("trashed", "purged")
    if is_gone or not net.may(asker, "read", matrix.SUBJECT):
        hidden |= set(PAPER_WORDS)
    if not net.may(asker, "share", matrix.SUBJECT):
        hidden.add(DROP_WORD)
    if asker.person != matrix.LEA and not net.may(asker, "share", matrix.SUBJECT):
        hidden.add(MESSAGE_WORD)
    return hidden - _names_left(net, asker, thing, state)


def _names_left(net: Network, asker: Asker, thing: Thing, state: str) -> set[str]:
    """Names of what is removed, for those who may bring it back; of orphans, for stewards."""
    left: set[str] = set()
    if thing is Thing.DOCUMENT and net.may(asker, "journal", matrix.SUBJECT):
        left |= {NAME_WORD, OLD_NAME_WORD}
    is_gone = thing is Thing.FOLDER and state in ("trashed", "purged")
    if is_gone and net.may(asker, "journal", matrix.OLD):
        left.add(FOLDER_WORDS[matrix.SUBJECT])
    lies_alone = thing is Thing.ALONE and state == "trashed" and asker.seeing is None
    if lies_alone and matrix.CLOSED in net.scope(net.hats(asker.person), "restore"):
        left.add(FOLDER_WORDS[matrix.CLOSED])
    if net.manages(asker):
        left |= {FOLDER_WORDS[folder] for folder in net.orphaned()}
    return left


def told(body: str, words: set[str]) -> set[str]:
    """Those of the words that stand somewhere in an answer."""
    low = body.lower()
    return {word for word in words if word.lower() in low}


def _name(caller: str) -> str:
    return NAMES[(matrix.CALLERS[caller] or 0) - 1]


class _Making:
    """The network from nothing to each of its states."""

    def __init__(self, settings: Settings, closing: contextlib.ExitStack) -> None:
        self.settings, self.closing = settings, closing
        self.tokens: dict[str, str] = {}
        self.snapshots: dict[tuple[Thing, str], Snapshot] = {}
        self.welcome = self.upload = self.confirming = self.stopping = ""
        self.welcome = self.upload = self.invited = ""
        self.feeds: dict[str, str] = {}

    async def all(self) -> _Making:
        """Everything."""
        async with open_workspace(self.settings, create=True) as ws:
            await self.people(ws)
            await self.tree(ws)
            self.keep("never", *Thing)
            await self.things(ws)
            await finish_waiting_work(ws)
            lea = await self.actor(ws, "lea")
            kept = await saved.keep(ws, lea, Asked("lit"))
            await follows.follow(ws, lea, Followable.SEARCH, kept, Pace.DAILY)
            self.keep("live", *Thing)
            derived, kept_texts = self.settings.data / "derived", self.settings.data / "kept"
            shutil.copytree(derived, kept_texts)
            await self.states(ws)
            # What a purge forgets is there again in every state: no lack of texts hides a word.
            shutil.copytree(kept_texts, derived, dirs_exist_ok=True)
        return self

    async def people(self, ws: Workspace) -> None:
        """Who they are; Dan is disabled, the newcomer never signed in."""
        link = await admin.found(ws, "Réseau d'essai", "ada@reseau.example")
        self.tokens["ada"] = (await people.use_link(ws, link, PASSWORD)).token
        ada = await self.actor(ws, "ada")
        for name in ORGANISATIONS:
            await people.add_organisation(ws, ada, name)
        homes = {NAMES[person - 1]: ORGANISATIONS[at - 1] for person, at in PLACES.items()}
        for name in NAMES[1:]:
            person = await people.add_person(
                ws,
                ada,
                f"{name}@reseau.example",
                name=name.title(),
                organisation="Mairie" if name == "neo" else homes.get(name),
                is_representative=name == "rose",
            )
            link = await accounts.issue_link(ws, ada, person.id)
            if name == "neo":
                self.welcome = link
                self.confirming = await _asked_address(ws, person.id)
                self.stopping = await _stop_link(ws, person.id)
            else:
                self.tokens[name] = (await people.use_link(ws, link, PASSWORD)).token
        offer = Offer("wen@ailleurs.example", organisation_id=OrganisationId(matrix.TOWN))
        self.invited = (await invites.invite(ws, ada, offer)).token
        await accounts.allow_top_folders(ws, ada, PersonId(matrix.KIM))
        await glossary.add(ws, ada, "ZZ", "zones à zébrures")
        group = await groups.add_group(ws, ada, "Groupe", ["cora@reseau.example"])
        place = MembershipId(group.members[0].membership_id)
        await groups.appoint(ws, ada, group.id, place, coordinates=True)

    async def tree(self, ws: Workspace) -> None:
        """What stands in every state."""
        kim = await self.actor(ws, "kim")
        for number in (matrix.HOME, matrix.OLD, matrix.AWAY):
            assert await folders.make(ws, kim, None, FOLDER_WORDS[number]) == number
        for number in (matrix.HOME, matrix.OLD):
            await self.share(ws, FolderId(number))
            dan = Subject(SubjectKind.PERSON, matrix.DAN)
            await sharing.grant(ws, kim, FolderId(number), dan, Role.COORDINATOR)
        for name in self.tokens:
            self.feeds[name] = await calendars.make(ws, await self.actor(ws, name))
        await accounts.disable(ws, await self.actor(ws, "ada"), PersonId(matrix.DAN))

    async def things(self, ws: Workspace) -> None:
        """The folder, the closed one, the document, one far away, and a request."""
        kim = await self.actor(ws, "kim")
        above = FolderId(matrix.OLD)
        folder = await folders.make(ws, kim, above, FOLDER_WORDS[matrix.SUBJECT])
        closed = await folders.make(ws, kim, above, FOLDER_WORDS[matrix.CLOSED], is_closed=True)
        assert (folder, closed) == (matrix.SUBJECT, matrix.CLOSED)
        await self.share(ws, closed)
        third = Subject(SubjectKind.ORGANISATION, matrix.THIRD)
        await sharing.grant(ws, kim, folder, third, Role.READER)
        for text, comment in ((OLD_TEXT_WORD, COMMENT_WORD), (" ".join(TEXT_WORDS), "")):
            incoming = await deposits.begin(ws, kim, folder, f"{OLD_NAME_WORD}.txt")
            await incoming.write(f"On y lit {text} ici.".encode())
            done = await deposits.finish(ws, kim, incoming, comment=comment)
            assert done.document_id == DOCUMENT
        await documents.rename(ws, kim, DocumentId(DOCUMENT), f"{NAME_WORD}.txt")
        for number in range(PAPERS_AWAY):
            name = f"{AWAY_WORD} {number}.txt"
            incoming = await deposits.begin(ws, kim, FolderId(matrix.AWAY), name)
            await incoming.write(f"On y lit {AWAY_WORD}.".encode())
            await deposits.finish(ws, kim, incoming)
        paper = f"{AWAY_WORD} 0.txt"
        dossier = await strangers_meetings.meet(ws, kim, folder, DOCUMENT + 1, paper)
        assert dossier == matrix.DOSSIER
        lea = await self.actor(ws, "lea")
        await requests.ask(
            ws, lea, About.FOLDER, folder, role=Role.CONTRIBUTOR, message=MESSAGE_WORD
        )
        cora = await self.actor(ws, "cora")
        paper = (await documents.look(ws, cora, DocumentId(DOCUMENT))).document.versions[1]
        blob = Blob(paper.sha256, paper.size_bytes)
        await aside.keep(ws, cora, paper.document_id, blob, "text/plain", expected=1, comment="")
        under_way = Announced(Target(folder, "x.pdf"), 500)
        self.upload = (await uploads.create(ws, cora, under_way)).key
        drop = await inbox.bind(ws, kim, folder, DROP_WORD, email="cora@reseau.example")
        came = dropped.Came(f"{DROP_WORD}.pdf", 7, Outcome.LEFT, Reason.LINK)
        await dropped.note(ws, drop, came)

    async def share(self, ws: Workspace, folder: FolderId) -> None:
        """To those of the matrix, each in her way."""
        kim = await self.actor(ws, "kim")
        for kind, number, role in (
            (SubjectKind.ORGANISATION, matrix.SURGERY, Role.READER),
            (SubjectKind.GROUP, matrix.GROUP, Role.CONTRIBUTOR),
            (SubjectKind.PERSON, matrix.MONA, Role.COORDINATOR),
        ):
            await sharing.grant(ws, kim, folder, Subject(kind, number), role)

    async def states(self, ws: Workspace) -> None:
        """Each from where it all was in place."""
        kim = await self.actor(ws, "kim")
        folder, above = FolderId(matrix.SUBJECT), FolderId(matrix.OLD)
        closed, document = FolderId(matrix.CLOSED), DocumentId(DOCUMENT)
        live = self.snapshots[Thing.FOLDER, "live"]

        async def after(state: str, act: Awaitable[object], *things: Thing) -> None:
            await act
            self.keep(state, *things)

        await after("moved", folders.move(ws, kim, folder, FolderId(matrix.AWAY)), *Thing)
        live.restore()
        await after("closed", folders.close(ws, kim, folder), *Thing)
        live.restore()
        await after("trashed", trash.remove_folder(ws, kim, folder), Thing.FOLDER)
        await after("purged", trash.purge_folder(ws, kim, above, folder), Thing.FOLDER)
        live.restore()
        await after("trashed", trash.remove_document(ws, kim, document), Thing.DOCUMENT)
        await after("purged", trash.purge_document(ws, kim, folder, document), Thing.DOCUMENT)
        live.restore()
        await after("trashed", trash.remove_folder(ws, kim, closed), Thing.ALONE)
        await after("purged", trash.purge_folder(ws, kim, None, closed), Thing.ALONE)

    def keep(self, state: str, *things: Thing) -> None:
        """The records as they are."""
        snapshot = Snapshot(self.settings.data / "atelier.sqlite3")
        self.closing.callback(snapshot.close)
        self.snapshots.update({(thing, state): snapshot for thing in things})

    async def actor(self, ws: Workspace, name: str) -> Actor:
        """Someone, as of now."""
        return (await people.session(ws, self.tokens[name])).actor


async def _stop_link(ws: Workspace, person: PersonId) -> str:
    """The link in letters to somebody that stops them: its token."""
    link = await ws.db.write(lambda tx: stopping.address(ws, tx, person, Topic.MEETINGS))
    return link.rpartition("/")[2]


async def _asked_address(ws: Workspace, person: PersonId) -> str:
    """The link that confirms another address of somebody: its token."""

    at = ws.clock()
    await ws.db.write(lambda tx: changes.put(tx, person, "ailleurs@reseau.example", at))
    return await confirming(ws, person, is_new=True)
