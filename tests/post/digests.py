"""A network whose letters go to a real mail server, to try digests in."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path

from atelier.workspace import digests
from tests.builders import World, network
from tests.post.mail_server import Mailbox, mail_server


async def digested(world: World) -> None:
    """Make the digests whose turn it is, as the worker does."""
    while await digests.tick(world.ws):
        pass


async def told(world: World, box: Mailbox, **later: float) -> list[str]:
    """What people are told after that time: the text of each letter that came."""
    before = len(box.messages)
    await digested(world)
    world.clock.forward(**(later or {"minutes": 6}))
    await digested(world)
    await world.send_letters()
    return [said(box, number) for number in range(before, len(box.messages))]


def said(box: Mailbox, number: int) -> str:
    """The text of a letter, with plain spaces."""
    return box.texts(number)[0].replace("\u00a0", " ").replace("\u202f", " ")


def with_mail(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Make a test of a story in a network with a mail server: its first two parameters."""

    @functools.wraps(story)
    def test(tmp_path: Path, **given: object) -> None:
        async def run() -> None:
            box = Mailbox()
            async with (
                mail_server(box) as port,
                network(
                    tmp_path,
                    MAIL_SERVER="localhost",
                    MAIL_PORT=str(port),
                    MAIL_SECURITY="none",
                    MAIL_SENDER="atelier@example.org",
                    SERVER_PUBLIC_URL="https://atelier.example.org",
                ) as world,
            ):
                await story(world, box, **given)

        asyncio.run(run())

    _, _, *others = inspect.signature(story).parameters.values()
    folder = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    test.__signature__ = inspect.Signature([folder, *others])  # type: ignore[attr-defined]
    return test
