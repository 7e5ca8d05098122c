"""Published tables as the flows build them, made in memory from a few comments."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import polars as pl

from models.contract import Column, Table
from models.shares import SHARE_COLUMNS, SmallCells
from transforms.coverage import COVERAGE
from transforms.listing import quote_id
from transforms.marts import all_marts

TEXT = dict.fromkeys(
    ("week", "channel", "topic", "month", "post_id", "post_title", "segment"), "text"
)


def share_table(name: str, *cell: str) -> Table:
    """A table of shares of the comments that `cell` tells apart."""
    columns = tuple(Column(c, TEXT.get(c, "day"), "part of the cell") for c in cell)  # type: ignore[arg-type]
    return Table("mart", name, "Shares.", (*cell, "head", "label"), (*columns, *SHARE_COLUMNS))


SENTIMENT_WEEKLY = share_table("sentiment_weekly", "week", "week_start")
CHANNEL_SENTIMENT_WEEKLY = share_table("channel_sentiment_weekly", "channel", "week")
TOPIC_SENTIMENT_WEEKLY = share_table("topic_sentiment_weekly", "topic", "week")
CHANNEL_SENTIMENT_MONTHLY = share_table("channel_sentiment_monthly", "channel", "month")
TOPIC_SENTIMENT_MONTHLY = share_table("topic_sentiment_monthly", "topic", "month")
POST_SENTIMENT_DAILY = share_table("post_sentiment_daily", "post_id", "day")
POST_SENTIMENT = share_table("post_sentiment", "post_id", "post_title", "channel")
STANCE_WEEKLY = share_table("stance_weekly", "channel", "week")
TOPIC_SHARE_MONTHLY = share_table("topic_share_monthly", "month")
SEGMENT_SENTIMENT_MONTHLY = share_table("segment_sentiment_monthly", "segment", "month")
CHANNEL_WEEKLY = Table(
    "mart",
    "channel_weekly",
    "Volumes.",
    ("channel", "week"),
    (
        Column("channel", "text", "where"),
        Column("week", "text", "when"),
        Column("comment_count", "count", "n", optional=True),
        Column("author_count", "count", "people", optional=True),
        Column("left_out_count", "count", "not counted"),
        Column("hidden_reason", "text", "why", optional=True),
    ),
    SmallCells(cell=("channel", "week"), open=("left_out_count",)),
)

SENTIMENTS = {
    SENTIMENT_WEEKLY: "sentiment",
    CHANNEL_SENTIMENT_WEEKLY: "sentiment",
    CHANNEL_SENTIMENT_MONTHLY: "sentiment",
    TOPIC_SENTIMENT_WEEKLY: "sentiment",
    TOPIC_SENTIMENT_MONTHLY: "sentiment",
    POST_SENTIMENT_DAILY: "sentiment",
    POST_SENTIMENT: "sentiment",
    STANCE_WEEKLY: "stance",
}


def facts_of(
    comments: Iterable[tuple[str, str, str, date, list[str]]],
    segment_of: Callable[[str, str], str | None] = lambda author, channel: None,
) -> pl.DataFrame:
    """Rows of `classified.counted`, with answers: from (author, post, channel, day, topics).

    `segment_of` says of an author and a channel which part of the audience that is.
    """
    rows = [
        {
            "comment_id": f"c{number}",
            "author": author,
            "post_id": post,
            "channel": channel,
            "day": day,
            "week": f"{day:%G-W%V}",
            "week_start": day - timedelta(days=day.weekday()),
            "month": f"{day:%Y-%m}",
            "segment": segment_of(author, channel),
            "topics": sorted(set(topics)) or ["(none)"],
            "post_title": f"Title of {post}",
            "sentiment": ("negative", "neutral", "positive")[number % 3],
            "stance": ("against", "for")[number % 2],
        }
        for number, (author, post, channel, day, topics) in enumerate(comments)
    ]
    days = {"day": pl.Date, "week_start": pl.Date}
    schema = {"topics": pl.List(pl.String), "segment": pl.String} | days
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)


def marts_of(facts: pl.DataFrame) -> dict[Table, pl.DataFrame]:
    """Every table of shares and volumes, nothing hidden, from `facts_of` some comments."""
    by_topic = facts.explode("topics").with_columns(topic="topics")
    marts = {
        table: shares(table, by_topic if "topic" in table.grain else facts, head)
        for table, head in SENTIMENTS.items()
    }
    marts[TOPIC_SHARE_MONTHLY] = topic_shares(facts, by_topic)
    in_segments = facts.drop_nulls("segment")
    marts[SEGMENT_SENTIMENT_MONTHLY] = shares(SEGMENT_SENTIMENT_MONTHLY, in_segments, "sentiment")
    volumes = facts.group_by("channel", "week").agg(
        comment_count=pl.len().cast(pl.Int64), author_count=pl.n_unique("author").cast(pl.Int64)
    )
    marts[CHANNEL_WEEKLY] = CHANNEL_WEEKLY.require(
        volumes.with_columns(
            left_out_count=pl.lit(0, pl.Int64), hidden_reason=pl.lit(None, pl.String)
        ).sort("channel", "week")
    )
    return marts


def coverage_of(facts: pl.DataFrame) -> dict[Table, pl.DataFrame]:
    """What the manifest counts, nothing hidden, from `facts_of` some comments, all labelled.

    Two own answers and one comment that is left out come on top.
    """
    counted = facts.select(
        scope=pl.lit("(all)"),
        posts=pl.n_unique("post_id"),
        comments=pl.len() + 3,
        audience_comments=pl.len(),
        author_count=pl.n_unique("author"),
        own_answers=pl.lit(2),
        left_out=pl.lit(1),
        rejected_records=pl.lit(0),
        unlabelled=pl.lit(0),
        hidden_reason=pl.lit(None),
    )
    table = COVERAGE.table
    return {table: table.require(counted.cast(dict(table.schema())))}  # type: ignore[arg-type]


def threads_of(facts: pl.DataFrame, reported: dict[str, int]) -> dict[Table, pl.DataFrame]:
    """`post_coverage`, nothing hidden, where platforms report so many comments on each post."""
    table = all_marts()["post_coverage"].table
    loaded = facts.group_by("post_id", "channel", "post_title").agg(
        loaded_comment_count=pl.len().cast(pl.Int64), author_count=pl.n_unique("author")
    )
    says = pl.col("post_id").replace_strict(reported, return_dtype=pl.Int64)
    rows = loaded.with_columns(reported_comment_count=says).with_columns(
        missing_count=(pl.col("reported_comment_count") - pl.col("loaded_comment_count")).clip(0),
        own_answer_count=0,
        left_out_count=0,
        is_whole=pl.col("loaded_comment_count") >= pl.col("reported_comment_count"),
        first_seen_day=pl.lit(date(2025, 11, 3)),
        last_seen_day=pl.lit(date(2025, 11, 3)),
        hidden_reason=pl.lit(None),
    )
    cast = rows.select(table.column_names).cast(dict(table.schema()))  # type: ignore[arg-type]
    return {table: table.require(cast.sort("post_id"))}


def quotable_of(facts: pl.DataFrame) -> pl.DataFrame:
    """Rows of `classified.quotable` for `facts_of` some comments."""
    return facts.select(
        "comment_id",
        "post_id",
        "channel",
        "segment",
        "day",
        "week",
        "month",
        "sentiment",
        has_words=pl.lit(True),
        quote_id=pl.col("comment_id").map_elements(quote_id, pl.String),
        topics=pl.col("topics").list.set_difference(["(none)"]),
        typicality=pl.lit(0.5),
        is_toxic=pl.lit(False),
    )


def with_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with texts as `evidence` asks for them."""
    return rows.with_columns(
        post_title=pl.format("Title of {}", "comment_id"),
        text="comment_id",
        permalink="comment_id",
    )


