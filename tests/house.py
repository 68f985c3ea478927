"""Reads the house as text: its modules, what each imports and where, what each writes.

Nothing is imported or run. The rules themselves stand in `tests/test_house.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One imported module; `within` names the function it hides in, or is empty."""

    target: str
    line: int
    within: str


@dataclass(frozen=True)
class Module:
    """One Python file: `name` as imported, `where` for messages."""

    name: str
    source: str
    where: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.source)

    @property
    def room(self) -> str:
        """The room of `atelier` it stands in: `workspace` for `atelier.workspace.folders`."""
        return room_of(self.name)

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def imports(self) -> Iterator[Import]:
        """Every import, those for the type checker too; `from x import y` may mean `x.y`."""
        for within, node in _placed(self.tree):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                targets = [f"{self._absolute(node)}.{alias.name}" for alias in node.names]
            else:
                continue
            yield from (Import(target, node.lineno, within) for target in targets)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        kept = parts[: len(parts) - node.level + (1 if self.is_package else 0)]
        return ".".join([*kept, node.module] if node.module else kept)


def modules(package: str) -> list[Module]:
    """Every module of a top-level package of this repository, in order of path."""
    return [_module(path) for path in sorted((ROOT / package).rglob("*.py"))]


def room_of(module: str) -> str:
    """`workspace` for `atelier.workspace.folders`; "" for the package itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "atelier" and len(parts) > 1 else ""


def length(function: Function) -> int:
    """Lines from `def` to the last one."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def undocumented(module: Module) -> Iterator[str]:
    """Public functions, classes and the module itself that say nothing of themselves."""
    if not ast.get_docstring(module.tree):
        yield f"{module.where}:1 the module"
    for node in module.tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{module.where}:{node.lineno} {node.name}"


def broad_handlers(module: Module) -> Iterator[tuple[str, int]]:
    """(function, line) of each handler that catches everything and lets it end there."""
    for function, node in _placed(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {ast.unparse(each).split(".")[-1] for each in caught if each is not None}
        hides = not _raises_again(node)
        if hides and (node.type is None or names & {"Exception", "BaseException"}):
            yield function, node.lineno


def _flags_write(module: Module, node: ast.Call) -> bool:
    """Whether `os.open` gets other flags than those of reading; a constant is looked up."""
    flags = ast.unparse(node.args[1]) if len(node.args) > 1 else "flags unseen"
    for line in module.tree.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == flags:
            flags = ast.unparse(line.value)
    return not set(flags.split(" | ")) <= _READING_FLAGS


_READING_FLAGS = {
    f"os.O_{flag}"
    for flag in ("RDONLY", "PATH", "CLOEXEC", "NOFOLLOW", "NONBLOCK", "DIRECTORY", "NOATIME")
}


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


_WRITING_METHODS = {
    "write_text",
    "write_bytes",
    "unlink",
    "mkdir",
    "rmdir",
    "symlink_to",
    "hardlink_to",
    "mkstemp",
    "mkdtemp",
    "copyfileobj",
    "copyfile",
    "copytree",
    "rmtree",
    "makedirs",
    "removedirs",
    "ftruncate",
    "pwrite",
    "fsync",
    "fdatasync",
    "sendfile",
}
_WRITING_CALLS = re.compile(
    r"os\.(rename|replace|renames|remove|truncate|link|symlink|chmod|write|writev)"
    r"|shutil\.(copy|copy2|move)|tempfile\.\w+|os\.mkfifo"
)


def writes(module: Module) -> Iterator[tuple[str, int]]:
    """(call, line) of each call that changes files or folders.

    By shape, since nothing is run: `x.replace(a)` with one argument is a path's, with two
    a string's; `x.rename(a)` with one and `x.touch()` with none are a path's, those of the
    records and use-cases take more.
    """
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called == "os.open":
            changes = _flags_write(module, node)
        else:
            changes = _opens_for_writing(called, node) or _changes_files(called, node)
        if changes:
            yield called, node.lineno


def _changes_files(called: str, node: ast.Call) -> bool:
    method = called.rsplit(".", 1)[-1]
    alone = len(node.args) == 1 and not node.keywords
    bare = method == "touch" and not node.args
    return (
        bare
        or bool(_WRITING_CALLS.fullmatch(called))
        or ("." in called and method in _WRITING_METHODS)
        or ("." in called and method in {"replace", "rename"} and alone)
    )


def _opens_for_writing(called: str, node: ast.Call) -> bool:
    # open(path, mode) against path.open(mode)
    place = 1 if called in {"open", "io.open"} else 0
    if called.rsplit(".", 1)[-1] not in {"open", "fdopen"}:
        return False
    place = 1 if called == "os.fdopen" else place
    given = [word.value for word in node.keywords if word.arg == "mode"] + node.args[place:]
    mode = given[0] if given else None
    text = mode.value if isinstance(mode, ast.Constant) else ""
    return bool(re.fullmatch(r"[rbt]*[wax+][rwbtx+]*", str(text)))


def _placed(node: ast.AST, within: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node below, with the dotted name of the function it stands in."""
    for child in ast.iter_child_nodes(node):
        yield within, child
        inner = f"{within}.{child.name}" if isinstance(child, Function) else within
        yield from _placed(child, inner.removeprefix("."))


def _module(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = list(relative.with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, path.read_text("utf-8"), relative.as_posix(), is_package)
