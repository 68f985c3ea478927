"""A search and the query of its address say the same, in both directions."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.model.asked import kept_in, query_of
from atelier.model.ids import FolderId, MeetingId, OrganisationId, PersonId, SeriesId
from atelier.model.search import Asked, FileKind, Narrowing, Sort
from atelier.web.asking import asked_in

NUMBERS = st.none() | st.integers(1, 10**18 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip)
ASKED = st.builds(
    Asked,
    TEXTS,
    st.builds(
        Narrowing,
        folder=NUMBERS,
        organisation=NUMBERS,
        person=NUMBERS,
        kind=st.none() | st.sampled_from(FileKind),
        year=st.none() | st.integers(1, 9999),
        with_older=st.booleans(),
        meeting=NUMBERS,
        series=NUMBERS,
    ),
    st.sampled_from(Sort),
    st.booleans(),
)


@given(ASKED)
def test_what_is_kept_comes_back_and_the_page_reads_it_alike(asked: Asked) -> None:
    assert kept_in(query_of(asked)) == asked
    assert asked_in(dict(parse_qsl(query_of(asked)))) == asked


@given(st.text(max_size=200))
def test_no_kept_text_is_a_fault(query: str) -> None:
    again = kept_in(query)
    assert kept_in(query_of(again)) == again


def test_one_search_has_one_query() -> None:
    narrowing = Narrowing(FolderId(3), OrganisationId(4), PersonId(5), FileKind.PDF, 2024, True)
    asked = Asked("contrat & santé", narrowing, Sort.NEWEST, is_exact=True)
    assert query_of(asked, page=2) == (
        "q=contrat+%26+sant%C3%A9&folder=3&structure=4&person=5&kind=pdf&year=2024"
        "&sort=newest&older=1&exact=1&page=2"
    )
    assert query_of(Asked("mot"), page=1) == "q=mot"
    of_series = Narrowing(kind=FileKind.DECISIONS, meeting=MeetingId(6), series=SeriesId(7))
    assert query_of(Asked("mot", of_series)) == "q=mot&kind=decisions&meeting=6&series=7"


@pytest.mark.parametrize(
    "query",
    ["q=mot&kind=hologram", "q=mot&year=99999&folder=0", "q=mot&folder=x&sort=best", "q=mot&old=1"],
)
def test_what_an_older_release_asked_and_this_one_does_not_know_is_left_out(query: str) -> None:
    assert kept_in(query) == Asked("mot")
