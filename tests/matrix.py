"""What every door answers, to whom, in which state: from its declared rule and the oracle.

`.venv/bin/python -m tests.matrix` writes the table into `docs/access.md`; `test_strangers`
knocks at every door and holds each cell to it. Nothing here comes from an answer of the
product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from atelier.web.doors import STEWARD, Door
from atelier.web.routes import DOORS
from tests import oracle_changes as changes
from tests.oracle import Asker, Grant, Network, Place

PAGE: Final = Path(__file__).parents[1] / "docs" / "access.md"
_BEGIN, _END = "<!-- matrix: .venv/bin/python -m tests.matrix -->", "<!-- end of matrix -->"


class Answer(StrEnum):
    """What a door does with a well-made request."""

    OPEN = "oui"
    SIGN_IN = "connexion"
    FORBIDDEN = "403"
    NOT_FOUND = "404"


# Numbers in the order in which the network is made; see `test_strangers.found`.
ADA, KIM, SOL, LEA, CORA, MONA, ROSE, DAN, NEWCOMER = range(1, 10)
TOWN, HOSPITAL, SURGERY, THIRD = range(1, 5)
PLACES: Final = {KIM: SURGERY, SOL: HOSPITAL, LEA: SURGERY, CORA: HOSPITAL, ROSE: TOWN}
HOME, OLD, AWAY, SUBJECT, CLOSED, DOSSIER = range(1, 7)
GROUP: Final = 1
DOCUMENT: Final = 1
TODAY: Final = date(2026, 3, 12)

# Nobody is asked who she is unless she is one of these.
CALLERS: Final = {
    "anonymous": None,
    "stranger": SOL,
    "reader": LEA,
    "contributor": CORA,
    "coordinator": MONA,
    "representative": ROSE,
    "steward": ADA,
    "disabled": DAN,
}
FRENCH: Final = {
    "anonymous": "personne non connectée",
    "stranger": "sans accès",
    "reader": "lecture",
    "contributor": "contribution",
    "coordinator": "coordination",
    "representative": "référente",
    "steward": "administratrice",
    "disabled": "compte désactivé",
    "live": "en place",
    "moved": "déplacé",
    "closed": "fermé",
    "trashed": "à la corbeille",
    "purged": "supprimé",
    "never": "jamais créé",
}
STATES: Final = ("live", "moved", "closed", "trashed", "purged", "never")


class Thing(StrEnum):
    """What an address is about, and what changes state behind it."""

    FOLDER = "dossier"
    DOCUMENT = "document"
    ALONE = "dossier fermé"  # it answers for itself in the trash
    NOTHING = "réseau"


def thing_of(door: Door) -> Thing:
    """What changes state behind this door."""
    if door.path.startswith("/trash/folders/"):
        return Thing.ALONE
    if "{meeting:id}" in door.path or "{series:id}" in door.path or "{todo:id}" in door.path:
        return Thing.FOLDER  # the dossier stands in it, and shares its fate
    if "{document:id}" in door.path or "/trash/documents/" in door.path:
        return Thing.DOCUMENT
    if "{folder:id}" in door.path or door.path in _ABOUT_THE_FOLDER:
        return Thing.FOLDER
    return Thing.NOTHING


def states_of(door: Door) -> Sequence[str]:
    """The states in which its answer is asked for."""
    return STATES if thing_of(door) is not Thing.NOTHING else STATES[:1]


def network_in(thing: Thing, state: str) -> Network:
    """What the oracle knows when this thing is in this state.

    The folder stands in an older one, whose grants open it; moved, it stands where only
    Kim coordinates. The closed one has grants of its own and moves with nothing.
    """
    net = _network()
    if state == "moved":
        net.parents[SUBJECT] = AWAY
    if state == "closed":
        net.closed.add(SUBJECT)
        changes.appoint(net, SUBJECT, KIM)
    number = {Thing.FOLDER: SUBJECT, Thing.ALONE: CLOSED}.get(thing)
    if number is not None and state == "trashed":
        net.removed.add(number)
    if number is not None and state == "purged":
        changes.purge_folder(net, number)
    if state == "never":
        for folder in (SUBJECT, CLOSED):
            changes.purge_folder(net, folder)
    return net


def _network() -> Network:
    net = Network(today=TODAY, stewards={ADA}, disabled={DAN})
    net.organisations = {TOWN, HOSPITAL, SURGERY, THIRD}
    net.places = {person: [] for person in range(ADA, NEWCOMER + 1)}
    for number, (person, organisation) in enumerate(PLACES.items(), start=1):
        place = Place(number, organisation, represents=person == ROSE)
        net.places[person].append(place)
    net.places[NEWCOMER] = [Place(len(PLACES) + 1, TOWN)]
    net.seats = {GROUP: {place.membership: True for place in net.places[CORA]}}
    net.parents = {HOME: None, OLD: None, AWAY: None, SUBJECT: OLD, CLOSED: OLD}
    net.parents[DOSSIER] = SUBJECT
    net.closed = {CLOSED}
    for folder in (HOME, OLD, CLOSED):
        net.grants += [
            Grant(folder, ("organisation", SURGERY), "reader", None),
            Grant(folder, ("group", GROUP), "contributor", None),
            Grant(folder, ("person", MONA), "coordinator", None),
        ]
    net.grants += [
        Grant(folder, ("person", KIM), "coordinator", None) for folder in (HOME, OLD, AWAY, CLOSED)
    ]
    net.grants += [Grant(folder, ("person", DAN), "coordinator", None) for folder in (HOME, OLD)]
    net.grants.append(Grant(SUBJECT, ("organisation", THIRD), "reader", None))
    return net


@dataclass(frozen=True)
class Asking:
    """One who knocks at a door behind which a thing is in a state."""

    net: Network
    asker: Asker
    thing: Thing
    state: str

    def may(self, action: str, folder: int = SUBJECT) -> bool:
        """Whether the oracle lets her."""
        return self.net.may(self.asker, action, folder)


def expected(door: Door, caller: str, state: str) -> Answer:
    """What this door answers to this caller, when what it is about is in this state."""
    if not door.rule.needs_session:
        return Answer.OPEN
    person, thing = CALLERS[caller], thing_of(door)
    net = network_in(thing, state)
    if person is None or person in net.disabled:
        return Answer.SIGN_IN
    asking = Asking(net, Asker(person), thing, state)
    if door.rule == STEWARD and not net.manages(asking.asker):
        return Answer.FORBIDDEN
    if door.rule.action is not None:
        answer = _in_folder(door, asking)
        if answer is not Answer.OPEN:
            return answer
    further = FURTHER.get((door.method, door.path)) or FURTHER.get(("*", door.path))
    return Answer.OPEN if further is None else further(asking)


def _in_folder(door: Door, asking: Asking) -> Answer:
    """The declared rule: as if it never was, for one who may not read; else as she may."""
    folder = OLD if door.path.startswith("/folders/{folder:id}/trash/folders/") else SUBJECT
    is_gone = asking.thing is Thing.DOCUMENT and asking.state in ("trashed", "purged", "never")
    if ("{document:id}" in door.path and is_gone) or not asking.may("read", folder):
        return Answer.NOT_FOUND
    action = door.rule.action
    return Answer.OPEN if action and asking.may(action, folder) else Answer.FORBIDDEN


def _open_if(condition: Callable[[Asking], bool], otherwise: Answer) -> Callable[[Asking], Answer]:
    return lambda asking: Answer.OPEN if condition(asking) else otherwise


def _in_readable(condition: Callable[[Asking], bool]) -> Callable[[Asking], Answer]:
    """As if it never was, for who may not read the folder; else open on that condition."""

    def answer(asking: Asking) -> Answer:
        if not asking.may("read"):
            return Answer.NOT_FOUND
        return Answer.OPEN if condition(asking) else Answer.FORBIDDEN

    return answer


def _shares_above(asking: Asking) -> bool:
    """Whether she shares the folder above."""
    above = asking.net.parents[SUBJECT]
    return above is not None and asking.may("share", above)


# Kim put it there: who may only undo her own removals does not find it.
_lies_in_the_trash = _open_if(
    lambda asking: (
        asking.state == "trashed"
        and asking.may("restore", OLD if asking.thing is Thing.FOLDER else SUBJECT)
    ),
    Answer.NOT_FOUND,
)
_lies_alone = _open_if(
    lambda asking: (
        asking.state == "trashed"
        and CLOSED in asking.net.scope(asking.net.hats(asking.asker.person), "restore")
    ),
    Answer.NOT_FOUND,
)
_manages_town = _open_if(
    lambda asking: asking.net.manages_organisation(asking.asker, TOWN), Answer.NOT_FOUND
)
_manages_people = _open_if(
    lambda asking: asking.net.manages_organisation(asking.asker, TOWN), Answer.FORBIDDEN
)
_manages_group = _open_if(
    lambda asking: asking.net.manages_group(asking.asker, GROUP), Answer.NOT_FOUND
)
_keeps_glossary = _open_if(lambda asking: asking.net.keeps_glossary(asking.asker), Answer.FORBIDDEN)
_may_answer = _open_if(lambda asking: asking.may("share"), Answer.NOT_FOUND)
_asked_herself = _open_if(
    lambda asking: asking.asker.person == LEA and asking.state != "never", Answer.NOT_FOUND
)
_keeps_it_herself = _open_if(lambda asking: asking.asker.person == LEA, Answer.NOT_FOUND)
_adds = _in_readable(lambda asking: asking.may("add"))
_came_second = _open_if(lambda asking: asking.asker.person == CORA, Answer.NOT_FOUND)
_began_herself = _open_if(lambda asking: asking.asker.person == CORA, Answer.NOT_FOUND)
_answers_for_all = _open_if(lambda asking: asking.may("restore"), Answer.NOT_FOUND)
_shows_space = _in_readable(lambda asking: asking.may("share") or _shares_above(asking))
_limits_space = _in_readable(_shares_above)
_opens_top = _open_if(lambda asking: asking.net.manages(asking.asker), Answer.FORBIDDEN)
_marks = _in_readable(lambda asking: asking.may("meet", DOSSIER))
_reads_away = _open_if(lambda asking: asking.may("read", AWAY), Answer.NOT_FOUND)
_reads_the_meeting = _open_if(lambda asking: asking.may("read", DOSSIER), Answer.NOT_FOUND)
_stands = _open_if(lambda asking: bool(asking.net.reach(SUBJECT)), Answer.NOT_FOUND)
_everybody = _open_if(lambda asking: True, Answer.NOT_FOUND)
_nobody = _open_if(lambda asking: False, Answer.NOT_FOUND)

_MEMBERSHIP: Final = "/people/{person:id}/memberships/{membership:id}"
_REQUEST: Final = "/requests/{request:id}"
_PAPER: Final = "/folders/{folder:id}/trash/documents/{removed:id}"
_BELOW: Final = "/folders/{folder:id}/trash/folders/{removed:id}"
_ALONE: Final = "/trash/folders/{removed:id}"

# What the use-case behind a door asks beyond the door's rule. Every door for the signed in
# stands here: one that is new says who may do what behind it, or the build fails.
FURTHER: Final[dict[tuple[str, str], Callable[[Asking], Answer]]] = {
    **{("*", f"{path}/{act}"): _lies_in_the_trash
       for path in (_PAPER, _BELOW) for act in ("restore", "purge")},
    **{("*", f"{_ALONE}/{act}"): _lies_alone for act in ("restore", "purge")},
    **{("*", path): _everybody for path in (
        "/", "/trash", "/meetings", "/decisions", "/decisions.csv", "/decisions.pdf", "/actions",
        "/search", "/search.json", "/search/suggestions",
        "/people/{person:id}", "/organisations/{organisation:id}",
        "/groups/{group:id}", "/requests", "/requests/new", "/see-as/stop", "/signout", "/searches",
        "/acting-as", "/calendar", "/calendar/end",
        "/account", "/account/mail", "/account/password", "/account/sessions",
        "/account/sessions/end", "/account/sessions/end-others", "/account/sessions/end-all",
        "/account/email", "/account/email/give-up",
        "/account/data", "/account/showing", "/people/{person:id}/card.vcf",
        "/organisations/{organisation:id}/card.vcf", "/account/follows",
    )},
    **{("*", f"/account/keys{path}"): _everybody for path in (
        "", "/proof", "/proof/start", "/passkeys", "/passkeys/start", "/app", "/app/confirm",
        "/codes",
    )},
    # Nobody of this network has a key.
    ("POST", "/account/keys/passkeys/{passkey:id}/remove"): _nobody,
    ("POST", "/account/keys/app/remove"): _nobody,
    ("POST", "/folders"): _opens_top,
    ("GET", "/people"): _everybody,
    ("POST", "/people"): _manages_town,
    ("POST", "/people/{person:id}/link"): _manages_town,
    **{("*", f"/organisations/{{organisation:id}}/{act}"): _manages_town
       for act in ("invite", "invite/list", "invites.csv")},
    # Nobody has been invited there, and no link was made.
    **{("POST", f"/people/invites/{{invite:id}}/{act}"): _nobody
       for act in ("resend", "link", "withdraw")},
    ("POST", "/invite/{token}/take"): _nobody,
    ("GET", "/people/{person:id}/memberships"): _manages_people,
    ("POST", "/people/{person:id}/memberships"): _manages_people,
    ("*", _MEMBERSHIP): _manages_town,
    ("*", f"{_MEMBERSHIP}/end"): _manages_town,
    ("*", "/people/{person:id}/departure"): _manages_town,
    # The place of somebody else, whoever asks.
    ("*", "/account/leave/{membership:id}"): _nobody,
    **{("*", f"/groups/{{group:id}}/{act}"): _manages_group for act in (
        "rename", "members", "members/{membership:id}/unseat",
        "members/{membership:id}/coordinator",
    )},
    ("GET", "/glossary"): _everybody,
    ("POST", "/glossary"): _keeps_glossary,
    **{("*", f"/glossary/{act}"): _keeps_glossary
       for act in ("import", "{term:id}", "{term:id}/remove")},
    ("*", f"{_REQUEST}/grant"): _may_answer,
    ("*", f"{_REQUEST}/refuse"): _may_answer,
    ("*", f"{_REQUEST}/withdraw"): _asked_herself,
    **{("*", f"/searches/{{saved:id}}/{act}"): _keeps_it_herself
       for act in ("rename", "forget", "seen", "follow")},
    **{("*", f"/account/follows/{{follow:id}}{act}"): _keeps_it_herself
       for act in ("", "/remove")},
    ("*", "/meetings/series/{series:id}/follow"): _reads_the_meeting,
    ("POST", "/take-over"): _stands,
    ("POST", "/deposits/"): _adds,
    ("*", "/deposits/{key}"): _began_herself,
    **{("*", f"/documents/{{document:id}}/aside/{{aside:id}}/{act}"): _came_second
       for act in ("content", "deposit", "remove")},
    # The paper of the matrix is a plain text: no picture, no subtitles, whoever asks.
    **{("GET", f"/documents/{{document:id}}/versions/{{version:id}}/{made}"): _nobody
       for made in ("pages/{page:id}", "thumbnail", "captions")},
    # Kim deposited it: a contributor has nothing to answer there.
    **{("POST", f"/documents/{{document:id}}/versions/{{version:id}}/{act}"): _answers_for_all
       for act in ("settle", "purge")},
    ("GET", "/meetings/{meeting:id}/items/{item:id}/papers/{document:id}"): _reads_away,
    # Nobody of the network is named: only those who coordinate answer for it.
    **{("POST", f"/actions/{{todo:id}}/{act}"): _marks for act in ("done", "reopen")},
    ("GET", "/folders/{folder:id}/space"): _shows_space,
    ("POST", "/folders/{folder:id}/quota"): _limits_space,
}  # fmt: skip

# Addresses without the folder's number behind which it stands all the same.
_ABOUT_THE_FOLDER: Final = frozenset(
    {"/deposits/", "/take-over", f"{_REQUEST}/grant", f"{_REQUEST}/refuse", f"{_REQUEST}/withdraw"}
)


def table() -> str:
    """The matrix as it stands in the manual: a line for each door and each of its answers."""
    head = ["Adresse", "Règle", "État", *(FRENCH[caller] for caller in CALLERS)]
    lines = [head, ["---"] * len(head)]
    for door in DOORS:
        name, rule = f"`{door.method} {door.path}`", door.rule.name
        for states, answers in _rows(door):
            lines.append([name, rule, ", ".join(FRENCH[one] for one in states), *answers])
            name, rule = "", ""
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rows(door: Door) -> list[tuple[list[str], list[str]]]:
    """The door's answers to every caller, the states that have the same together."""
    rows: list[tuple[list[str], list[str]]] = []
    for state in states_of(door):
        answers = [expected(door, caller, state).value for caller in CALLERS]
        same = [row for row in rows if row[1] == answers]
        if same:
            same[0][0].append(state)
        else:
            rows.append(([state], answers))
    if thing_of(door) is Thing.NOTHING:
        return [([], answers) for _, answers in rows]
    return rows


def written(page: str) -> str:
    """The page with the matrix as it is now."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n\n{table()}\n\n{_END}{after}"


def main() -> None:
    """Write it into the page."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
