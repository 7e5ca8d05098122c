from datetime import date, timedelta

import polars as pl

from transforms.estimates.pools import Pooling, pools

DAY = date(2025, 11, 3)
POOLING = Pooling(least=3, weeks=8, alike="channel")


def cells(*channels: str, drawable_share: float = 1.0) -> pl.DataFrame:
    return pl.DataFrame(
        {"cell": range(len(channels)), "alike": channels, "last_day": [DAY] * len(channels)}
    ).with_columns(drawable_share=pl.lit(drawable_share))


def audits(cell: int, channel: str, count: int, day: date = DAY, author: str = "") -> pl.DataFrame:
    names = [author or f"{cell} {day} {place}" for place in range(count)]
    return pl.DataFrame(
        {
            "cell": [cell] * count,
            "code": [0] * count,
            "gold": [1] * count,
            "comment": [f"{cell} {day} {place}" for place in range(count)],
            "author": names,
            "day": [day] * count,
            "alike": [channel] * count,
            "voice": [1.0] * count,
            "drawn_share": [0.5] * count,
        }
    )


def counts(
    cells: pl.DataFrame, *given: pl.DataFrame, may_borrow: bool = True
) -> dict[str, dict[int, int]]:
    """Pool -> place of a cell -> how many audits speak for it."""
    found = pools(cells, pl.concat(given), POOLING, may_borrow)
    return {
        name: dict(pairs.group_by("cell").len().sort("cell").iter_rows())
        for name, _, pairs in found
        if pairs.height
    }


def test_enough_audits_of_its_own_speak_for_a_cell_alone() -> None:
    assert counts(cells("x", "x"), audits(0, "x", 3), audits(1, "x", 4)) == {"own": {0: 3, 1: 4}}


def test_audits_of_a_part_of_a_cell_do_not_speak_for_it_alone() -> None:
    part = cells("x", drawable_share=0.25)
    assert counts(part, audits(0, "x", 9)) == {"channel, 8 weeks": {0: 9}}
    assert counts(part, audits(0, "x", 9), may_borrow=False) == {}


def test_few_are_joined_by_those_of_the_like_in_the_weeks_before() -> None:
    before = audits(7, "x", 4, DAY - timedelta(weeks=7))
    found = counts(cells("x"), audits(0, "x", 2), before, audits(8, "blog", 9))
    assert found == {"channel, 8 weeks": {0: 6}}


def test_what_is_older_or_later_does_not_speak() -> None:
    old = audits(7, "x", 4, DAY - timedelta(weeks=8))
    late = audits(8, "x", 4, DAY + timedelta(days=1))
    assert counts(cells("x"), old, late) == {}


def test_without_the_like_all_of_these_weeks_speak() -> None:
    assert counts(cells("x"), audits(1, "blog", 5)) == {"all, 8 weeks": {0: 5}}


def test_one_person_labelled_often_is_one_person() -> None:
    assert counts(cells("x"), audits(0, "x", 9, author="anna")) == {}


def test_a_comment_in_two_cells_speaks_once_for_a_third() -> None:
    twice = pl.concat([audits(1, "blog", 3), audits(1, "blog", 3).with_columns(pl.col("cell") + 1)])
    assert counts(cells("x"), twice) == {"all, 8 weeks": {0: 3}}


def test_nothing_is_borrowed_where_errors_were_not_measured() -> None:
    assert counts(cells("x"), audits(1, "x", 5), may_borrow=False) == {}
