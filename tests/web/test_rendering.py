"""Pages: what they must hold, whoever fills them. Browsers look at them in the journeys."""

from __future__ import annotations

import dataclasses
import gzip
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.model.audience import Reason, Verdict, Viewer
from atelier.model.documents import Document, ReadState, Version
from atelier.model.folders import (
    Action,
    Crumb,
    DocumentRow,
    Folder,
    FolderRow,
    Grant,
    Role,
    Subject,
    SubjectKind,
)
from atelier.model.journal import JournalLine, NetworkVerb, Verb
from atelier.model.organisations import OrganisationMember
from atelier.model.orphans import Notice, Orphan
from atelier.model.people import (
    Actor,
    Group,
    GroupMember,
    Membership,
    Network,
    Organisation,
    Person,
    Seat,
    Session,
)
from atelier.model.requests import About, Asked, Received, RequestState
from atelier.web.language import Voice
from atelier.web.pages import words
from atelier.web.pages.rendering import HUES, Renderer, hue, initials, url, url_before
from atelier.web.places import templates_folder
from atelier.workspace.people import Directory, Sheet
from tests.web.confirming import announcing_page
from tests.web.contexts import trash_pages, with_more
from tests.web.life_contexts import shown

NOW = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"
OVERRIDE = "facture\u202efdp.exe"
RENDERER = Renderer(templates_folder())
HOSPITAL = Organisation(1, "Centre hospitalier d'Argentan")
CLAIRE = Person(
    1,
    "Claire Martin",
    "claire@exemple.fr",
    True,
    True,
    (
        Membership(1, HOSPITAL, "Infirmière", True),
        Membership(2, Organisation(2, "Mairie"), "", False),
    ),
)
ALL = frozenset(Action)


def session(language: str = "fr") -> Session:
    actor = Actor(1, CLAIRE.name, True, True, 1, None, date(2026, 7, 13))
    return Session(actor, CLAIRE, Network("Réseau", "Europe/Paris"), language, "jeton", NOW)


def folder(*, actions: frozenset[Action] = ALL, is_closed: bool = False) -> Folder:
    return Folder(12, 3, EVIL, is_closed, NOW, actions, 1)


def document_row(number: int = 1, name: str = EVIL, state: str = "ok") -> DocumentRow:
    return DocumentRow(
        number,
        12,
        name,
        2,
        1_500_000,
        "application/pdf",
        state,
        1,
        CLAIRE.name,
        HOSPITAL.name,
        NOW - timedelta(days=number),
    )


def version(number: int, state: ReadState = ReadState.OK) -> Version:
    return Version(
        number,
        7,
        number,
        "a" * 64,
        1_500_000,
        "application/pdf",
        CLAIRE.name,
        HOSPITAL.name,
        EVIL,
        NOW,
        1 if number == 3 else None,
        state,
        18,
    )


def folder_page(**changes: object) -> dict[str, object]:
    return {
        "folder": folder(),
        "crumbs": [Crumb(3, "Parent"), Crumb(12, EVIL)],
        "folders": [FolderRow(20, EVIL, True, NOW, "F20")],
        "documents": [document_row(), document_row(2, OVERRIDE, "waiting")],
        "total": 402,
        "page": 1,
        "pages": 3,
        "sort": "-changed",
        "filter": "été",
        "audience": [Grant(1, 12, "x", Subject(SubjectKind.NETWORK), Role.READER, None)],
        **{"max_deposit_bytes": 1024**3, "max_files": 6},
        **changes,
    }