def shares(table: Table, comments: pl.DataFrame, head: str) -> pl.DataFrame:
    """The rows of `table`: a share of each answer to `head`, as the comments have it."""
    cell = [name for name in table.grain if name not in ("head", "label")]
    sizes = comments.group_by(cell).agg(comment_count=pl.len(), author_count=pl.n_unique("author"))
    labels = pl.DataFrame({"label": sorted(set(comments[head]))}, schema={"label": pl.String})
    chosen = comments.group_by(*cell, label=head).agg(chosen=pl.len())
    rows = sizes.join(labels, how="cross").join(chosen, on=[*cell, "label"], how="left")
    return finished(table, rows.with_columns(head=pl.lit(head)))


def topic_shares(facts: pl.DataFrame, by_topic: pl.DataFrame) -> pl.DataFrame:
    """The rows of `topic_share_monthly`."""
    sizes = facts.group_by("month").agg(comment_count=pl.len(), author_count=pl.n_unique("author"))
    chosen = by_topic.group_by("month", label="topic").agg(chosen=pl.len())
    rows = chosen.join(sizes, on="month").with_columns(head=pl.lit("topic"))
    return finished(TOPIC_SHARE_MONTHLY, rows)


def finished(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with their shares (uncorrected), as `table` has them."""
    raw = pl.col("chosen").fill_null(0) / pl.col("comment_count")
    complete = rows.with_columns(
        share_raw=raw,
        share=raw,
        ci_low=raw * 0.9,
        ci_high=raw * 0.9 + 0.1,
        audit_count=pl.lit(0),
        uncertain_share=pl.lit(0.1),
        method=pl.lit("plain"),
        hidden_reason=pl.lit(None),
    )
    return table.require(complete.select(table.column_names).cast(table.schema()).sort(table.grain))
