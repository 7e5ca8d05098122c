"""Values of JSON objects: what they are taken for, and what is taken for nothing."""

from typing import Any

import pytest

from flows.reading.json_values import count_in, object_in, objects_in, packed, text_in


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ("a", "a"),
        (7, "7"),
        (" ", None),
        (None, None),
        (True, None),
        ([], None),
        ("\ud83d!", "\ufffd!"),
    ],
)
def test_a_text_or_id_is_text_and_all_else_is_nothing(found: Any, text: str | None) -> None:
    assert text_in({"key": found}, "key") == text


@pytest.mark.parametrize(
    ("found", "number"),
    [(0, 0), ("12", 12), (-1, None), (True, None), ("1.5", None), ("²", None), (None, None)],
)
def test_a_count_is_a_number_or_its_digits_and_unknown_is_not_zero(
    found: Any, number: int | None
) -> None:
    assert count_in({"key": found}, "key") == number
    assert count_in({}, "key") is None


def test_what_is_no_object_is_an_empty_one() -> None:
    assert object_in({"key": {"a": 1}}, "key") == {"a": 1}
    assert object_in({"key": []}, "key") == object_in({}, "key") == {}
    assert objects_in({"key": [{"a": 1}, 2, None]}, "key") == [{"a": 1}]
    assert objects_in({"key": {"a": 1}}, "key") == []


def test_json_is_written_one_way_and_nothing_is_none() -> None:
    assert packed({"b": "ü\ud83d", "a": 1}) == '{"a": 1, "b": "ü\ufffd"}'
    assert packed({}) is None
