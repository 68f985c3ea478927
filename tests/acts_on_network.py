"""The acts that change folders, people and sessions, for `write_paths`."""

from __future__ import annotations

from typing import Final

from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import DropFolderId, GroupId, RequestId
from atelier.model.inbox import Outcome
from atelier.model.organisations import Particulars
from atelier.model.requests import About
from atelier.workspace import (
    accounts,
    documents,
    dropped,
    folders,
    glossary,
    glossary_lists,
    groups,
    inbox,
    links,
    memberships,
    organisations,
    orphans,
    people,
    quotas,
    requests,
    seeing,
    sharing,
    signing_in,
    trail,
    trash,
)
from atelier.workspace.entering import Visitor
from tests.act import Act, awa, bo
from tests.builders import subject
from tests.stage import PASSWORD, Stage

DROP: Final = DropFolderId(1)


async def _drop_folder(stage: Stage) -> None:
    await inbox.bind(stage.world.ws, stage.marie, stage.folders["below"], "scanner")


async def _paused_drop_folder(stage: Stage) -> None:
    await _drop_folder(stage)
    await inbox.pause(stage.world.ws, stage.marie, stage.folders["below"], DROP)


FOLDERS: Final = (
    Act(
        "make a folder",
        (folders.make,),
        lambda on: folders.make(on.world.ws, on.marie, on.folders["common"], "Neuf"),
    ),
    Act(
        "rename a folder",
        (folders.rename,),
        lambda on: folders.rename(on.world.ws, on.marie, on.folders["common"], "Communs"),
    ),
    Act(
        "move a folder",
        (folders.move,),
        lambda on: folders.move(on.world.ws, on.marie, on.folders["below"], on.folders["other"]),
    ),
    Act(
        "close a folder",
        (folders.close,),
        lambda on: folders.close(on.world.ws, on.marie, on.folders["below"]),
    ),
    Act(
        "open a folder again",
        (folders.open_again,),
        lambda on: folders.open_again(on.world.ws, on.marie, on.folders["closed"]),
    ),
    Act(
        "remove a folder",
        (trash.remove_folder,),
        lambda on: trash.remove_folder(on.world.ws, on.marie, on.folders["below"]),
    ),
    Act(
        "bring a folder back",
        (trash.restore_folder,),
        lambda on: trash.restore_folder(
            on.world.ws, on.marie, on.folders["common"], on.folders["removed"]
        ),
    ),
    Act(
        "purge a folder",
        (trash.purge_folder, documents.forget_texts),
        lambda on: trash.purge_folder(
            on.world.ws, on.marie, on.folders["common"], on.folders["removed"]
        ),
    ),
    Act(
        "give a role",
        (sharing.grant,),
        lambda on: sharing.grant(
            on.world.ws, on.marie, on.folders["other"], subject(bo(on)), Role.READER
        ),
    ),
    Act(
        "withdraw a role",
        (sharing.withdraw,),
        lambda on: sharing.withdraw(on.world.ws, on.marie, on.folders["common"], on.grant),
    ),
    Act(
        "ask for access",
        (requests.ask,),
        lambda on: requests.ask(
            on.world.ws, bo(on), About.FOLDER, on.folders["other"], role=Role.READER
        ),
    ),
    Act(
        "grant what was asked for",
        (requests.grant,),
        lambda on: requests.grant(on.world.ws, on.marie, RequestId(1), Role.READER),
    ),
    Act(
        "refuse what was asked for",
        (requests.refuse,),
        lambda on: requests.refuse(on.world.ws, on.marie, RequestId(1)),
    ),
    Act(
        "withdraw what was asked for",
        (requests.withdraw,),
        lambda on: requests.withdraw(on.world.ws, on.people["cy"], RequestId(1)),
    ),
    Act(
        "limit a folder",
        (quotas.limit_folder,),
        lambda on: quotas.limit_folder(on.world.ws, on.marie, on.folders["below"], 10**9),
    ),
    Act(
        "bind a drop folder",
        (inbox.bind,),
        lambda on: inbox.bind(on.world.ws, on.marie, on.folders["below"], "scanner"),
    ),
    Act(
        "pause a drop folder",
        (inbox.pause,),
        lambda on: inbox.pause(on.world.ws, on.marie, on.folders["below"], DROP),
        before=_drop_folder,
    ),
    Act(
        "resume a drop folder",
        (inbox.resume,),
        lambda on: inbox.resume(on.world.ws, on.marie, on.folders["below"], DROP),
        before=_paused_drop_folder,
    ),
    Act(
        "unbind a drop folder",
        (inbox.unbind,),
        lambda on: inbox.unbind(on.world.ws, on.marie, on.folders["below"], DROP),
        before=_drop_folder,
    ),
    Act(
        "tell what came through a drop folder",
        (dropped.note,),
        lambda on: dropped.note(on.world.ws, DROP, dropped.Came("a.pdf", 7, Outcome.ADDED)),
        before=_drop_folder,
    ),
    Act(
        "take an orphaned folder over",
        (orphans.take_over,),
        lambda on: orphans.take_over(on.world.ws, on.marie, on.folders["other"], "Départ"),
        before=lambda on: on.world.change(
            "DELETE FROM grants WHERE folder_id = :id", id=on.folders["other"]
        ),
    ),
)

