"""Everything that changes who may do what, in all orders: after each step, the oracle's rule.

Real use-cases on one real network, by people who may and people who may not; whatever was
done changes the oracle's network in the same way. `access_story` compares the two.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId, GroupId, MembershipId, OrganisationId, PersonId
from atelier.search import tantivy_engine
from atelier.workspace import (
    accounts,
    documents,
    folders,
    groups,
    memberships,
    organisations,
    orphans,
    sharing,
    trash,
    upkeep,
)
from tests import oracle_changes as changes
from tests.access_story import AWA, NEVER, PEOPLE, SOMEBODY, Paper, Story, begin
from tests.builders import network
from tests.conftest import IN_CI
from tests.counts import times
from tests.oracle import Grant, Place
from tests.snapshots import Snapshot

EXAMPLES: Final = times(50 if IN_CI else 15, 600)
STEPS: Final = times(40, 60)

people = st.sampled_from(PEOPLE)
actors = st.sampled_from((SOMEBODY, SOMEBODY, SOMEBODY, *PEOPLE))
stewards = st.sampled_from((SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY, *PEOPLE))
hats = st.sampled_from((None, None, None, 1, 2, 3))
picks = st.integers(0, 30)
maybe_picks = st.one_of(st.none(), picks)
organisation_numbers = st.integers(1, 4)  # the last never was
pairs = st.sampled_from(((1, 2), (2, 1), (1, 2), (2, 1), (2, 3), (3, 1), (2, 2), (3, 4)))
day_steps = st.sampled_from((None, None, -1, 0, 1, 2))
roles = st.sampled_from(("reader", "contributor", "coordinator"))
subjects = st.one_of(
    st.just(("network", 0)),
    st.tuples(st.just("person"), people),
    st.tuples(st.just("organisation"), organisation_numbers),
    st.tuples(st.just("group"), st.integers(1, 3)),
)


class Acts(Story):
    """All that can be done."""

    # Folders.

    @rule(
        who=actors, hat=hats, above=maybe_picks, name=st.sampled_from("ABCD"), closed=st.booleans()
    )
    def make(self, who: int, hat: int | None, above: int | None, name: str, closed: bool) -> None:
        """A folder."""
        parent = self.maybe_a_folder(above)
        asker = self.asker(who, "organise", parent or NEVER, hat)
        needs = () if parent is None else (("organise", parent),)
        made = folders.make(self.world.ws, self.actor(asker), parent, name, is_closed=closed)
        if done := self.do(asker, made, *needs):
            opening = ({AWA} | self.net.stewards) - self.net.disabled
            assert parent is not None or asker.person in opening
            changes.make(self.net, done.result, parent, asker.person, closed=closed)
            self.folders_ever.add(done.result)

    @rule(who=actors, what=picks, to=maybe_picks)
    def move_folder(self, who: int, what: int, to: int | None) -> None:
        """With all it holds."""
        folder = self.a_folder(what, self.net.parents.keys() - self.net.removed)
        asker = self.asker(who, "organise", folder)
        able = {one for one in self.net.parents if self.net.may(asker, "organise", one)}
        free = able - changes.below(self.net, folder) - {self.net.parents.get(folder)}
        parent = None if to is None else self.a_folder(to, free)
        leaving = self.net.parents.get(folder)
        needs = [("organise", one) for one in (folder, leaving, parent) if one is not None]
        if self.do(asker, folders.move(self.world.ws, self.actor(asker), folder, parent), *needs):
            assert parent not in changes.below(self.net, folder)
            self.net.parents[folder] = parent
            assert self.net.coordinated(folder)

    @rule(who=actors, what=picks)
    def close(self, who: int, what: int) -> None:
        """It inherits no longer."""
        folder = self.a_folder(what, self.net.parents.keys() - self.net.closed)
        asker = self.asker(who, "close", folder)
        closed = folders.close(self.world.ws, self.actor(asker), folder)
        if self.do(asker, closed, ("close", folder)):
            assert folder not in self.net.closed
            self.net.closed.add(folder)
            changes.appoint(self.net, folder, asker.person)

    @rule(who=actors, what=picks)
    def open_again(self, who: int, what: int) -> None:
        """It inherits again."""
        folder = self.a_folder(what, self.net.closed)
        asker = self.asker(who, "close", folder)
        above = self.net.parents.get(folder)
        needs = [("close", int(folder)), *([("read", above)] if above else [])]
        if self.do(asker, folders.open_again(self.world.ws, self.actor(asker), folder), *needs):
            assert folder in self.net.closed
            self.net.closed.discard(folder)
            assert self.net.coordinated(folder)

    # Sharing.

    @rule(who=actors, hat=hats, what=picks, to=subjects, role=roles, step=day_steps)
    def grant(
        self,
        who: int,
        hat: int | None,
        what: int,
        to: tuple[str, int],
        role: str,
        step: int | None,
    ) -> None:
        """A role for a subject, or another than it had."""
        folder, until = self.a_folder(what), self.day(step)
        asker = self.asker(who, "share", folder, hat)
        subject = Subject(SubjectKind(to[0]), to[1])
        granted = sharing.grant(
            self.world.ws, self.actor(asker), folder, subject, Role(role), until
        )
        hers = self.shares_until(asker, folder)
        if self.do(asker, granted, ("share", folder)):
            assert until is None or until >= self.net.today
            assert None in hers or (until is not None and until <= max(filter(None, hers)))
            assert to[0] != "organisation" or self.net.belongs(to[1])
            assert to[0] != "person" or to[1] not in self.net.disabled
            assert to[0] != "group" or to[1] in self.net.seats
            changes.put(self.net, Grant(folder, to, role, until))
            assert self.net.coordinated(folder)

    @rule(who=actors, what=picks, which=picks)
    def withdraw(self, who: int, what: int, which: int) -> None:
        """A grant of this folder, or one that is not of it."""
        folder = self.a_folder(what, {one.folder for one in self.net.grants})
        asker = self.asker(who, "share", folder)
        listed = (
            "SELECT id, folder_id, subject_kind, subject_id FROM grants"
            " ORDER BY folder_id <> ?, role = 'coordinator', id"
        )
        rows = [*self.eye.execute(listed, (folder,)), (NEVER, NEVER, "person", NEVER)]
        number, of, *subject = rows[0 if which % 4 else which % len(rows)]
        withdrawn = sharing.withdraw(self.world.ws, self.actor(asker), folder, GrantId(number))
        if self.do(asker, withdrawn, ("share", folder)):
            assert of == folder
            found = changes.grant_on(self.net, folder, (subject[0], subject[1]))
            assert found is not None
            self.net.grants.remove(found)
            assert self.net.coordinated(folder)

    @rule(who=stewards, what=picks)
    def take_over(self, who: int, what: int) -> None:
        """By a steward, whether she read it or not."""
        asker, unled = self.stewarding(who), self.net.orphaned()
        folder = self.a_folder(what, unled | {one for one in (4,) if one in self.net.parents})
        taken = orphans.take_over(self.world.ws, self.actor(asker), folder, "Départ")
        if self.do(asker, taken):
            assert self.net.manages(asker) and self.net.reach(folder)
            changes.appoint(self.net, folder, asker.person)

    # People, organisations, groups, and days.

    @rule()
    def a_day_passes(self) -> None:
        """What ends with it, ends."""
        self.world.clock.forward(days=1)
        self.net.today += timedelta(days=1)

    @rule(who=stewards, of=people, which=picks, step=st.integers(-1, 1))
    def end_place(self, who: int, of: int, which: int, step: int) -> None:
        """Someone leaves an organisation."""
        places = self.net.places[of]
        if not places:
            return
        asker, place = self.stewarding(who), places[which % len(places)]
        ends = self.net.today + timedelta(days=step)
        ended = memberships.end(
            self.world.ws, self.actor(asker), PersonId(of), MembershipId(place.membership), ends
        )
        if self.do(asker, ended):
            assert self.net.manages_organisation(asker, place.organisation)
            place.ends = ends

    @rule(
        who=stewards,
        to=people,
        organisation=organisation_numbers,
        starts=day_steps,
        ends=day_steps,
        represents=st.booleans(),
    )
    def give_place(
        self,
        who: int,
        to: int,
        organisation: int,
        starts: int | None,
        ends: int | None,
        represents: bool,
    ) -> None:
        """Someone comes, or comes back."""
        asker = self.stewarding(who)
        terms = memberships.Terms("", self.day(starts), self.day(ends), represents)
        given = memberships.add(
            self.world.ws, self.actor(asker), PersonId(to), OrganisationId(organisation), terms
        )
        if done := self.do(asker, given):
            assert self.net.manages_organisation(asker, organisation)
            assert self.net.manages(asker) or not represents
            place = Place(done.result.id, organisation, terms.starts_on, terms.ends_on, represents)
            changes.give_place(self.net, to, place)

    @rule(who=stewards, organisation=organisation_numbers, step=st.integers(-1, 1))
    def end_organisation(self, who: int, organisation: int, step: int) -> None:
        """It leaves the network."""
        asker, last_day = self.stewarding(who), self.net.today + timedelta(days=step)
        ended = organisations.end(
            self.world.ws, self.actor(asker), OrganisationId(organisation), last_day
        )
        if self.do(asker, ended):
            assert self.net.manages(asker) and step >= 0
            changes.end_organisation(self.net, organisation, last_day)

    @rule(who=stewards, pair=pairs)
    def merge(self, who: int, pair: tuple[int, int]) -> None:
        """Two become one."""
        organisation, into = pair
        asker = self.stewarding(who)
        merged = organisations.merge(
            self.world.ws, self.actor(asker), OrganisationId(organisation), OrganisationId(into)
        )
        if self.do(asker, merged):
            assert self.net.manages(asker) and organisation != into
            assert self.net.belongs(organisation) and self.net.belongs(into)
            changes.merge(self.net, organisation, into)

    @rule(who=stewards, whom=people, again=st.booleans())
    def disable(self, who: int, whom: int, again: bool) -> None:
        """An account ends, or begins again."""
        asker, act = self.stewarding(who), accounts.enable if again else accounts.disable
        if self.do(asker, act(self.world.ws, self.actor(asker), PersonId(whom))):
            assert self.net.manages(asker)
            (self.net.disabled.discard if again else self.net.disabled.add)(whom)
            assert self.net.stewards - self.net.disabled

    @rule(who=stewards, whom=people, is_steward=st.booleans())
    def set_steward(self, who: int, whom: int, is_steward: bool) -> None:
        """A steward more, or one less."""
        asker = self.stewarding(who)
        named = accounts.set_steward(
            self.world.ws, self.actor(asker), PersonId(whom), is_steward=is_steward
        )
        if self.do(asker, named):
            assert self.net.manages(asker)
            (self.net.stewards.add if is_steward else self.net.stewards.discard)(whom)
            assert self.net.stewards - self.net.disabled

    @rule(who=stewards, group=st.integers(1, 2), of=people, which=picks, out=st.booleans())
    def seat(self, who: int, group: int, of: int, which: int, out: bool) -> None:
        """Someone sits in a group for one of her places, or no longer."""
        if not (places := self.net.places[of]):
            return
        asker, place = self.stewarding(who), places[which % len(places)]
        [(email, name)] = self.eye.execute(
            "SELECT p.email, o.name FROM people p, organisations o WHERE p.id = ? AND o.id = ?",
            (of, place.organisation),
        )
        ws, actor, number = self.world.ws, self.actor(asker), GroupId(group)
        act = (
            groups.unseat(ws, actor, number, MembershipId(place.membership)) if out
            else groups.seat(ws, actor, number, f"{email}={name}")
        )  # fmt: skip
        if self.do(asker, act):
            assert self.net.manages_group(asker, group)
            seats = self.net.seats[group]
            if out:
                del seats[place.membership]
            else:
                seats[place.membership] = False

    # Documents.

    @rule(who=actors, hat=hats, where=picks)
    def deposit(self, who: int, hat: int | None, where: int) -> None:
        """A document with a word of its own in its name and another in its text."""
        folder = self.a_folder(where)
        asker = self.asker(who, "add", folder, hat)
        paper = Paper(folder, self.new_word(), self.new_word())
        content = f"On y lit {paper.text_word}.".encode()
        given = self.world.deposit(self.actor(asker), folder, f"{paper.name_word}.txt", content)
        if done := self.do(asker, given, ("add", folder), only=True):
            self.papers[done.result.document_id] = paper

    @rule(who=actors, which=picks)
    def revise(self, who: int, which: int) -> None:
        """A new version with another word."""
        document, fresh = self.a_paper(which), self.new_word()
        asker = self.asker(who, "revise", self.folder_of(document))
        content = f"On y lit {fresh}.".encode()
        revised = self.world.revise(self.actor(asker), document, content)
        if self.do(asker, revised, ("revise", self.folder_of(document)), only=True):
            self.lost_words.append(self.papers[document].text_word)
            self.papers[document].text_word = fresh

    @rule(who=actors, which=picks)
    def rename(self, who: int, which: int) -> None:
        """Another name with another word."""
        document, fresh = self.a_paper(which), self.new_word()
        asker = self.asker(who, "rename", self.folder_of(document))
        renamed = documents.rename(self.world.ws, self.actor(asker), document, f"{fresh}.txt")
        if self.do(asker, renamed, ("rename", self.folder_of(document)), only=True):
            self.lost_words.append(self.papers[document].name_word)
            self.papers[document].name_word = fresh

    @rule(who=actors, which=picks, to=picks)
    def move(self, who: int, which: int, to: int) -> None:
        """A document goes into another folder."""
        document, folder = self.a_paper(which), self.a_folder(to, self.net.parents)
        asker = self.asker(who, "remove", self.folder_of(document))
        moved = documents.move(self.world.ws, self.actor(asker), document, folder)
        needs = (("remove", self.folder_of(document)), ("add", int(folder)))
        if self.do(asker, moved, *needs, only=True):
            self.papers[document].folder = folder

    # The trash.

    @rule(who=actors, which=picks)
    def remove(self, who: int, which: int) -> None:
        """A document goes into the trash."""
        document = self.a_paper(which)
        asker = self.asker(who, "remove", self.folder_of(document))
        removed = trash.remove_document(self.world.ws, self.actor(asker), document)
        if self.do(asker, removed, ("remove", self.folder_of(document)), only=True):
            self.papers[document].removed = True

    @rule(who=actors, which=picks, to=maybe_picks)
    def restore(self, who: int, which: int, to: int | None) -> None:
        """A document comes back, where it was or elsewhere."""
        if not any(paper.removed for paper in self.papers.values()):
            return self.remove(who, which)
        document, arrival = self.a_paper(which, removed=True), self.maybe_a_folder(to)
        origin = self.papers[document].folder if document in self.papers else NEVER
        asker = self.asker(who, "remove", origin)
        restored = trash.restore_document(
            self.world.ws, self.actor(asker), FolderId(origin), document, to=arrival
        )
        needs = [("remove", origin), *([("add", int(arrival))] if arrival else [])]
        if done := self.do(asker, restored, *needs):
            assert self.papers[document].removed
            assert done.result == (arrival or origin)
            self.papers[document].folder = done.result
            self.papers[document].removed = False

    @rule(who=actors, which=picks)
    def purge(self, who: int, which: int) -> None:
        """A document ends."""
        if not any(paper.removed for paper in self.papers.values()):
            return self.remove(who, which)
        document = self.a_paper(which, removed=True)
        origin = self.papers[document].folder if document in self.papers else NEVER
        asker = self.asker(who, "restore", origin)
        purged = trash.purge_document(self.world.ws, self.actor(asker), FolderId(origin), document)
        if self.do(asker, purged, ("restore", origin)):
            assert self.papers[document].removed
            self.forget(document)

    @rule(who=actors, what=picks)
    def remove_folder(self, who: int, what: int) -> None:
        """A folder goes into the trash, with what inherits from it."""
        folder = self.a_folder(what, self.net.parents.keys() - self.net.removed)
        asker = self.asker(who, "organise", folder)
        above = None if folder in self.net.closed else self.net.parents.get(folder)
        needs = [("organise", one) for one in (folder, above) if one is not None]
        if self.do(asker, trash.remove_folder(self.world.ws, self.actor(asker), folder), *needs):
            self.net.removed.add(folder)

    @rule(who=actors, what=picks, to=maybe_picks)
    def restore_folder(self, who: int, what: int, to: int | None) -> None:
        """A folder comes back with all that went with it."""
        if not self.net.removed:
            return self.remove_folder(who, what)
        folder, arrival = self.a_folder(what, self.net.removed), self.maybe_a_folder(to)
        above = self.answers_for(folder)
        asker = self.restorer(who, folder)
        restored = trash.restore_folder(self.world.ws, self.actor(asker), above, folder, to=arrival)
        needs = [("restore", one) for one in (above,) if one is not None]
        needs += [("organise", one) for one in (arrival,) if one is not None]
        allowed = above is not None or self.coordinates_itself(asker, folder)
        if self.do(asker, restored, *needs):
            assert folder in self.net.removed and allowed
            assert arrival not in changes.below(self.net, folder)
            self.net.removed.discard(folder)
            self.net.parents[folder] = arrival or self.net.parents[folder]

    @rule(who=actors, what=picks)
    def purge_folder(self, who: int, what: int) -> None:
        """A folder ends, and all that went with it."""
        if not self.net.removed:
            return self.remove_folder(who, what)
        folder = self.a_folder(what, self.net.removed)
        above = self.answers_for(folder)
        asker = self.restorer(who, folder)
        needs = [] if above is None else [("restore", int(above))]
        purged = trash.purge_folder(self.world.ws, self.actor(asker), above, folder)
        allowed = above is not None or self.coordinates_itself(asker, folder)
        if self.do(asker, purged, *needs):
            assert folder in self.net.removed and allowed
            self.end_folder(folder)

    @rule()
    def a_month_passes(self) -> None:
        """What was in the trash ends by itself."""
        days = self.world.ws.settings.trash.keep_days + 1
        self.world.clock.forward(days=days)
        self.net.today += timedelta(days=days)
        self.run(upkeep.empty_trash(self.world.ws))
        for folder in [*self.net.removed]:
            if folder in self.net.removed:  # not ended with another
                self.end_folder(folder)
        for document in [number for number, paper in self.papers.items() if paper.removed]:
            self.forget(document)
        self.is_settled = False

    @rule()
    def settle(self) -> None:
        """The worker reads, and the index follows."""
        self.run(self.world.settle())
        self.is_settled = True


def test_whatever_is_done_in_any_order_everybody_reads_what_the_oracle_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine is no answer to what one may read.
    monkeypatch.setattr(tantivy_engine, "_SECONDS_PER_QUERY", 60)
    with asyncio.Runner() as runner, contextlib.ExitStack() as closing:
        told = network(tmp_path)  # one for all stories: to begin it costs more than to tell one
        world = runner.run(told.__aenter__())
        closing.callback(lambda: runner.run(told.__aexit__(None, None, None)))
        runner.run(begin(world))
        beginning = Snapshot(tmp_path / "atelier.sqlite3")
        closing.callback(beginning.close)

        class Told(Acts):
            """From the same beginning each time."""

            def __init__(self) -> None:
                super().__init__(runner, world, beginning)

        often = settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
        run_state_machine_as_test(Told, settings=often)
