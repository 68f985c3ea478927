"""`python3 -m bench NAME… [--json]`: measure; without a name, say what can be measured.

An option is for the benchmark whose `run` has a parameter of its name; others refuse it.
Exit status 1 when a figure falls short of its goal, 2 for a name that is no benchmark.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from atelier import bootstrap
from bench.figures import Figure, as_json, as_table

Run = Callable[..., list[Figure]]


def main() -> int:
    """The exit status."""
    bootstrap.enter(bootstrap.TESTS_LOCK)
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument(
        "--documents", nargs="+", type=int, metavar="N", help="how many (search takes it)"
    )
    parser.add_argument("--meetings", type=int, metavar="N", help="how many (meetings takes it)")
    options = parser.parse_args()
    known = benchmarks()
    unknown = [name for name in options.names if name not in known]
    if unknown or not options.names:
        for name, subject in known.items():
            print(f"{name:12} {subject}", file=sys.stderr if unknown else sys.stdout)
        if unknown:
            print(f"No such benchmark: {', '.join(unknown)}", file=sys.stderr)
        return 2 if unknown else 0
    wanted = {"documents": options.documents, "meetings": options.meetings}
    given = {name: value for name, value in wanted.items() if value}
    runs = {name: importlib.import_module(f"bench.{name}").run for name in options.names}
    refusing = [name for name, run in runs.items() if not given.keys() <= _options(run)]
    if refusing:
        print(f"No such option: {', '.join(given)} of {', '.join(refusing)}", file=sys.stderr)
        return 2
    figures = _measure(runs, given)
    print(as_json(figures) if options.json else as_table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


def benchmarks() -> dict[str, str]:
    """Each module here that has a `run`, with its first line; none is imported for it."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            found[file.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def _options(run: Run) -> frozenset[str]:
    return frozenset(inspect.signature(run).parameters)


def _measure(runs: dict[str, Run], given: Mapping[str, object]) -> list[Figure]:
    figures: list[Figure] = []
    for name, run in runs.items():
        print(f"· {name}…", file=sys.stderr, flush=True)
        figures += run(**given)
    return figures


if __name__ == "__main__":
    sys.exit(main())
