"""The doors of bytes through the whole application: what they refuse, and with which headers."""

from __future__ import annotations

import pytest

from atelier.model.ids import DocumentId
from atelier.workspace import deposits, documents, people
from atelier.workspace.place import Workspace
from tests.web.network import PDF, Clients, Network, within

CONDITIONS: tuple[dict[str, str], ...] = (
    {},
    {"range": "bytes=0-3"},
    {"range": "bytes=0-3,5-6"},
    {"range": "bytes=999999-"},
    {"if-none-match": "*"},
    {"if-match": '"x"'},
    {"if-range": '"x"', "range": "bytes=0-3"},
)
HTML = b"<!doctype html><script>alert(1)</script>" * 20


def content(document: int) -> str:
    return f"/documents/{document}/versions/1/content"


def page_deposited(made: Network) -> DocumentId:
    """A page of HTML in the shared folder."""

    async def deposit(ws: Workspace) -> DocumentId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        incoming = await deposits.begin(ws, ada, made.shared, "page.pdf.html")
        await incoming.write(HTML)
        return (await deposits.finish(ws, ada, incoming)).document_id

    return within(made, deposit)


@pytest.mark.parametrize("asked", CONDITIONS, ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_right_is_asked_before_any_condition(
    made: Network, clients: Clients, asked: dict[str, str], method: str
) -> None:
    archive = f"/folders/{made.secret}/archive"
    for hidden, never in (
        (content(made.hidden), content(999_999)),
        (archive, "/folders/999999/archive"),
    ):
        bo = clients("bo")
        refused, unknown = (bo.request(method, path, headers=asked) for path in (hidden, never))
        assert (refused.status_code, refused.content) == (404, unknown.content)
        told = [dict(one.headers) for one in (refused, unknown)]
        for headers in told:
            headers.pop("x-request-id")
        assert told[0] == told[1] and "etag" not in told[0]
    status = clients("bo").request(method, content(made.document), headers=asked).status_code
    assert status in (200, 206, 304, 412, 416)


@pytest.mark.parametrize(
    "asked", [{}, {"range": "bytes=0-3"}, {"range": "bytes=0-3,9-12"}], ids=str
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_that_was_deposited_never_runs_whatever_the_way(
    made: Network, clients: Clients, asked: dict[str, str], method: str
) -> None:
    document = page_deposited(made)
    for path in (content(document), f"{content(document)}?inline"):
        answer = clients("bo").request(method, path, headers=asked)
        headers = answer.headers
        assert answer.status_code == (206 if asked else 200)
        kind = headers["content-type"]
        assert kind == "application/octet-stream" or kind.startswith("multipart/byteranges;")
        assert b"text/html" not in answer.content
        assert headers["content-disposition"].startswith("attachment;")
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "private, no-cache"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_another_site_embeds_no_document_and_no_archive(made: Network, clients: Clients) -> None:
    for path in (content(made.document), f"/folders/{made.shared}/archive"):
        for kind in ("image", "script", "iframe", "empty"):
            headers = {"sec-fetch-site": "cross-site", "sec-fetch-dest": kind}
            assert clients("bo").get(path, headers=headers).status_code == 403
        same = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "document"}
        assert clients("bo").get(path, headers=same).status_code == 200


def test_lost_bytes_are_told_for_that_document_alone(made: Network, clients: Clients) -> None:
    document = page_deposited(made)

    async def lose(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        given = await documents.content(ws, ada, document, 1)
        given.opened.close()
        await ws.blobs.remove(given.version.sha256)

    within(made, lose)
    bo = clients("bo")
    lost = bo.get(content(document))
    assert lost.status_code == 410 and "sauvegarde" in lost.text
    assert bo.get(content(made.document)).content == PDF
    assert bo.get(f"/documents/{document}").status_code == 200
    assert bo.get(f"/folders/{made.shared}").status_code == 200
    # One who may not read it is not told that it is lost.
    never = clients("cy").get(content(999_999))
    assert clients("cy").get(content(document)).content == never.content
