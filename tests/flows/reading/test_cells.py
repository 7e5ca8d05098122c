from datetime import date, datetime, time

import pytest

from flows.reading.cells import Nested, flat, forbidden, holds_nul, typed_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        *((None, None), ("a", "a"), (3, 3), (True, True), (0.5, 0.5)),
        *((float("nan"), None), (float("-inf"), None)),
        (datetime(2025, 10, 1, 9, 30), datetime(2025, 10, 1, 9, 30)),
        *((date(2025, 10, 1), "2025-10-01"), (time(9, 30), "09:30:00")),
        *((b"\xc3\xbc\xff", "ü\ufffd"), (["ü", 1], '["ü", 1]'), ({"a": None}, '{"a": null}')),
        (3 + 4j, "(3+4j)"),
    ],
    ids=repr,
)
def test_every_value_becomes_one_that_a_table_can_hold(value, cell):
    assert typed_cell(value) == cell


def test_objects_that_are_nested_too_deep_stay_json():
    nested: object = "x"
    for name in "ihgfedcba":
        nested = {name: nested}
    assert flat(nested) == {"a.b.c.d.e.f.g": '{"h": {"i": "x"}}'}


def test_lists_and_objects_are_told_from_texts_that_look_like_them():
    cells = flat({"tags": ["a b"], "said": '["a b"]', "deep": [{"a": 1}]})
    assert [type(cell) for cell in cells.values()] == [Nested, str, Nested]
    assert cells["tags"] == cells["said"]


def test_a_row_with_a_nul_byte_is_turned_away():
    assert holds_nul({"a": 1, "b": "x\x00"})
    assert not holds_nul({"a": 1, "b": "x"})
    rejected = forbidden(3, 7)
    assert (rejected.position, rejected.line, rejected.reason) == (3, 7, "forbidden character")
