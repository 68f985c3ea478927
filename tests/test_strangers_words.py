"""A word that somebody may not read comes back to her by no page, file, list or search.

Every door that shows something is opened at every number, by everybody, in place and just
after each change. Nobody follows the index meanwhile: it stays as it was before the change.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from typing import Final

import pytest
from starlette.testclient import TestClient

from atelier.web import tus
from atelier.web.doors import Door
from atelier.web.routes import DOORS
from tests import matrix, strangers_meetings
from tests.matrix import CALLERS, DOCUMENT, Thing
from tests.oracle import Asker
from tests.strangers import (
    AWAY_WORD,
    FOLDER_WORDS,
    NAME_WORD,
    PAPER_WORDS,
    TEXT_WORDS,
    Served,
    hidden_words,
    strangers,
    told,
)
from tests.test_strangers import said

SIGNED_IN: Final = ("reader", "contributor", "coordinator", "representative", "steward")
STATES: Final = (
    (Thing.FOLDER, "live"),
    (Thing.FOLDER, "moved"),
    (Thing.FOLDER, "closed"),
    (Thing.FOLDER, "trashed"),
    (Thing.DOCUMENT, "trashed"),
    (Thing.ALONE, "trashed"),
)
SEARCHERS: Final = ("reader", "coordinator", "steward")
SHOWING: Final = [door for door in DOORS if door.method == "GET" and door.rule.needs_session]
NUMBERS: Final[dict[str, Sequence[int]]] = {
    "folder": tuple(FOLDER_WORDS),
    "document": (DOCUMENT, DOCUMENT + 1),
    "version": (1, 2),
    "page": (1,),
    "person": (matrix.KIM, matrix.LEA),
    "membership": (1,),
    "organisation": (matrix.SURGERY,),
    "group": (matrix.GROUP,),
    "request": (1,),
    "grant": (1,),
    "aside": (1,),
    "drop": (1,),
    "letter": (1,),
    "saved": (1,),
    "follow": (1,),
    "passkey": (1,),
    "term": (1,),
    "invite": (1,),
    "meeting": (strangers_meetings.MEETING,),
    "item": (strangers_meetings.ITEM,),
    "decision": (strangers_meetings.DECISION,),
    "todo": (strangers_meetings.TODO,),
    "series": (strangers_meetings.SERIES,),
    "removed": (DOCUMENT, matrix.SUBJECT, matrix.CLOSED),
}
# What is asked of a page beside its address; it holds no word that is looked for.
QUERIES: Final = {
    "/folders/{folder:id}": ("", "?sort=-changed&filter=x"),
    "/folders/{folder:id}/selection": (f"?document={DOCUMENT}&document={DOCUMENT + 1}",),
    "/folders/{folder:id}/why": ("", f"?person={matrix.SOL}", f"?person={matrix.LEA}"),
    "/documents/{document:id}/versions/{version:id}/content": ("", "?inline"),
    "/documents/{document:id}": ("?page=1",),
    "/documents/{document:id}/compare": ("", "?older=1&newer=2&view=column"),
    "/documents/{document:id}/view": ("", "?version=1", "?as=text&page=1"),
    "/glossary": ("", "?filter=x&page=2"),
    "/search.json": ("", "?q=x&kind=pdf&older=1"),
    "/search/suggestions": ("", "?q=xy"),
    "/requests/new": (f"?about=folder&number={matrix.SUBJECT}&role=reader",),
    "/meetings": ("", "?series=1&organisation=3&year=2026"),
    "/decisions": ("", f"?folder={matrix.SUBJECT}", "?series=1&words=x", "?since=2026-01-01"),
    "/decisions.csv": ("", "?series=1", f"?folder={matrix.SUBJECT}"),
    "/actions": ("", "?list=late", "?list=left", "?list=done"),
    "/folders/{folder:id}/meetings": ("", "?series=1"),
    "/orphans": (f"?folder={matrix.SUBJECT}",),
    "/search": ("", "?q=lit", "?q=lit&saved=1"),
}
# As far from every word as words can be, and as long.
UNKNOWN: Final = "wqjzhkwqjzhkwqjzhk"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with strangers(tmp_path_factory.mktemp("words")) as one:
        yield one


def addresses(door: Door) -> list[str]:
    """Every address of this door, for all that there is."""
    names = re.findall(r"\{(\w+):id\}", door.path)
    found = []
    for numbers in itertools.product(*(NUMBERS[name] for name in names)):
        path = door.path
        for name, number in zip(names, numbers, strict=True):
            path = path.replace(f"{{{name}:id}}", str(number), 1)
        found += [path + query for query in QUERIES.get(door.path, ("",))]
    return found


@pytest.mark.parametrize(("thing", "state"), STATES, ids=lambda one: str(one))
def test_no_page_tells_a_word_to_one_who_may_not_read_it(
    world: Served, thing: Thing, state: str
) -> None:
    world.in_state(thing, state)
    net = matrix.network_in(thing, state)
    for caller in SIGNED_IN:
        words = hidden_words(net, Asker(CALLERS[caller] or 0), thing, state)
        client = world.client(caller)
        for path in itertools.chain.from_iterable(map(addresses, SHOWING)):
            answer = client.get(path, headers={"tus-resumable": tus.VERSION})
            assert answer.status_code in (200, 403, 404), (path, caller, answer.status_code)
            shown = answer.text + str(answer.headers)
            assert not told(shown, words), (path, caller, told(shown, words))


@pytest.mark.parametrize(("thing", "state"), STATES[1:5], ids=lambda one: str(one))
def test_a_search_for_a_hidden_word_is_a_search_for_a_word_that_never_was(
    world: Served, thing: Thing, state: str
) -> None:
    world.in_state(thing, state)
    net = matrix.network_in(thing, state)
    for caller in SEARCHERS:
        asker, client = Asker(CALLERS[caller] or 0), world.client(caller)
        hidden = hidden_words(net, asker, thing, state)
        if thing is Thing.DOCUMENT and state in ("trashed", "purged"):
            hidden |= set(PAPER_WORDS)  # who may bring it back finds it in the trash alone
        names = {FOLDER_WORDS[one] for one in FOLDER_WORDS if not net.may(asker, "read", one)}
        searching = Searching(client)
        for asked in ("{}", '"{}"', "titre:{}", "{}*", "x OR {}"):
            for word in sorted(hidden):
                searching.is_blind_to(asked, word)
        for word in sorted(names):
            searching.is_blind_to("dossier:{} ici", word)


@pytest.mark.parametrize(("thing", "state"), STATES, ids=lambda one: str(one))
def test_no_feed_tells_a_word_to_one_who_may_not_read_it(
    world: Served, thing: Thing, state: str
) -> None:
    world.in_state(thing, state)
    with contextlib.closing(sqlite3.connect(world.settings.data / "atelier.sqlite3")) as records:
        now = int(time.time() * 1000)
        records.execute("UPDATE meetings SET state = 'convened', starts_at = ?", (now,))
        records.commit()
    net, nobody = matrix.network_in(thing, state), world.client("anonymous")
    for caller in ("stranger", *SIGNED_IN):
        asker = Asker(CALLERS[caller] or 0)
        answer = nobody.get(f"/calendar/{world.feeds[caller]}.ics")
        words = hidden_words(net, asker, thing, state)
        assert answer.status_code == 200 and not told(answer.text, words), (caller, answer.text)
        assert (strangers_meetings.TITLE_WORD in answer.text) == net.may(
            asker, "read", matrix.DOSSIER
        ), caller
    ended = nobody.get(f"/calendar/{world.feeds['disabled']}.ics")
    never = nobody.get(f"/calendar/{'x' * 43}.ics")
    assert ended.status_code == never.status_code == 404
    assert ended.content == never.content


class Searching:
    """One who searches, and the pages she gets for words that are nowhere."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self._nothing: dict[str, str] = {}

    def is_blind_to(self, asked: str, word: str) -> None:
        """The word, put into the question, is answered as one that never was."""
        unknown = UNKNOWN[: len(word)]
        question = asked.format(unknown)
        if question not in self._nothing:
            self._nothing[question] = self._page(question)
        assert self._page(asked.format(word)).replace(word, unknown) == self._nothing[question], (
            asked,
            word,
        )

    def _page(self, question: str) -> str:
        answer = self._client.get("/search", params={"q": question})
        assert answer.status_code == 200
        return answer.text


