"""Of two who fill in the same form, nothing that either wrote is lost.

A form carries a mark of each field as it was shown. Where it is refused, what she did not touch
shows what is saved by now; where somebody else wrote in the same field hers stays, and what is
saved is said beside it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from atelier.errors import MeetingChanged
from atelier.web.forms import Form
from atelier.web.language import N_, Voice
from atelier.web.visit import Refused

SHOWN: Final = "shown"
_MARK_CHARACTERS: Final = 12

_SAVED: Final = N_("Enregistré entre-temps : « %(saved)s ». Votre saisie est restée.")
_EMPTIED: Final = N_("Vidé entre-temps par quelqu'un d'autre. Votre saisie est restée.")
_REREAD: Final = N_(
    "Ce que vous n'aviez pas changé montre maintenant ce qui est enregistré : relisez, puis"
    " enregistrez de nouveau."
)


@dataclass(frozen=True, slots=True)
class Joined:
    """What a form shows again, and what is saved in the fields that both wrote in."""

    typed: Mapping[str, str]
    theirs: Mapping[str, str]


def mark(text: str) -> str:
    """A text in a few characters, to tell whether it is still the same."""
    plain = text.replace("\r\n", "\n").strip()
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:_MARK_CHARACTERS]


def shown(written: Mapping[str, str], names: Iterable[str]) -> str:
    """The marks of these fields, for the form that shows them."""
    return " ".join(mark(written[name]) for name in names)


def joined(form: Form, written: Mapping[str, str], names: tuple[str, ...]) -> Joined:
    """What she typed over what is `written` by now.

    Of a form without its marks she wrote every field.
    """
    marks = form.text(SHOWN).split()
    seen = dict(zip(names, marks, strict=True)) if len(marks) == len(names) else {}
    typed, theirs = dict[str, str](), dict[str, str]()
    for name in names:
        hers, saved = form.text(name), mark(written[name])
        is_hers = mark(hers) != seen.get(name)
        typed[name] = hers if is_hers else written[name]
        if is_hers and saved not in (seen.get(name), mark(hers)):
            theirs[name] = written[name]
    return Joined(typed, theirs)


def said(refused: Refused, error: Exception, both: Joined, voice: Voice) -> Refused:
    """The refusal with what is shown again, and a sentence beside each field both wrote in."""
    errors = dict(refused.errors or {})
    if isinstance(error, MeetingChanged):
        reread = voice.text(_REREAD)
        errors = {name: f"{sentence} {reread}" for name, sentence in errors.items()}
    for name, saved in both.theirs.items():
        sentence = voice.text(_SAVED, saved=saved) if saved else voice.text(_EMPTIED)
        errors[name] = f"{errors[name]} {sentence}" if name in errors else sentence
    typed = {**(refused.typed or {}), **both.typed}
    return dataclasses.replace(refused, errors=errors, typed=typed)