def sheets() -> dict[str, dict[str, object]]:
    """Contexts of the sheets to which the directory leads."""
    return {
        "organisations/organisation.html": {
            "organisation": Organisation(
                1, EVIL, EVIL, NOW.date(), "73282932000074", "610780090", EVIL, EVIL, 2
            ),
            "into": HOSPITAL,
            "is_present": True,
            "present": [OrganisationMember(1, EVIL, CLAIRE.memberships[0])],
            "past": [OrganisationMember(2, OVERRIDE, CLAIRE.memberships[1], is_active=False)],
            "others": [HOSPITAL],
            "may_manage": True,
            "may_bring": True,
            "today": NOW.date(),
            "max_kind": 80,
            "max_contact": 500,
        },
        "groups/group.html": {
            "group": Group(
                1, EVIL, (GroupMember(1, 1, EVIL, EVIL), GroupMember(2, 2, "B", EVIL, True, False))
            ),
            "may_manage": True,
        },
    }


def directory_pages() -> dict[str, dict[str, object]]:
    """Contexts of the directory and of the forms about somebody in it."""
    place, today = CLAIRE.memberships[0], NOW.date()
    gone = Membership(3, Organisation(3, EVIL, "", date(2020, 1, 1)), EVIL, False)
    person = Person(1, EVIL, "a@b.fr", False, False, (place, gone))
    seats = (Seat(1, EVIL, EVIL, True),)
    organisations = (Organisation(1, EVIL, "", today), HOSPITAL)
    groups = (Group(1, EVIL, (GroupMember(1, 1, EVIL, EVIL),)),)
    return {
        "people/people.html": {
            "found": Directory(
                (CLAIRE, person),
                402,
                1,
                3,
                organisations,
                groups,
                organisations,
                True,
                {person.id: shown()},
            ),
            "filter": EVIL,
            "today": today,
        },
        "people/person.html": {
            "sheet": Sheet(person, seats, True, frozenset({1}), True, True, True, shown(), False),
            "person": person,
            "today": today,
            "places": [place],
            "ended": [gone],
        },
        "people/adding.html": {
            "person": person,
            "organisations": organisations,
            "may_appoint": True,
        },
        "people/membership.html": {
            "person": person,
            "place": dataclasses.replace(place, ends_on=date(2020, 1, 1)),
            "has_ended": False,
            "may_appoint": True,
            "today": today,
            "yesterday": today - timedelta(days=1),
        },
        "journal/network.html": {
            "lines": [
                JournalLine(1, NOW, EVIL, "", NetworkVerb.MEMBERSHIP_ADDED, {"name": EVIL}),
                JournalLine(2, NOW, EVIL, EVIL, NetworkVerb.PERSON_ADDED, {"name": EVIL}),
            ],
            "older": 1,
        },
    }


def sharing_pages(document: Document) -> dict[str, dict[str, object]]:
    """A context for each page about who sees a folder."""
    here = {"folder": folder(), "crumbs": [Crumb(3, "Parent")]}
    hospital = Subject(SubjectKind.ORGANISATION, 1, EVIL)
    grant = Grant(1, 12, "x", hospital, Role.READER, NOW.date())
    viewer = Viewer(1, EVIL, "a@b.fr", True, Role.READER, (EVIL,), (Reason(grant, EVIL),))
    roles = words.roles(RENDERER.voice("fr"))
    return {
        "sharing/access.html": {
            **here,
            "subjects": {"organisation": [hospital]},
            "roles": roles,
            "grants": [grant],
            "dead": [(grant, "a pris fin")],
            "document": document,
            "addresses": [("a@b.fr", EVIL)],
        },
        "sharing/people.html": {
            **here,
            "people": [viewer],
            "total": 1,
            "page": 1,
            "pages": 2,
            "filter": EVIL,
            "role": "reader",
            "roles": roles,
        },
        "sharing/why.html": {
            **here,
            "addresses": [],
            "verdict": Verdict(CLAIRE, None, organisations=(HOSPITAL,)),
            "misses": [EVIL],
        },
    }


