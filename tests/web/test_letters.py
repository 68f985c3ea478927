"""Letters in words: both languages, headers that hold, nothing fetched and nothing injected."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape

import pytest

from atelier.model.letters import TOPICS, KeyChange, Letter, LetterKind, Topic
from atelier.web.language import LANGUAGES, Voice
from atelier.web.letters import CHANGE_WORDS, MAX_HEADINGS, WORDINGS, Composer

SENDER = "atelier@reseau.example"
AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
LINK = "https://atelier.reseau.example/reset/" + "x" * 43
STOP = "https://atelier.reseau.example/mail/stop/12.meetings." + "0" * 64
FACTS = {
    "network": "Santé 61", "inviter": "Zoé Zola", "organisation": "CH Zed", "message": "Zut.",
    "days": "7", "hours": "48", "minutes": "30", "wanted": "zoe@zed.example", "now": "z@z.example",
    "folder": "Zones", "title": "Zonage", "place": "Zénith", "online": "https://visio.example/z",
}  # fmt: skip
KINDS = list(LetterKind)
VOICES = {language: Voice(language, "Europe/Paris") for language in LANGUAGES}
COMPOSER = Composer(SENDER, "fr", "Europe/Paris")


def letter(
    kind: LetterKind, *, language: str = "fr", name: str = "Zoé Zola", **facts: str
) -> Letter:
    """A letter with every fact that one may have."""
    is_meeting = TOPICS.get(kind) is Topic.MEETINGS
    return Letter(
        kind=kind,
        to="zoe@zed.example",
        name=name,
        language=language,
        identity="0123456789abcdef" * 2,
        written_at=AT,
        facts={**FACTS, **facts},
        change=KeyChange.APP_ADDED if kind is LetterKind.KEYS_CHANGED else None,
        at=AT,
        day=AT if is_meeting else None,
        has_time=is_meeting,
        link=LINK,
        stop_link=STOP if kind in TOPICS else "",
        calendar=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" if is_meeting else b"",
    )


def composed(one: Letter) -> EmailMessage:
    """The message as a mail program reads it."""
    raw = COMPOSER.compose(one)
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def bodies(message: EmailMessage) -> tuple[str, str]:
    """Its text and its HTML."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_every_kind_of_letter_has_its_words() -> None:
    assert set(WORDINGS) == set(LetterKind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_says_the_same_as_text_and_as_html_in_both_languages(kind: LetterKind) -> None:
    for language in ("fr", "en"):
        message = composed(letter(kind, language=language))
        text, html = bodies(message)
        assert LINK in text
        assert f'href="{LINK}"' in html
        assert f'<html lang="{language}">' in html
        assert (STOP in text) == (STOP in html) == (kind in TOPICS)
        for fact in FACTS.values():
            assert (fact in text) == (fact in re.sub(r'="[^"]*"', "", html)), (fact, language)


@pytest.mark.parametrize("kind", KINDS)
def test_no_french_is_left_in_english(kind: LetterKind) -> None:
    message = composed(letter(kind, language="en"))
    text, html = bodies(message)
    plain = re.sub(r"<[^>]+>", " ", html)
    for said in (str(message["Subject"]), text, plain):
        for fact in FACTS.values():
            said = said.replace(fact, "")
        said = said.replace("Zoé Zola", "")
        french = r"\b(le|la|les|une?|des?|vous|votre|ce|cette|est|pour|dans|réunion|Bonjour|Où)\b"
        assert not re.search(french, said), said
        assert not re.search(r"[éèàùçêô«»\u202f]", said), said


@pytest.mark.parametrize("change", KeyChange)
def test_the_letter_about_keys_says_what_changed_and_when(change: KeyChange) -> None:
    assert set(CHANGE_WORDS) == set(KeyChange)
    for language, day in (("fr", "12 mars 2026 à 10:00"), ("en", "12 March 2026 at 10:00")):
        one = replace(letter(LetterKind.KEYS_CHANGED, language=language), change=change)
        said = VOICES[language].text(CHANGE_WORDS[change])
        for body in bodies(composed(one)):
            assert said in unescape(body) and day in body.replace("\u202f", " "), language


def test_headers_say_who_writes_that_a_machine_does_and_how_to_stop() -> None:
    message = composed(letter(LetterKind.CONVENED))
    assert str(message["From"]) == "Santé 61 <atelier@reseau.example>"
    assert message["To"].addresses[0].addr_spec == "zoe@zed.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{'0123456789abcdef' * 2}@reseau.example>"
    assert message["Date"].datetime == AT
    assert message["List-Unsubscribe"] == f"<{STOP}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "jeudi 12 mars 2026 à 10:00" in bodies(message)[0].replace("\u202f", " ")
    reset = composed(letter(LetterKind.RESET))
    assert reset["List-Unsubscribe"] is None
    assert reset["List-Unsubscribe-Post"] is None


def test_a_meeting_that_ends_another_day_says_both_and_a_long_agenda_is_counted() -> None:
    last = AT + timedelta(days=1, hours=2)
    titles = tuple(f"Point <b>{number}</b>" for number in range(1, MAX_HEADINGS + 3))
    one = replace(letter(LetterKind.CONVENED), until=last, agenda=titles)
    text, html = bodies(composed(one))
    said = text.replace("\u202f", " ")
    assert "jeudi 12 mars 2026 à 10:00, jusqu’au vendredi 13 mars 2026 à 12:00" in said
    assert f"{MAX_HEADINGS}. Point" in text and f"{MAX_HEADINGS + 1}. Point" not in text
    assert "et 2 autres points" in said
    assert "<b>" not in html and html.count("<li>") == MAX_HEADINGS


def test_the_same_letter_has_the_same_number_whenever_it_is_sent() -> None:
    one, two = (composed(letter(LetterKind.TEST)) for _ in range(2))
    assert one["Message-ID"] == two["Message-ID"]


@pytest.mark.parametrize(
    "evil",
    [
        "x\r\nBcc: all@x.example",
        "x\nX-Evil: 1\n\nbody",
        "x\u2028Bcc: y",
        "x\0y",
        '"<a@b.c>, x',
        "=?utf-8?q?x=0D=0ABcc:_all@x.example=0D=0A=0D=0Abody?=",
        "=?utf-8?b?eA0KQmNjOiBhbGxAeC5leGFtcGxl?=",
    ],
)
def test_no_name_and_no_title_adds_a_header(evil: str) -> None:
    facts = {name: evil for name in FACTS}
    for kind in KINDS:
        message = composed(letter(kind, name=evil, **facts))
        known = {"From", "To", "Subject", "Date", "Auto-Submitted", "Message-ID", "MIME-Version",
                 "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"}  # fmt: skip
        assert set(message.keys()) <= known
        assert len(message["To"].addresses) == 1
        assert message["To"].addresses[0].addr_spec == "zoe@zed.example"


def test_a_title_is_no_html_and_a_long_one_is_cut() -> None:
    _, html = bodies(
        composed(letter(LetterKind.CONVENED, title="<img src=x onerror=y>" + "z" * 900))
    )
    assert "<img" not in html
    assert "z" * 501 not in html


def test_a_meeting_comes_with_its_file_for_calendars() -> None:
    [file] = composed(letter(LetterKind.CONVENED)).iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert file.get_filename() == "reunion.ics"
    assert list(composed(letter(LetterKind.RESET)).iter_attachments()) == []


def test_a_language_that_is_none_of_ours_is_the_network_s() -> None:
    for language in ("", "de"):
        assert "Bonjour" in bodies(composed(letter(LetterKind.TEST, language=language)))[0]
