"""What an entry becomes in a tantivy index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from atelier.search import tantivy_fields as fields
from tests.contracts.index_answers import entry

MOMENTS = st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def test_an_entry_is_held_by_its_numbers_its_kind_and_its_words() -> None:
    document = fields.document_of(
        entry(7, "La santé", name="Œuvre", folder=3, older="un vieux budget", author_id=4),
        fields.schema(),
    ).to_dict()
    assert document[fields.DOCUMENT] == [7]
    assert document[fields.FOLDER] == [3]
    assert document[fields.AUTHOR_ID] == [4]
    assert document[fields.KIND] == ["pdf"]
    assert document[fields.EXACT] == ["_ sante"]
    assert document[fields.OLDER_EXACT] == ["_ vieux budget"]
    assert document[fields.WRITTEN] == ["sante|santé oeuvre|œuvre"]


@given(MOMENTS, MOMENTS)
def test_times_compare_in_the_index_as_they_do_among_people(one: datetime, other: datetime) -> None:
    assert (fields.microseconds(one) < fields.microseconds(other)) == (one < other)
    elsewhere = one.astimezone(timezone(timedelta(hours=-4)))
    assert fields.microseconds(elsewhere) == fields.microseconds(one)
