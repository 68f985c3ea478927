"""`python3 -m bench NAME… [--json]`: measure; without a name, say what can be measured.

Exit status 1 when a figure falls short of its goal, 2 for a name that is no benchmark.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
from pathlib import Path

from atelier import bootstrap
from bench.figures import Figure, as_json, as_table


def main() -> int:
    """The exit status."""
    bootstrap.enter(bootstrap.TESTS_LOCK)
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    known = benchmarks()
    unknown = [name for name in options.names if name not in known]
    if unknown or not options.names:
        for name, subject in known.items():
            print(f"{name:12} {subject}", file=sys.stderr if unknown else sys.stdout)
        if unknown:
            print(f"No such benchmark: {', '.join(unknown)}", file=sys.stderr)
        return 2 if unknown else 0
    figures = _measure(options.names)
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


def _measure(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        print(f"· {name}…", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"bench.{name}").run()
    return figures


if __name__ == "__main__":
    sys.exit(main())
