from datetime import date, timedelta

import numpy as np
import polars as pl

from transforms.changes import (
    between_weeks,
    dispersion_by_week,
    weekly_volumes,
    weeks_of,
    with_weeks_before,
)
from transforms.derived import MartRules
from transforms.significance import Estimate

MONDAY = date(2025, 9, 1)
RULES = MartRules(trailing_weeks=2)


def series(counts: dict[int, int | None], **names: str) -> pl.DataFrame:
    """A series with so many comments in each week; none: hidden."""
    named = {"scope": "channel", "item": "blog", "head": "sentiment", "label": "negative"} | names
    weeks = [MONDAY + timedelta(weeks=number) for number in counts]
    values = list(counts.values())
    return pl.DataFrame(
        {
            **named,
            "week": [f"{day:%G-W%V}" for day in weeks],
            "week_start": weeks,
            "share": [None if n is None else 0.5 for n in values],
            "ci_low": [None if n is None else 0.4 for n in values],
            "ci_high": [None if n is None else 0.6 for n in values],
            "author_count": values,
            "comment_count": values,
            "hidden_reason": ["hidden" if n is None else None for n in values],
        },
        schema_overrides={
            "share": pl.Float64, "ci_low": pl.Float64, "ci_high": pl.Float64,
            "author_count": pl.Int64, "comment_count": pl.Int64, "hidden_reason": pl.String,
        },
    )  # fmt: skip


def test_weeks_before_are_those_of_the_calendar_and_hidden_ones_are_not_there() -> None:
    before = with_weeks_before(series({0: 10, 1: None, 2: 30, 4: 50}), RULES)
    assert before["week_count_before"].to_list() == [0, 1, 1, 1]
    assert before["comment_count_before"].to_list() == [0, 10, 10, 30]
    assert before["author_count_before"].to_list() == [None, 10, 10, 30]


def test_a_week_without_a_row_had_no_comment_and_a_hidden_one_is_unknown() -> None:
    shares = pl.concat([series({0: 10, 1: None, 3: 30}), series({4: 5}, item="x")])
    volumes = weekly_volumes(shares, RULES).filter(item="blog").sort("week_start")
    assert volumes["comment_count"].to_list() == [10, None, 0, 30, 0]
    assert volumes["head"].unique().to_list() == ["volume"]


def test_volumes_are_those_of_one_question() -> None:
    both = pl.concat([series({0: 10}), series({0: 8}, head="intent")])
    assert weekly_volumes(both, RULES)["comment_count"].to_list() == [10]
    assert weekly_volumes(both.filter(head="intent"), RULES)["comment_count"].to_list() == [8]


def test_how_much_weeks_vary_is_learned_from_the_past_alone() -> None:
    calm = series(dict.fromkeys(range(8), 1000)).with_columns(
        share=pl.Series([0.5] * 4 + [0.2, 0.8, 0.2, 0.8]),
        ci_low=pl.Series([0.48] * 4 + [0.18, 0.78, 0.18, 0.78]),
        ci_high=pl.Series([0.52] * 4 + [0.22, 0.82, 0.22, 0.82]),
    )
    before = with_weeks_before(calm, RULES)
    names = ("share", "ci_low", "ci_high", "author_count")
    found = between_weeks(before, Estimate(*weeks_of(before, names, RULES)))
    assert (found[:5] == 0).all()
    assert (np.diff(found[4:]) >= 0).all()
    assert found[-1] > 0.01


def test_weeks_that_were_not_delivered_do_not_make_others_restless() -> None:
    calm = [series(dict.fromkeys(range(8), 40), item=name) for name in ("x", "y")]
    late = series(dict.fromkeys(range(4), 40), item="late")
    shares = pl.concat([*calm, late])
    received = pl.DataFrame({"channel": ["late"], "received_day": [MONDAY + timedelta(weeks=4)]})
    for known, is_calm in ((received, True), (None, False)):
        before = with_weeks_before(weekly_volumes(shares, RULES, known), RULES)
        (past,) = weeks_of(before, ("comment_count",), RULES)
        is_there = weeks_of(before, ("author_count",), RULES, missing=-1.0)[0] >= 0
        assert (dispersion_by_week(before, past, is_there) == 0).all() == is_calm
