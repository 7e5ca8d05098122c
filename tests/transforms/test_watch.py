from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from models.findings import Finding, Judgement
from models.gate import Limits
from transforms.expectations import judge
from transforms.suites import Suite
from transforms.watch import (
    coverage_suite,
    drift_suite,
    freshness,
    freshness_suite,
    loss_suite,
    volume_suite,
)

LIMITS = Limits(
    warn_after_days=14,
    fail_after_days=30,
    trailing_weeks=4,
    fewest_usual=10,
    most_times_usual=5,
    most_loss=0.5,
    least_labelled=0.9,
    smallest_cell=5,
)
MONDAY = date(2025, 11, 10)
NOW = datetime(2025, 11, 10, 8)


def verdict(suite: Suite) -> Judgement:
    return judge([suite])


def where(findings: Iterable[Finding]) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.expectation, finding.where) for finding in findings]


def weeks(**channels: list[int]) -> pl.DataFrame:
    """Comments of the last weeks, the last whole one at the end."""
    rows = [
        (channel, MONDAY - timedelta(weeks=len(counts) - place), count)
        for channel, counts in channels.items()
        for place, count in enumerate(counts)
        if count
    ]
    return pl.DataFrame(rows, ["channel", "week_start", "comment_count"], orient="row")


@pytest.mark.parametrize(
    ("days", "failed", "warned"), [(13, 0, 0), (15, 0, 1), (31, 1, 1)], ids=str
)
def test_old_data_warns_and_older_data_fails(days: int, failed: int, warned: int) -> None:
    ages = freshness(NOW - timedelta(days=days), NOW, NOW)
    judgement = verdict(freshness_suite(ages, LIMITS))
    assert (len(judgement.failed), len(judgement.warnings)) == (failed, warned)
    assert all(found.where == ("newest comment",) for found in judgement.warnings)


def test_limits_of_zero_days_are_none_and_nothing_has_no_age() -> None:
    never = replace(LIMITS, warn_after_days=0, fail_after_days=0)
    ages = freshness(NOW - timedelta(days=900), None, NOW)
    assert verdict(freshness_suite(ages, never)).findings == ()
    assert not verdict(freshness_suite(freshness(None, None, NOW), LIMITS)).warnings


def test_a_channel_that_falls_silent_is_told() -> None:
    weekly = weeks(blog=[20, 20, 20, 20, 0], x=[20, 20, 20, 20, 15])
    judgement = verdict(volume_suite(weekly, MONDAY, LIMITS))
    assert judgement.failed == ()
    assert where(judgement.warnings) == [
        ("a channel that usually has comments has some", ("blog 2025-11-03",))
    ]


def test_a_jump_is_told() -> None:
    weekly = weeks(blog=[20, 20, 20, 20, 101], x=[20, 20, 20, 20, 99])
    (found,) = verdict(volume_suite(weekly, MONDAY, LIMITS)).warnings
    assert (found.column, found.where) == ("times_usual", ("blog 2025-11-03",))


def test_hidden_weeks_are_no_silence_and_no_part_of_what_is_usual() -> None:
    all_weeks = weeks(blog=[20, 7, 20, 20, 9], x=[20, 7, 7, 7, 81], y=[7, 7, 7, 7, 999])
    shown = pl.when(pl.col("comment_count") > 9).then("comment_count")
    weekly = all_weeks.with_columns(comment_count=shown)
    assert verdict(volume_suite(weekly, MONDAY, LIMITS)).warnings == ()
    # 81 is more than four times the 20 of the one week that is shown.
    four = replace(LIMITS, most_times_usual=4)
    (found,) = verdict(volume_suite(weekly, MONDAY, four)).warnings
    assert (found.column, found.where) == ("times_usual", ("x 2025-11-03",))


def test_small_channels_the_running_week_and_older_weeks_are_left_alone() -> None:
    running = pl.DataFrame({"channel": ["blog"], "week_start": [MONDAY], "comment_count": [9999]})
    weekly = pl.concat([weeks(blog=[5000, 20, 20, 20, 20, 20], x=[9, 9, 9, 9, 0]), running])
    assert verdict(volume_suite(weekly, MONDAY, LIMITS)).warnings == ()


@pytest.mark.parametrize(
    ("counted", "published", "failed"),
    [(99, 200, 1), (100, 200, 0), (300, 200, 0), (0, 99, 0), (5, None, 0)],
)
def test_a_great_loss_since_the_last_publish_fails(
    counted: int, published: int | None, failed: int
) -> None:
    assert len(verdict(loss_suite(counted, published, LIMITS)).failed) == failed


@pytest.mark.parametrize(
    ("labelled", "failed", "warned"), [(100, 0, 0), (95, 0, 1), (89, 1, 1)], ids=str
)
def test_comments_without_labels_warn_and_many_of_them_fail(
    labelled: int, failed: int, warned: int
) -> None:
    judgement = verdict(coverage_suite(100, labelled, LIMITS))
    assert (len(judgement.failed), len(judgement.warnings)) == (failed, warned)


def test_without_comments_nothing_is_missing() -> None:
    assert not verdict(coverage_suite(0, 0, LIMITS)).warnings


def test_a_flagged_last_week_is_told_and_an_earlier_one_is_not() -> None:
    drift = pl.DataFrame(
        {
            "channel": ["blog", "blog", "x"],
            "week": ["2025-W44", "2025-W45", "2025-W45"],
            "week_start": [date(2025, 10, 27), date(2025, 11, 3), date(2025, 11, 3)],
            "metric": ["language", "language", "length"],
            "is_flagged": [True, True, None],
        }
    )
    (found,) = verdict(drift_suite(drift, MONDAY)).warnings
    assert found.where == ("blog 2025-W45 language",)