GROUP: Final = GroupId(1)


async def _seat(stage: Stage) -> None:
    await groups.seat(stage.world.ws, stage.marie, GROUP, "bo@example.org=Hôpital")


async def _add_term(stage: Stage) -> None:
    await glossary.add(stage.world.ws, stage.marie, "CLS", "contrat local de santé")


async def _change_term(stage: Stage) -> None:
    """Other words for the term, as it stands."""
    ws, marie = stage.world.ws, stage.marie
    term = await glossary.named(ws, marie, "CLS")
    await glossary.change(ws, marie, term.id, "CLSM", "santé mentale", expected=term.state)


async def _remove_term(stage: Stage) -> None:
    term = await glossary.named(stage.world.ws, stage.marie, "CLS")
    await glossary.remove(stage.world.ws, stage.marie, term.id, expected=term.state)


async def _disable(stage: Stage) -> None:
    await accounts.disable(stage.world.ws, stage.marie, bo(stage).person_id)


PEOPLE: Final = (
    Act(
        "add an organisation",
        (people.add_organisation,),
        lambda on: people.add_organisation(on.world.ws, on.marie, "Pharmacie"),
    ),
    Act(
        "change an organisation",
        (organisations.change,),
        lambda on: organisations.change(
            on.world.ws, on.marie, on.organisations["Cabinet"], Particulars("Cabinets")
        ),
    ),
    Act(
        "limit an organisation",
        (quotas.limit_organisation,),
        lambda on: quotas.limit_organisation(
            on.world.ws, on.marie, on.organisations["Cabinet"], 10**9
        ),
    ),
    Act(
        "end an organisation",
        (organisations.end,),
        lambda on: organisations.end(
            on.world.ws, on.marie, on.organisations["Cabinet"], on.world.today()
        ),
    ),
    Act(
        "merge two organisations",
        (organisations.merge,),
        lambda on: organisations.merge(
            on.world.ws, on.marie, on.organisations["Cabinet"], on.organisations["Mairie"]
        ),
    ),
    Act(
        "add a person",
        (people.add_person,),
        lambda on: people.add_person(on.world.ws, on.marie, "di@example.org", name="Di"),
    ),
    Act(
        "bring a person in",
        (people.bring_in,),
        lambda on: people.bring_in(on.world.ws, on.marie, "di@example.org", name="Di"),
    ),
    Act(
        "give somebody a place",
        (memberships.add,),
        lambda on: memberships.add(
            on.world.ws,
            on.marie,
            bo(on).person_id,
            on.organisations["Mairie"],
            memberships.Terms(),
        ),
    ),
    Act(
        "change somebody's place",
        (memberships.change,),
        lambda on: memberships.change(
            on.world.ws, on.marie, bo(on).person_id, on.place, memberships.Terms("Cadre")
        ),
    ),
    Act(
        "end somebody's place",
        (memberships.end,),
        lambda on: memberships.end(
            on.world.ws, on.marie, bo(on).person_id, on.place, on.world.today()
        ),
    ),
    Act(
        "add a group",
        (groups.add_group,),
        lambda on: groups.add_group(on.world.ws, on.marie, "Autre groupe", ["bo@example.org"]),
    ),
    Act(
        "rename a group",
        (groups.rename,),
        lambda on: groups.rename(on.world.ws, on.marie, GROUP, "Groupes"),
    ),
    Act("seat somebody in a group", (groups.seat,), _seat),
    Act(
        "appoint somebody in a group",
        (groups.appoint,),
        lambda on: groups.appoint(on.world.ws, on.marie, GROUP, on.place, coordinates=True),
        before=_seat,
    ),
    Act(
        "unseat somebody",
        (groups.unseat,),
        lambda on: groups.unseat(on.world.ws, on.marie, GROUP, on.place),
        before=_seat,
    ),
    Act(
        "add a term",
        (glossary.add,),
        lambda on: glossary.add(on.world.ws, on.marie, "CLS", "contrat local de santé"),
    ),
    Act("change a term", (glossary.change,), _change_term, before=_add_term),
    Act("remove a term", (glossary.remove,), _remove_term, before=_add_term),
    Act(
        "write a list into the glossary",
        (glossary_lists.take,),
        lambda on: glossary_lists.take(on.world.ws, on.marie, "CLS = pacte\nARS = agence"),
        before=_add_term,
    ),
    Act("disable an account", (accounts.disable,), _disable),
    Act(
        "enable an account",
        (accounts.enable,),
        lambda on: accounts.enable(on.world.ws, on.marie, bo(on).person_id),
        before=_disable,
    ),
    Act(
        "end somebody's sessions",
        (accounts.end_sessions,),
        lambda on: accounts.end_sessions(on.world.ws, on.marie, awa(on).person_id),
    ),
    Act(
        "name a steward",
        (accounts.set_steward,),
        lambda on: accounts.set_steward(on.world.ws, on.marie, awa(on).person_id, is_steward=True),
    ),
    Act(
        "let somebody open top-level folders",
        (accounts.allow_top_folders,),
        lambda on: accounts.allow_top_folders(on.world.ws, on.marie, awa(on).person_id),
    ),
    Act(
        "issue a link",
        (accounts.issue_link,),
        lambda on: accounts.issue_link(on.world.ws, on.marie, awa(on).person_id),
    ),
)

