"""Rows of shares in, Vega-Lite charts out; colours and language are the page's."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import polars as pl

Spec = dict[str, Any]
"""A chart in Vega-Lite's JSON (vega.github.io/vega-lite), with its data inside."""

PERCENT = ".0%"
MOST_WEEKS_NAMED = 14
"""On an axis; of a year, every fourth week."""
ROW_HEIGHT = 26
"""Pixels of a row, one a topic or post. (Heights in steps make Vega-Lite warn on the console.)"""


def shares_over_time(shares: pl.DataFrame, answers: Sequence[str], day: str) -> Spec:
    """Lines with their intervals as bands: `week_start`, `answer`, `share`, `ci_low`, `ci_high`.

    `answers` are the names of the lines in the order of their colours; `day` is how a day is
    written, in the form of d3-time-format.
    """
    import altair as alt

    base = alt.Chart(shares).encode(
        x=alt.X("week_start:T", title=None, axis=_weeks(shares["week_start"], day)),
        color=_colour(answers),
    )
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("ci_low:Q", title=None, axis=alt.Axis(format=PERCENT)), y2="ci_high:Q"
    )
    line = base.mark_line(strokeWidth=2.5).encode(y="share:Q")
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(
        y="share:Q", tooltip=_tooltip("week")
    )
    return _spec(alt.layer(band, line, dots).properties(width="container", height=260))


def stacked_shares(shares: pl.DataFrame, answers: Sequence[str], rows: Sequence[str]) -> Spec:
    """A bar a row, cut into its answers: `row`, `answer`, `share` and what the tooltip tells."""
    import altair as alt

    chart = (
        alt.Chart(shares)
        .mark_bar()
        .encode(
            x=alt.X(
                "share:Q", title=None, stack="normalize", axis=alt.Axis(format=PERCENT, tickCount=5)
            ),
            y=alt.Y("row:N", title=None, sort=list(rows)),
            color=_colour(answers),
            order=alt.Order("place:Q"),
            tooltip=_tooltip("row"),
        )
    )
    return _spec(chart.properties(width="container", height=ROW_HEIGHT * len(rows)))


def dots_with_intervals(shares: pl.DataFrame, answers: Sequence[str], rows: Sequence[str]) -> Spec:
    """A dot and its interval for each answer and row, answers of a row beside each other.

    `answers` are all that have a colour; those that `shares` lacks are not drawn.
    """
    import altair as alt

    base = alt.Chart(shares).encode(
        y=alt.Y("row:N", title=None, sort=list(rows)),
        yOffset=alt.YOffset("answer:N", sort=list(answers)),
        color=_colour(answers, drawn=shares["answer"].unique(maintain_order=True).to_list()),
    )
    ranges = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("ci_low:Q", title=None, axis=alt.Axis(format=PERCENT, tickCount=5)), x2="ci_high:Q"
    )
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        x="share:Q", tooltip=_tooltip("row")
    )
    height = ROW_HEIGHT * len(rows)
    return _spec(alt.layer(ranges, dots).properties(width="container", height=height))


def counts_over_time(counts: pl.DataFrame, rows: Sequence[str], day: str) -> Spec:
    """A bar a week, cut into `rows`: `week_start`, `row`, `comment_count`; `day` as above."""
    import altair as alt

    colours = alt.Scale(domain=list(rows), scheme="tableau10")
    chart = (
        alt.Chart(counts)
        .mark_bar()
        .encode(
            x=alt.X(
                "week_start:O",
                timeUnit="yearmonthdate",
                title=None,
                axis=alt.Axis(format=day, labelOverlap=True, labelAngle=0),
            ),
            y=alt.Y("comment_count:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1)),
            color=alt.Color("row:N", scale=colours, legend=alt.Legend(title=None, orient="top")),
            tooltip=[alt.Tooltip(f"{name}:N", title="") for name in ("week", "row", "told")],
        )
    )
    return _spec(chart.properties(width="container", height=180))


def _weeks(starts: pl.Series, day: str) -> Any:
    """An axis that names the weeks that are drawn, or every nth of them, counted from the last.

    Left to itself, Vega puts its marks between Mondays.
    """
    import altair as alt

    weeks = starts.drop_nulls().unique().sort(descending=True)
    shown = weeks.gather_every(max(1, ceil(len(weeks) / MOST_WEEKS_NAMED))).sort()
    days = [alt.DateTime(year=week.year, month=week.month, date=week.day) for week in shown]
    return alt.Axis(format=day, labelOverlap=True, values=days)


def _colour(answers: Sequence[str], drawn: Sequence[str] = ()) -> Any:
    import altair as alt

    legend = alt.Legend(title=None, orient="top", values=list(drawn or answers))
    return alt.Color("answer:N", scale=alt.Scale(domain=list(answers)), legend=legend)


def _tooltip(first: str) -> list[Any]:
    import altair as alt

    return [alt.Tooltip(f"{name}:N", title="") for name in (first, "answer", "told", "counted")]


def _spec(chart: Any) -> Spec:
    import altair as alt

    # What is too much for a chart, its section knows: Altair's limit is one of notebooks.
    with alt.data_transformers.disable_max_rows():
        spec: Spec = chart.to_dict()
    # The page has colours and type for both themes; the address of the schema is never needed.
    spec.pop("config", None)
    spec.pop("$schema", None)
    return spec
