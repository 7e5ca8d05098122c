"""Publications for the tests of the page: as many weeks, posts and comments as a test wants."""

from datetime import date, timedelta
from itertools import product

import polars as pl

from flows.dashboard.page import story_of
from flows.dashboard.story import Story
from flows.publishing.publication import Publication
from models.contract import Column, Table
from models.shares import SHARE_COLUMNS
from transforms.marts import published_tables

WEEK_ONE = date(2025, 1, 6)
SENTIMENTS = {"negative": 0.3, "neutral": 0.45, "positive": 0.25}
TOPICS = ("cloud", "security", "workplace", "ai", "service", "cost", "people", "change", "erp")
CHANNELS = ("intranet", "linkedin", "facebook", "blog", "x")
FACTS = {
    "published_at": "2025-12-29T06:15:00+00:00",
    "reporting_time_zone": "Europe/Berlin",
    "counts": {
        "posts": 40,
        "comments": 1180,
        "audience_comments": 1000,
        "own_answers": 120,
        "left_out": 60,
        "rejected_records": 3,
        "unlabelled": 0,
    },
}


def share_table(name: str, *cell: tuple[str, str]) -> Table:
    """A mart of shares with the columns `cell` (name, kind) before those of every share."""
    columns = [Column(column, kind, "of the cell") for column, kind in cell]  # type: ignore[arg-type]
    grain = (*(column for column, _ in cell), "head", "label")
    return Table("mart", name, "Shares.", grain, (*columns, *SHARE_COLUMNS))


def share_rows(cell: dict[str, object], number: int, count: int = 40) -> list[dict[str, object]]:
    """The three sentiments of a cell, which differ from cell to cell."""
    wave = 0.12 * ((number * 37 % 11) / 10 - 0.5)
    moved = {"negative": 0.3 + wave, "neutral": 0.45, "positive": 0.25 - wave}
    return [
        cell
        | {
            "head": "sentiment",
            "label": label,
            "share_raw": share,
            "share": share,
            "ci_low": max(0.0, share - 0.09),
            "ci_high": min(1.0, share + 0.09),
            "comment_count": count,
            "author_count": count * 3 // 4,
            "audit_count": 60,
            "uncertain_share": 0.2,
            "method": "ppi (all, 8 weeks)",
            "hidden_reason": None,
        }
        for label, share in moved.items()
    ]


