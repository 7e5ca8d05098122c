from datetime import date, timedelta

import polars as pl
import pytest

from tests.share_marts import SENTIMENT_WEEKLY
from transforms.deliveries import RECEPTIONS, delivered, receptions
from transforms.marts import all_marts

MONDAY = date(2025, 9, 1)
COVERAGE = all_marts()["source_coverage"].table


def weeks(scope: str, item: str, numbers: range) -> pl.DataFrame:
    starts = [MONDAY + timedelta(weeks=number) for number in numbers]
    schema = {"scope": pl.String(), "item": pl.String(), "week_start": pl.Date()}
    rows = [(scope, item, start) for start in starts]
    return pl.DataFrame(rows, schema=schema, orient="row")


def received(**days: int) -> pl.DataFrame:
    told = [(channel, MONDAY + timedelta(days=day)) for channel, day in days.items()]
    return pl.DataFrame(told, schema=RECEPTIONS, orient="row")


BLOG, X = weeks("channel", "blog", range(6)), weeks("channel", "x", range(3))


def test_a_channel_was_received_when_any_of_its_sources_brought_a_comment_last() -> None:
    days = {"a": MONDAY, "b": MONDAY + timedelta(days=3), "c": None}
    rows = [
        dict.fromkeys(COVERAGE.column_names)
        | {"source": source, "channel": "blog" if day else "x", "last_comment_seen_day": day}
        for source, day in days.items()
    ]
    found = receptions({COVERAGE: pl.DataFrame(rows, schema=COVERAGE.schema())})
    assert found.rows() == [("blog", MONDAY + timedelta(days=3))]
    assert receptions({SENTIMENT_WEEKLY: SENTIMENT_WEEKLY.empty()}).is_empty()


def test_a_channels_week_is_delivered_from_the_day_after_its_end() -> None:
    for day, expected in ((13, [True, False]), (14, [True, True])):
        assert delivered(BLOG[:2], received(blog=day), BLOG, 4).to_list() == expected


@pytest.mark.parametrize("scope", ["overall", "topic"])
def test_what_all_channels_feed_waits_for_each_that_had_comments_lately(scope: str) -> None:
    both = pl.concat([BLOG, X])
    late = received(blog=42, x=21)
    asked = weeks(scope, "(all)", range(6))
    # Of x nothing came from the fourth week on: with two weeks before, it is missed in two.
    expected = [True, True, True, False, False, True]
    assert delivered(asked, late, both, trailing_weeks=2).to_list() == expected


def test_where_nothing_is_known_of_a_channel_its_weeks_count() -> None:
    assert delivered(BLOG, received(x=0), BLOG, 4).all()
    assert delivered(weeks("overall", "(all)", range(3)), received(), BLOG, 4).all()