def test_who_may_read_them_finds_the_words_and_sees_them(world: Served) -> None:
    world.in_state(Thing.FOLDER, "live")
    for caller in ("reader", "contributor", "coordinator"):
        client = world.client(caller)
        for word in (*TEXT_WORDS, NAME_WORD):
            page = client.get("/search", params={"q": word}).text
            assert f"/documents/{DOCUMENT}" in page, (caller, word)
        assert NAME_WORD in client.get(f"/folders/{matrix.SUBJECT}").text
        assert TEXT_WORDS[0] in client.get(f"/documents/{DOCUMENT}").text
        assert TEXT_WORDS[0] in client.get(f"/documents/{DOCUMENT}/versions/2/content").text


SEEN: Final = (("organisation", matrix.THIRD), ("person", matrix.LEA), ("person", matrix.SOL))


@pytest.mark.parametrize("seen", SEEN, ids=lambda one: f"{one[0]} {one[1]}")
def test_one_who_looks_as_another_is_told_no_more_than_both_may_read_and_changes_nothing(
    world: Served, seen: tuple[str, int]
) -> None:
    world.in_state(Thing.FOLDER, "live")
    net, asker = matrix.network_in(Thing.FOLDER, "live"), Asker(matrix.MONA, None, seen)
    client, token = world.client("coordinator"), world.token("coordinator")
    subject = f"{seen[0]}:{seen[1]}"
    form = {"form_token": token, "subject": subject, "email": ""}
    begun = client.post(f"/folders/{matrix.SUBJECT}/see-as", data=form)
    assert begun.status_code == 303
    words = hidden_words(net, asker, Thing.FOLDER, "live")
    for door in SHOWING:
        for path in addresses(door):
            answer = client.get(path, headers={"tus-resumable": tus.VERSION})
            assert answer.status_code in (200, 403, 404), path
            shown = answer.text + str(answer.headers)
            assert not told(shown, words), (path, seen, told(shown, words))
    for folder in FOLDER_WORDS:
        status = client.get(f"/folders/{folder}").status_code
        assert status == (200 if net.may(asker, "read", folder) else 404)
    searching = Searching(client)
    for word in sorted(words):
        searching.is_blind_to("{}", word)
    for door in DOORS:
        if door.method != "GET" and not door.while_seeing and door.rule.needs_session:
            path = addresses(door)[0].replace("{name}", "x")
            sent, known = {"x-form-token": token}, {"form_token": token}
            answer = client.request(door.method, path, data=known, headers=sent)
            assert answer.status_code == 403, (said(door), answer.status_code)
    assert AWAY_WORD in words
