"""The house stands as `docs/architecture.md` says: floors, third parties, sizes, names.

Each rule is a function of modules, so that a planted fault can show that it would be seen.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest

from tests import house
from tests.house import ROOT, Module

# From the ground up. A room imports from lower floors, from itself, and from nobody beside it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "bootstrap"),
    ("model", "settings", "files"),
    ("access",),
    ("database", "blobs", "search", "extract", "papers", "post"),
    ("workspace",),
    ("web", "worker", "importing"),
    ("app",),
    ("demo",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# Narrower than the floors: from the room on the left, only these, each with its reason.
ONLY: Mapping[str, tuple[frozenset[str], str]] = {
    "bootstrap": (frozenset(), "runs before any dependency is there"),
    "__main__": (frozenset({"bootstrap", "cli"}), "an entry, not a place to decide anything"),
    "web": (
        frozenset({"workspace", "access", "model", "settings", "errors"}),
        "a door parses, calls a use-case and renders; engines are not its affair",
    ),
}

# Floor 3 as the use-cases see it: what an engine promises, never which engine it is.
CONTRACTS: Mapping[str, str] = {
    "atelier.blobs.contract": "what a blob store promises",
    "atelier.blobs.derived": "the texts read: one keeper, on every engine, so its own contract",
    "atelier.extract.media_type": "what bytes are, from their head; pure",
    "atelier.extract.pictured": "which kinds of file have pictures; pure",
    "atelier.search.french": "the folding under which names of folders are compared; pure",
    "atelier.search.snippets": "sentences cut from text; pure, the same for every index",
    "atelier.search.contract": "what an index promises",
    "atelier.search.grammar": "what was asked, as a value",
    "atelier.search.retyping": "what was asked, piece by piece as typed; pure",
    "atelier.search.effort": "how much work a search may still do; pure",
    "atelier.search.overlay": "one document against a query, without any index; pure",
    "atelier.search.spelling": "the nearest word of some texts; pure",
    "atelier.search.media_types": "the kind of a file by its media type; pure",
    "atelier.search.glossary": "a query widened by words of the network; pure",
    "atelier.extract.contract": "what a reader promises",
    "atelier.post.contract": "a letter, and what becomes of it",
    "atelier.papers.contract": "a paper as blocks, and what becomes of it",
    "atelier.papers.markdown": "Markdown as blocks; pure",
    "atelier.papers.calendar": "meetings as a calendar; pure",
}

# Without an actor, so without a check of access: only machines and the command line call them.
WITHOUT_ACTOR = (
    "atelier.workspace.reading",
    "atelier.workspace.upkeep",
    "atelier.workspace.dropped",
    "atelier.workspace.sending",
    "atelier.workspace.rereading",
    "atelier.workspace.mending",
    "atelier.workspace.backups",
    "atelier.workspace.restoring",
    "atelier.workspace.exports",  # with a steward, but past all grants
)
MAY_ACT_WITHOUT_ACTOR = frozenset({"worker", "cli", "app", "workspace"})

# Third-party package (as imported) → (rooms or modules that may, why).
THIRD_PARTY: Mapping[str, tuple[tuple[str, ...], str]] = {
    "webauthn": (
        ("atelier.workspace",),
        "passkeys are a use-case; no door sees a key",
    ),
    "pyotp": (("atelier.workspace",), "codes of an authenticator app are a use-case"),
    "segno": (("atelier.web",), "a code to scan, drawn into a page"),
    "aiosmtplib": (("atelier.post",), "letters leave by one room"),
    "aiosqlite": (("atelier.database",), "the home of SQL"),
    "argon2": (("atelier.workspace",), "passwords are a use-case; no door sees a hash"),
    "PIL": (("atelier.extract",), "reads images and writes previews, in the child process only"),
    "babel": (("atelier.web", "atelier.cli"), "sentences in the reader's language, at doors"),
    "charset_normalizer": (("atelier.extract",), "the encoding of a plain text"),
    "click": (("atelier.cli",), "the command line"),
    "docx": (("atelier.demo",), "writes the papers of the demonstration"),
    "httptools": (("atelier.web",), "what uvicorn's parser raises, for our protocol"),
    "jinja2": (("atelier.web",), "pages"),
    "lxml": (("atelier.extract",), "reads office files of today, which are XML"),
    "markupsafe": (("atelier.web",), "text that a template may print as it is; Jinja's own"),
    "msgspec": (("atelier",), "values and strict decoding, on every floor"),
    "numpy": (("atelier.extract",), "the tables of py3langid's model, shared between children"),
    "icalendar": (("atelier.papers",), "invitations and feeds for calendars"),
    "markdown_it": (("atelier.papers",), "the Markdown of minutes"),
    "odfdo": (("atelier.demo",), "writes the papers of the demonstration"),
    "py3langid": (("atelier.extract",), "the language of a text"),
    "olefile": (("atelier.extract",), "the streams of old Office files"),
    "oxmsg": (("atelier.extract",), "reads Outlook messages"),
    "pypdfium2": (("atelier.extract",), "reads PDF, in the child process only"),
    "pyrage": (("atelier.workspace.sealing",), "age: backups encrypted to a public key"),
    "python_multipart": (("atelier.web",), "forms, parsed straight into the hashing writer"),
    "python_calamine": (("atelier.extract",), "reads spreadsheets"),
    "reportlab": (
        ("atelier.demo", "atelier.papers"),
        "writes minutes, registers, samples",
    ),
    "selectolax": (("atelier.extract",), "reads HTML"),
    "starlette": (("atelier.web", "atelier.app"), "routes, requests and responses"),
    "Stemmer": (("atelier.search",), "the French analysis"),
    "striprtf": (("atelier.extract",), "reads RTF"),
    "tantivy": (("atelier.search",), "the default index"),
    "uvicorn": (("atelier.web", "atelier.app", "atelier.cli"), "serves; its protocol is ours"),
    "watchfiles": (("atelier.worker",), "the drop folder"),
    "whoosh": (("atelier.search",), "the index in pure Python"),
    "xlrd": (("atelier.extract",), "reads old spreadsheets that calamine refuses"),
}
# Not a third party, but SQL has one home.
STANDARD_LIBRARY_KEPT = {"sqlite3": (("atelier.database",), "the home of SQL")}
# In pyproject.toml and imported by nobody here, with the reason.
BENEATH = {"uvloop": "uvicorn's event loop"}
# Where the package to install is not called as it is imported.
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "charset-normalizer": "charset_normalizer",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "PyStemmer": "Stemmer",
    "python-calamine": "python_calamine",
    "python-docx": "docx",
    "python-multipart": "python_multipart",
    "python-oxmsg": "oxmsg",
    "whoosh-reloaded": "whoosh",
}

# Imports that stand inside a function, as "module:function": why they cannot stand on top.
HIDDEN_IMPORTS: Mapping[str, str] = {
    "atelier.__main__:main": "the dependencies are there only once bootstrap has returned",
}

# Handlers that catch everything and do not raise it again, as "module:function".
BROAD_HANDLERS: Mapping[str, str] = {
    "atelier.database.engine:_run_in_savepoint": "a unit's failure goes to its caller, whole",
    "atelier.search.tantivy_engine:_speaking": "its panics are no Exception; always raises",
    "atelier.web.errors:__call__": "the outermost web handler",
    "atelier.worker.runner:_tried": "the job runner: one round's fault ends no worker",
    "atelier.worker.runner:_do": "the job runner: whatever one job meets, the next one runs",
}

# Modules besides `files.py` that change files or folders.
WRITERS: Mapping[str, str] = {
    "atelier.files": "the fault seam",
    "atelier.bootstrap": "makes .venv; runs before anything else exists",
    "atelier.extract.films": "a file for the still of a film, until it is drawn again",
    "atelier.extract.office": "a folder for LibreOffice, with its profile and the file it opens",
    "atelier.extract.ocr": "a nameless file, for the page that Tesseract is handed",
    "atelier.extract.process": "a nameless file, for two texts that a child compares",
    "atelier.extract.server": "a nameless scratch file and pipes, in the confined child",
    "atelier.search.tantivy_engine": "empties the index's own folder, all of it derived",
}

_FORBIDDEN_MODULE = re.compile(r"(.*_)?(utils?|helpers?|managers?|misc|common|base|services?)")
_FORBIDDEN_CLASS = re.compile(r"\w*(Manager|Helper|Utils?|Service|Base|Data|Info)")
_FORBIDDEN_FUNCTION = re.compile(r"_?(data|info|process|(\w+_)?(util|helper|manager)s?)")

Rule = Callable[[Iterable[Module]], Iterator[str]]
HOUSE = house.modules("atelier")
EVERYTHING = [*HOUSE, *house.modules("bench"), *house.modules("tests")]


def test_imports_only_go_down_the_floors_and_never_sideways() -> None:
    assert {module.room for module in HOUSE} - {""} == set(FLOOR)
    assert list(floor_faults(HOUSE)) == []
    assert faulty(floor_faults, "atelier.model.folders", "from atelier.web import routes")
    assert faulty(floor_faults, "atelier.web.pages.home", "import atelier.worker.runner")
    assert faulty(floor_faults, "atelier.search.contract", "from ..blobs import contract")
    assert not faulty(floor_faults, "atelier.web.pages.home", "from ..routes import rule")
    assert not faulty(floor_faults, "atelier.workspace.folders", "from atelier import access")


def test_an_import_for_the_type_checker_alone_counts_as_one() -> None:
    hidden = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import atelier.app"
    assert faulty(floor_faults, "atelier.access", hidden)


def test_the_use_cases_see_engines_by_contract_only() -> None:
    assert list(contract_faults(HOUSE)) == []
    source = "from atelier.blobs.local import LocalBlobs"
    assert faulty(contract_faults, "atelier.workspace.deposits", source)
    source = "from atelier.blobs.contract import BlobStore"
    assert not faulty(contract_faults, "atelier.workspace.deposits", source)


def test_only_machines_and_the_command_line_act_without_an_actor() -> None:
    assert list(actor_faults(HOUSE)) == []
    assert faulty(actor_faults, "atelier.web.pages.home", "from atelier.workspace import upkeep")
    source = "from atelier.workspace.reading import read_version"
    assert not faulty(actor_faults, "atelier.worker.kinds", source)


def test_no_import_hides_in_a_function_but_those_listed() -> None:
    hidden = {
        f"{module.name}:{each.within}"
        for module in HOUSE
        for each in module.imports()
        if each.within
    }
    assert hidden == set(HIDDEN_IMPORTS)


def test_each_third_party_package_stays_in_its_rooms() -> None:
    assert list(third_party_faults(HOUSE)) == []
    assert faulty(third_party_faults, "atelier.workspace.folders", "import starlette.requests")
    assert faulty(third_party_faults, "atelier.web.pages.home", "import sqlite3")
    assert faulty(third_party_faults, "atelier.web.pages.home", "import requests")
    assert not faulty(third_party_faults, "atelier.web.pages.home", "import starlette.requests")


def test_every_dependency_has_its_row_and_its_pin_in_both_locks() -> None:
    names = [re.split(r"[><=;~ ]", line)[0] for line in _pyproject()["project"]["dependencies"]]
    assert {IMPORTED_AS.get(name, name) for name in names} <= set(THIRD_PARTY) | set(BENEATH)
    runtime, tests = _pins("requirements.txt"), _pins("requirements-tests.txt")
    assert {name.lower() for name in names} <= {name for name, _ in runtime}
    assert runtime <= tests


def test_functions_and_files_stay_short() -> None:
    lengths = {
        f"{module.where}:{function.lineno} {function.name}": house.length(function)
        for module in EVERYTHING
        for function in module.functions()
    }
    assert {name: lines for name, lines in lengths.items() if lines > 80} == {}
    within_forty = sum(lines < 40 for lines in lengths.values())
    assert within_forty >= 0.95 * len(lengths)
    files = {module.where: module.source.count("\n") for module in EVERYTHING}
    assert {name: lines for name, lines in files.items() if lines > 600} == {}


def test_everything_public_says_what_it_is_for() -> None:
    assert [each for module in HOUSE for each in house.undocumented(module)] == []
    bench = house.modules("bench")
    assert [each for module in bench for each in house.undocumented(module)] == []
    assert list(house.undocumented(Module("x", '"""Said."""\ndef silent(): ...\n', "x.py")))


def test_names_are_words_of_the_field() -> None:
    assert [each for module in EVERYTHING for each in name_faults(module)] == []
    assert list(name_faults(Module("atelier.web.utils", "", "x.py")))
    assert list(name_faults(Module("atelier.web.x", "class FolderManager: ...", "x.py")))


def test_rooms_of_doors_stand_under_web_and_nowhere_else() -> None:
    doors = {"pages", "api", "dav"}
    nested = {tuple(module.name.split(".")[1:-1]) for module in HOUSE}
    assert all(path[0] == "web" for path in nested if doors & set(path))
    assert all(path[0] == "web" and path[1] in doors for path in nested if len(path) > 1)


def test_the_tests_mirror_the_house() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").exists()}
    rooms = {module.room for module in HOUSE}
    assert folders <= rooms | {"contracts", "journeys"}


def test_nothing_catches_everything_but_what_is_listed() -> None:
    broad = {
        f"{module.name}:{function}"
        for module in HOUSE
        for function, _ in house.broad_handlers(module)
    }
    assert broad == set(BROAD_HANDLERS)
    swallowing = "def f():\n    try: ...\n    except (ValueError, Exception): ...\n"
    cleaning = "def f():\n    try: ...\n    except BaseException:\n        close()\n        raise\n"
    assert list(house.broad_handlers(Module("x", swallowing, "x.py"))) == [("f", 3)]
    assert list(house.broad_handlers(Module("x", cleaning, "x.py"))) == []


def test_only_the_fault_seam_changes_files() -> None:
    writing = {module.name: list(house.writes(module)) for module in HOUSE}
    assert {name: calls for name, calls in writing.items() if calls and name not in WRITERS} == {}
    assert {name for name in WRITERS if not writing[name]} == set()


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'wb')",
        "open(path, mode='a')",
        "path.open('r+b')",
        "path.write_text('x')",
        "os.rename(a, b)",
        "source.replace(target)",
        "os.open(path, os.O_CREAT)",
        "path.unlink()",
        "WAY = os.O_RDONLY | os.O_CREAT\nos.open(path, WAY)",
        "os.open(path, way)",
        "path.touch()",
        "shutil.copy2(a, b)",
        "tempfile.TemporaryDirectory()",
        "os.fdopen(3, 'wb')",
    ],
)
def test_a_write_is_seen_by_its_shape(source: str) -> None:
    assert list(house.writes(Module("x", source, "x.py")))


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "open(path, 'rb')",
        "path.open()",
        "text.replace('a', 'b')",
        "now.replace(hour=1)",
        "documents.rename(ws, actor, document, name)",
        "path.read_text()",
        "webbrowser.open(url)",
        "WAY = os.O_RDONLY | os.O_CLOEXEC\nos.open(path, WAY)",
        "folders.touch(tx, folder)",
    ],
)
def test_a_reading_is_not_taken_for_a_write(source: str) -> None:
    assert not list(house.writes(Module("x", source, "x.py")))


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    command = "python3 -m tests"
    assert f"\n{command} " in (ROOT / "README.md").read_text("utf-8")
    assert f"exec {command}" in (ROOT / ".ci" / "run").read_text("utf-8")


def floor_faults(modules: Iterable[Module]) -> Iterator[str]:
    """Imports that climb, go sideways, or leave the few rooms a room may know."""
    for module, each, room in _inner_imports(modules):
        mine = FLOOR.get(module.room, len(FLOORS))
        allowed, _ = ONLY.get(module.room, (frozenset(FLOOR), ""))
        if room != module.room and (FLOOR[room] >= mine or room not in allowed):
            yield f"{module.where}:{each.line} {module.room} imports {each.target}"


def contract_faults(modules: Iterable[Module]) -> Iterator[str]:
    """Use-cases that know an engine by name."""
    for module, each, room in _inner_imports(modules):
        crosses = module.room == "workspace" and room in {"blobs", "search", "extract"}
        if crosses and not _is_of(each.target, CONTRACTS):
            yield f"{module.where}:{each.line} imports {each.target}"


def actor_faults(modules: Iterable[Module]) -> Iterator[str]:
    """Rooms that call a use-case without actor and may not."""
    for module, each, _ in _inner_imports(modules):
        if _is_of(each.target, WITHOUT_ACTOR) and module.room not in MAY_ACT_WITHOUT_ACTOR:
            yield f"{module.where}:{each.line} imports {each.target}"


def third_party_faults(modules: Iterable[Module]) -> Iterator[str]:
    """Packages imported where the table does not let them, or that are not in it."""
    table = {**THIRD_PARTY, **STANDARD_LIBRARY_KEPT}
    for module in modules:
        for each in module.imports():
            package = each.target.split(".")[0]
            rooms, _ = table.get(package, ((), ""))
            known = package == "atelier" or package in sys.stdlib_module_names - table.keys()
            if not known and not _is_of(module.name, rooms):
                yield f"{module.where}:{each.line} imports {package}"


def name_faults(module: Module) -> Iterator[str]:
    """Names that say nothing of the field."""
    if _FORBIDDEN_MODULE.fullmatch(module.name.split(".")[-1]):
        yield f"{module.where} is a drawer"
    for node in ast.walk(module.tree):
        rule = _FORBIDDEN_CLASS if isinstance(node, ast.ClassDef) else _FORBIDDEN_FUNCTION
        if isinstance(node, house.Function | ast.ClassDef) and rule.fullmatch(node.name):
            yield f"{module.where}:{node.lineno} {node.name}"


def faulty(rule: Rule, name: str, source: str) -> bool:
    """Whether the rule sees a fault in a planted module of that name."""
    return bool(list(rule([Module(name, source, f"{name}.py")])))


def _inner_imports(modules: Iterable[Module]) -> Iterator[tuple[Module, house.Import, str]]:
    for module in modules:
        for each in module.imports():
            room = house.room_of(each.target)
            if room in FLOOR:
                yield module, each, room


def _is_of(name: str, places: Iterable[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def _pyproject() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _pins(lock: str) -> set[tuple[str, str]]:
    text = (ROOT / lock).read_text("utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", text, re.MULTILINE))
