"""The ways to pages: what one does to come there, as people do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from atelier.demo.network import accounts
from tests.journeys import acts, versions
from tests.journeys.people import COORDINATOR, OUTSIDE, OUTSIDER, STEWARD
from tests.journeys.stage import Visit

CLS: Final = ("Contrat local de santé",)
PAPER: Final = "Contrat local de santé 2027-2031 (projet).docx"
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


def announced_access(visit: Visit) -> None:
    """An access for everybody: who would gain, before it is given."""
    in_folder("Contrat local de santé", then="/access")(visit)
    visit.page.select_option("[name=subject]", label=visit.said("Tout le réseau"))
    visit.presses("Donner l'accès")
    visit.page.wait_for_selector("[name=announced]", state="attached")


def announced_closing(visit: Visit) -> None:
    """A folder to close: who would lose it."""
    in_folder("Contrat local de santé", "Conventions", then="/close")(visit)
    visit.presses("Fermer le dossier")
    visit.page.wait_for_selector("[name=announced]", state="attached")


def changed_meanwhile(visit: Visit) -> None:
    """A confirmation that no longer stands for what would happen."""
    announced_access(visit)
    visit.page.locator("[name=announced]").evaluate("(field) => { field.value = 'x' }")
    visit.presses("Confirmer")
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
    told_of_newcomer(visit)
    visit.presses("Confirmer")
    visit.page.wait_for_selector("[data-copy]")


def told_of_newcomer(visit: Visit) -> None:
    """What somebody would gain who is not in the directory yet."""
    visit.goes("/people")
    visit.opens("Ajouter une personne")
    number = visit.page.locator("main .list tbody tr").count()
    visit.page.fill("[name=email]", f"nouvelle{number}@reseau.example")
    visit.page.fill("[name=person_name]", "Nouvelle Venue")
    visit.presses("Voir ce qu'elle gagnerait")
    visit.page.wait_for_selector("[name=announced]", state="attached")


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
    # Whose link it is comes in by a browser of hers: the session here would end.
    visit.context.clear_cookies(name="session")
    visit.page.reload()
    visit.page.fill("[name=password]", "une phrase à moi seule")
    visit.presses("Enregistrer et entrer")
    visit.page.wait_for_url("**/?done=welcome")


def from_directory(start: str) -> Reach:
    """The first sheet of the directory whose address begins so."""

    def reach(visit: Visit) -> None:
        visit.goes("/people")
        links = visit.page.locator(f'main a[href^="{start}"]').all()
        addresses = [link.get_attribute("href") or "" for link in links]
        visit.goes(next(one for one in addresses if one.removeprefix(start).isdigit()))

    return reach


def opened_organisation(visit: Visit) -> None:
    """The sheet of an organisation with its forms open."""
    from_directory("/organisations/")(visit)
    for summary in visit.page.locator("main summary:visible").all():
        summary.click()


def refused_organisation(visit: Visit) -> None:
    """A SIRET with a wrong digit."""
    from_directory("/organisations/")(visit)
    visit.opens("Modifier la fiche")
    visit.page.fill("[name=siret]", "732 829 320 00075")
    visit.presses("Enregistrer la fiche")
    visit.page.wait_for_selector("[data-summary]")


def one_more_place(visit: Visit) -> None:
    """The form of a further place for somebody."""
    from_directory("/people/")(visit)
    visit.goes(f"{visit.path}/memberships")


def prepared_departure(visit: Visit) -> None:
    """What somebody would leave behind."""
    from_directory("/people/")(visit)
    visit.goes(f"{visit.path}/departure")


def left_organisation(visit: Visit) -> None:
    """The page on which one leaves one of one's own organisations."""
    visit.goes("/account/showing")
    visit.goes(visit.page.locator("main a[href^='/people/']").first.get_attribute("href") or "")
    visit.goes(visit.page.locator("a[href^='/account/leave/']").first.get_attribute("href") or "")


def asked_to_erase(visit: Visit) -> None:
    """What erasing somebody would leave."""
    from_directory("/people/")(visit)
    visit.goes(f"{visit.path}/erase")


def changed_place(visit: Visit) -> None:
    """The forms of a place, from the sheet of who has it."""
    visit.goes("/people")
    home = visit.page.locator('td a[href^="/organisations/"]')
    row = visit.page.get_by_role("row").filter(has=home).first
    visit.goes(row.locator('a[href^="/people/"]').first.get_attribute("href") or "")
    visit.goes(visit.page.locator('a[href*="/memberships/"]').first.get_attribute("href") or "")