def asking_pages() -> dict[str, dict[str, object]]:
    """Contexts of the pages about seeing as another, requests and orphaned folders."""
    return {
        "seeing/choosing.html": {
            "folder": folder(),
            "crumbs": [Crumb(3, "Parent")],
            "organisations": [Subject(SubjectKind.ORGANISATION, 1, EVIL)],
            "addresses": [("a@b.fr", EVIL)],
        },
        "requests/asking.html": {"roles": [("reader", EVIL, "b")], "max_characters": 500},
        "requests/requests.html": {
            "received": [
                Received(5, 1, EVIL, "a@b.fr", (), Role.READER, EVIL, NOW, 12, EVIL, 7, EVIL)
            ],
            "waiting": 200,
            "asked": [
                Asked(6, About.FOLDER, 12, EVIL, Role.READER, EVIL, RequestState.WAITING, "", NOW),
                Asked(7, About.FOLDER, 8, "", Role.READER, "", RequestState.REFUSED, EVIL, NOW),
            ],
            "roles": [("reader", "Lecture", "b")],
            "refused_request": None,
            "max_characters": 500,
        },
        "orphans/orphans.html": {
            "heads": [Orphan(12, EVIL, EVIL, NOW, 402)],
            "total": 3,
            "max_characters": 500,
        },
    }


def every_page() -> dict[str, dict[str, object]]:
    """A context for each template that is a page, by the template's name."""
    here = {"folder": folder(), "crumbs": [Crumb(3, "Parent")]}
    document = Document(7, 12, EVIL, (version(3), version(2), version(1)))
    line = JournalLine(1, NOW, EVIL, HOSPITAL.name, Verb.DEPOSITED, {"name": EVIL})
    return with_more({
        "home/home.html": {
            "entries": [FolderRow(1, EVIL, False, NOW)],
            "may_open_top": True,
            "latest": [document_row()],
            "folder_names": {12: EVIL},
            "told": [
                Notice(verb, 12, EVIL, verb == "taken_over", 2, EVIL, NOW, EVIL, True)
                for verb in (Verb.TAKEN_OVER, Verb.STEWARD_JOINED, Verb.UNLOCKED)
            ],
            "waiting_requests": 2,
            "orphaned": 1,
        },
        "signin/signin.html": {
            "session": None, "next": EVIL, "kept_days": 30, "has_passkeys": True,
        },
        "folders/folder.html": folder_page(),
        "folders/rename.html": here,
        "folders/move.html": {**here, "places": [(3, EVIL, 0), (4, "B", 1)]},
        "folders/close.html": here,
        "documents/document.html": {
            **here,
            "document": document,
            "page_text": EVIL,
            "is_cut": True,
            "page_number": 7,
            "page_count": 18,
            "state_sentence": "Lu.",
            "max_deposit_bytes": 1024,
        },
        "documents/rename.html": {**here, "document": document, "expected": 3},
        "documents/move.html": {**here, "document": document, "expected": 3, "places": []},
        **sharing_pages(document),
        "journal/journal.html": {**here, "lines": [line], "older": 1},
        **directory_pages(),
        "people/link.html": {
            "person": CLAIRE, "link": "http://x/welcome/x", "is_afresh": True, "hours": 48,
        },
        **sheets(),
        **asking_pages(),
        "effects/announcing.html": announcing_page(EVIL),
        **trash_pages(folder(), EVIL),
        "errors/error.html": {
            "status": 404,
            "title": EVIL,
            "happened": "a",
            "kept": "b",
            "next": "c",
        },
    })  # fmt: skip


PAGES = every_page()


def rendered(name: str, language: str = "fr", **changes: object) -> HTMLParser:
    context = {"session": session(language), "network_name": "Réseau", **PAGES[name], **changes}
    return HTMLParser(RENDERER.render(name, language, context))


def words_of(page: HTMLParser, selector: str) -> str:
    found = page.css_first(selector)
    assert found is not None, selector
    return " ".join(found.text().split())


