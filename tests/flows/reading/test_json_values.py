"""Values of JSON objects: what they are taken for, and what is taken for nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.reading.json_values import count_in, moment_of, object_in, objects_in, packed, text_in


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


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2025-11-03T09:30:00+01:00", datetime(2025, 11, 3, 8, 30, tzinfo=UTC)),
        ("2025-11-03T08:30:00.000Z", datetime(2025, 11, 3, 8, 30, tzinfo=UTC)),
        ("2025-11-03T08:30:00", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_time_needs_an_offset(raw: str | None, moment: datetime | None) -> None:
    assert moment_of(raw) == moment


def test_json_is_written_one_way_and_nothing_is_none() -> None:
    assert packed({"b": "ü\ud83d", "a": 1}) == '{"a": 1, "b": "ü\ufffd"}'
    assert packed({}) is None
