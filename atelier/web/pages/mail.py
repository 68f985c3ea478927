"""Mail: what somebody gets letters about, stopping them by a link, and the desk of stewards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from starlette.responses import Response

from atelier.errors import Invalid, Malformed
from atelier.model.ids import LetterId
from atelier.model.letters import LetterFault, LetterKind, LetterState, Topic
from atelier.web.doors import PUBLIC, SIGNED_IN, STEWARD, Door
from atelier.web.forms import Form, FormLimits, read_form
from atelier.web.language import N_, Voice
from atelier.web.letters import TOPIC_WORDS
from atelier.web.multipart import FilePart, Sink, read_multipart
from atelier.web.visit import Visit, onward
from atelier.workspace import mail_desk, mailing, stopping
from atelier.workspace.mail_desk import Troubled

_MINE: Final = "/account/mail"
_DESK: Final = "/network/mail"
_STOP: Final = "/mail/stop/{token}"
# RFC 8058 §3.1: what the program of a reader sends in her name.
_ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
_MAX_STOP_BYTES: Final = 4_096

KINDS: Final[Mapping[LetterKind, str]] = {
    LetterKind.INVITATION: N_("Invitation"),
    LetterKind.RESET: N_("Mot de passe oublié"),
    LetterKind.EMAIL_OLD: N_("Changement d'adresse"),
    LetterKind.EMAIL_NEW: N_("Changement d'adresse"),
    LetterKind.KEYS_CHANGED: N_("Alerte sur un compte"),
    LetterKind.TEST: N_("Courriel d'essai"),
    LetterKind.ACCESS_GIVEN: N_("Dossier ouvert"),
    LetterKind.PLACE_GIVEN: N_("Rattachement à une structure"),
    LetterKind.CONVENED: N_("Convocation"),
    LetterKind.MEETING_CHANGED: N_("Changement d'une réunion"),
    LetterKind.MEETING_CANCELLED: N_("Annulation d'une réunion"),
    LetterKind.DIGEST: N_("Nouveautés"),
}
STATES: Final[Mapping[LetterState, str]] = {
    LetterState.WAITING: N_("sera essayé de nouveau"),
    LetterState.HANDED: N_("peut-être parti"),
    LetterState.REFUSED: N_("refusé"),
}
ANSWERS: Final[Mapping[str, str]] = {
    "": N_("Le serveur de courriel n'a rien répondu."),
    LetterFault.ADDRESS: N_("Cette adresse ne peut pas recevoir de courriel : vérifiez-la."),
    LetterFault.GIVEN_UP: N_("Aucun essai n'a réussi pendant trois jours."),
    LetterFault.RESTORED: N_("Il attendait quand la sauvegarde restaurée a été faite."),
    LetterFault.DEFECT: N_(
        "Atelier n'a pas pu l'écrire : le journal du serveur dit pourquoi. Rien n'est parti."
    ),
}


class TroubledLine(NamedTuple):
    """A letter that did not leave as it should, in words; `said` is the server's own or ours."""

    letter: Troubled
    kind: str
    state: str
    said: str


async def show_mine(visit: Visit) -> Response:
    """What she gets letters about."""
    wanted = await stopping.wanted(visit.ws, visit.actor)
    voice = visit.voice
    return visit.page(
        "letters/mine.html",
        is_set=mailing.is_set(visit.ws),
        topics=[(one.value, voice.text(TOPIC_WORDS[one]), one in wanted) for one in Topic],
    )


async def choose(visit: Visit) -> Response:
    """Get letters about what is ticked, and nothing else that can be stopped."""
    form = await visit.form(repeated=("topic",))
    chosen = form.texts("topic")
    unknown = [one for one in chosen if one not in set(Topic)]
    if unknown:
        raise Invalid("topic", "unknown", unknown[0][:80])
    await stopping.choose(visit.ws, visit.actor, frozenset(map(Topic, chosen)))
    return onward(_MINE, "mail-chosen")


async def show_stop(visit: Visit) -> Response:
    """What a link would stop; opening it stops nothing: mail scanners open links too."""
    topic = await stopping.look(visit.ws, visit.request.path_params["token"])
    return _stop_page(visit, topic, is_done=False)


async def stop(visit: Visit) -> Response:
    """Stop it, for whoever holds the link: her, or her mail program in her name (RFC 8058).

    The link is all that it takes: it opens nothing else.
    """
    form = await _one_click(visit)
    name, value = _ONE_CLICK
    if form.text(name) != value:
        raise Malformed("form")
    topic = await stopping.stop(visit.ws, visit.request.path_params["token"])
    return _stop_page(visit, topic, is_done=True)


async def show_desk(visit: Visit) -> Response:
    """How the mail fares."""
    desk = await mail_desk.look(visit.ws, visit.actor)
    lines = [_line(one, visit.voice) for one in desk.troubled]
    refusal = answer_words(desk.health.refusal, visit.voice)
    return visit.page("letters/desk.html", path=_DESK, desk=desk, lines=lines, refusal=refusal)


async def send_test(visit: Visit) -> Response:
    """A letter to herself."""
    await visit.form()
    await mail_desk.send_test(visit.ws, visit.actor)
    return onward(_DESK, "mail-tested")


async def send_again(visit: Visit) -> Response:
    """A letter once more, which its reader may then have twice."""
    await visit.form()
    await mail_desk.send_again(visit.ws, visit.actor, LetterId(visit.number("letter")))
    return onward(_DESK, "mail-again")


async def _one_click(visit: Visit) -> Form:
    names = (_ONE_CLICK[0],)
    kind = visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await read_multipart(
            visit.request, _no_file, names=names, limit_bytes=_MAX_STOP_BYTES
        )
    return await read_form(visit.request, names, limits=FormLimits(_MAX_STOP_BYTES))


async def _no_file(part: FilePart, form: Form, /) -> Sink:
    raise Malformed("form")


def _stop_page(visit: Visit, topic: Topic, *, is_done: bool) -> Response:
    topic_words = visit.voice.text(TOPIC_WORDS[topic])
    return visit.page("letters/stop.html", topic=topic_words, is_done=is_done)


def answer_words(answer: str, voice: Voice) -> str:
    """What became of a letter: in our words, or in those of the server."""
    return voice.text(ANSWERS[answer]) if answer in ANSWERS else answer


def _line(one: Troubled, voice: Voice) -> TroubledLine:
    return TroubledLine(
        one,
        voice.text(KINDS[one.row.kind]),
        voice.text(STATES[one.row.state]),
        answer_words(one.row.answer, voice),
    )


DOORS = (
    Door("GET", _MINE, SIGNED_IN, show_mine),
    Door("POST", _MINE, SIGNED_IN, choose),
    Door("GET", _DESK, STEWARD, show_desk),
    Door("POST", f"{_DESK}/test", STEWARD, send_test),
    Door("POST", f"{_DESK}/{{letter:id}}/again", STEWARD, send_again),
    Door("GET", _STOP, PUBLIC, show_stop),
    Door("POST", _STOP, PUBLIC, stop),
)