def refused_place(visit: Visit) -> None:
    """A place that would end before it begins."""
    changed_place(visit)
    visit.page.fill("[name=starts_on]", "2100-01-02")
    visit.page.fill("[name=ends_on]", "2100-01-01")
    visit.presses("Voir qui gagnerait et perdrait quoi")
    visit.page.wait_for_selector("[data-summary]")


def enters(visit: Visit, email: str) -> None:
    """Someone signs in in a visit of her own, beside the one that the stage keeps."""
    visit.context.clear_cookies(name="session")
    visit.sign_in(email, accounts()[0].password)


def seen_as(visit: Visit) -> None:
    """A folder as an organisation sees it."""
    enters(visit, COORDINATOR)
    in_folder(*CLS, "Conventions", then="/see-as")(visit)
    visit.page.select_option("[name=subject]", label=OUTSIDE)
    visit.presses("Voir comme cela")
    visit.page.wait_for_selector("section.seeing")


def received_request(visit: Visit) -> None:
    """Somebody asked for access: the one who answers, with its forms open."""
    enters(visit, COORDINATOR)
    in_folder(*CLS)(visit)
    number = visit.path.rpartition("/")[2]
    enters(visit, OUTSIDER)
    visit.goes(f"/requests/new?about=folder&number={number}")
    visit.page.fill("[name=message]", "Pour suivre les fiches action.")
    visit.presses("Envoyer la demande")
    visit.page.wait_for_url("**/requests?done=asked-folder")
    enters(visit, COORDINATOR)
    visit.goes("/requests")
    for summary in visit.page.locator("main summary:visible").all():
        summary.click()


def told_at_home(visit: Visit) -> None:
    """A home page that tells: a folder of hers was taken over, and somebody asks for access."""
    enters(visit, COORDINATOR)
    in_folder(*CLS)(visit)
    folder = acts.make_folder(visit, f"Repris {visit.page.locator('.list tr').count()}")
    enters(visit, STEWARD)
    acts.take_over(visit, folder, "Le temps de son congé.")
    received_request(visit)
    visit.goes("/")


def own_request(visit: Visit) -> None:
    """What she asked for, from the page that did not show it."""
    visit.goes("/folders/999999999")
    visit.follows(visit.said("Demander un accès"))
    visit.presses("Envoyer la demande")
    visit.page.wait_for_url("**/requests?done=asked-folder")


def refused_take_over(visit: Visit) -> None:
    """A folder that she coordinates already, or that is not there."""
    visit.goes("/orphans?folder=999999999")
    visit.page.fill("[name=reason]", "Départ")
    visit.presses("Prendre en main")
    visit.page.wait_for_selector("[data-summary]")


def removed_document(then: str = "") -> Reach:
    """In a folder made for it a document was just removed; then on a link of its trash."""

    def reach(visit: Visit) -> None:
        in_folder(*CLS)(visit)
        name = f"Essais {visit.page.locator('.list tr').count()}"
        folder = acts.make_folder(visit, name)
        acts.choose_files(visit, {f"{name}.txt": b"Un brouillon."})
        visit.presses("Déposer")
        visit.page.wait_for_selector(f'#list a:has-text("{name}.txt")')
        visit.goes(acts.document_in(visit, folder, f"{name}.txt"))
        visit.presses("Mettre à la corbeille")
        visit.page.wait_for_url("**/folders/*done=document-removed")
        if then:
            visit.goes(f"{folder}/trash")
            visit.page.get_by_role("link", name=visit.said(then)).first.click()
            visit.page.wait_for_url("**/purge")

    return reach


def removed_folder(visit: Visit, then: str = "") -> None:
    """A folder was just made and removed; then on a link of its trash."""
    address = acts.make_folder(visit, f"À retirer {visit.page.locator('.list tr').count()}")
    visit.goes(f"{address}/remove")
    visit.presses("Mettre à la corbeille")
    visit.page.wait_for_url("**done=folder-removed")
    if then:
        visit.goes(visit.path if visit.path == "/trash" else f"{visit.path}/trash")
        visit.page.get_by_role("link", name=visit.said(then)).first.click()
        visit.page.wait_for_url("**/purge")


def removed_inside(then: str = "") -> Reach:
    """A folder was just removed from another."""

    def reach(visit: Visit) -> None:
        in_folder(*CLS)(visit)
        removed_folder(visit, then)

    return reach


def removed_top(then: str = "") -> Reach:
    """A folder of the top was just removed."""

    def reach(visit: Visit) -> None:
        visit.goes("/")
        removed_folder(visit, then)

    return reach


