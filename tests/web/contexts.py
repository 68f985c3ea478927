"""What further pages are given, and further values of pages, with names that try to do harm.

`test_rendering` holds the others; here stand those of deposits, versions, locks and space.
"""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.deposits import Aside
from atelier.model.documents import Deposited
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import AsideId, DocumentId, DropFolderId, FolderId, PersonId
from atelier.model.inbox import Arrival, DropFolder, Outcome, Reason
from atelier.model.locks import Lock
from atelier.model.quotas import Space
from atelier.web.pages.received import Told
from tests.web.account_contexts import account_pages
from tests.web.agenda_contexts import agenda_pages
from tests.web.compare_contexts import compare_pages
from tests.web.follow_contexts import follow_pages
from tests.web.glossary_contexts import glossary_pages
from tests.web.guard_contexts import guard_pages
from tests.web.health_contexts import health_pages
from tests.web.invitation_contexts import invitation_pages
from tests.web.invite_contexts import invite_pages
from tests.web.key_contexts import key_pages
from tests.web.life_contexts import life_pages
from tests.web.mail_contexts import mail_pages
from tests.web.meeting_contexts import meeting_pages
from tests.web.minutes_contexts import minutes_pages
from tests.web.past_contexts import past_pages
from tests.web.record_contexts import record_pages
from tests.web.register_contexts import register_pages
from tests.web.saved_contexts import saved_pages
from tests.web.search_contexts import search_pages
from tests.web.trash_contexts import trash_pages as trash_pages
from tests.web.view_contexts import view_pages

Pages = dict[str, dict[str, object]]

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"
OVERRIDE = "facture\u202efdp.exe"
FULL = Space(5 * 1024**3, 5 * 1024**3)
LIMIT = {"amount": "1,5", "unit": "gb"}


def with_more(pages: Pages) -> Pages:
    """These contexts with what locks, space and deposits add to them."""
    more: Pages = {
        "home/home.html": {"locks": {1: lock()}, "aside": [set_aside()]},
        "folders/folder.html": {"locks": {2: lock()}, "space": FULL, "brought": brought()},
        "documents/document.html": {"lock": lock(), "aside": [set_aside()], "belied": EVIL},
        "documents/rename.html": {"onto": namesake(pages)},
        "documents/move.html": {"onto": namesake(pages)},
        "organisations/organisation.html": {"space": FULL, "limit": LIMIT},
        "inbox/inbox.html": {
            "folder": Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
            "crumbs": [Crumb(FolderId(3), "Parent")],
            "drops": [(dropping(is_paused), f"inbox/{EVIL}/") for is_paused in (False, True)],
            "arrivals": [(one, "Refusé", EVIL) for one in arrivals()],
            "older": 7,
            "addresses": [("a@exemple.fr", EVIL)],
        },
        "quotas/space.html": {
            "folder": Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
            "crumbs": [Crumb(FolderId(3), "Parent")],
            "space": FULL,
            "limit": LIMIT,
            "may_limit": True,
        },
    }
    more |= health_pages()
    more |= mail_pages()
    more |= search_pages()
    more |= glossary_pages()
    more |= account_pages()
    more |= invite_pages()
    for name, values in meeting_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in invitation_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in register_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in past_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in record_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in agenda_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in minutes_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in key_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in saved_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in follow_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in guard_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in life_pages().items():
        more[name] = more.get(name, {}) | values
    for name, values in compare_pages(pages, EVIL).items():
        more[name] = more.get(name, {}) | values
    for name, values in view_pages(pages).items():
        more[name] = more.get(name, {}) | values
    names = sorted(pages.keys() | more.keys())
    return {name: pages.get(name, {}) | more.get(name, {}) for name in names}


def lock(holder_id: int = 9) -> Lock:
    """Somebody else's lock."""
    return Lock(DocumentId(7), PersonId(holder_id), EVIL, OVERRIDE, "secret", EVIL, AT, AT)


def dropping(is_paused: bool) -> DropFolder:
    """A drop folder, in somebody's name."""
    number, person = DropFolderId(1), PersonId(9)
    return DropFolder(number, EVIL, FolderId(12), person, OVERRIDE, None, is_paused, AT)


def arrivals() -> list[Arrival]:
    """A version, a link, and a drop folder from which nothing is taken."""
    done, left = Outcome.REVISED, Outcome.LEFT
    return [
        Arrival(3, EVIL, OVERRIDE, 1_500, done, None, DocumentId(7), 2, AT),
        Arrival(2, EVIL, f"a/{EVIL}", 0, left, Reason.LINK, None, None, AT),
        Arrival(1, EVIL, "", 0, left, Reason.NOT_ALLOWED, None, None, AT),
    ]


def set_aside() -> Aside:
    """What came second."""
    return Aside(AsideId(5), DocumentId(7), EVIL, 2, 3, "a" * 64, 1_500, "a/b", EVIL, AT, AT)


def brought() -> Told:
    """What became of a form's files."""
    kept = [Deposited(DocumentId(7), EVIL, number, number == 1, number < 3) for number in (1, 2, 3)]
    return Told("2 déposés", kept, [(EVIL, EVIL), (OVERRIDE, EVIL)])


def namesake(pages: Pages) -> object:
    """Another document, of the name that is wanted."""
    return pages.get("documents/document.html", {}).get("document")
