"""Every page that can be seen: how to reach it, and as whom. A door without a row fails.

A row names the door it stands behind, as `atelier.web.routes` writes it; the first row of
a door is the page as it usually is, the others its variants (empty, refused, found).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.journeys import acts
from tests.journeys.people import COORDINATOR, OUTSIDER, STEWARD
from tests.journeys.stage import Visit

Reach = Callable[[Visit], None]


@dataclass(frozen=True)
class Shown:
    """A page: its name, its door, who looks, and how she comes there."""

    name: str
    door: str
    reach: Reach
    email: str = COORDINATOR

    def __str__(self) -> str:
        return self.name


def at(path: str) -> Reach:
    """At this address."""

    def reach(visit: Visit) -> None:
        visit.goes(path)

    return reach


def in_folder(*names: str, then: str = "") -> Reach:
    """In the folder of these names, one inside the other, at `then` below it."""

    def reach(visit: Visit) -> None:
        visit.goes("/")
        for name in names:
            visit.follows(name)
            visit.page.wait_for_url("**/folders/*")
        if then:
            visit.goes(f"{visit.path}{then}")

    return reach


def on_document(name: str, then: str = "") -> Reach:
    """On the document of this name, found by the filter of its folder, at `then` below it."""

    def reach(visit: Visit) -> None:
        in_folder("Contrat local de santé", "Conventions")(visit)
        visit.goes(acts.document_in(visit, visit.path, name) + then)

    return reach


def refused_sign_in(visit: Visit) -> None:
    """A wrong password."""
    visit.goes("/signin")
    visit.page.fill("[name=email]", "personne@reseau.example")
    visit.page.fill("[name=password]", "ce n'est pas le bon")
    visit.presses("Se connecter")
    visit.page.wait_for_selector("[data-summary]")


def refused_name(visit: Visit) -> None:
    """A folder that cannot be called so."""
    in_folder("Contrat local de santé")(visit)
    visit.opens("Nouveau dossier")
    visit.page.fill("[name=name]", "2025/2026")
    visit.presses("Créer le dossier")
    visit.page.wait_for_selector("[data-summary]")


def refused_access(visit: Visit) -> None:
    """An access that would already be over."""
    in_folder("Contrat local de santé", then="/access")(visit)
    visit.page.select_option("[name=subject]", label=visit.said("Tout le réseau"))
    visit.page.fill("[name=until]", "2020-01-01")
    visit.presses("Donner l'accès")
    visit.page.wait_for_selector("[data-summary]")


def empty_folder(visit: Visit) -> None:
    """A folder where nothing stands yet."""
    in_folder("Contrat local de santé")(visit)
    address = acts.make_folder(visit, f"Pages blanches {visit.page.locator('.list tr').count()}")
    visit.goes(address)


def opened_panels(visit: Visit) -> None:
    """A folder with its forms, the menu and the list of keys open."""
    in_folder("Contrat local de santé")(visit)
    for summary in visit.page.locator("summary:visible").all():
        summary.click()


def one_time_link(visit: Visit) -> None:
    """A person was added: her link, shown this once."""
    visit.goes("/people")
    visit.opens("Ajouter une personne")
    number = visit.page.locator("main .list tbody tr").count()
    visit.page.fill("[name=email]", f"nouvelle{number}@reseau.example")
    visit.page.fill("[name=person_name]", "Nouvelle Venue")
    visit.presses("Ajouter et obtenir son lien")
    visit.page.wait_for_selector("[data-copy]")


def welcome(visit: Visit) -> None:
    """Where that link leads."""
    one_time_link(visit)
    visit.goes(visit.page.input_value("[data-copy]"))


def refused_welcome(visit: Visit) -> None:
    """A password that is too easy."""
    welcome(visit)
    visit.page.fill("[name=password]", "aaaaaaaaaaaaaa")
    visit.presses("Enregistrer et entrer")
    visit.page.wait_for_selector("[data-summary]")


def first_home(visit: Visit) -> None:
    """The home page of someone new, just after her welcome."""
    welcome(visit)
    visit.page.fill("[name=password]", "une phrase à moi seule")
    visit.presses("Enregistrer et entrer")
    visit.page.wait_for_url("**/?done=welcome")


def forbidden(visit: Visit) -> None:
    """She may read the folder, not rename it."""
    in_folder("Formation", then="/rename")(visit)


_FOLDER: Final = "/folders/{folder:id}"
_DOCUMENT: Final = "/documents/{document:id}"
_PAPER: Final = "Contrat local de santé 2027-2031 (projet).docx"
_CLS: Final = ("Contrat local de santé",)
_CLOSED: Final = (*_CLS, "Négociation budgétaire")

PAGES: Final = (
    Shown("home", "/", at("/")),
    Shown("home-first", "/", first_home, STEWARD),
    Shown("home-steward", "/", at("/"), STEWARD),
    Shown("folder", _FOLDER, in_folder("Contrat local de santé", "Conventions")),
    Shown("folder-closed", _FOLDER, in_folder(*_CLOSED)),
    Shown("folder-empty", _FOLDER, empty_folder),
    Shown("folder-open-panels", _FOLDER, opened_panels),
    Shown("folder-nothing-filtered", _FOLDER, in_folder(*_CLS, "Conventions", then="?filter=zzz")),
    Shown("folder-refused", _FOLDER, refused_name),
    Shown("folder-rename", f"{_FOLDER}/rename", in_folder(*_CLS, then="/rename")),
    Shown("folder-move", f"{_FOLDER}/move", in_folder(*_CLS, then="/move")),
    Shown("folder-close", f"{_FOLDER}/close", in_folder(*_CLS, then="/close")),
    Shown("folder-open", f"{_FOLDER}/open", in_folder(*_CLOSED, then="/open")),
    Shown("document", _DOCUMENT, on_document(_PAPER)),
    Shown("document-pdf", _DOCUMENT, on_document("Contrat local de santé 2022-2026.pdf")),
    Shown("document-rename", f"{_DOCUMENT}/rename", on_document(_PAPER, "/rename")),
    Shown("document-move", f"{_DOCUMENT}/move", on_document(_PAPER, "/move")),
    Shown("access", f"{_FOLDER}/access", in_folder(*_CLS, then="/access")),
    Shown("access-refused", f"{_FOLDER}/access", refused_access),
    Shown("access-reader", f"{_FOLDER}/access", in_folder("Formation", then="/access"), OUTSIDER),
    Shown("journal", f"{_FOLDER}/journal", in_folder(*_CLS, then="/journal")),
    Shown("search", "/search", at("/search?q=logement")),
    Shown("search-nothing", "/search", at("/search?q=zzzz")),
    Shown("search-start", "/search", at("/search")),
    Shown("people", "/people", at("/people")),
    Shown("people-steward", "/people", at("/people"), STEWARD),
    Shown("people-link", "/people", one_time_link, STEWARD),
    Shown("signin", "/signin", at("/signin"), ""),
    Shown("signin-refused", "/signin", refused_sign_in, ""),
    Shown("welcome", "/welcome/{token}", welcome, STEWARD),
    Shown("welcome-refused", "/welcome/{token}", refused_welcome, STEWARD),
    Shown("error-not-found", "", at("/documents/999999999")),
    Shown("error-forbidden", "", forbidden),
    Shown("error-link-spent", "", at("/welcome/" + "a" * 43), ""),
)

# Doors that answer with something else than a page, and what.
NOT_PAGES: Final[Mapping[str, str]] = {
    "/favicon.ico": "an icon, for browsers that ask without being told",
    "/health": "two letters, for monitors",
    "/static/{path:path}": "styles, scripts and icons",
    f"{_DOCUMENT}/versions/{{version:id}}/content": "the bytes of a document",
}
