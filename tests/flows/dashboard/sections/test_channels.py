from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from flows.dashboard.sections.channels import channels
from tests.flows.dashboard.publications import CHANNELS, story


def test_the_loudest_channel_comes_first() -> None:
    (table,) = channels(story()).tables
    assert [row[0].text for row in table.rows] == list(CHANNELS)


def test_of_many_channels_and_years_the_chart_has_the_largest_and_the_last_two() -> None:
    weeks = [date(2020, 1, 6) + timedelta(weeks=number) for number in range(300)]
    volumes = pl.DataFrame(
        [
            {"channel": f"c{n:02}", "week": f"{d:%G-W%V}", "week_start": d, "comment_count": n + 5}
            for d in weeks
            for n in range(20)
        ]
    )
    told = story()
    section = channels(replace(told, marts={**told.marts, "channel_weekly": volumes}))
    assert section.chart
    drawn = pl.DataFrame(next(iter(section.chart.spec["datasets"].values())))
    assert drawn.height == 104 * 10
    assert drawn["row"].unique().sort().to_list()[-1] == "übrige"
    (last,) = drawn.filter(row="übrige", week="2025-W40")["comment_count"]
    assert last == sum(range(5, 16))
    assert "zwei Jahre" in section.chart.caption
