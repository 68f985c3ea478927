"""What people do with versions: coming second, and labels."""

from __future__ import annotations

import base64

from playwright.sync_api import APIResponse

from tests.journeys.stage import Visit


def come_second(visit: Visit) -> None:
    """On the page of a document: another version comes while hers is on its way."""
    document = visit.path.rpartition("/")[2]
    form = visit.page.locator(f"form[action='/documents/{document}/versions']")
    expected = form.locator("[name=expected]").get_attribute("value") or ""
    token = {
        "X-Form-Token": form.locator("[name=form_token]").get_attribute("value") or "",
        "Origin": visit.url,
    }
    tus = {"Tus-Resumable": "1.0.0"} | token
    told = {"filename": "la mienne.txt", "document": document, "expected": expected}
    pairs = [f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in told.items()]
    late = _sent(
        visit.context.request.post(
            "/deposits/",
            headers=tus | {"Upload-Length": "9", "Upload-Metadata": ",".join(pairs)},
        )
    )
    _sent(
        visit.context.request.put(
            f"/documents/{document}/versions?expected={expected}",
            headers=token,
            data=f"avant, sur la version {expected}".encode(),
        )
    )
    last = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = visit.context.request.patch(
        late.headers["location"], headers=tus | last, data=b"la mienne"
    )
    assert answer.status == 409 and answer.json()["aside"], answer.text()
    visit.page.reload()
    visit.page.wait_for_selector("#field-aside")


def label(visit: Visit, words: str = "Validé en séance") -> None:
    """On the page of a document: its current version is called so."""
    form = visit.page.locator("details", has=visit.page.locator("form[action$='/label']")).first
    form.locator("summary").click()
    form.locator("[name=label]").fill(words)
    form.get_by_role("button", name=visit.said("Enregistrer")).click()
    visit.page.wait_for_selector("[data-notice], .timeline")


def _sent(answer: APIResponse) -> APIResponse:
    assert answer.ok, (answer.status, answer.text())
    return answer