def test_every_page_template_has_a_context_here() -> None:
    pages = {
        path.relative_to(templates_folder()).as_posix()
        for path in templates_folder().rglob("*.html")
        if "{% extends" in path.read_text()
    }
    assert pages == set(PAGES)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_on_its_own_in_both_languages(name: str, language: str) -> None:
    page = rendered(name, language)
    assert page.css_first("html").attributes["lang"] == language
    assert words_of(page, "title").endswith("– Réseau")
    assert len(page.css("h1")) == 1 and len(page.css("main")) == 1
    assert page.css_first("a.skip").attributes["href"] == "#main"
    # What people typed is text, never markup; nothing stands inline that CSP would refuse.
    assert [one.attributes.get("src") for one in page.css("script")] == [
        RENDERER.static("js/atelier.js")
    ]
    assert not page.css("style, [style], [onclick], [onsubmit], [onload]")
    assert "%(" not in page.html and "{{" not in page.html


@pytest.mark.parametrize("name", PAGES)
def test_every_changing_form_carries_the_token_of_the_visit(name: str) -> None:
    for form in rendered(name).css("form[method=post]"):
        token = form.css_first("input[name=form_token]")
        public = name.startswith(("signin/", "account/confirm"))
        assert token is not None and token.attributes["value"] == ("" if public else "jeton")


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_every_control_has_a_name(name: str) -> None:
    page = rendered(name)
    ids = [one.attributes["id"] for one in page.css("[id]")]
    assert len(ids) == len(set(ids))
    for control in page.css("input:not([type=hidden]), select, textarea"):
        attributes = control.attributes
        is_labelled = "aria-label" in attributes or "aria-hidden" in attributes
        is_inside = control.parent is not None and control.parent.tag == "label"
        assert is_labelled or is_inside or page.css_first(f'label[for="{attributes["id"]}"]')
        for described in (attributes.get("aria-describedby") or "").split():
            assert described in ids


def test_a_page_in_english_has_no_french_left() -> None:
    page = rendered("folders/folder.html", "en", folder=folder(), audience=[])
    assert "Who can see this folder?" in words_of(page, "main")
    assert "Déposer" not in words_of(page, "main")
    assert "12 July 2026" in words_of(page, "main")


def test_actions_show_only_to_those_who_may() -> None:
    whole = rendered("folders/folder.html")
    assert whole.css_first('a[href="/folders/12/rename"]') and whole.css_first("form[data-deposit]")
    reader = rendered("folders/folder.html", folder=folder(actions=frozenset({Action.READ})))
    assert not reader.css("main form[method=post]:not([action$='/follow'])")
    assert not reader.css('a[href="/folders/12/rename"], a[href="/folders/12/journal"]')


@pytest.mark.parametrize(
    ("actions", "advice"),
    [(ALL, "Déposez un premier document"), (frozenset({Action.READ}), "Vous pouvez lire")],
)
def test_an_empty_folder_says_what_one_can_do(actions: frozenset[Action], advice: str) -> None:
    page = rendered(
        "folders/folder.html",
        folder=folder(actions=actions),
        folders=[],
        documents=[],
        total=0,
        filter="",
    )
    assert advice in words_of(page, ".empty")


def test_a_fault_is_tied_to_its_field_and_what_was_typed_is_kept() -> None:
    page = rendered("folders/rename.html", errors={"name": "Nom trop long."}, typed={"name": "«x»"})
    field = page.css_first("#field-name")
    assert field.attributes["value"] == "«x»" and field.attributes["aria-invalid"] == "true"
    assert "field-name-fault" in (field.attributes["aria-describedby"] or "").split()
    assert words_of(page, "#field-name-fault") == "Nom trop long."
    summary = page.css_first(".faults")
    assert "autofocus" in summary.attributes and summary.attributes["role"] == "alert"
    assert summary.css_first("a").attributes["href"] == "#field-name"


def test_a_password_is_never_sent_back() -> None:
    page = rendered("signin/signin.html", typed={"email": "a@b.fr", "password": "secret"})
    assert page.css_first("#field-email").attributes["value"] == "a@b.fr"
    assert "secret" not in page.html


