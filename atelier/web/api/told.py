"""What a search found, as JSON tells it: at its door, and on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace

from atelier.model.ids import FolderId, MeetingId, OrganisationId, PersonId, SeriesId
from atelier.model.search import (
    Asked,
    Choice,
    FileKind,
    Hit,
    MeetingHit,
    Narrowing,
    PageHit,
    Piece,
    Results,
    Suggested,
)
from atelier.web.asking import address_of

Told = dict[str, object]


def told(results: Results, site: str = "") -> Told:
    """Everything that was found, in JSON's types; `site` comes before each address."""
    asked = results.asked
    return {
        "words": asked.words,
        "total": results.total,
        "page": results.page,
        "page_size": results.page_size,
        "is_partial": results.is_partial,
        "not_yet": results.not_yet,
        "hits": [_hit(hit, site) for hit in results.hits],
        "facets": _facets(results, site),
        "widened": [{"words": one.words, "also": list(one.also)} for one in results.widened],
        "widened_in_vain": results.widened_in_vain,
        "spelling": _spelling(asked, results.spelling, site),
        "misread": [asdict(one) for one in results.misread],
        "understood": _given(asdict(results.understood)),
        "wider": [
            {"kind": one.kind, "total": one.total, "url": site + address_of(one.asked)}
            for one in results.wider
        ],
    }


def told_suggested(suggested: Suggested) -> Told:
    """What a beginning may become."""
    return {
        "words": list(suggested.words),
        "documents": [
            {
                "document": one.document_id,
                "name": one.name,
                "folder": one.folder,
                "url": f"/documents/{one.document_id}",
            }
            for one in suggested.documents
        ],
    }


def _hit(hit: Hit, site: str) -> Told:
    """With its best page by itself too: most programs want no other."""
    whole, pages = _pages(hit, site)
    best = pages[0] if pages else {"page": None, "snippet": "", "url": whole}
    return {
        "document": None if hit.part else hit.document_id,
        "kind": hit.kind,
        "meeting": None if hit.meeting is None else _meeting(hit.meeting, site),
        "name": hit.name,
        "folder_id": hit.folder_id,
        "folder": hit.folder,
        "version": hit.version,
        "is_older": hit.is_older,
        "is_fresh": hit.is_fresh,
        "media_type": hit.media_type,
        "changed_at": hit.changed_at.isoformat(),
        "page": best["page"],
        "snippet": best["snippet"],
        "url": best["url"],
        "pages": pages,
    }


def _pages(hit: Hit, site: str) -> tuple[str, list[Told]]:
    """The address of a document or a meeting, and its pages or lines."""
    if hit.part is not None and hit.meeting is not None:
        here = f"{site}/meetings/{hit.meeting.id}"
        return here, [{**_page(page, here), "url": f"{here}#{page.anchor}"} for page in hit.pages]
    here = f"{site}/documents/{hit.document_id}"
    view = f"{here}/view?version={hit.version}&page=" if hit.is_older else f"{here}/view?page="
    whole = f"{here}/view?version={hit.version}" if hit.is_older else here
    return whole, [_page(page, view if page.page else whole) for page in hit.pages]


def _meeting(meeting: MeetingHit, site: str) -> Told:
    return {
        "meeting": meeting.id,
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat(),
        "has_time": meeting.has_time,
        "series_id": meeting.series_id,
        "series": meeting.series,
        "url": f"{site}/meetings/{meeting.id}",
    }


def _page(page: PageHit, address: str) -> Told:
    return {
        "page": page.page,
        "snippet": "".join(piece.text for piece in page.snippet),
        "matches": _matches(page.snippet),
        "url": address if page.page is None else f"{address}{page.page}",
    }


def _matches(pieces: Iterable[Piece]) -> list[list[int]]:
    """Where the words stand in the snippet: start and end, in characters."""
    found: list[list[int]] = []
    at = 0
    for piece in pieces:
        if piece.is_match:
            found.append([at, at + len(piece.text)])
        at += len(piece.text)
    return found


def _facets(results: Results, site: str) -> Told:
    facets, asked = results.facets, results.asked
    return {
        "folders": [_folder(one, asked, site) for one in facets.folders],
        "organisations": [_organisation(one, asked, site) for one in facets.organisations],
        "people": [_person(one, asked, site) for one in facets.people],
        "kinds": [_kind(one, asked, site) for one in facets.kinds],
        "years": [_year(one, asked, site) for one in facets.years],
        "meetings": [_of_meeting(one, asked, site) for one in facets.meetings],
        "series": [_of_series(one, asked, site) for one in facets.series],
    }


def _folder(one: Choice, asked: Asked, site: str) -> Told:
    return _choice(one, asked, replace(asked.narrowing, folder=FolderId(int(one.value))), site)


def _organisation(one: Choice, asked: Asked, site: str) -> Told:
    chosen = OrganisationId(int(one.value))
    return _choice(one, asked, replace(asked.narrowing, organisation=chosen), site)


def _person(one: Choice, asked: Asked, site: str) -> Told:
    return _choice(one, asked, replace(asked.narrowing, person=PersonId(int(one.value))), site)


def _kind(one: Choice, asked: Asked, site: str) -> Told:
    return _choice(one, asked, replace(asked.narrowing, kind=FileKind(one.value)), site)


def _year(one: Choice, asked: Asked, site: str) -> Told:
    return _choice(one, asked, replace(asked.narrowing, year=int(one.value)), site)


def _of_meeting(one: Choice, asked: Asked, site: str) -> Told:
    return _choice(one, asked, replace(asked.narrowing, meeting=MeetingId(int(one.value))), site)


def _of_series(one: Choice, asked: Asked, site: str) -> Told:
    return _choice(one, asked, replace(asked.narrowing, series=SeriesId(int(one.value))), site)


def _choice(one: Choice, asked: Asked, narrowing: Narrowing, site: str) -> Told:
    """A way to narrow, with the address of the search narrowed so."""
    url = site + address_of(replace(asked, narrowing=narrowing))
    told = {"value": one.value, "name": one.name, "count": one.count, "is_chosen": one.is_chosen}
    return told | ({} if one.at is None else {"at": one.at.isoformat()}) | {"url": url}


def _spelling(asked: Asked, words: str, site: str) -> Told | None:
    if not words:
        return None
    return {"words": words, "url": site + address_of(replace(asked, words=words))}


def _given(values: Told) -> Told:
    """Only what there is; moments as ISO 8601."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
        if value
    }
