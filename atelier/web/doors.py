"""Doors: method, address, the rule it stands under, and who answers.

No address exists outside a table of doors, and no row without a rule. A rule says who
may knock; whether she may enter a folder is decided by the use-case, in the permission
room. The table itself is in `routes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.applications import Starlette
from starlette.convertors import Convertor, PathConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router, compile_path
from starlette.types import Lifespan, Receive, Scope, Send

from atelier.access import SEEING
from atelier.errors import Forbidden, NotFound, SecondFactorNeeded, SignInNeeded
from atelier.model.folders import Action
from atelier.web.errors import ProtocolRefusal
from atelier.web.identity import FindSession, recognise, workspace_of
from atelier.web.middleware import METHODS
from atelier.web.visit import Surroundings, Visit

Endpoint = Callable[[Visit], Awaitable[Response]]

_ANY_DEPTH: Final = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a door. `action` is what the use-case behind it asks of the folder."""

    name: str
    asks_who: bool = True
    needs_session: bool = True
    action: Action | None = None


# The same bytes for everybody: nobody is asked who she is.
UNASKED: Final = Rule("unasked", asks_who=False, needs_session=False)
PUBLIC: Final = Rule("public", needs_session=False)
SIGNED_IN: Final = Rule("signed in")
STEWARD: Final = Rule("steward")


def in_folder(action: Action) -> Rule:
    """The rule of doors that need this action in the folder they are about."""
    return Rule(f"in folder: {action}", action=action)


@dataclass(frozen=True, slots=True)
class Door:
    """One row of the table. `GET` answers `HEAD` too.

    `while_seeing`: it changes nothing but the visit itself, so that it opens also to one
    who looks as somebody else. Any other door but `GET` is shut to her, before its rule.
    `when_ended` answers one whose session has ended, where what she typed must come back to
    her; others are sent to sign in. It knows nobody, and changes nothing.
    `while_unproved`: it opens to one who must have a second factor and has none yet; of the
    doors that ask for a session, no other does.
    """

    method: str
    path: str
    rule: Rule
    endpoint: Endpoint
    while_seeing: bool = False
    when_ended: Endpoint | None = None
    while_unproved: bool = False

    @property
    def opens_unproved(self) -> bool:
        """Whether it opens to one who must have a second factor and has none yet."""
        return self.while_unproved or not self.rule.needs_session

    @property
    def only_shows(self) -> bool:
        """Whether it opens to one who looks as somebody else, and may change nothing."""
        return self.method == "GET" or self.while_seeing


class IdConvertor(Convertor[int]):
    """`{folder:id}`: an id as it is written, from 1, that every store can hold."""

    regex = "[1-9][0-9]{0,17}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The number in digits."""
        return str(value)


register_url_convertor("id", IdConvertor())


class Addresses(Router):
    """The addresses of the doors, and one answer for every other address.

    `TypeError` for a row without a rule, `ValueError` for two rows alike, an unknown method
    or a pattern that begins with what varies: the application does not start.
    """

    def __init__(
        self,
        doors: Sequence[Door],
        around: Surroundings,
        find: FindSession,
        lifespan: Lifespan[Starlette] | None = None,
    ) -> None:
        super().__init__(lifespan=lifespan)
        # Asked one after another, a hundred patterns cost as much as the rest of the way.
        self._by_shape: dict[tuple[str, int], list[_Address]] = defaultdict(list)
        for path, table in _tables(doors).items():
            address = _Address(path, table, around, find)
            self._by_shape[address.shape].append(address)
        nowhere = {
            method: Door(method, "", PUBLIC, _not_found, while_seeing=True)
            for method in METHODS - {"HEAD"}
        }
        self._nowhere = _Address("/{anything:path}", nowhere, around, find)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI, behind the middleware."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        address, scope["path_params"] = self._found(scope["path"])
        scope["route"] = address
        await address(scope, receive, send)

    def _found(self, path: str) -> tuple[_Address, dict[str, Any]]:
        first = _first(path)
        for shape in ((first, path.count("/")), (first, _ANY_DEPTH)):
            for address in self._by_shape.get(shape, ()):
                found = address.parameters(path)
                if found is not None:
                    return address, found
        return self._nowhere, {}


class _Address:
    """One address and its doors, as an ASGI application."""

    def __init__(
        self, path: str, table: Mapping[str, Door], around: Surroundings, find: FindSession
    ) -> None:
        self.path = path
        self._table, self._around, self._find = table, around, find
        self._pattern, _, self._convertors = compile_path(path)
        is_deep = any(isinstance(each, PathConvertor) for each in self._convertors.values())
        # What all its paths have in common: where they begin, and how many parts they have.
        self.shape = (_first(path), _ANY_DEPTH if is_deep else path.count("/"))

    def parameters(self, path: str) -> dict[str, Any] | None:
        """What stands in a path of this address; None for one of another address."""
        matched = self._pattern.match(path)
        if matched is None:
            return None
        given = matched.groupdict().items()
        return {name: self._convertors[name].convert(text) for name, text in given}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        method = "GET" if request.method == "HEAD" else request.method
        door = self._table.get(method)
        if door is None:
            raise ProtocolRefusal(405, allow=_allowed(self._table))
        session = None
        if door.rule.asks_who:
            session = await recognise(request, self._around.cookie, self._find)
            if session is None and door.rule.needs_session:
                await (await self._ended(door, request))(scope, receive, send)
                return
            if session is not None and session.actor.seeing is not None and not door.only_shows:
                raise Forbidden(SEEING)
            if session is not None and session.must_prove and not door.opens_unproved:
                raise SecondFactorNeeded
        visit = Visit(request, workspace_of(request), self._around, session)
        response = await door.endpoint(visit)
        await response(scope, receive, send)

    async def _ended(self, door: Door, request: Request) -> Response:
        """For one who is not signed in any more; `SignInNeeded` for whoever never was."""
        if door.when_ended is None or self._around.cookie.token(request) is None:
            raise SignInNeeded()
        return await door.when_ended(Visit(request, workspace_of(request), self._around, None))


async def _not_found(visit: Visit) -> Response:
    raise NotFound("page")


def _tables(doors: Sequence[Door]) -> dict[str, dict[str, Door]]:
    """The doors of each path by their methods, in the order of the rows."""
    tables: dict[str, dict[str, Door]] = {}
    for door in doors:
        _check(door)
        table = tables.setdefault(door.path, {})
        if door.method in table:
            raise ValueError(f"two doors: {door.method} {door.path}")
        table[door.method] = door
    return tables


def _first(path: str) -> str:
    return path[1:].partition("/")[0]


def _check(door: Door) -> None:
    if not isinstance(door.rule, Rule):
        raise TypeError(f"no rule: {door.method} {door.path}")
    if door.method not in METHODS or door.method == "HEAD":
        raise ValueError(f"no door for this method: {door.method} {door.path}")
    if "{" in _first(door.path):
        raise ValueError(f"no address begins with what varies: {door.path}")


def _allowed(methods: Iterable[str]) -> str:
    named = set(methods) | ({"HEAD"} if "GET" in methods else set())
    return ", ".join(sorted(named))
