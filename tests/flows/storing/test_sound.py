from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from flows.storing.sound import sound
from models.canonical import Comment, Post, Rejected, Swept

WHEN = datetime(2025, 11, 3, tzinfo=UTC)
COMMENT = Comment(platform="p", site="", position=7, line=8, text="Gut.", created_at=WHEN)


def test_sound_records_come_out_as_they_went_in() -> None:
    post = Post(platform="p", site="", native_id="1", position=1, aliases=("a",))
    swept = Swept(platform="p", site="", post_native_id="1", position=2)
    rejected = Rejected(position=3, reason="no text", detail="nothing")
    records = [post, COMMENT, swept, rejected]
    assert all(a is b for a, b in zip(sound(records), records, strict=True))


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("text", 5, "`text` is of type `int`, expected text"),
        ("site", None, "`site` is of type `NoneType`, expected text"),
        (
            "like_count",
            2**63,
            "`like_count` is a number of 16 hexadecimal digits, expected 64 bits",
        ),
        ("like_count", True, "`like_count` is of type `bool`, expected a whole number"),
        ("created_at", "2025-11-03", "`created_at` is of type `str`, expected a time"),
        ("aliases", ("a", None), "`aliases` holds something else than texts"),
        ("author", {"name": "Anna"}, "`author` is of type `dict`, expected text"),
    ],
)
def test_a_field_that_no_table_holds_rejects_its_record_and_quotes_nothing(
    field: str, value: Any, told: str
) -> None:
    bent = replace(COMMENT, **{field: value})
    other = replace(COMMENT, position=9)
    found = list(sound([bent, other]))
    assert found == [Rejected(position=7, line=8, reason="broken record", detail=told), other]


@pytest.mark.parametrize(
    ("field", "value", "bent"), [("like_count", 1, -(2**63) - 1), ("aliases", ("a",), ("b", 5))]
)
def test_of_records_with_values_of_the_same_types_each_is_looked_at(
    field: str, value: Any, bent: Any
) -> None:
    records = [replace(COMMENT, **{field: each}) for each in (value, bent, value)]
    found = list(sound(records))
    assert (found[0], found[2]) == (records[0], records[2])
    assert isinstance(found[1], Rejected)


POST = Post(platform="p", site="", native_id="1", position=4)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("gestern", "xxxxxxx"),
        ("31.02.2025", "99.99.9999"),
        ("2025-13-01T00:00:00Z", "9999-99-99x99:99:99x"),
        ("Anna Berg, Zimmer 12", "xxxx xxxx, xxxxxx 99"),
    ],
)
def test_a_post_whose_time_can_not_be_read_is_rejected_and_not_without_a_time(
    raw: str, shown: str
) -> None:
    told = f"the time of a post can't be read; its form is `{shown}` (9: a digit, x: a letter)"
    expected = Rejected(position=4, reason="no time", detail=told)
    assert list(sound([replace(POST, created_at_raw=raw)])) == [expected]


@pytest.mark.parametrize("raw", [None, "", " ", "0000-00-00 00:00:00", "0"])
def test_a_post_of_which_no_time_is_told_is_none_the_worse(raw: str | None) -> None:
    post = replace(POST, created_at_raw=raw)
    assert list(sound([post])) == [post]
