"""Nothing is left unsaid: every message has its English, every fact its sentence."""

from __future__ import annotations

import ast
import itertools
import string
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from markupsafe import Markup

from atelier import errors
from atelier.errors import AtelierError
from atelier.model.documents import ReadState
from atelier.model.folders import Action, Role
from atelier.model.journal import JournalLine, NetworkVerb, Verb
from atelier.model.names import Fault
from atelier.web.language import LANGUAGES, Voice, choose
from atelier.web.pages import field_faults, sentences, words
from atelier.web.pages.account_words import ACCOUNT_NOTICES
from atelier.web.pages.invite_words import INVITE_NOTICES
from atelier.web.pages.key_words import KEY_NOTICES
from atelier.web.pages.meeting_words import MEETING_NOTICES
from atelier.web.pages.people_words import PEOPLE_NOTICES
from atelier.web.places import templates_folder

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 12, 11, tzinfo=UTC)
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "plural": (1, 2)}
VOICES = {language: Voice(language, "Europe/Paris") for language in LANGUAGES}


def messages() -> Iterator[str | tuple[str, ...]]:
    """Every message of the code and the templates, as `pyproject.toml` maps them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    folders = {"python": ROOT / "atelier", "jinja2": templates_folder()}
    for mapping in mappings:
        folder = folders[mapping["method"]]
        method = [(mapping["pattern"].partition("/")[2], mapping["method"])]
        for found in extract_from_dir(folder, method, keywords=KEYWORDS):
            yield found[2]


def english() -> Catalog:
    """The catalogue as it stands in the package."""
    with (ROOT / "atelier" / "locale" / "en.po").open("rb") as stream:
        return read_po(stream, locale="en", abort_invalid=True)


def error_classes() -> list[type[AtelierError]]:
    """Every class of the tree of errors."""
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, AtelierError)
    ]


def first_literals(*calls: str, position: int) -> set[str]:
    """The literal text at an argument's position in calls of these names, in all the code."""
    found: set[str] = set()
    for path in (ROOT / "atelier").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in calls and len(node.args) > position:
                given = node.args[position]
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    found.add(given.value)
    return found