def publication(
    weeks: int = 52,
    language: str = "de",
    texts: tuple[str, ...] = (),
    segments: tuple[str, ...] = (),
) -> Publication:
    """A publication of so many weeks; 0 gives one without a comment.

    `texts` are questions, `segments` the parts of the audience, if any are told apart.
    """
    days = [WEEK_ONE + timedelta(weeks=number) for number in range(weeks)]
    names = [f"{day:%G-W%V}" for day in days]
    month = f"{days[-1]:%Y-%m}" if days else ""
    week_rows: list[dict[str, object]] = []
    for number, (day, week) in enumerate(zip(days, names, strict=True)):
        week_rows += share_rows({"week": week, "week_start": day}, number)
    topic_rows: list[dict[str, object]] = []
    channel_rows: list[dict[str, object]] = []
    post_rows: list[dict[str, object]] = []
    for number, topic in enumerate(TOPICS if days else ()):
        topic_rows += share_rows({"topic": topic, "month": month}, number, 90 - 7 * number)
    for number, channel in enumerate(CHANNELS if days else ()):
        channel_rows += share_rows({"channel": channel, "month": month}, number, 90 - 9 * number)
    for number in range(20 if days else 0):
        title = (
            f"Warum wir bis 2027 alle Passwörter abschaffen und was das für Sie heißt ({number})"
        )
        cell = {"post_id": f"p{number}", "post_title": title, "channel": CHANNELS[number % 5]}
        post_rows += share_rows(cell, number, 60 - number)
    months = sorted({f"{day:%Y-%m}" for day in days})
    segment_rows: list[dict[str, object]] = []
    for number, (name, when) in enumerate(product(segments, months)):
        segment_rows += share_rows({"segment": name, "month": when}, number, 50)
    volumes = [
        {"channel": channel, "week": week, "week_start": day, "comment_count": 9 - place}
        for day, week in zip(days, names, strict=True)
        for place, channel in enumerate(CHANNELS)
    ]
    questions = [
        {
            "rank": rank,
            "comment_id": f"c{rank}",
            "group_id": f"c{rank}",
            "decision": "answer",
            "minutes": 5.0,
            "reason": "Frage, wartet seit 3 Tagen.",
            "channel": "blog",
            "segment": segments[rank % len(segments)] if segments else None,
            "day": WEEK_ONE,
            "text": text,
            "permalink": "https://blog.example/?c=1" if rank == 1 else "javascript:alert(1)",
        }
        for rank, text in enumerate(texts, start=1)
    ]
    week_cell = (("week", "text"), ("week_start", "day"))
    marts = {
        share_table("sentiment_weekly", *week_cell): week_rows,
        share_table("topic_sentiment_monthly", ("topic", "text"), ("month", "text")): topic_rows,
        share_table("channel_sentiment_monthly", ("channel", "text"), ("month", "text")): (
            channel_rows
        ),
        share_table(
            "post_sentiment", ("post_id", "text"), ("post_title", "text"), ("channel", "text")
        ): post_rows,
        share_table("post_stance", ("post_id", "text")): [],
        share_table("segment_sentiment_monthly", ("segment", "text"), ("month", "text")): (
            segment_rows
        ),
        plain("channel_weekly", ("channel", "text"), *week_cell, ("comment_count", "count")): (
            volumes
        ),
        plain(
            "comments_to_answer",
            ("rank", "count"),
            ("comment_id", "text"),
            ("group_id", "text"),
            ("decision", "text"),
            ("minutes", "score"),
            ("reason", "text"),
            ("channel", "text"),
            ("segment", "text"),
            ("day", "day"),
            ("text", "text"),
            ("permalink", "text"),
        ): questions,
        EVIDENCE: evidence(days, texts, segments),
    }
    frames = {table: pl.DataFrame(rows, schema=table.schema()) for table, rows in marts.items()}
    facts = FACTS if days else {"published_at": FACTS["published_at"]}
    return Publication(frames, facts, language, {"cloud": "Cloud und Infrastruktur"})


def story(weeks: int = 4, language: str = "de", texts: tuple[str, ...] = ()) -> Story:
    """What the page tells of such a publication."""
    return story_of(publication(weeks, language, texts))


def plain(name: str, *columns: tuple[str, str]) -> Table:
    """A mart without shares."""
    declared = tuple(Column(column, kind, "of the row") for column, kind in columns)  # type: ignore[arg-type]
    return Table("mart", name, "Rows.", (columns[0][0],), declared)


EVIDENCE = published_tables()["evidence"]


def evidence(
    days: list[date], texts: tuple[str, ...], segments: tuple[str, ...]
) -> list[dict[str, object]]:
    """Twenty comments a week, and `texts`."""
    said = [*texts, *("Endlich einfacher, aber wer hilft bei der Umstellung? " * 3,) * 20]
    return [
        {
            "quote_id": f"{day}-{number}",
            "post_id": f"p{number}",
            "channel": CHANNELS[number % 5],
            "segment": segments[number % len(segments)] if segments else None,
            "day": day,
            "week": f"{day:%G-W%V}",
            "month": f"{day:%Y-%m}",
            "sentiment": list(SENTIMENTS)[number % 3],
            "topics": [TOPICS[number % 9]],
            "post_title": f"Beitrag {number}",
            "typicality": 0.5,
            "is_toxic": False,
            "text": text,
            "permalink": None,
        }
        for day in days
        for number, text in enumerate(said)
    ]
