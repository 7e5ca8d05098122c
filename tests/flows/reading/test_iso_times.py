from datetime import UTC, datetime

import pytest

from flows.reading.iso_times import WrittenTime, aware, moment_of, placed
from flows.reading.times import TimeReader

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


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2025-03-01T24:00:00Z", datetime(2025, 3, 2, tzinfo=UTC)),
        ("2025-12-31T24:00:00.000+01:00", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("2025-02-28 24:00", datetime(2025, 2, 28, 23, tzinfo=UTC)),
        ("20251103T240000Z", datetime(2025, 11, 4, tzinfo=UTC)),
        ("2025-10-25T24:00", datetime(2025, 10, 25, 22, tzinfo=UTC)),
    ],
)
def test_an_hour_24_ends_its_day_as_it_does_in_tables(raw: str, moment: datetime) -> None:
    told = TimeReader("Europe/Berlin").read(raw)
    assert told
    assert placed(raw, "Europe/Berlin").at == told.at == moment
    assert moment_of(raw) == (None if told.zone_assumed else moment)


@pytest.mark.parametrize(
    "raw", ["2025-11-03T24:00:01Z", "2025-11-03T24:30Z", "2025-11-03T25:00Z", "9999-12-31T24:00Z"]
)
def test_what_is_later_than_the_end_of_a_day_is_no_time(raw: str) -> None:
    assert moment_of(raw) is None
    assert aware(raw, "UTC") is None
