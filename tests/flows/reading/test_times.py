from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.times import (
    MAC_ZERO,
    TimeReader,
    excel_serial,
    has_open_order,
    is_day,
    is_timely,
    observed_order,
    time_reader,
)

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("05.11.2025 14:30", "2025-11-05 13:30:00"),
        ("05.11.2025, 14:30 Uhr", "2025-11-05 13:30:00"),
        ("5. 11. 2025 14.30 Uhr", "2025-11-05 13:30:00"),
        ("5.11.25 8:05", "2025-11-05 07:05:00"),
        ("Mi., 5. Nov. 2025, 14:30 Uhr", "2025-11-05 13:30:00"),
        ("Mittwoch, 5. November 2025 um 14:30", "2025-11-05 13:30:00"),
        ("Sonntag, 5. Oktober 2025 14:30", "2025-10-05 12:30:00"),
        ("5. Jänner 2025 00:10", "2025-01-04 23:10:00"),
        ("7. Feber 2025 09:00", "2025-02-07 08:00:00"),
        ("05-Nov-25 2:30 PM", "2025-11-05 13:30:00"),
        ("Nov 5, 2025 at 2:30 PM", "2025-11-05 13:30:00"),
        ("November 5th, 2025 12:05 a.m.", "2025-11-04 23:05:00"),
        ("05.11.2025 12:05 PM", "2025-11-05 11:05:00"),
        ("2025/1/5 8:05", "2025-01-05 07:05:00"),
        ("2025-11-05T21:30:39Z", "2025-11-05 21:30:39"),
        ("2025-11-05T21:30:39.123+01:00", "2025-11-05 20:30:39.123000"),
        ("2025-11-05 21:30:39 UTC", "2025-11-05 21:30:39"),
        ("2025-11-05 21:30:39 +0000", "2025-11-05 21:30:39"),
        ("05.11.2025 14:30 MESZ", "2025-11-05 12:30:00"),
        ("Wed Nov 05 21:30:39 +0000 2025", "2025-11-05 21:30:39"),
        ("Wed, 05 Nov 2025 21:30:39 GMT", "2025-11-05 21:30:39"),
        ("Wed, 05 Nov 2025 21:30:39 -0500", "2025-11-06 02:30:39"),
        ("Wed Nov 05 2025 21:30:39 GMT+0100 (Mitteleuropäische Normalzeit)", "2025-11-05 20:30:39"),
        ("1762378239", "2025-11-05 21:30:39"),
        ("1762378239123", "2025-11-05 21:30:39.123000"),
        ("1762378239.5", "2025-11-05 21:30:39.500000"),
        ("45966,5", "2025-11-05 11:00:00"),
        ("20251105143000", "2025-11-05 13:30:00"),
        ("20251105T143000Z", "2025-11-05 14:30:00"),
        ("2025-11-05T14:30:00+01:00[Europe/Berlin]", "2025-11-05 13:30:00"),
        ("2025-11-03T24:00:00Z", "2025-11-04 00:00:00"),
        ("2025-12-31T24:00:00.000+01:00", "2025-12-31 23:00:00"),
        ("2025-02-28 24:00", "2025-02-28 23:00:00"),
        ("20251103T240000Z", "2025-11-04 00:00:00"),
        ("03.11.2025, 24.00 Uhr", "2025-11-03 23:00:00"),
        ("Montag, 3. November 2025 um 24:00 Uhr", "2025-11-03 23:00:00"),
        ("25.10.2025 24:00", "2025-10-25 22:00:00"),
        (1762378239, "2025-11-05 21:30:39"),
        (1762378239123, "2025-11-05 21:30:39.123000"),
        (45966.604166666664, "2025-11-05 13:30:00"),
        (datetime(2025, 11, 5, 14, 30), "2025-11-05 13:30:00"),
        (datetime(2025, 11, 5, 14, 30, tzinfo=UTC), "2025-11-05 14:30:00"),
    ],
    ids=str,
)
def test_a_time_is_read_as_it_was_meant(written, utc):
    moment = TimeReader(BERLIN).read(written)
    assert str(moment.at.astimezone(UTC).replace(tzinfo=None)) == utc
    assert moment.precision == "exact"


@pytest.mark.parametrize(
    "written",
    [
        *("", "gestern", "vor 3 Tagen", "10:30", "30.02.2025", "05.13.2025", "5. November 14:30"),
        *("0000-00-00 00:00:00", "1899-12-30", "1970-01-01 00:00", "2099-12-31", "9999-12-31"),
        *("2025-11-03T24:00:01Z", "03.11.2025 24:30", "03.11.2025 24:00 PM", "2098-12-31 24:00"),
        *("14.10.2025 10:1", "05.11.2025 25:00", "05.11.2025 14:30 IST", "12.30", "2025-11"),
        *(0, 0.0, -1, 4711, 1e300, float("nan"), float("inf"), True, None, "١٢.١١.٢٠٢٥", "9" * 400),
    ],
    ids=repr,
)
def test_what_is_no_time_or_a_placeholder_is_not_read(written):
    assert TimeReader(BERLIN).read(written) is None


@pytest.mark.parametrize(
    "written",
    [
        *("05.11.2025", "5.11.25", "2025-11-05", "5. November 2025", "20251105", "11/05/2025"),
        *("45966", 45966, 45966.0, datetime(2025, 11, 5)),
    ],
    ids=repr,
)
def test_a_day_alone_is_told_apart_from_midnight(written):
    assert TimeReader(BERLIN).read(written).precision == "day"