def test_sorting_and_paging_keep_the_filter() -> None:
    page = rendered("folders/folder.html")
    assert page.css_first("th[aria-sort=descending] a").text().strip().startswith("Modifié")
    hrefs = {one.attributes["href"] for one in page.css("thead a, .pager a")}
    assert "/folders/12?filter=%C3%A9t%C3%A9&sort=changed" in hrefs
    assert "/folders/12?filter=%C3%A9t%C3%A9&sort=-changed&page=2" in hrefs


def test_names_in_lists_are_isolated_and_hidden_marks_are_told() -> None:
    page = rendered("folders/folder.html")
    links = page.css("tbody th a")
    assert len(links) == 3 and all(one.css_first("bdi") for one in links)
    told = [row for row in page.css("tbody tr") if "caractères invisibles" in row.text()]
    assert [OVERRIDE in row.text() for row in told] == [True]


def test_a_document_being_read_asks_to_be_looked_at_again() -> None:
    assert len(rendered("folders/folder.html").css("tr[data-reading]")) == 1
    waiting = Document(7, 12, "a.pdf", (version(1, ReadState.WAITING),))
    assert rendered("documents/document.html", document=waiting).css("#reading[data-reading]")
    assert not rendered("documents/document.html").css("#reading[data-reading]")
    again = rendered("documents/document.html", is_asked=True)
    assert again.css("#reading[data-reading] .tag.accent")


def test_a_hit_leads_to_its_page_and_marks_the_words() -> None:
    page = rendered("search/search.html")
    link = page.css_first(".pages a")
    assert link.attributes["href"] == "/documents/7/view?page=7"
    assert page.css_first("mark").text() == "<b>mot</b>"


def test_an_inherited_access_cannot_be_withdrawn_here() -> None:
    who = Subject(SubjectKind.PERSON, 1, "Claire")
    grants = [
        Grant(1, 12, "Ici", who, Role.READER, None),
        Grant(2, 3, "Parent", who, Role.READER, None),
    ]
    page = rendered("sharing/access.html", grants=grants, dead=[])
    actions = [form.attributes["action"] for form in page.css("tbody form")]
    assert actions == ["/folders/12/access/1/withdraw"]
    assert "héritée de Parent" in words_of(page, "tbody")


def test_a_missing_value_is_an_error_never_a_blank() -> None:
    with pytest.raises(UndefinedError):
        RENDERER.render("folders/rename.html", "fr", {"crumbs": []})


def test_a_line_of_the_journal_says_what_it_knows() -> None:
    voice = RENDERER.voice("fr")

    def told(verb: Verb, **facts: str) -> str:
        line = JournalLine(1, NOW, "Claire", "", verb, facts)
        return HTMLParser(words.journal_sentence(line, voice)).text().replace("\u00a0", " ")

    assert told(Verb.DEPOSITED, name="<b>") == "a déposé <b>"
    assert told(Verb.DEPOSITED) == "a déposé un document"
    assert told(Verb.DOCUMENT_MOVED, name="a", way="out") == "a déplacé ailleurs le document a"
    assert told(Verb.DOCUMENT_MOVED, name="a", way="in") == "a déplacé ici le document a"
    given = told(Verb.GRANTED, subject="Mairie", role="reader", until="2027-06-30")
    assert given == "a donné l’accès « Lecture » à Mairie jusqu’au 30 juin 2027"
    assert told(Verb.GRANTED, subject="Mairie", role="reader").endswith("« Lecture » à Mairie")


