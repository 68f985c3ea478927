"""Every act that writes, on a disk that fails at each of its steps.

Each time the refusal is told, nothing is lost and nothing half-visible to anybody, and the
same act then does all that it does on a sound disk, without a restart.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import errno
import inspect
import itertools
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, Final

import pytest

from atelier.errors import Fault, NoRoom
from atelier.web.errors import STATUS
from atelier.workspace import upkeep
from tests.act import Act
from tests.acts_on_documents import BYTES
from tests.builders import network
from tests.counts import THOROUGH
from tests.faults import FaultPlan, each_failure
from tests.house import ROOT
from tests.stage import Records, Stage, stage
from tests.write_paths import ACTS

FULL: Final = (errno.ENOSPC, errno.EDQUOT)
ERRORS: Final = (*FULL, errno.EIO, errno.EROFS, errno.EMFILE)
# A disk that stays full or read-only, and a single failure in between.
PLANS: Final = tuple(itertools.product(ERRORS, (False, True))) if THOROUGH else (
    (errno.EIO, False), (errno.EIO, True), (errno.ENOSPC, False), (errno.ENOSPC, True),
    (errno.EDQUOT, False), (errno.EROFS, True), (errno.EMFILE, False),
)  # fmt: skip
# An act that only commits fails in one place, alike whatever the disk answers.
FEW_PLANS: Final = PLANS if THOROUGH else ((errno.EIO, False), (errno.ENOSPC, False))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Stage]]:
    """The stage, and what runs an act on it."""
    with asyncio.Runner() as runner, contextlib.ExitStack() as closing:
        made = network(tmp_path_factory.mktemp("stage"))
        world = runner.run(made.__aenter__())
        closing.callback(lambda: runner.run(made.__aexit__(None, None, None)))
        on = runner.run(stage(world))
        closing.callback(on.beginning.close)
        closing.callback(on.eye.close)
        yield runner, on


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_an_act_whose_disk_fails_at_any_step_leaves_nothing_and_is_done_again(
    told: tuple[asyncio.Runner, Stage], act: Act
) -> None:
    runner, on = told
    runner.run(_each_step_fails(on, act))


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_an_act_goes_through_the_use_cases_that_its_row_names(
    told: tuple[asyncio.Runner, Stage], act: Act
) -> None:
    runner, on = told
    with _called() as codes:
        runner.run(_done(on, act))
    for verb in act.verbs:
        assert inspect.unwrap(verb).__code__ in codes, f"{act}: {verb.__qualname__} is not called"


def test_every_use_case_that_writes_stands_in_the_table() -> None:
    rows = {f"{verb.__module__}.{verb.__qualname__}" for act in ACTS for verb in act.verbs}
    written = set(_writing())
    assert written - rows - NOT_HERE.keys() == set(), "tests.write_paths: a row for each"
    assert not rows & NOT_HERE.keys()
    assert NOT_HERE.keys() <= written


# Use-cases that write and have no row, with the reason.
NOT_HERE: Final = {
    "atelier.workspace.admin.found": "before it there is nothing to lose",
    "atelier.workspace.exports.export": "workspace/test_exports: the disk that fails is another",
    "atelier.workspace.invite_lists.rehearse": "it undoes what it writes: nothing of it stays",
    "atelier.workspace.departures.leaving": "it undoes what it writes: nothing of it stays",
    "atelier.workspace.reading.read_version": "workspace/test_failing_disk; the worker's",
    "atelier.workspace.reading.finish_version": "as `read_version`; the worker's",
    "atelier.workspace.sending.send": "workspace/test_mailing; the worker's",
    "atelier.workspace.sending.give_up": "as `send`; the worker's",
    "atelier.workspace.following.follow": "workspace/test_failing_disk; the worker's",
    "atelier.workspace.following.compact": "workspace/test_following: one statement",
    "atelier.workspace.following.rebuild": "search/test_generations: it writes beside",
    "atelier.workspace.following.change_engine": "as `rebuild`; the worker's",
}


async def _each_step_fails(on: Stage, act: Act) -> None:
    whole = await _done(on, act)
    plans = PLANS if act in BYTES else FEW_PLANS
    for error, for_good in plans:
        # Everything that anybody sees is looked at for one kind of failure: what it is made
        # of, the records, is compared for all.
        tells = [
            await _failed(on, act, plan, whole, error, looks=(error, for_good) == plans[0])
            for plan in each_failure(error, spared=act.spared, for_good=for_good)
        ]
        assert any(tells), f"{act}: nothing that fails is told"


async def _failed(
    on: Stage, act: Act, plan: FaultPlan, whole: Records, error: int, *, looks: bool
) -> bool:
    """Do the act on this disk, and again once it is healed; whether its failure was told."""
    on.again()
    await act.before(on)
    before, seen = on.records(), await on.seen() if looks else []
    drafts, lingers = on.drafts(), act.lingers if plan.is_lasting else frozenset()
    allowed = act.stays | lingers
    on.world.seam.behaviour = plan
    try:
        await act.do(on)
    except Fault as fault:
        plan.heal()
        _check_told(fault, error, plan)
        if act.gradual:
            assert (await upkeep.verify(on.world.ws, read_data=True)).is_clean
        else:
            assert set(_changed(before, on.records())) <= allowed, (act.name, plan.failed)
            assert not looks or await on.seen() == seen, (act.name, plan.failed)
            # Nothing can be removed from a disk that fails for good: what stays is a draft.
            assert plan.is_lasting or on.drafts() == drafts, (act.name, plan.failed)
        await act.do(on)
        is_told = True
    else:
        plan.heal()
        is_told = False
    given = on.records(without_chance=True)
    assert set(_changed(whole, given)) <= lingers, (act.name, plan.failed)
    assert plan.is_lasting or not is_told or on.drafts() == [], (act.name, plan.failed)
    return is_told


def _changed(before: Records, after: Records) -> list[str]:
    """The tables that are not as they were."""
    return [was[0] for was, now in zip(before, after, strict=True) if was != now]


def _check_told(fault: Fault, error: int, plan: FaultPlan) -> None:
    assert STATUS[type(fault)] in (503, 507), fault
    if error in FULL and plan.failed[0] not in ("open", "read", "names", "look"):
        assert isinstance(fault, NoRoom), (fault, plan.failed)


async def _done(on: Stage, act: Act) -> Records:
    """What the act leaves on a sound disk."""
    on.again()
    await act.before(on)
    before = on.records()
    await act.do(on)
    left = on.records(without_chance=True)
    assert act.gradual or on.records() != before, f"{act} changes nothing"
    return left


@contextlib.contextmanager
def _called() -> Iterator[set[CodeType]]:
    """The functions that are entered meanwhile, in this thread."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            codes.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield codes
    finally:
        sys.setprofile(None)


# What of an engine only reads; everything else that a use-case asks of it may write.
READS: Final = {
    "db": {"read"},
    "blobs": {"open", "path", "hashes", "is_whole", "kept"},
    "texts": {"get", "load", "keys"},
}


def _writing() -> Iterator[str]:
    """Public use-cases that write, themselves or through others of their module."""
    for path in sorted((ROOT / "atelier" / "workspace").glob("*.py")):
        functions = {
            node.name: node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
        }
        writing = {name for name, node in functions.items() if _writes(node)}
        while more := {
            name for name, node in functions.items() if name not in writing
            and _calls(node) & writing
        }:  # fmt: skip
            writing |= more
        for name in writing:
            if not name.startswith("_"):
                yield f"atelier.workspace.{path.stem}.{name}"


def _writes(function: ast.AST) -> bool:
    """Whether `ws.<engine>.<verb>` stands in it, with a verb that does not only read."""
    for node in ast.walk(function):
        match node:
            case ast.Attribute(
                attr=verb, value=ast.Attribute(attr=engine, value=ast.Name(id="ws"))
            ):
                if verb not in READS.get(engine, {verb}):
                    return True
    return False


def _calls(function: ast.AST) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
