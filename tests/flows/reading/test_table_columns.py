"""Rows told field by field say what each of them says by itself."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.table_columns import each, entries_of, rounded_ids, texts_of
from flows.reading.table_entries import ID_FIELDS, NO_VALUE, entry_of, reader_of
from flows.reading.table_types import Row

WRITTEN = st.one_of(
    st.text(max_size=8),
    st.sampled_from([*NO_VALUE, " NULL ", "4711.0", "4711.0 ", "x.0", "7,1E+11", "Danke!", "\x1c"]),
)
TYPED = st.one_of(WRITTEN, st.none(), st.integers(), st.booleans(), st.sampled_from([1.0, 4711.0]))
COLUMNS = {field: field for field in (*ID_FIELDS, "text", "author")}


def rows_of(*cells: dict[str, object]) -> list[Row]:
    return [Row(place, place + 1, dict(of_row)) for place, of_row in enumerate(cells, start=1)]


@given(st.sampled_from(list(COLUMNS)), st.one_of(st.lists(WRITTEN), st.lists(TYPED)))
def test_a_field_says_of_all_rows_what_each_of_them_says(field: str, cells: list[object]) -> None:
    assert texts_of(field, cells) == [reader_of(field)(cell) for cell in cells]


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, TYPED))))
def test_entries_side_by_side_are_the_entries_of_the_rows(cells: list[dict[str, object]]) -> None:
    rows = rows_of(*cells)
    side = entries_of(rows, COLUMNS)
    for place, row in enumerate(rows):
        alone = entry_of(row, COLUMNS)
        assert side.entry(place) == alone
        assert {field: side.cells(field)[place] for field in COLUMNS} == alone.cells
        told = {field: side.texts(field)[place] for field in COLUMNS}
        assert {field: text for field, text in told.items() if text} == alone.texts


@pytest.mark.parametrize("values", [[], ["a"], ["a", "b", "a", "a"], ["a", None, "a", None, "a"]])
def test_what_is_made_of_values_stands_in_their_order(values: list[str | None]) -> None:
    assert each(repr, values) == [repr(value) for value in values]


def test_values_that_are_equal_but_not_alike_are_read_apart() -> None:
    assert each(str, [1, True, 1.0, 1]) == ["1", "True", "1.0", "1"]


def test_of_texts_that_repeat_each_is_looked_at_once() -> None:
    asked: list[str] = []
    assert each(lambda text: asked.append(text) or len(text), ["ab", "c"] * 5) == [2, 1] * 5
    assert sorted(asked) == ["ab", "c"]


def test_rows_alike_in_some_fields_are_asked_once() -> None:
    rows = rows_of({"post_id": "p", "text": "a"}, {"post_id": "q"}, {"post_id": "p", "text": "b"})
    asked: list[int] = []
    side = entries_of(rows, COLUMNS)
    found = side.each_alike(
        ["post_id"], lambda entry: asked.append(entry.position) or entry.texts["post_id"]
    )
    assert found == ["p", "q", "p"]
    assert len(asked) == 2


def test_a_rounded_id_is_told_with_its_place() -> None:
    rows = rows_of({"post_id": "7,1E+11"}, {"comment_id": "4711"}, {"comment_id": "1E+11"})
    side = entries_of(rows, COLUMNS)
    assert rounded_ids(side) == {0: "7,1E+11", 2: "1E+11"}
    assert [row.position for row in side.without({0: "", 2: ""}).rows] == [2]


def test_a_cell_that_is_no_text_is_read_as_it_is() -> None:
    assert texts_of("text", [datetime(2025, 1, 2), None]) == ["2025-01-02 00:00:00", None]
