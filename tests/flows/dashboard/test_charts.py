from datetime import date, timedelta
from typing import Any

import polars as pl

from flows.dashboard.charts import (
    counts_over_time,
    dots_with_intervals,
    shares_over_time,
    stacked_shares,
)

ANSWERS = ["negativ", "neutral", "positiv"]
SHARES = pl.DataFrame(
    {
        "week": ["2025-W45"],
        "week_start": [date(2025, 11, 3)],
        "row": ["Cloud"],
        "answer": ["positiv"],
        "place": [2],
        "share": [0.25],
        "ci_low": [0.2],
        "ci_high": [0.3],
        "counted": ["n = 7"],
        "told": ["25 %"],
    }
)

DAY = "%d %b"


def test_an_answer_keeps_its_colour_where_others_are_not_drawn() -> None:
    spec = dots_with_intervals(SHARES, ANSWERS, ["Cloud"])
    colours = [layer["encoding"]["color"] for layer in spec["layer"]]
    assert all(colour["scale"]["domain"] == ANSWERS for colour in colours)
    assert all(colour["legend"]["values"] == ["positiv"] for colour in colours)


def test_the_interval_is_drawn_with_the_line() -> None:
    band, line, _ = shares_over_time(SHARES, ANSWERS, DAY)["layer"]
    assert (band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]) == (
        "ci_low",
        "ci_high",
    )
    assert line["encoding"]["y"]["field"] == "share"


def test_no_chart_names_an_address_or_brings_colours_of_its_own() -> None:
    counts = SHARES.with_columns(comment_count=pl.lit(7))
    for spec in (
        shares_over_time(SHARES, ANSWERS, DAY),
        stacked_shares(SHARES, ANSWERS, ["Cloud"]),
        dots_with_intervals(SHARES, ANSWERS, ["Cloud"]),
        counts_over_time(counts, ["Cloud"], DAY),
    ):
        assert not {"config", "$schema"} & set(spec)
        assert "http" not in str(spec)


def named_weeks(spec: dict[str, Any]) -> list[date]:
    axis = spec["layer"][0]["encoding"]["x"]["axis"]
    return [date(day["year"], day["month"], day["date"]) for day in axis["values"]]


def test_the_axis_names_the_mondays_that_have_a_dot() -> None:
    later = SHARES.with_columns(week_start=pl.col("week_start") + timedelta(weeks=3))
    spec = shares_over_time(pl.concat([later, SHARES, SHARES]), ANSWERS, DAY)
    assert named_weeks(spec) == [date(2025, 11, 3), date(2025, 11, 24)]


def test_days_are_written_as_the_language_does() -> None:
    line = shares_over_time(SHARES, ANSWERS, DAY)["layer"][0]
    bars = counts_over_time(SHARES.with_columns(comment_count=pl.lit(7)), ["Cloud"], DAY)
    assert [chart["encoding"]["x"]["axis"]["format"] for chart in (line, bars)] == [DAY, DAY]


def test_of_a_year_every_fourth_week_is_named_up_to_the_last() -> None:
    mondays = [date(2025, 1, 6) + timedelta(weeks=week) for week in range(52)]
    spec = shares_over_time(
        pl.concat([SHARES.with_columns(week_start=pl.lit(monday)) for monday in mondays]),
        ANSWERS,
        DAY,
    )
    assert named_weeks(spec) == mondays[3::4]
