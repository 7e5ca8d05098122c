"""What the page is told from: marts by name, facts, words; and how the language writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from flows.wording import written
from models.questions import Language
from transforms.periods import month_told, week_told

Words = Mapping[str, Any]

SENTIMENTS = ("negative", "neutral", "positive")

MOST_COMMENTS = 3_000
"""Comments that the page carries: with the charts' library they stay below 3 MB."""


@dataclass(frozen=True)
class Story:
    """What the page is told from: marts by name, facts of the publish, words, names of labels."""

    marts: Mapping[str, pl.DataFrame]
    facts: Mapping[str, Any]
    words: Words
    labels: Mapping[str, str]
    language: Language

    @cached_property
    def comments(self) -> pl.DataFrame:
        """The comments that the page carries, the latest first; of each kind of cell some."""
        rows = self.marts.get("evidence", pl.DataFrame())
        return carried(rows, MOST_COMMENTS) if rows.height else rows

    def number(self, count: int | None) -> str:
        """A count as the language writes it; nothing where it is unknown."""
        return "" if count is None else written(count, self.language)

    def day(self, day: date) -> str:
        """A day as the language writes it."""
        return str(day.strftime(self.words["day"]))

    def moment(self, at: datetime) -> str:
        """A moment as the language writes it, by the clock of the zone that days are counted in."""
        zone = str(self.facts.get("reporting_time_zone", "UTC"))
        local, place = at.astimezone(ZoneInfo(zone)), zone.rpartition("/")[2].replace("_", " ")
        return str(self.words["moment"].format(day=self.day(local), time=local, place=place))

    def week(self, week: str) -> str:
        """A week such as `2025-W48`, with its days."""
        return week_told(week, self.language)

    def month(self, month: str) -> str:
        """A month such as `2025-11`."""
        return month_told(month, self.language)

    def rows(self, mart: str) -> pl.DataFrame:
        """The rows of a mart whose numbers are not hidden; none if the mart is not there."""
        frame = self.marts.get(mart, pl.DataFrame())
        return frame.filter(pl.col("share").is_not_null()) if "share" in frame.columns else frame

    def name(self, label: str) -> str:
        """A label or topic in the page's language."""
        return self.labels.get(label, label)

    def post(self, row: Mapping[str, Any]) -> str:
        """A post by its title, or by what is known of it."""
        channel, _, rest = str(row["post_id"]).partition(":")
        if rest == "unknown":
            return str(self.words["no_post"].format(channel=channel))
        return str(row["post_title"] or row["post_id"])

    def interval(self, row: Mapping[str, Any] | None) -> str:
        """A share with its interval: `27 % (19 to 36)`."""
        if row is None or row["share"] is None:
            return str(self.words["unknown"])
        low, high = round(100 * row["ci_low"]), round(100 * row["ci_high"])
        share = f"{round(100 * row['share'])}\N{NO-BREAK SPACE}%"
        return str(self.words["interval"].format(share=share, low=low, high=high))


def carried(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """At most `count` of the comments `rows`, the latest first.

    The comments of a post, of a week, of a topic ... take turns: each kind of number has some.
    """
    latest = pl.coalesce(
        pl.col("day"),
        (pl.col("week") + "-1").str.to_date("%G-W%V-%u"),
        (pl.col("month") + "-01").str.to_date("%Y-%m-%d"),
    )
    kind = [pl.col(name).is_null().alias(f"no_{name}") for name in ("post_id", "week", "channel")]
    topic = (pl.col("topics").list.len() > 0).alias("no_topic")
    # Sorted without their texts, which are most of what they are.
    order = ("latest", "quote_id")
    told = rows.select("quote_id", *kind, topic, latest=latest, row=pl.int_range(pl.len()))
    ordered = told.sort(order, descending=True, nulls_last=True)
    turn = pl.int_range(pl.len()).over(*(name for name in told.columns if name.startswith("no_")))
    kept = ordered.with_columns(turn=turn).sort("turn", maintain_order=True).head(count)
    return rows[kept.sort(order, descending=True, nulls_last=True)["row"]]


def is_link(address: str | None) -> bool:
    """Whether an address may be made a link: never a script."""
    return bool(address) and str(address).startswith(("https://", "http://"))
