"""Many people invited at once: what each line of a list would become, and then becomes.

Each line is a unit of work of its own, so that one that is refused hinders no other and a list
that was cut short can be sent again: whoever is invited already is told so and not written to
twice. A rehearsal makes the same units and undoes each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, LastCoordinator, TooManyInvitations
from atelier.model import names
from atelier.model.invites import MAX_LINES, Fate, InvitedLine, Made, Offer, TypedLine
from atelier.model.people import Actor
from atelier.workspace import invite_limits, invites
from atelier.workspace.place import Workspace

# Written together, so that one commit serves them all and no other writer waits for long.
_AT_ONCE: Final = 20


async def rehearse(
    ws: Workspace, actor: Actor, offer: Offer, typed: Sequence[TypedLine]
) -> tuple[InvitedLine, ...]:
    """What `take` would make of each line; nothing of it stays, and nobody is written to."""
    return await _each(ws, actor, offer, typed, is_rehearsed=True)


async def take(
    ws: Workspace, actor: Actor, offer: Offer, typed: Sequence[TypedLine]
) -> tuple[InvitedLine, ...]:
    """Invite all that can be: each is offered what `offer` says, under her own name and address.

    Refused as a whole when she may invite to that nobody at all, as `invites.office` is, and
    `Invalid` for an empty list or too long a one. What a line says as function goes before
    that of the offer. Safe to repeat.
    """
    return await _each(ws, actor, offer, typed, is_rehearsed=False)


class _Rehearsed(Exception):
    """Leaves a unit of work so that nothing of it stays."""

    def __init__(self, made: Made) -> None:
        super().__init__()
        self.made = made


async def _each(
    ws: Workspace, actor: Actor, offer: Offer, typed: Sequence[TypedLine], *, is_rehearsed: bool
) -> tuple[InvitedLine, ...]:
    if not typed:
        raise Invalid("list", "empty")
    if len(typed) > MAX_LINES:
        raise Invalid("list", "too_many_to_invite", str(len(typed)))
    invites.cleaned(replace(offer, email="nobody@example.invalid"))
    await invites.check(ws, actor, offer)
    left = await ws.db.read(lambda tx: invite_limits.left(ws, tx, actor))
    done: list[InvitedLine] = []
    for piece in _pieces(typed):
        done += await asyncio.gather(
            *(
                _twice(line) if is_twice else _one(ws, actor, offer, line, is_rehearsed)
                for line, is_twice in piece
            )
        )
    return tuple(_bounded(done, left) if is_rehearsed else done)


def _bounded(lines: Sequence[InvitedLine], left: int) -> Iterator[InvitedLine]:
    """The lines of a rehearsal, where what is undone was not counted: only so many are left."""
    for line in lines:
        counts = line.fate in (Fate.INVITED, Fate.GIVEN)
        if counts and not left:
            line = InvitedLine(line.typed, Fate.REFUSED, "too_many_invitations")
        left -= counts and left > 0
        yield line


def _pieces(typed: Sequence[TypedLine]) -> list[list[tuple[TypedLine, bool]]]:
    """The lines, few at a time, and whether an address stood further up."""
    seen: set[str] = set()
    marked = []
    for line in typed:
        key = names.key(line.email.strip())
        marked.append((line, bool(key) and key in seen))
        seen.add(key)
    return [marked[start : start + _AT_ONCE] for start in range(0, len(marked), _AT_ONCE)]


async def _twice(line: TypedLine) -> InvitedLine:
    return InvitedLine(line, Fate.TWICE)


async def _one(
    ws: Workspace, actor: Actor, offer: Offer, line: TypedLine, is_rehearsed: bool
) -> InvitedLine:
    async def unit(tx: Transaction) -> Made:
        made = await invites.make(ws, tx, actor, hers)
        if is_rehearsed:
            raise _Rehearsed(made)
        return made

    own = replace(offer, email=line.email, name=line.name, function=line.function or offer.function)
    try:
        hers = invites.cleaned(own)
        made = await ws.db.write(unit)
    except _Rehearsed as rehearsed:
        made = replace(rehearsed.made, token="")
    except Invalid as error:
        return InvitedLine(line, Fate.REFUSED, error.fault)
    except TooManyInvitations as error:
        return InvitedLine(line, Fate.REFUSED, error.fault)
    except (Forbidden, AlreadySo, LastCoordinator) as error:
        return InvitedLine(line, Fate.REFUSED, type(error).__name__)
    return InvitedLine(
        line,
        made.fate,
        token=made.token,
        is_afresh=made.is_afresh,
        person=made.person,
    )