def ids_of(message: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The French of a message: one text, or the singular and the plural."""
    return (message,) if isinstance(message, str) else tuple(message)


def fields_of(message: str) -> set[str]:
    """The names between `%(` and `)s`, and between braces."""
    named = {part.partition(")")[0] for part in message.split("%(")[1:]}
    return named | {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_message_has_its_english_and_none_is_left_over() -> None:
    wanted = set(messages())
    assert len(wanted) > 300
    said = {ids_of(message.id): message for message in english() if message.id}
    # A message said alone and with a plural is one entry, the one with the plural.
    assert {ids_of(one)[0] for one in wanted} == {ids[0] for ids in said}
    assert {ids_of(one) for one in wanted if isinstance(one, tuple)} <= said.keys()
    for message in said.values():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
    assert not english().obsolete


def test_an_english_message_carries_the_facts_of_its_french() -> None:
    for message in english():
        if isinstance(message.id, tuple | list):
            assert fields_of(message.string[1]) == fields_of(message.id[1]), message.id
        elif message.id:
            assert fields_of(message.string) == fields_of(message.id), message.id


@pytest.mark.parametrize("kind", error_classes())
def test_every_error_says_what_happened_what_was_kept_and_what_to_do(
    kind: type[AtelierError],
) -> None:
    assert kind in sentences.EXPLANATIONS
    sample: dict[str, object] = {"str": "x", "int": 3, "int | None": None, "datetime": NOON}
    sample["datetime | None"] = NOON
    facts = {one.name: sample[str(one.type)] for one in fields(kind)} if is_dataclass(kind) else {}
    for voice in VOICES.values():
        said = sentences.explain(kind(**facts), voice)
        for part in (said.title, said.happened, said.kept, said.next):
            assert part and "%" not in part
    french, other = (sentences.explain(kind(**facts), VOICES[one]) for one in ("fr", "en"))
    assert french.happened != other.happened


def test_every_fault_that_is_raised_has_a_sentence_of_its_own() -> None:
    assert {fault.value for fault in Fault} == set(field_faults.NAME_FAULTS)
    assert {action.value for action in Action} <= set(sentences.FORBIDDEN)
    assert first_literals("Invalid", position=1) <= set(field_faults.FAULTS)
    assert first_literals("AlreadySo", position=0) <= set(sentences.ALREADY)
    # The door says one thing for whatever may not be read: `page` is that answer.
    assert first_literals("NotFound", position=0) - {"page"} <= set(sentences.MISSING)


def test_a_refused_name_is_told_its_fault_beside_its_field() -> None:
    slash = errors.BadName("name", "slash", "a/b")
    assert "barre oblique" in sentences.beside_field(slash, VOICES["fr"])
    assert "slash" in sentences.beside_field(slash, VOICES["en"])
    unheard = errors.Invalid("name", "no such fault")
    assert sentences.beside_field(unheard, VOICES["en"]) == "A value in the form is not right."


def test_an_error_shows_its_facts_as_people_read_them() -> None:
    too_large = sentences.explain(errors.TooLarge(2 * 1024**3), VOICES["fr"])
    assert too_large.happened.endswith("2\u00a0Go.")
    announced = sentences.explain(errors.TooLarge(2 * 1024**3, 3 * 1024**3), VOICES["fr"])
    assert "3\u00a0Go" in announced.happened and announced.happened.endswith("2\u00a0Go.")
    assert "5 minutes" in sentences.explain(errors.TooMany(300), VOICES["en"]).next


def test_states_roles_and_verbs_are_all_in_words() -> None:
    assert set(words.READINGS) == set(ReadState)
    assert set(words.ROLES) == set(Role)
    assert set(words.JOURNAL) == set(Verb)
    assert set(words.NETWORK_JOURNAL) == set(NetworkVerb)
    for telling in (*words.JOURNAL.values(), *words.NETWORK_JOURNAL.values()):
        assert "%(" not in telling[-1], telling
    assert [role.label for role in words.roles(VOICES["fr"])] == [
        "Lecture",
        "Contribution",
        "Coordination",
    ]


def test_an_act_of_both_journals_is_told_in_each_as_its_readers_need() -> None:
    for verb, said in (
        (Verb.ORGANISATION_LEFT, "(administration) a noté le départ d'une structure"),
        (NetworkVerb.ORGANISATION_LEFT, "a noté le départ d'une structure"),
    ):
        line = JournalLine(1, datetime.now(UTC), "Ada", "", verb, {})
        told = words.journal_sentence(line, VOICES["fr"]).unescape().replace("\u2019", "'")
        assert told == said


def test_the_language_is_the_first_wish_then_the_browsers_then_french() -> None:
    assert choose("en", accept="fr") == "en"
    assert choose(None, "xx", accept="de, en-US;q=0.8, fr;q=0.5") == "en"
    assert choose(None, accept="fr;q=0, en;q=broken") == "fr"
    assert choose(accept="de" * 10_000) == "fr"


def test_french_elides_before_a_vowel_and_counts_the_first_of_a_month() -> None:
    french, english = VOICES["fr"], VOICES["en"]
    message = "Lien de connexion de %(name)s"
    for name, said in (
        ("Odile", "Lien de connexion d’Odile"),
        ("Émilie", "Lien de connexion d’Émilie"),
        ("œuvre", "Lien de connexion d’œuvre"),
        ("Marie", "Lien de connexion de Marie"),
        ("Hélène", "Lien de connexion de Hélène"),
        ("", "Lien de connexion de "),
        ("%(x)s", "Lien de connexion de %(x)s"),
    ):
        assert french.text(message, name=name) == said
        assert str(french.markup(message, name=name)) == said
        marked = Markup("<bdi>%s</bdi>") % name
        wanted = said.removesuffix(name) + f"<bdi>{name}</bdi>"
        assert str(french.markup(message, name=marked)) == wanted
    evil = french.markup(message, name="<i>Odile")
    assert str(evil) == "Lien de connexion de &lt;i&gt;Odile"
    assert "Odile" in english.text(message, name="Odile") and "d’" not in english.text(message)
    assert french.day(date(2026, 12, 1)) == "1er décembre 2026"
    assert french.day(date(2026, 12, 11)) == "11 décembre 2026"
    assert english.day(date(2026, 12, 1)) == "1 December 2026"


def test_no_notice_takes_the_place_of_another_of_its_name() -> None:
    tables = (MEETING_NOTICES, ACCOUNT_NOTICES, PEOPLE_NOTICES, INVITE_NOTICES, KEY_NOTICES)
    for one, other in itertools.combinations(tables, 2):
        assert not one.keys() & other.keys()
    for table in tables:
        assert {key: words.NOTICES[key] for key in table} == dict(table)
