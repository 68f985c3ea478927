"""What people do in the pages, in their words. Every act works with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from playwright.sync_api import FilePayload

from tests.journeys.stage import PATIENCE_SECONDS, Visit, said


@dataclass(frozen=True)
class Hit:
    """One document found: its name, its address, and where each of its pages leads."""

    name: str
    address: str
    pages: Mapping[str, str]


def make_folder(visit: Visit, name: str) -> str:
    """In the folder that is open; the address of the new one."""
    visit.opens("Nouveau dossier")
    visit.page.fill("[name=name]", name)
    visit.presses("Créer le dossier")
    visit.page.wait_for_url("**/folders/*done=folder-made")
    return visit.path


def choose_files(visit: Visit, contents: Mapping[str, bytes]) -> None:
    """In the panel of deposits of the folder that is open."""
    visit.opens("Déposer des documents")
    visit.page.set_input_files("[name=files]", payloads(contents))


def payloads(contents: Mapping[str, bytes]) -> list[FilePayload]:
    """Files to choose, by name."""
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in contents.items()
    ]


def document_in(visit: Visit, folder: str, name: str) -> str:
    """The address of a document of this name in a folder."""
    visit.goes(folder)
    address = visit.page.get_by_role("link", name=name, exact=True).get_attribute("href")
    assert address is not None
    return address


def find(visit: Visit, words: str) -> list[Hit]:
    """What the search box of the page answers."""
    visit.page.fill("[data-search]", words)
    visit.page.press("[data-search]", "Enter")
    visit.page.wait_for_url("**/search?*")
    return hits(visit)


def hits(visit: Visit) -> list[Hit]:
    """The documents found, on a page of results."""
    found = []
    for hit in visit.page.locator(".hit").all():
        title = hit.locator("h2 a, h3 a")
        pages = {
            re.sub(r"\s+", " ", link.inner_text()).strip(): link.get_attribute("href") or ""
            for link in hit.locator(".pages a").all()
        }
        found.append(Hit(title.inner_text(), title.get_attribute("href") or "", pages))
    return found


def find_in_time(visit: Visit, words: str) -> list[Hit]:
    """What the search answers, once it answers something."""
    visit.goes("/search")
    find(visit, words)
    until(visit, lambda: bool(hits(visit)))
    return hits(visit)


def until(visit: Visit, holds: Callable[[], bool]) -> None:
    """Load the page again until something holds on it."""
    end = monotonic() + PATIENCE_SECONDS
    while not holds():
        assert monotonic() < end, visit.page.locator("main").inner_text()
        visit.page.wait_for_timeout(100)
        visit.page.reload()


def versions(visit: Visit) -> list[str]:
    """The headings of the history, newest first."""
    return [
        re.sub(r"\s+", " ", each.inner_text()).strip()
        for each in visit.page.locator(".timeline h3").all()
    ]


def announce_access(visit: Visit, folder: str, subject: str, role: str = "Lecture") -> None:
    """On the page of a folder's access, as far as what it would change."""
    visit.goes(f"{folder}/access")
    visit.page.select_option("[name=subject]", label=said(subject))
    visit.page.get_by_role("radio", name=role).check()
    visit.presses("Donner l'accès")
    visit.page.wait_for_selector("[name=announced]", state="attached")


def give_access(visit: Visit, folder: str, subject: str, role: str = "Lecture") -> None:
    """On the page of a folder's access."""
    announce_access(visit, folder, subject, role)
    confirm(visit)
    visit.page.wait_for_url("**/access?done=granted")


def announce_withdrawal(visit: Visit, folder: str, subject: str) -> None:
    """What was given to them on this very folder: as far as what its end would change."""
    visit.goes(f"{folder}/access")
    row = visit.page.get_by_role("row").filter(has_text=subject)
    row.get_by_role("button", name=said("Retirer")).click()
    visit.page.wait_for_selector("[name=announced]", state="attached")


def withdraw_access(visit: Visit, folder: str, subject: str) -> None:
    """What was given to them on this very folder."""
    announce_withdrawal(visit, folder, subject)
    confirm(visit)
    visit.page.wait_for_url("**/access?done=withdrawn")


def take_over(visit: Visit, folder: str, reason: str) -> None:
    """A steward makes herself the coordinator of a folder, which she knows by its number."""
    visit.goes("/orphans")
    visit.page.fill("[name=folder]", folder.rpartition("/")[2])
    visit.page.fill("[name=reason]", reason)
    visit.presses("Prendre en main")
    visit.page.wait_for_url(f"**{folder}?done=*")


def confirm(visit: Visit) -> None:
    """On the page that says who gains and who loses."""
    visit.page.wait_for_selector("[name=announced]", state="attached")
    visit.presses("Confirmer")
