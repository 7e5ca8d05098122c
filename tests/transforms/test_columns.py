from datetime import datetime

import polars as pl
import pytest

from transforms.columns import frame_of

SCHEMA = {
    "text": pl.String(),
    "count": pl.Int64(),
    "at": pl.Datetime("us"),
    "aliases": pl.List(pl.String()),
}
EMPTY = {"text": [None], "count": [None], "at": [None], "aliases": [[]]}


def test_values_stand_in_the_order_of_the_schema_with_its_types() -> None:
    at = datetime(2025, 1, 2, 3, 4, 5, 678)
    columns = {"aliases": [["a", "b"], []], "at": [at, None], "count": [1, None], "text": ["x", ""]}
    frame = frame_of(columns, SCHEMA)
    assert frame.schema == SCHEMA
    assert frame.rows() == [("x", 1, at, ["a", "b"]), ("", None, None, [])]


def test_no_rows_make_an_empty_frame() -> None:
    frame = frame_of({name: [] for name in SCHEMA}, SCHEMA)
    assert frame.schema == SCHEMA
    assert frame.is_empty()


def test_half_a_character_becomes_a_replacement_and_a_pair_the_character() -> None:
    frame = frame_of(
        EMPTY | {"text": ["\ud83d Anna \ud83d\ude00"], "aliases": [["\udc00"]]}, SCHEMA
    )
    assert frame.row(0)[0] == "\ufffd Anna 😀"
    assert frame.row(0)[3] == ["\ufffd"]


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError):
        frame_of(EMPTY | {"count": ["many"]}, SCHEMA)


def test_a_time_that_all_rows_share_stands_in_each() -> None:
    at = datetime(2025, 1, 2, 3, 4)
    columns = {"text": ["x", "y"], "count": [1, 2], "at": [at, at], "aliases": [[], []]}
    frame = frame_of(columns, SCHEMA)
    assert frame.schema == SCHEMA
    assert frame.rows() == [("x", 1, at, []), ("y", 2, at, [])]
