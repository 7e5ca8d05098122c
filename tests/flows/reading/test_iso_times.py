from datetime import UTC, datetime

import pytest

from flows.reading.iso_times import WrittenTime, aware, moment_of, placed

NINE = datetime(2025, 7, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2025-11-03T09:30:00+01:00", datetime(2025, 11, 3, 8, 30, tzinfo=UTC)),
        ("2025-11-03T08:30:00.000Z", datetime(2025, 11, 3, 8, 30, tzinfo=UTC)),
        ("2025-11-03T08:30:00", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("0000-00-00", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_needs_an_offset(raw: str | None, moment: datetime | None) -> None:
    assert moment_of(raw) == moment


def test_a_time_without_an_offset_is_one_of_a_zone_that_is_told() -> None:
    assert placed("2025-07-01T11:00:00", "Europe/Berlin") == WrittenTime(
        NINE, "2025-07-01T11:00:00", "Europe/Berlin"
    )
    assert placed("2025-07-01T09:00:00Z", "Europe/Berlin") == WrittenTime(
        NINE, "2025-07-01T09:00:00Z"
    )


@pytest.mark.parametrize("raw", ["soon", "0001-01-01T00:00:00+14:00", "0001-01-01 00:00", None])
def test_of_what_is_no_time_only_the_text_is_known(raw: str | None) -> None:
    assert placed(raw, "Asia/Tokyo") == WrittenTime(None, raw)


def test_the_zone_counts_only_where_the_text_names_none() -> None:
    assert aware("2025-07-01 11:00", "Europe/Berlin") == NINE
    assert aware("2025-07-01 09:00+00:00", "Europe/Berlin") == NINE
    assert aware("", "Europe/Berlin") is None
