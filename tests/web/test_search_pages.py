"""The pages of search, through the real application: what is found, how it narrows, what helps."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.app import finish_waiting_work
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.model.search import Asked, Facets, Narrowing, Sort, Understood, WiderKind
from atelier.web.pages.found import remarks
from atelier.web.pages.narrowing import KINDS, WIDER
from atelier.web.pages.rendering import Renderer
from atelier.web.pages.search import asking
from atelier.web.places import templates_folder
from atelier.workspace import deposits, folders, glossary, people
from atelier.workspace.place import Workspace
from tests import samples
from tests.web import search_contexts as contexts
from tests.web.network import Clients, Network, served, within
from tests.web.test_rendering import session

RENDERER = Renderer(templates_folder())
EVIL = "<script>alert('x')<img src=x> & compagnie.txt"
OLDER = "La commune a trouvé un mégalithe dans le champ, et le conseil en a parlé avec les élus."
CURRENT = "La commune a fait une place dans le champ, et le conseil en a parlé avec les élus."
PAGES = ["Ordre du jour.", "Les équipes mobiles ont un budget.", "Divers : le budget."]


@pytest.fixture
def made(made: Network) -> Iterator[Network]:
    """Papers about budgets: some that Bo may read, one that she may not."""
    within(made, lambda ws: _papers(ws, made))
    within(made, finish_waiting_work)
    yield made


async def _papers(ws: Workspace, made: Network) -> None:
    ada, bo = [(await people.session(ws, made.tokens[name])).actor for name in ("ada", "bo")]
    money = await folders.make(ws, ada, made.shared, "Finances")
    await _deposit(ws, ada, made.shared, "Séance.pdf", samples.pdf(PAGES))
    await _deposit(ws, bo, money, EVIL, b"Un <b>budget</b> & des amendements.")
    await _deposit(ws, bo, money, "Note.txt", b"Le budget des transports.")
    await _deposit(ws, ada, made.secret, "Secret.txt", b"Le budget confidentiel.")
    await _deposit(ws, ada, made.shared, "Projet.txt", OLDER.encode())
    await _deposit(ws, ada, made.shared, "Projet.txt", CURRENT.encode())


async def _deposit(ws: Workspace, actor: Actor, folder: FolderId, name: str, text: bytes) -> None:
    incoming = await deposits.begin(ws, actor, folder, name)
    await incoming.write(text)
    await deposits.finish(ws, actor, incoming)


def seen(clients: Clients, address: str, name: str = "bo", status: int = 200) -> HTMLParser:
    """The page at an address."""
    answer = clients(name).get(address)
    assert answer.status_code == status, answer.text
    return HTMLParser(answer.text)


def state(values: dict[str, object]) -> HTMLParser:
    """The page in a state that is not easily brought about."""
    context = {"session": session(), "network_name": "Réseau", **values}
    return HTMLParser(RENDERER.render("search/search.html", "fr", context))


def words(page: HTMLParser, selector: str = "main") -> str:
    """What one reads there, on one line."""
    found = page.css(selector)
    text = " ".join(" ".join(one.text() for one in found).split())
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")


def links(page: HTMLParser, selector: str) -> dict[str, str]:
    """Where each link leads, by its words."""
    return {
        " ".join(one.text().split()): one.attributes["href"] or "" for one in page.css(selector)
    }


def queried(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def names(page: HTMLParser) -> set[str]:
    """The documents found."""
    return {one.text().strip() for one in page.css(".hit h2 a")}


def starting(found: dict[str, str], words: str) -> str:
    """The link whose words begin so."""
    (address,) = [address for said, address in found.items() if said.startswith(words)]
    return address


def test_documents_are_found_by_their_pages_which_open_in_the_viewer(
    made: Network, clients: Clients
) -> None:
    page = seen(clients, "/search?q=budgets+equipe")
    assert names(page) == {"Séance.pdf"}
    assert words(page, "[role=status] strong") == "1 document trouvé"
    first = next(iter(links(page, ".hit .pages a").values()))
    assert re.fullmatch(r"/documents/\d+/view\?page=2", first)
    assert clients("bo").get(first).status_code == 200
    assert {one.text() for one in page.css(".hit mark")} == {"équipes", "budget"}
    assert f"/folders/{made.shared}" in links(page, ".hit p a").values()
    assert words(page, "title").startswith("Recherche : budgets equipe – ")
    assert len(page.css("h1")) == 1 and len(page.css("[data-search]")) == 1


def test_what_she_may_not_read_is_in_no_list_number_or_facet(
    made: Network, clients: Clients
) -> None:
    hers, alls = seen(clients, "/search?q=budget"), seen(clients, "/search?q=budget", "ada")
    assert names(hers) == {"Séance.pdf", EVIL, "Note.txt"}
    assert names(alls) == names(hers) | {"Secret.txt"}
    assert words(hers, "[role=status] strong") == "3 documents trouvés"
    assert "Secret" in words(alls, ".facets") and "Secret" not in words(hers)
    inside = seen(clients, f"/search?q=budget&folder={made.secret}")
    never = seen(clients, "/search?q=budget&folder=999999")
    assert words(inside) == words(never) and "Secret" not in words(inside)
    assert names(seen(clients, "/search?q=budget", "cy")) == set()


def test_names_and_words_that_try_to_do_harm_are_only_text(made: Network, clients: Clients) -> None:
    query = "<script>alert('x')</script> \"budget\" <img src=x onerror=alert(1)>"
    for address in ("/search?q=budget", f"/search?q={quote(query)}", f"/search?q={quote(EVIL)}"):
        text = clients("bo").get(address).text
        assert "<script>alert" not in text and "<img src=x" not in text
        page = HTMLParser(text)
        assert not page.css("main script, main img, main b")
        box = page.css_first("[data-search]").attributes["value"]
        assert box == dict(parse_qsl(urlsplit(address).query))["q"]
    page = seen(clients, "/search?q=amendements")
    assert names(page) == {EVIL} and "<b>budget</b>" in words(page, ".hit .pages")


def test_a_facet_narrows_and_its_chip_widens_again(made: Network, clients: Clients) -> None:
    page = seen(clients, "/search?q=budget&sort=newest")
    facets = links(page, ".facets li a")
    assert starting(facets, "PDF").endswith("q=budget&kind=pdf&sort=newest")
    narrowed = seen(clients, starting(facets, "PDF"))
    assert names(narrowed) == {"Séance.pdf"}
    assert words(narrowed, "title").startswith("Recherche : budget, PDF – ")
    chosen = narrowed.css_first(".facets [aria-current=true]")
    assert "PDF" in chosen.text() and queried(chosen.attributes["href"]) == {
        "q": "budget",
        "sort": "newest",
    }
    (chip,) = links(narrowed, ".chips a").values()
    assert names(seen(clients, chip)) == names(page)
    kept = {one.attributes["name"] for one in narrowed.css(".seek input[type=hidden]")}
    assert kept == {"kind", "sort"}  # searching other words stays within


def test_every_facet_is_a_link_that_finds_as_many_as_it_says(
    made: Network, clients: Clients
) -> None:
    page = seen(clients, "/search?q=budget")
    ways = [
        (one.attributes["href"] or "", int(one.css_first(".figures").text()))
        for one in page.css(".facets li a")
    ]
    fields = {name for address, _ in ways for name in queried(address)}
    assert {"kind", "person", "folder"} <= fields
    for address, count in ways:
        assert len(names(seen(clients, address))) == count, address


def test_folders_are_drilled_down_into(made: Network, clients: Clients) -> None:
    top = seen(clients, "/search?q=budget", "ada")
    inside = seen(clients, starting(links(top, ".facets li a"), "Réunions"), "ada")
    assert names(inside) == {"Séance.pdf", EVIL, "Note.txt"}
    deeper = seen(clients, starting(links(inside, ".facets li a"), "Finances"), "ada")
    assert names(deeper) == {EVIL, "Note.txt"}
    assert "Dossier : Finances" in words(deeper, ".chips")
    assert names(seen(clients, next(iter(links(deeper, ".chips a").values())), "ada")) == names(top)


def test_order_is_a_pair_of_links_that_say_which_is_on(made: Network, clients: Clients) -> None:
    page = seen(clients, "/search?q=budget")
    order = links(page, ".ways a")
    assert list(order) == ["Les plus pertinents", "Les plus récents"]
    assert [one.text() for one in page.css(".ways [aria-current]")] == ["Les plus pertinents"]
    newest = seen(clients, order["Les plus récents"])
    assert [one.text() for one in newest.css(".ways [aria-current]")] == ["Les plus récents"]
    assert queried(links(newest, ".ways a")["Les plus pertinents"]) == {"q": "budget"}


def test_older_versions_are_found_on_demand_and_said_to_be_old(
    made: Network, clients: Clients
) -> None:
    nothing = seen(clients, "/search?q=megalithes")
    assert names(nothing) == set()
    wider = starting(links(nothing, ".wider a"), "Aussi dans les anciennes versions")
    page = seen(clients, wider)
    assert names(page) == {"Projet.txt"}
    assert "version 1, ancienne" in words(page, ".hit")
    address = page.css_first(".hit h2 a").attributes["href"] or ""
    assert address.endswith("/view?version=1")
    assert "mégalithe" in clients("bo").get(address).text
    assert "anciennes versions comprises" in words(page, ".chips")
    offered = links(seen(clients, "/search?q=budget&kind=text"), ".facets p a")
    (more,) = [one for words, one in offered.items() if words.startswith("Chercher aussi")]
    assert queried(more) == {"q": "budget", "kind": "text", "older": "1"}


def test_nothing_found_says_what_was_searched_and_offers_wider_searches(
    made: Network, clients: Clients
) -> None:
    query = 'budget transports -amendements "équipes mobiles" type:pdf avant:2020'
    page = seen(clients, f"/search?q={quote(query)}&folder={made.shared}")
    assert words(page, ".nothing h2") == "Rien n'a été trouvé"
    said = words(page, ".nothing dl")
    for part in ("budget", "transports", "équipes mobiles", "pdf", "avant le 1er janvier 2020"):
        assert part in said
    assert "que les documents que vous pouvez lire" in words(page, ".nothing")
    ways = links(seen(clients, f"/search?q=transports&folder={made.shared}&kind=pdf"), ".wider a")
    assert ways
    for said_there, address in ways.items():
        count = int(re.findall(r"\((\d+)\)", said_there)[0])
        assert len(names(seen(clients, address))) == count > 0


def test_nothing_found_names_the_choices_and_offers_the_search_without_them(
    made: Network, clients: Clients
) -> None:
    by_bo = starting(links(seen(clients, "/search?q=budget"), ".facets li a"), "Bo")
    bo = queried(by_bo)["person"]
    page = seen(clients, f"/search?q=equipes&kind=film&person={bo}&folder={made.shared}")
    said = words(page, ".nothing dl")
    for part in ("Dossier", "Réunions", "Type", "Vidéo", "Déposé par", "Bo"):
        assert part in said
    assert "choix précédent" not in words(page)
    without = seen(clients, starting(links(page, ".wider a"), "Sans aucun des choix faits"))
    assert names(without) == {"Séance.pdf"} and not without.css(".chips")


def test_a_search_of_one_word_too_many_says_so_and_nothing_but_signs_asks_for_a_word(
    made: Network, clients: Clients
) -> None:
    page = seen(clients, "/search?q=budget+transports+amendements")
    assert "Aucun document ne contient exactement tout cela" in words(page, ".notice.warn")
    assert "amendements" in words(page, ".found details.finer dl")
    for signs in ("-", "%3A", "%22%22", "*"):
        empty = seen(clients, f"/search?q={signs}")
        assert "Écrivez au moins un mot de deux lettres." in words(empty)
        assert not empty.css("details.panel"), "nothing worth keeping"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("budget après:truc", "« après:truc » n'est pas une date : écrivez 2024, 2024-06 ou"),
        ("budget type:chose", "« type:chose » n'est pas un type de fichier : écrivez pdf, word"),
        ("budget -avant:2023", "« -avant:2023 » : une date ne s'écarte pas. Écrivez avant:"),
        ("budget type: pdf", "« type: » attend un mot juste après les deux-points, sans espace."),
    ],
)
def test_a_value_that_is_not_understood_is_said_with_what_was_searched_instead(
    made: Network, clients: Clients, query: str, said: str
) -> None:
    page = seen(clients, f"/search?{urlencode({'q': query})}")
    assert said in words(page, ".notice.warn")
    assert "Ce qui a été cherché à la place : " in words(page, ".notice.warn")
    is_valueless = "attend un mot" in said
    rest = "Le reste de votre recherche a été cherché aussi."
    assert (rest in words(page, ".notice.warn")) == is_valueless
    told = clients("bo").get(f"/search.json?{urlencode({'q': query})}").json()["misread"]
    assert [one["written"] for one in told] == [said.split(" ")[1]]
    assert not seen(clients, "/search?q=budget+type:pdf").css(".notice.warn")


def test_a_word_that_is_nearly_one_of_hers_is_proposed(made: Network, clients: Clients) -> None:
    page = seen(clients, "/search?q=amendemants+budget")
    assert "Vouliez-vous dire" in words(page, ".meant")
    (address,) = links(page, ".meant a").values()
    assert queried(address) == {"q": "amendements budget"}
    assert names(seen(clients, address)) == {EVIL}
    assert not seen(clients, "/search?q=confidentiol").css(".meant")
    alone = seen(clients, "/search?q=amendemants")
    said = "Aucun document ne contient « amendemants ». Voici ceux qui s'en approchent :"
    assert said in words(alone, ".notice.warn") and names(alone) == {EVIL}


def test_what_just_changed_is_found_at_once_and_said_to_be_new(
    made: Network, clients: Clients
) -> None:
    async def more(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await _deposit(ws, ada, made.shared, "Fontaine publique.txt", b"L'eau.")

    within(made, more)
    page = seen(clients, "/search?q=fontaine")
    assert names(page) == {"Fontaine publique.txt"}
    assert "vient de changer" in words(page, ".hit")


def test_what_is_too_much_to_be_looked_through_is_counted(made: Network, clients: Clients) -> None:
    async def many(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        for number in range(53):
            await _deposit(ws, ada, made.shared, f"Tout frais {number}.txt", b"x")

    within(made, many)
    page = seen(clients, "/search?q=budget")
    assert names(page) >= {"Séance.pdf"}
    assert "documents qui viennent de changer ne sont pas encore dans cette" in words(page)


def test_nothing_found_is_not_said_while_documents_are_still_to_be_looked_through() -> None:
    found = contexts.results(
        total=0, hits=(), is_partial=False, facets=Facets(), wider=(), misread=(), spelling=""
    )
    for count in (2, 0):
        shown = contexts.shown(replace(found, not_yet=count))
        page = state(shown)
        said = words(page, ".nothing")
        assert ("La réponse n'est pas encore complète" in said) is bool(count)
        assert ("Rien n'a été trouvé" in words(page)) is not count
        again = links(page, ".nothing a").get("Chercher de nouveau", "")
        assert again.startswith("/search?") is bool(count)
    near = replace(contexts.results(total=1, is_partial=True), understood=Understood(("mot",)))
    told = {count: remarks(replace(near, not_yet=count), contexts.VOICE).nearly for count in (0, 2)}
    assert "Aucun document" in told[0] and "Aucun document" not in told[2] and told[2]


def test_what_the_glossary_added_in_vain_is_said_on_the_page(
    made: Network, clients: Clients
) -> None:
    async def add(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await glossary.add(ws, ada, "PTSM", "projet territorial de santé mentale")
        await glossary.add(ws, ada, "ESC", "amendements")

    within(made, add)
    page = seen(clients, "/search?q=ptsm")
    assert "projet territorial de santé mentale (pour ptsm), sans rien trouver." in words(page)
    assert "Rien n'a été trouvé" in words(page)
    assert "Chercher exactement" not in words(page), "that was done too"
    told = clients("bo").get("/search.json?q=ptsm").json()
    assert told["widened_in_vain"] and told["widened"][0]["words"] == "ptsm"
    page = seen(clients, "/search?q=esc")
    assert "Chercher exactement" in words(page) and "sans rien trouver" not in words(page)


def test_pages_of_results_are_named_and_carry_the_whole_search(
    made: Network, clients: Clients
) -> None:
    async def many(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        for number in range(21):
            await _deposit(ws, ada, made.shared, f"Relevé {number}.txt", b"Le budget.")

    within(made, many)
    within(made, finish_waiting_work)
    first = seen(clients, "/search?q=budget&kind=text&sort=newest")
    assert len(first.css(".hit")) == 20
    (onward,) = links(first, ".pager a").values()
    wanted = {"q": "budget", "kind": "text", "sort": "newest"}
    assert queried(onward) == {**wanted, "page": "2"}
    second = seen(clients, onward)
    assert names(second) and not names(second) & names(first)
    assert words(second, "title").startswith("Recherche : budget, Texte, page 2 – ")
    past = seen(clients, "/search?q=budget&kind=text&sort=newest&page=9")
    assert "Cette recherche n'a que 2 pages de résultats." in words(past)
    assert not past.css(".pager, .hit")
    last = links(past, "#results a")["Aller à la dernière page"]
    assert queried(last) == {**wanted, "page": "2"} and names(seen(clients, last)) == names(second)
    assert "Rien n'a été trouvé" not in words(past)
    only = seen(clients, "/search?q=transports&page=2")
    assert "Cette recherche n'a qu'une page de résultats." in words(only)
    assert queried(links(only, "#results a")["Aller à la dernière page"]) == {"q": "transports"}


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=1000000000000000000",
        "folder=x",
        "kind=exe",
        "sort=size",
        "year=-4",
        "older=2",
    ],
)
def test_an_address_that_cannot_be_keeps_the_words_and_leads_on(
    made: Network, clients: Clients, query: str
) -> None:
    page = seen(clients, f"/search?q=budget&{query}", status=422)
    assert words(page, ".empty h2") == "Ce lien de recherche n'est plus valable."
    assert page.css_first("[data-search]").attributes["value"] == "budget"
    assert not page.css(".seek input[type=hidden]"), "what cannot be is not asked again"
    plainly = links(page, ".empty a")["Chercher ces mots seulement"]
    assert queried(plainly) == {"q": "budget"} and names(seen(clients, plainly))
    without = seen(clients, f"/search?{query}", status=422)
    assert list(links(without, ".empty a").values()) == ["/search"]
    answer = clients("bo").get(f"/search.json?q=budget&{query}")
    assert answer.status_code == 422 and answer.json()["happened"]


def test_before_anything_is_asked_the_page_says_how(made: Network, clients: Clients) -> None:
    page = seen(clients, "/search")
    assert "Cherchez dans le texte de vos documents" in words(page)
    help_text = words(page, ".finer")
    for sign in ('"contrat', "-grippe", "OU", "addict*", "titre:", "dossier:", "par:"):
        assert sign in help_text
    for sign in ("structure:", "type:", "avant:", "après:"):
        assert sign in help_text
    examples = links(page, ".finer dt a")
    assert '"contrat local de santé"' in examples and "infirmier OU infirmière" in examples
    for example, address in examples.items():
        assert address == f"/search?{urlencode({'q': example})}", "encoded, and once"
        found = seen(clients, address)
        assert found.css_first("[data-search]").attributes["value"] == example
        assert not found.css(".notice.warn"), f"{example} is read as it is written"
    assert "/glossary" in links(page, ".finer a").values()


def test_while_the_index_is_made_again_the_page_says_so_and_what_works(made: Network) -> None:
    shutil.rmtree(made.settings.data / "index")
    with served(made) as clients:
        answer = clients("bo").get("/search?q=budget&kind=pdf")
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0
        page = HTMLParser(answer.text)
        assert clients("bo").get("/").status_code == 200
    assert "La recherche se prépare" in words(page)
    assert links(page, ".empty a")["Chercher de nouveau"] == "/search?q=budget&kind=pdf"
    assert "ouvrez-les depuis leurs dossiers, déposez" in words(page)
    assert "/" in links(page, ".empty a").values()
    assert page.css_first("[data-search]").attributes["value"] == "budget"


def test_a_search_that_takes_too_long_says_what_to_do() -> None:
    page = state(asking(Asked("a*"), RENDERER.voice("fr"), "busy"))
    assert "Précisez" in words(page) and "arrêtée" in words(page)
    assert page.css_first("[data-search]").attributes["value"] == "a*"


def test_everything_it_may_show_at_once_is_shown_and_is_text() -> None:
    page = state(contexts.shown(contexts.results()))
    text = words(page)
    for part in (
        "Nous avons aussi cherché : <script>alert('x')</script>.pdf, contrat local de santé (pour",
        "« après:<b>x</b> » n'est pas une date",
        "Ce qui a été cherché à la place : après, x.",
        "« par: » attend un mot juste après les deux-points, sans espace. Ce morceau n'a pas été",
        "Dans ce qui a déjà été parcouru",
        "2 documents qui viennent de changer",
        "43 résultats trouvés",
        "Diapositive 3",
    ):
        assert part in text
    assert queried(links(page, "main p a")["Chercher exactement ce que j’ai écrit"])["exact"] == "1"
    assert len(page.css(".chips li")) == 10  # seven, older, exact, and all at once
    everywhere = queried(links(page, ".chips a")["Tout retirer"])
    assert everywhere == {"q": contexts.EVIL, "sort": "newest"}
    assert len(links(page, ".wider a")) == len(WIDER)
    assert not page.css("main script")


def test_each_chip_takes_away_one_thing_and_no_other() -> None:
    page = state(contexts.shown(contexts.results()))
    whole = {"q", "folder", "structure", "person", "kind", "year", "sort", "older", "exact"}
    whole |= {"meeting", "series"}
    left = [whole - set(queried(one)) for one in list(links(page, ".chips a").values())[:9]]
    assert [len(one) for one in left] == [1] * 9
    assert set[str]().union(*left) == whole - {"q", "sort"}


def test_every_kind_of_file_and_every_wider_search_has_its_words() -> None:
    assert set(WIDER) == set(WiderKind)
    assert {kind.value for kind in KINDS} == {
        "pdf", "text", "sheet", "slides", "mail", "image", "sound", "film", "other",
        "agenda", "minutes", "decisions", "actions",
    }  # fmt: skip
    for language in ("fr", "en"):
        voice = RENDERER.voice(language)
        said: Iterable[str] = [voice.text(one) for one in (*KINDS.values(), *WIDER.values())]
        assert len(set(said)) == len(KINDS) + len(WIDER)


def test_a_choice_of_which_nothing_is_known_can_be_taken_away(
    made: Network, clients: Clients
) -> None:
    asked = Asked("budget", Narrowing(folder=FolderId(999_999)), Sort.NEWEST)
    page = seen(clients, f"/search?q={asked.words}&folder=999999&sort=newest")
    assert "Dossier : choix précédent" in words(page, ".chips")
    (address,) = links(page, ".chips a").values()
    assert queried(address) == {"q": "budget", "sort": "newest"}
