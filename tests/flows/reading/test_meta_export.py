import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.json_window import Found
from flows.reading.meta_export import filled, listed, mended, moment
from models.canonical import Rejected


def as_meta_writes(text: str) -> str:
    return text.encode().decode("latin-1")


@given(st.text())
def test_every_text_that_meta_writes_is_mended(text: str) -> None:
    assert mended(as_meta_writes(text)) == text


@pytest.mark.parametrize("text", ["", "plain", "Grüße", "ÄÖÜß", "„so“", "half \ud83d", "ü 👍"])
def test_a_text_that_was_right_is_kept(text: str) -> None:
    assert mended(text) == text


def test_each_text_is_mended_on_its_own_keys_too() -> None:
    broken = {as_meta_writes("Grüße"): [as_meta_writes("Zähler"), "Grüße", 5, None, True]}
    assert mended(broken) == {"Grüße": ["Zähler", "Grüße", 5, None, True]}


@pytest.mark.parametrize("seconds", [None, 0, -5, True, "1762156800", 1.5, 10**30, [1]])
def test_what_is_no_time_is_none(seconds: Any) -> None:
    assert moment(seconds) is None


def test_seconds_are_utc() -> None:
    assert moment(1762156800) == datetime(2025, 11, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (" ", None), (5, None), (None, None)])
def test_a_blank_is_nothing(value: Any, expected: str | None) -> None:
    assert filled(value) == expected


def values_in(tmp_path: Path, content: bytes | Any) -> list[Found | Rejected]:
    path = tmp_path / "list.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return list(listed(path, {"wanted", "also"}))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([1, 2], [1, 2]),
        ({"wanted": [1], "other": [5], "also": [2]}, [1, 2]),
        ({"wanted": {"activity_log_data": [1], "other": [5]}}, [1]),
        ({"wanted": 5, "activity_log_data": [5]}, []),
        ({"other": {"wanted": [5]}}, []),
        ([], []),
    ],
)
def test_the_wanted_lists_are_gone_through(
    tmp_path: Path, content: Any, expected: list[int]
) -> None:
    found = values_in(tmp_path, content)
    assert (
        [one.value for one in found if isinstance(one, Found)] == expected == [*map(_value, found)]
    )


def _value(found: Found | Rejected) -> Any:
    return found.value if isinstance(found, Found) else found


def test_values_come_with_their_lines_and_before_what_is_broken(tmp_path: Path) -> None:
    first, broken, last, cut = values_in(tmp_path, b'[{"a": 1},\n{"b": "\xfc"},\n{"c": 3}')
    assert (first, last) == (Found({"a": 1}, 1), Found({"c": 3}, 3))
    assert isinstance(broken, Rejected)
    assert (broken.reason, broken.line) == ("broken record", 2)
    assert isinstance(cut, Rejected)
    assert (cut.reason, cut.position) == ("broken file", 0)


@pytest.mark.parametrize("content", [b"", b"5", b"[1] [2]", b'{"wanted": [', b'"wanted"'])
def test_what_is_no_such_file_is_one_rejection(tmp_path: Path, content: bytes) -> None:
    rejected = [one for one in values_in(tmp_path, content) if isinstance(one, Rejected)]
    assert [one.reason for one in rejected] == ["broken file"]