@pytest.mark.parametrize(
    "written",
    [
        *("05.11.2025 00:00", "2025-11-05T00:00:00", "1762300800", 1762300800),
        datetime(2025, 11, 5, tzinfo=UTC),
    ],
    ids=repr,
)
def test_midnight_is_exact(written):
    assert TimeReader(BERLIN).read(written).precision == "exact"


def test_the_zone_that_was_assumed_is_told():
    reader = TimeReader(BERLIN)
    assert reader.read("05.11.2025 14:30").zone_assumed == BERLIN
    assert reader.read("2025-11-05T14:30Z").zone_assumed is None


@pytest.mark.parametrize(
    ("written", "utc_hour"),
    [
        pytest.param("30.03.2025 02:30", 1, id="an hour that clocks skip"),
        pytest.param("26.10.2025 02:30", 0, id="an hour that clocks show twice: the first"),
    ],
)
def test_the_change_of_clocks_is_survived(written, utc_hour):
    assert TimeReader(BERLIN).read(written).at.astimezone(UTC).hour == utc_hour


@pytest.mark.parametrize(
    ("column", "default", "month"),
    [
        pytest.param(["03/04/2025", "24/12/2025"], "mdy", 4, id="proof of day first"),
        pytest.param(["03/04/2025", "12/24/2025"], "dmy", 3, id="proof of month first"),
        pytest.param(["03/04/2025"], "dmy", 4, id="open, day first by default"),
        pytest.param(["03/04/2025"], "mdy", 3, id="open, month first by default"),
        pytest.param(["03-04-25", "12-24-25"], "dmy", 3, id="hyphens, two-digit years"),
        pytest.param(["3/4/2025, 9:00:00 AM"], "dmy", 3, id="American clock"),
        pytest.param(["03/04/2025 09:00 am"], "dmy", 4, id="Australian clock"),
        pytest.param(["03/04/2025 9:00 AM", "24/12/2025 9:00 AM"], "mdy", 4, id="proof is more"),
        pytest.param(["03/04/2025 09:00"], "mdy", 3, id="clock of 24 hours"),
        pytest.param(["03/04/2025", "x", None, 5], "dmy", 4, id="noise"),
    ],
)
def test_the_column_decides_the_order_of_day_and_month(column, default, month):
    assert time_reader(column, BERLIN, default).read(column[0]).at.month == month


def test_dots_are_always_day_first():
    assert time_reader(["12/24/2025"], BERLIN, "mdy").read("03.04.2025").at.month == 4


def test_an_order_that_nothing_proves_is_open():
    assert has_open_order(["03/04/2025"])
    assert not has_open_order(["03/04/2025", "24/12/2025"])
    assert not has_open_order(["2025-11-05"])
    assert observed_order(["24/12/2025", "12/24/2025"]) is None


def test_a_format_of_the_settings_is_the_only_one():
    reader = time_reader([], BERLIN, "dmy", "%Y|%d|%m %H.%M")
    assert reader.read("2025|05|11 14.30").at.month == 11
    assert reader.read("2025|05|11 00.00").precision == "exact"
    assert reader.read("05.11.2025") is None
    assert time_reader([], BERLIN, "dmy", "%d.%m.%Y").read("05.11.2025").precision == "day"


def test_numbers_are_no_evidence_of_a_time_column():
    assert not any(map(is_timely, ["45966", 45966, "1762378239", "20251105", "12,5", None]))
    assert all(map(is_timely, ["05.11.2025", "2025-11-05T10:00Z", "12/24/2025"]))


def test_a_day_waits_for_a_clock():
    assert all(map(is_day, ["05.11.2025", "2025-11-05", 45966, 45966.0]))
    assert not any(map(is_day, ["05.11.2025 10:00", 45966.5, None, "morgen"]))


def test_excel_counts_days_from_its_own_zero():
    assert excel_serial(45966.5) == datetime(2025, 11, 5, 12)
    assert excel_serial(44504.5, MAC_ZERO) == datetime(2025, 11, 5, 12)


@pytest.mark.parametrize("cell", [44504.5, "44504,5", "44504.5"], ids=repr)
def test_bare_day_numbers_count_from_the_day_zero_of_their_file(cell):
    reader = time_reader([], "UTC", "dmy", day_zero=MAC_ZERO)
    assert reader.read(cell).at == datetime(2025, 11, 5, 12, tzinfo=UTC)
    assert reader.read("1762378239").at == TimeReader("UTC").read("1762378239").at


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.booleans(), st.none()))
def test_no_cell_breaks_the_reader(cell):
    moment = TimeReader(BERLIN).read(cell)
    assert moment is None or moment.at.tzinfo


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2098, 12, 30)),
    st.sampled_from(
        [
            *("%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"),
            *("%d/%m/%Y %I:%M:%S %p", "%d. %B %Y, %H:%M:%S Uhr"),
            *("%a %b %d %H:%M:%S +0000 %Y", "%a, %d %b %Y %H:%M:%S GMT"),
        ]
    ),
)
def test_every_time_reads_back_in_every_common_form(time, form):
    moment = TimeReader("UTC").read(time.strftime(form))
    assert moment.at.replace(tzinfo=None) == time.replace(microsecond=0)