def filled_trash(visit: Visit) -> None:
    """Something lies in the trash of a folder."""
    removed_inside()(visit)
    visit.goes(f"{visit.path}/trash")


def refused_restore(visit: Visit) -> None:
    """What was removed would come back under a name that is taken."""
    in_folder(*CLS)(visit)
    above = visit.path
    name = f"Deux fois {visit.page.locator('.list tr').count()}"
    address = acts.make_folder(visit, name)
    visit.goes(f"{address}/remove")
    visit.presses("Mettre à la corbeille")
    visit.page.wait_for_url("**done=folder-removed")
    undo = visit.page.url
    visit.goes(above)
    acts.make_folder(visit, name)
    visit.goes(undo)
    visit.presses("Annuler le retrait")
    visit.page.wait_for_selector("[data-summary]")


def with_something_aside(then: str = "") -> Reach:
    """Another version came before hers: on the document's page, or elsewhere."""

    def reach(visit: Visit) -> None:
        on_document(PAPER)(visit)
        versions.come_second(visit)
        if then:
            visit.goes(then)
        else:  # The version that came before is read: no part of the page is replaced any more.
            visit.page.wait_for_selector("#reading:not([data-reading])")

    return reach


def labelled_document(visit: Visit) -> None:
    """Its current version was approved in a meeting."""
    on_document(PAPER)(visit)
    versions.label(visit, f"Validé en séance, relu {visit.page.locator('.timeline li').count()}")


def taken_name(visit: Visit) -> None:
    """A document renamed to the name of another one, whose new version it may become."""
    on_document(PAPER, "/rename")(visit)
    visit.page.fill("[name=name]", "Contrat local de santé 2022-2026.pdf")
    visit.presses("Renommer")
    visit.page.wait_for_selector("form[action$='/replace']")


def edited_document(visit: Visit) -> None:
    """A document that she says she is editing; its folder marks it so in its list."""
    on_document(PAPER)(visit)
    if visit.page.get_by_text(visit.said("J'ai terminé")).count() == 0:
        visit.opens("Je modifie ce document")
        visit.page.fill("[name=note]", "Je reprends le point 3.")
        visit.presses("Commencer")
        visit.page.wait_for_url("**done=locked")


def limited_folder(visit: Visit) -> None:
    """A folder with a limit, as its page of space tells it."""
    visit.goes("/")
    address = acts.make_folder(visit, f"Plein {visit.page.locator('.list tr').count()}")
    visit.goes(f"{address}/space")
    visit.page.fill("[name=amount]", "0,5")
    visit.presses("Enregistrer la limite")
    visit.page.wait_for_url("**done=quota-changed")


def dropping_folder(visit: Visit) -> None:
    """A folder with a drop folder that is at rest, as its page tells it."""
    visit.goes("/")
    number = visit.page.locator(".list tr").count()
    address = acts.make_folder(visit, f"Numérisations {number}")
    visit.goes(f"{address}/inbox")
    visit.page.fill("[name=name]", f"scanner-accueil {address.rpartition('/')[2]}")
    visit.presses("Relier")
    visit.page.wait_for_url("**done=drop-bound")
    visit.page.get_by_role("button", name=visit.said("Suspendre")).click()
    visit.page.wait_for_url("**done=drop-paused")


def kept_search(visit: Visit, words: str = "logement") -> None:
    """The results of a search that she keeps."""
    visit.goes(f"/search?q={words}")
    if visit.page.locator("main form[action='/searches']").count():
        visit.opens("Enregistrer cette recherche")
        visit.presses("Enregistrer la recherche")
        visit.page.wait_for_url("**done=search-kept")


def kept_searches(visit: Visit) -> None:
    """Two of hers, with all that can be opened."""
    kept_search(visit)
    kept_search(visit, "maison")
    visit.goes("/searches")
    for summary in visit.page.locator("main summary:visible").all():
        summary.click()


def refused_search_name(visit: Visit) -> None:
    """One of hers that is called so already."""
    kept_search(visit)
    visit.goes("/searches")
    visit.page.locator("main summary", has_text=visit.said("Renommer")).first.click()
    visit.page.locator("main details[open] button[type=submit]").first.click()
    visit.page.wait_for_selector("[data-summary]")


def home_with_searches(visit: Visit) -> None:
    """Where she begins, once she keeps a search."""
    kept_search(visit)
    visit.goes("/")


def forbidden(visit: Visit) -> None:
    """She may read the folder, not rename it."""
    in_folder("Formation", then="/rename")(visit)
