"""The files of one form: taken in as they come, confirmed one by one, and what became of each.

A file that is refused does not hold up the others: the rest of its bytes is passed over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from atelier.errors import (
    AtelierError,
    BadName,
    Fault,
    Invalid,
    Locked,
    NameTaken,
    NotFound,
    QuotaFull,
    SignInNeeded,
    TooLarge,
)
from atelier.model.deposits import Taken
from atelier.model.documents import Deposited
from atelier.web.errors import note
from atelier.web.forms import TOKEN_FIELD, Form
from atelier.web.language import Voice
from atelier.web.multipart import FilePart, MultipartLimits, read_multipart
from atelier.web.pages.sentences import explain
from atelier.web.visit import Visit
from atelier.workspace import deposits
from atelier.workspace.deposits import Incoming

FILES: Final = "files"
Begin = Callable[[FilePart, Form], Awaitable[Incoming]]
# Boundary and headers around each file.
_AROUND_FILE_BYTES: Final = 20 * 1024


class Received:
    """One file of a form: once `error` is there, nothing of it is kept."""

    def __init__(self, name: str, incoming: Incoming | None, error: AtelierError | None) -> None:
        self.name, self.error = name, error
        self.done: Deposited | None = None
        self._incoming = incoming

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; those of a refused file are passed over."""
        if self._incoming is None:
            return
        try:
            await self._incoming.write(chunk)
        except TooLarge as error:
            self.error = error
            await self.drop()

    async def confirm(self, visit: Visit, comment: str, taken: Taken) -> None:
        """Make a version of it, unless it was refused; keeps the error when it is now.

        What speaks of the whole form is raised: who asks, where, and its comment.
        """
        if self._incoming is None:
            return
        ws, actor, incoming = visit.ws, await visit.still(), self._incoming
        incoming.target = replace(incoming.target, taken=taken)
        self._incoming = None
        try:
            self.done = await deposits.finish(ws, actor, incoming, comment=comment)
        except (SignInNeeded, NotFound, Invalid):
            raise
        except AtelierError as error:
            note(error)
            self.error = error

    async def drop(self) -> None:
        """Forget the bytes that were not confirmed; never raises."""
        incoming, self._incoming = self._incoming, None
        if incoming is not None:
            await incoming.drop()


@dataclass(frozen=True, slots=True)
class Told:
    """What is said after a form with several files: in all, and of each that matters."""

    sentence: str
    kept: Sequence[Deposited] = ()
    refused: Sequence[tuple[str, str]] = ()


async def receive(
    visit: Visit, begin: Begin, *, most: int, names: Sequence[str]
) -> tuple[list[Received], Taken]:
    """Every file of the form, each confirmed or refused, in the order sent.

    And what a name in use was to do: it is known once all came, for it stands after the files.
    `names` are the other fields of the form. `Invalid` when there is no file; what is raised
    leaves nothing behind of the files that were not confirmed.
    """
    begun: list[Received] = []

    async def open_sink(part: FilePart, form: Form) -> Received:
        # The token stands first in the form: nothing is begun for another site.
        form.checked(visit.form_token)
        if part.field != FILES:
            raise Invalid(part.field[:40], "unknown")
        begun.append(await _begun(begin, part, form))
        return begun[-1]

    try:
        limits = visit.ws.settings.limits
        each = limits.max_deposit_bytes + _AROUND_FILE_BYTES
        form = await read_multipart(
            visit.request,
            open_sink,
            (TOKEN_FIELD, "comment", *names),
            limit_bytes=limits.max_form_bytes + most * each,
            limits=MultipartLimits(max_files=most),
        )
        form.checked(visit.form_token)
        if not begun:
            raise Invalid(FILES, "empty")
        taken = taken_of(form)
        for one in begun:
            await one.confirm(visit, form.text("comment"), taken)
    finally:
        for one in begun:
            await one.drop()
    return begun, taken


def taken_of(form: Form) -> Taken:
    """What a name in use does, when the form says it."""
    return form.choice("taken", Taken) if form.text("taken") else Taken.REVISE


async def _begun(begin: Begin, part: FilePart, form: Form) -> Received:
    try:
        return Received(part.name, await begin(part, form), None)
    except (BadName, NameTaken, Locked, QuotaFull) as error:
        return Received(part.name, None, error)


def counted(voice: Voice, *, added: int, same: int, refused: int = 0) -> str:
    """« 3 déposés, 1 inchangé, 1 non déposé. »; what is none is left out."""
    parts = [
        (added, voice.plural("%(n)s déposé", "%(n)s déposés", added)),
        (same, voice.plural("%(n)s inchangé", "%(n)s inchangés", same)),
        (refused, voice.plural("%(n)s non déposé", "%(n)s non déposés", refused)),
    ]
    return ", ".join(words for number, words in parts if number) + "."


def told(voice: Voice, files: Sequence[Received]) -> Told:
    """What became of these files, when one at least was refused."""
    kept = [one.done for one in files if one.done]
    added = sum(one.is_new_version for one in kept)
    refused = [(one.name, _why(one.error, voice)) for one in files if one.error]
    sentence = counted(voice, added=added, same=len(kept) - added, refused=len(refused))
    return Told(sentence, kept, refused)


def _why(error: AtelierError, voice: Voice) -> str:
    said = explain(error, voice)
    is_aside = isinstance(error, Locked) and error.aside is not None
    return f"{said.happened} {said.kept}" if is_aside else said.happened


def gravest(files: Sequence[Received]) -> AtelierError | None:
    """The error that the answer is named after: a fault, else the first refusal."""
    errors = [one.error for one in files if one.error]
    faults = [error for error in errors if isinstance(error, Fault)]
    return next(iter(faults + errors), None)
