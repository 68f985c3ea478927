"""The acts on mail, for `write_paths`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from atelier.model.ids import LetterId
from atelier.model.letters import Topic
from atelier.settings import Mail
from atelier.workspace import mail_desk, stopping
from atelier.workspace.place import Workspace
from tests.act import Act, awa
from tests.stage import Stage

_REFUSED: Final = LetterId(1)


def with_server(stage: Stage) -> Workspace:
    """The workspace as it is with a mail server in its settings; nothing is sent."""
    ws = stage.world.ws
    mail = Mail(server="localhost", security="none", sender="atelier@reseau.example")
    return replace(ws, settings=replace(ws.settings, mail=mail))


async def _refused(stage: Stage) -> None:
    """A letter to her that a server refused."""
    await stage.world.change(
        "INSERT INTO letters (id, kind, person_id, once, state, answer, created_at, changed_at)"
        " VALUES (:id, 'test', :person, 'once', 'refused', '550 unknown', 0, 0)",
        id=_REFUSED, person=awa(stage).person_id,
    )  # fmt: skip


async def _written_to(stage: Stage) -> None:
    """Somebody whose letters bear links that stop them."""
    await stage.world.change(
        "UPDATE people SET mail_secret = 'secret' WHERE id = :id", id=awa(stage).person_id
    )


async def _stop(stage: Stage) -> None:
    ws = stage.world.ws
    person = awa(stage).person_id
    link = await ws.db.read(lambda tx: stopping.address(ws, tx, person, Topic.MEETINGS))
    await stopping.stop(ws, link.rpartition("/")[2])


MAIL: Final = (
    Act(
        "choose the letters one receives",
        (stopping.choose,),
        lambda on: stopping.choose(on.world.ws, awa(on), frozenset({Topic.ACCESS})),
    ),
    Act("stop letters by a link", (stopping.stop,), _stop, before=_written_to),
    Act(
        "send a letter again",
        (mail_desk.send_again,),
        lambda on: mail_desk.send_again(on.world.ws, on.world.steward, _REFUSED),
        before=_refused,
    ),
    Act(
        "send oneself a test letter",
        (mail_desk.send_test,),
        lambda on: mail_desk.send_test(with_server(on), on.world.steward),
    ),
)