SESSIONS: Final = (
    Act(
        "use a link",
        (links.use_link,),
        lambda on: links.use_link(on.world.ws, on.link, PASSWORD),
    ),
    Act(
        "sign in",
        (signing_in.sign_in,),
        lambda on: signing_in.sign_in(
            on.world.ws, "awa@example.org", PASSWORD, Visitor("192.0.2.1")
        ),
        stays=frozenset({"sign_in_attempts", "sqlite_sequence"}),
    ),
    Act(
        "sign out",
        (signing_in.sign_out,),
        lambda on: signing_in.sign_out(on.world.ws, on.session),
    ),
    Act(
        "act as one organisation",
        (signing_in.act_as,),
        lambda on: signing_in.act_as(on.world.ws, awa(on), on.session, on.organisations["Mairie"]),
    ),
    Act(
        "choose a language",
        (signing_in.set_language,),
        lambda on: signing_in.set_language(on.world.ws, awa(on), "en"),
    ),
    Act(
        "look as somebody else",
        (seeing.begin,),
        lambda on: _begin_seeing(on),
        before=lambda on: _appoint(on),
    ),
    Act(
        "look as oneself again",
        (seeing.end,),
        lambda on: seeing.end(on.world.ws, awa(on), on.session),
        before=lambda on: _have_seen(on),
    ),
    Act(
        "come back with a session",
        (signing_in.session,),
        lambda on: signing_in.session(on.world.ws, on.session),
        before=lambda on: on.world.change("UPDATE sessions SET seen_at = seen_at - 600000"),
    ),
    Act(
        "read the access log",
        (trail.lines,),
        lambda on: trail.lines(on.world.ws, on.marie, trail.Asked()),
    ),
)


async def _appoint(stage: Stage) -> None:
    await stage.world.grant(stage.folders["common"], awa(stage), Role.COORDINATOR)


async def _begin_seeing(stage: Stage) -> object:
    ws, folder = stage.world.ws, stage.folders["common"]
    whom = Subject(SubjectKind.ORGANISATION, stage.organisations["Hôpital"])
    return await seeing.begin(ws, awa(stage), stage.session, folder, whom)


async def _have_seen(stage: Stage) -> None:
    await _appoint(stage)
    await _begin_seeing(stage)
