from datetime import datetime

import pytest

from flows.reading.table_entries import (
    Entry,
    count_of,
    entry_of,
    raw_text,
    somebody,
    spoken,
    status_of,
    time_cell,
)
from flows.reading.table_types import Row
from flows.reading.times import MAC_ZERO


def test_a_row_is_told_by_fields_without_what_says_nothing():
    row = Row(2, 3, {"Nr": "4711.0", "Wer": "NULL", "Was": " n/a ", "Likes": 3, "IP": "::1"})
    columns = {"comment_id": "Nr", "author": "Wer", "text": "Was", "like_count": "Likes"}
    entry = entry_of(row, columns)
    assert (entry.position, entry.line) == (2, 3)
    assert entry.texts == {"comment_id": "4711", "text": "n/a", "like_count": "3"}
    assert entry.cells["author"] == "NULL"


@pytest.mark.parametrize(
    ("written", "count"),
    [
        *(("3", 3), ("3,0", 3), ("3.0", 3), ("1.234", 1234), ("1,234", 1234), ("1 234", 1234)),
        *(("1.234.567", 1234567), ("1'234", 1234), ("", None), ("viele", None), ("-1", None)),
        *(("NaN", None), ("9" * 40, None), ("12,5", 12), ("1.234,00", None)),
        *((3.0, 3), (-1, None), (10**15, None), (None, None)),
    ],
)
def test_a_count_is_read_as_spreadsheets_write_it(written, count):
    assert count_of(written) == count


@pytest.mark.parametrize(
    ("day", "clock", "time"),
    [
        ("05.11.2025", "14:30", "05.11.2025 14:30"),
        (datetime(2025, 11, 5), 0.5, "2025-11-05 12:00:00"),
        (45966, datetime(2025, 11, 5, 14, 30), "2025-11-05 14:30:00"),
        ("05.11.2025 09:00", "14:30", "05.11.2025 09:00"),
        *(("05.11.2025", "", "05.11.2025"), (None, "14:30", None)),
    ],
)
def test_day_and_clock_of_two_columns_are_put_together(day, clock, time):
    entry = Entry(1, None, {"created_at": day, "created_time": clock}, {})
    assert time_cell(entry) == time


def test_a_day_number_beside_a_clock_counts_from_the_day_zero_of_its_file():
    entry = Entry(1, None, {"created_at": 44504, "created_time": 0.5}, {})
    assert time_cell(entry, MAC_ZERO) == "2025-11-05 12:00:00"


@pytest.mark.parametrize("name", [None, "", "anonymous", "Anonym", "NULL", "0", "1,2E+15"])
def test_nobody_in_particular_is_no_author(name):
    assert somebody(name) is None
    assert somebody("Eva") == "Eva"


@pytest.mark.parametrize(
    ("word", "status"),
    [("Veröffentlicht", "published"), ("0", "pending"), ("Neu", "unknown"), (None, "unknown")],
)
def test_states_are_understood_in_both_languages(word, status):
    assert status_of(word) == status


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('{"takeoutSegments":[{"text":"a"},{"text":" b"}]}', "a b"),
        ('{"text":"a"},{"text":"\n"},{"text":"b"}', "a\nb"),
        ('{"text": 5}', "5"),
        ('{"text": "a"', '{"text": "a"'),
        ('{"text": "a"} und Prosa', '{"text": "a"} und Prosa'),
        ("\\N", None),
    ],
    ids=["old form", "new form", "a number", "broken", "only looks like it", "nothing"],
)
def test_the_wrapping_of_youtube_takeout_is_taken_off(cell, words):
    assert spoken(cell) == words


def test_a_value_is_kept_as_it_is_written():
    assert [raw_text(value) for value in (" gestern ", 45966.5, "  ", None)] == [
        *("gestern", "45966.5", None, None)
    ]
