"""Everything that is done with documents, in all orders: every version's bytes come back.

Real use-cases on one real network. Beside it stands what somebody would have written down
who watched: which document has which versions, where it stands, who is editing it.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from atelier.errors import AlreadySo, Refusal, VersionClash
from atelier.model.deposits import Taken
from atelier.model.documents import Deposited
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import (
    aside,
    deposits,
    documents,
    locks,
    organisations,
    trash,
    upkeep,
)
from tests.builders import chunks, network
from tests.conftest import IN_CI
from tests.counts import times
from tests.versions_story import (
    AWA,
    BO,
    CONTENTS,
    CY,
    EVE,
    MARIE,
    WRITE,
    Paper,
    Stage,
    Story,
    begin,
)

EXAMPLES: Final = times(30 if IN_CI else 12, 1_000)
STEPS: Final = times(30, 60)

LOCKED_HOURS: Final = 4

people = st.sampled_from((MARIE, MARIE, MARIE, MARIE, AWA, AWA, AWA, AWA, EVE, EVE, BO, CY))
folders = st.sampled_from(("common", "common", "other", "closed"))
names = st.sampled_from(("a.txt", "b.txt", "A.TXT", "c (2).txt", "c.txt", "d.txt"))
contents = st.sampled_from(CONTENTS)
picks = st.integers(0, 30)
expectations = st.sampled_from((0, 0, 0, -1, 1, None))


class Papers(Story):
    """All that can be done."""

    def __init__(self, runner: asyncio.Runner, stage: Stage) -> None:
        super().__init__(runner, stage)
        self.begin()

    def begin(self) -> None:
        """Four documents, one of them with versions, one below, one in the trash."""
        first, second, *_ = CONTENTS
        for home, path, name in (
            ("common", (), "a.txt"), ("common", ("Sous",), "b.txt"), ("other", (), "c.txt"),
            ("common", (), "c.txt"),
        ):  # fmt: skip
            for content in (first, second) if name == "a.txt" else (CONTENTS[3],):
                self.tell_deposit(AWA, home, path, name, content, Taken.REVISE)
        *_, last = self.papers
        self.run(trash.remove_document(self.world.ws, self.actor(AWA), last))
        self.papers[last].removed_by = AWA

    # Bytes come in.

    @rule(
        who=people, home=folders, path=st.sampled_from(((), (), ("Sous",), ("Sous", "Plus"))),
        name=names, content=contents, taken=st.sampled_from(Taken),
    )  # fmt: skip
    def deposit(
        self, who: str, home: str, path: tuple[str, ...], name: str, content: bytes, taken: Taken
    ) -> None:
        """Under a name, perhaps in use, perhaps in folders that are not there yet."""
        self.tell_deposit(who, home, path, name, content, taken)

    def tell_deposit(
        self, who: str, home: str, path: tuple[str, ...], name: str, content: bytes, taken: Taken
    ) -> None:
        """Done, or refused, and written down."""
        done = self.do(
            self.deposited(self.actor(who), self.stage.folders[home], path, name, content, taken)
        )
        if isinstance(done, Refusal):
            is_plain = not path and not self.named(self.stage.folders[home], name)
            assert who not in WRITE[home] or not is_plain, done
            return
        assert who in WRITE[home]
        [(folder,)] = self.eye.execute(
            "SELECT folder_id FROM documents WHERE id = ?", (done.document_id,)
        )
        assert self.way(folder) == [self.stage.folders[home], *path]
        if done.is_new_document:
            assert not self.named(folder, done.name) and done.document_id not in self.papers
            assert taken is Taken.KEEP_BOTH or done.name == name
            self.papers[done.document_id] = Paper(home, folder, done.name, [])
        paper = self.papers[done.document_id]
        assert paper.folder == folder
        if not done.is_new_document:
            assert taken is not Taken.REFUSE
            assert not done.is_new_version or taken is Taken.REVISE
            assert not done.is_new_version or not self.kept_out(who, done.document_id)
        self.versioned(done, content)

    async def deposited(
        self, actor: Actor, folder: FolderId, path: tuple[str, ...], name: str, content: bytes,
        taken: Taken,
    ) -> Deposited:  # fmt: skip
        """As a door does it."""
        ws = self.world.ws
        incoming = await deposits.begin(ws, actor, folder, name, path=path, taken=taken)
        return await deposits.receive(ws, actor, incoming, chunks(content))

    @rule(who=people, which=picks, content=contents, off=expectations)
    def revise(self, who: str, which: int, content: bytes, off: int | None) -> None:
        """Upon the version that is there, another, or whichever."""
        document = self.a_paper(which)
        current = len(self.papers[document].versions) if document in self.papers else 1
        expected = None if off is None else max(1, current + off)
        actor = self.actor(who)
        done = self.do(self.revised(actor, document, content, expected))
        if not isinstance(done, Refusal):
            assert self.may(who, WRITE, document)
            if done.is_new_version:
                assert not self.kept_out(who, document) and expected in (None, current)
            self.versioned(done, content)
        elif self.may(who, WRITE, document) and not self.kept_out(who, document):
            assert isinstance(done, VersionClash) and expected != current, done

    async def revised(
        self, actor: Actor, document: DocumentId, content: bytes, expected: int | None
    ) -> Deposited:
        """As a door does it."""
        return await self.world.revise(actor, document, content, expected=expected)

    @rule(who=people, other=people, which=picks, content=contents, same=st.integers(0, 5))
    def two_at_once(self, who: str, other: str, which: int, content: bytes, same: int) -> None:
        """Both were let in upon the same version; the second keeps what she brought."""
        document = self.a_paper(which)
        # Mostly bytes that nothing else has: no version keeps them for her.
        hers = content if same == 0 else f"à moi {self.turn}".encode()
        if not (self.may(who, WRITE, document) and self.may(other, WRITE, document)):
            return
        if self.kept_out(who, document) or self.kept_out(other, document):
            return
        current = len(self.papers[document].versions)
        ws, first, second = self.world.ws, self.actor(who), self.actor(other)
        begun = [
            self.run(deposits.begin_version(ws, one, document, expected=current))
            for one in (first, second)
        ]
        self.versioned(self.run(deposits.receive(ws, first, begun[0], chunks(content))), content)
        late = self.do(deposits.receive(ws, second, begun[1], chunks(hers)))
        if isinstance(late, Refusal):
            assert isinstance(late, VersionClash) and late.aside is not None
            assert self.papers[document].versions[-1] != hers
            self.came_second(other, document, hers, late)
            self.collect()
        else:
            self.versioned(late, hers)

    @rule(which=picks, off=st.sampled_from((0, 0, -1)), thrown=st.booleans())
    def go_back_to_what_was_set_aside(self, which: int, off: int, thrown: bool) -> None:
        """As a version after all, or away with it."""
        standing = [one for one in self.asides if self.is_hers(one)]
        if not standing:
            return
        number = standing[which % len(standing)]
        kept = self.asides[number]
        actor, ws = self.actor(kept.who), self.world.ws
        if thrown:
            assert self.do(aside.throw_away(ws, actor, kept.document, number)) is None
            del self.asides[number]
            return
        current = len(self.papers[kept.document].versions)
        again = aside.deposit_again(ws, actor, kept.document, number, expected=current + off)
        done = self.do(again)
        if isinstance(done, Refusal):
            is_due = not off and not self.kept_out(kept.who, kept.document)
            assert not is_due or not self.may(kept.who, WRITE, kept.document), done
            return
        assert self.may(kept.who, WRITE, kept.document)
        self.versioned(done, kept.content)
        del self.asides[number]

    # Documents change.

    @rule(who=people, which=picks, version=st.integers(1, 4), off=st.sampled_from((0, 0, 1)))
    def restore_version(self, who: str, which: int, version: int, off: int) -> None:
        """An old one becomes the newest, and stays what it was."""
        document = self.a_paper(which)
        current = len(self.papers[document].versions) if document in self.papers else 1
        restored = documents.restore(
            self.world.ws, self.actor(who), document, version, expected=current + off
        )
        done = self.do(restored)
        if isinstance(done, Refusal):
            able = self.may(who, WRITE, document) and not self.kept_out(who, document)
            known = isinstance(done, VersionClash | AlreadySo) or version > current
            assert not able or known, done
            return
        assert self.may(who, WRITE, document) and not off and not self.kept_out(who, document)
        versions = self.papers[document].versions
        assert versions[version - 1] != versions[-1]
        versions.append(versions[version - 1])
        assert done == len(versions)

    @rule(who=people, which=picks, name=names)
    def rename(self, who: str, which: int, name: str) -> None:
        """Another name, when it is free."""
        document = self.a_paper(which)
        done = self.do(documents.rename(self.world.ws, self.actor(who), document, name))
        if isinstance(done, Refusal):
            return
        paper = self.papers[document]
        assert self.may(who, WRITE, document) and not self.kept_out(who, document)
        assert self.named(paper.folder, name) in ([], [document])
        paper.name = name

    @rule(who=people, which=picks, version=st.integers(1, 4), words=st.sampled_from(("", "bon")))
    def label(self, who: str, which: int, version: int, words: str) -> None:
        """What a version is to people; its bytes stay what they are."""
        document = self.a_paper(which)
        labelled = documents.label(self.world.ws, self.actor(who), document, version, words)
        if not isinstance(self.do(labelled), Refusal):
            assert self.may(who, WRITE, document)
            labels = self.papers[document].labels
            assert labels.get(version, "") != words
            labels[version] = words

    @rule(who=people, which=picks, onto=picks)
    def replace(self, who: str, which: int, onto: int) -> None:
        """One saved by renaming it onto another: a version there, this one in the trash."""
        source, target = self.a_paper(which), self.a_paper(onto)
        done = self.do(documents.replace(self.world.ws, self.actor(who), source, target))
        if isinstance(done, Refusal):
            return
        assert source != target and self.papers[source].versions
        for document in (source, target):
            assert self.may(who, WRITE, document) and not self.kept_out(who, document)
        assert done.document_id == target
        self.versioned(done, self.papers[source].versions[-1])
        self.papers[source].removed_by = who
        self.papers[source].editing = ""  # a removal ends it

    @rule(who=people, which=picks, to=folders)
    def move(self, who: str, which: int, to: str) -> None:
        """Into another folder, where its readers are others."""
        document, folder = self.a_paper(which), self.stage.folders[to]
        done = self.do(documents.move(self.world.ws, self.actor(who), document, folder))
        if isinstance(done, Refusal):
            return
        paper = self.papers[document]
        assert self.may(who, WRITE, document) and who in WRITE[to]
        assert not self.kept_out(who, document) and not self.named(folder, paper.name)
        paper.folder, paper.home = folder, to

    @rule(who=people, which=picks)
    def edit(self, who: str, which: int) -> None:
        """She says that she is editing it; or has been, and ends that."""
        document, ws = self.a_paper(which), self.world.ws
        paper = self.papers.get(document)
        is_hers = paper is not None and paper.editing == who and self.hour < paper.until
        act = locks.release if is_hers else locks.take
        done = self.do(act(ws, self.actor(who), document))
        if isinstance(done, Refusal):
            assert not self.may(who, WRITE, document) or self.kept_out(who, document), done
            return
        assert paper is not None and self.may(who, WRITE, document)
        assert not self.kept_out(who, document)
        self.edited = document
        paper.editing, paper.until = ("", 0.0) if is_hers else (who, self.hour + LOCKED_HOURS)

    # The trash.

    @rule(who=people, which=picks)
    def remove(self, who: str, which: int) -> None:
        """Into the trash of its folder."""
        document = self.a_paper(which)
        done = self.do(trash.remove_document(self.world.ws, self.actor(who), document))
        if not isinstance(done, Refusal):
            assert self.may(who, WRITE, document) and not self.kept_out(who, document)
            self.papers[document].removed_by = who
            self.papers[document].editing = ""  # a removal ends it

    @rule(who=people, which=picks, name=st.sampled_from(("", "", "d.txt")))
    def restore(self, who: str, which: int, name: str) -> None:
        """Back where it was, by who removed it or coordinates there."""
        document = self.a_paper(which, removed=True)
        paper = self.papers.get(document)
        who = paper.removed_by if paper and paper.removed_by and which % 2 else who
        folder = paper.folder if paper else self.stage.folders["common"]
        back = trash.restore_document(self.world.ws, self.actor(who), folder, document, name=name)
        done = self.do(back)
        if isinstance(done, Refusal):
            return
        assert paper is not None and who in WRITE[paper.home]
        assert who in (MARIE, paper.removed_by)
        paper.removed_by, paper.name = "", name or paper.name
        assert self.named(folder, paper.name) == [document]

    @rule(who=people, which=picks)
    def purge(self, who: str, which: int) -> None:
        """For good, by who coordinates."""
        document = self.a_paper(which, removed=True)
        paper = self.papers.get(document)
        folder = paper.folder if paper else self.stage.folders["common"]
        ended = trash.purge_document(self.world.ws, self.actor(who), folder, document)
        if not isinstance(self.do(ended), Refusal):
            assert paper is not None and paper.removed_by and who == MARIE
            self.forget(document)

    @rule()
    def collect(self) -> None:
        """Bytes that nobody needs go at once."""
        self.run(upkeep.collect(self.world.ws, older_than_seconds=0))

    @rule(hours=st.sampled_from((1, 5, 24 * 8)))
    def time_passes(self, hours: int) -> None:
        """Locks end, then what was set aside."""
        self.world.clock.forward(hours=hours)
        self.run(upkeep.forget_expired(self.world.ws))

    @rule()
    def a_month_passes(self) -> None:
        """What lay in the trash ends by itself."""
        self.world.clock.forward(days=self.world.ws.settings.trash.keep_days + 1)
        self.run(upkeep.empty_trash(self.world.ws))
        self.run(upkeep.forget_expired(self.world.ws))
        for document in [one for one, paper in self.papers.items() if paper.removed_by]:
            self.forget(document)

    @rule(which=picks)
    def merge(self, which: int) -> None:
        """The organisation for which they were deposited becomes part of another."""
        left = [one for one in self.stage.organisations if one not in self.merged]
        if len(left) < 2:
            return
        ending, into = left[which % len(left)], left[(which + 1) % len(left)]
        self.run(organisations.merge(self.world.ws, self.actor(MARIE), ending, into))
        self.merged.append(ending)


def test_whatever_is_done_in_any_order_every_versions_bytes_come_back(tmp_path: Path) -> None:
    with asyncio.Runner() as runner, contextlib.ExitStack() as closing:
        told = network(tmp_path)  # one for all stories: to begin it costs more than to tell one
        world = runner.run(told.__aenter__())
        closing.callback(lambda: runner.run(told.__aexit__(None, None, None)))
        stage = runner.run(begin(world))
        closing.callback(stage.beginning.close)

        class Told(Papers):
            """From the same beginning each time."""

            def __init__(self) -> None:
                super().__init__(runner, stage)

        often = settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
        run_state_machine_as_test(Told, settings=often)