@pytest.mark.parametrize(
    ("size_bytes", "french", "english"),
    [
        (0, "0 o", "0 B"),
        (1_023, "1023 o", "1023 B"),
        (1_024, "1 ko", "1 kB"),
        (1_500_000, "1,4 Mo", "1.4 MB"),
        (1_048_000, "1 Mo", "1 MB"),
        (3 * 1024**3, "3 Go", "3 GB"),
        (5_000 * 1024**3, "5\u202f000 Go", "5,000 GB"),
    ],
)
def test_sizes_read_as_the_language_writes_them(size_bytes: int, french: str, english: str) -> None:
    for language, expected in (("fr", french), ("en", english)):
        assert RENDERER.voice(language).size(size_bytes).replace("\u00a0", " ") == expected


def test_moments_are_those_of_the_networks_time_zone() -> None:
    assert RENDERER.voice("fr").moment(NOW) == "13 juillet 2026 à 00:30"
    assert Voice("en", "America/Cayenne").moment(NOW) == "12 July 2026 at 19:30"
    assert RENDERER.voice("fr").day(date(2026, 3, 1)) == "1er mars 2026"


def test_counts_follow_the_plural_of_the_language() -> None:
    french, english = RENDERER.voice("fr"), RENDERER.voice("en")
    many = ("%(n)s document", "%(n)s documents")
    assert [french.plural(*many, n) for n in (0, 1, 2)] == [
        "0 document",
        "1 document",
        "2 documents",
    ]
    assert [english.plural(*many, n) for n in (0, 1)] == ["0 documents", "1 document"]
    assert french.plural(*many, 12_345) == "12\u202f345 documents"


def test_addresses_are_encoded() -> None:
    assert url("folders", "a/b ?") == "/folders/a%2Fb%20%3F"
    assert url("search", q="été & co", page=None, sort="") == "/search?q=%C3%A9t%C3%A9+%26+co"
    assert url_before("page", "search") == "/search?page="


def test_avatars_have_initials_and_one_of_the_colours() -> None:
    assert [
        initials(one) for one in ("Claire Martin", "Centre hospitalier d'Argentan", "ars", "")
    ] == [
        "CM",
        "CA",
        "AR",
        "",
    ]
    assert {hue(number) for number in range(100)} == set(range(HUES))


def test_static_files_are_found_under_the_digest_of_this_release_only(tmp_path: Path) -> None:
    address = RENDERER.static("css/parts.css")
    found = RENDERER.static_file(address.removeprefix("/static/"))
    assert found is not None and found.media_type == "text/css; charset=utf-8"
    assert found.gzipped is not None and gzip.decompress(found.gzipped) == found.content
    assert RENDERER.static_file("0000000000000000/css/parts.css") is None
    for strange in ("", "css/parts.css", f"{RENDERER.assets.digest}/../layout.html"):
        assert RENDERER.static_file(strange) is None
    with pytest.raises(KeyError):
        RENDERER.static("css/none.css")


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    static = tmp_path / "static"
    (static / "icons").mkdir(parents=True)
    (static / "icons" / "sprite.svg").write_text("<svg/>")
    first = Renderer(tmp_path).assets.digest
    (static / "icons" / "sprite.svg").write_text("<svg></svg>")
    assert Renderer(tmp_path).assets.digest != first


def test_pages_ask_nothing_of_other_sites() -> None:
    files = {
        name: RENDERER.static_file(f"{RENDERER.assets.digest}/{name}")
        for name in RENDERER.assets.names
    }
    for name, file in files.items():
        assert file is not None
        foreign = set(re.findall(rb"(?:https?:)?//[a-z0-9.]+\.[a-z]+", file.content))
        assert foreign <= {b"http://www.w3.org"}, name
    # Every icon that a template or a row names is in the sprite.
    sprite = files["icons/sprite.svg"]
    assert sprite is not None
    symbols = set(re.findall(r'symbol id="([a-z-]+)"', sprite.content.decode()))
    used = {icon for _, icon, _ in words.KINDS}
    for path in templates_folder().rglob("*.html"):
        used |= set(re.findall(r'\bicon\("([a-z-]+)"', path.read_text()))
    assert used <= symbols
