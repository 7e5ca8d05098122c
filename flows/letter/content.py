"""A publication in, the digest's content out, and that as Markdown and as the HTML of a mail."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from flows.dashboard.page import story_of
from flows.dashboard.rows import by, last_period
from flows.dashboard.sections.changes import changes
from flows.dashboard.sections.quality import quality
from flows.dashboard.story import SENTIMENTS, Story, is_link
from flows.publishing.publication import Publication
from transforms.quotes import quotes

TEMPLATES = Path(__file__).parent / "page"

NONE = "–"
"""Where there is no week to tell of."""
MOST_TOPICS = 5
MOST_QUESTIONS = 8
QUOTES = 3

MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|~"})
"""What Markdown would take for its own: in a comment it is only what somebody typed."""

NOT_OF_ADDRESSES = re.compile(r"[\s<>|`\"\\]")
"""What RFC 3986 allows in no address, and what would end one in Markdown or in a chat."""


@dataclass(frozen=True)
class TopicNews:
    """How a topic was spoken of: a sentence and a few quotes that stand for it."""

    name: str
    sentence: str
    quotes: Sequence[str]


@dataclass(frozen=True)
class Question:
    """What waits for an answer, why it is proposed, and where it is."""

    text: str
    reason: str
    link: str | None


@dataclass(frozen=True)
class Letter:
    """All that a digest says; where those may read who answer nobody, it `quotes_questions` not."""

    title: str
    week: str
    changes: Sequence[str]
    topics: Sequence[TopicNews]
    questions: Sequence[Question]
    gaps: Sequence[str]
    words: Mapping[str, Any]
    quotes_questions: bool = True


def letter_of(
    publication: Publication, texts: Mapping[str, Any], whole: str | None = None
) -> Letter:
    """The letter of a publication; `texts` are the section `digest` of its language's wording.

    It is about the last week with comments that is over: that of `whole`, or one before it.
    """
    story = story_of(publication)
    week = week_of(story, whole)
    return Letter(
        title=texts["title"].format(week=week if week == NONE else story.week(week)),
        week=week,
        changes=changes(story, None if week == NONE else week).sentences,
        topics=topic_news(story, texts),
        questions=open_questions(story),
        gaps=gaps(story, texts),
        words=texts,
    )


def week_of(story: Story, whole: str | None) -> str:
    """The last week up to `whole` that has comments, for example `2025-W45`; a dash if none has.

    Where all comments came later, there is nothing else to tell than of their week.
    """
    rows = story.marts.get("sentiment_weekly", pl.DataFrame())
    if rows.is_empty():
        return NONE
    weeks = rows["week"].unique().sort().to_list()
    over = [week for week in weeks if whole is None or week <= whole]
    return str((over or weeks)[-1])


def topic_news(story: Story, texts: Mapping[str, Any]) -> list[TopicNews]:
    """The topics most spoken of in the last month, each with its quotes."""
    rows = last_period(story.rows("topic_sentiment_monthly"))
    if rows.is_empty():
        return []
    sizes = rows.group_by("topic").agg(pl.col("comment_count").max())
    order = sizes.sort("comment_count", "topic", descending=[True, False])["topic"].to_list()
    evidence = story.marts.get("evidence", pl.DataFrame())
    month = rows["month"][0]
    recent = evidence.filter(pl.col("month") == month) if evidence.height else evidence
    return [one_topic(story, rows, recent, topic, texts) for topic in order[:MOST_TOPICS]]


def one_topic(
    story: Story, rows: pl.DataFrame, evidence: pl.DataFrame, topic: str, texts: Mapping[str, Any]
) -> TopicNews:
    """What is said of one topic."""
    of_topic = by(rows.filter(pl.col("topic") == topic), "label")
    some = next(iter(of_topic.values()))
    shares = {label: of_topic[label]["share"] for label in SENTIMENTS if label in of_topic}
    sentence = texts["topic"].format(
        month=story.month(some["month"]),
        comment_count=story.number(some["comment_count"]),
        author_count=story.number(some["author_count"]),
        **{label: story.interval(of_topic.get(label)) for label in SENTIMENTS},
    )
    said = quotes(evidence, topic, shares, QUOTES) if evidence.height else []
    return TopicNews(story.name(topic), sentence, said)


def open_questions(story: Story) -> list[Question]:
    """What fits into the week's time, the most pressing first; of a group its first."""
    rows = story.marts.get("comments_to_answer", pl.DataFrame())
    if rows.is_empty():
        return []
    first = rows.filter(
        pl.col("decision") == "answer", pl.col("comment_id") == pl.col("group_id")
    ).sort("rank")
    return [
        Question(
            row["text"], row["reason"], row["permalink"] if is_link(row["permalink"]) else None
        )
        for row in first.head(MOST_QUESTIONS).to_dicts()
    ]


def gaps(story: Story, texts: Mapping[str, Any]) -> list[str]:
    """What is missing or doubtful in the data."""
    told = list(quality(story).sentences)
    coverage = story.marts.get("post_coverage", pl.DataFrame())
    missing = coverage.filter(pl.col("missing_count") > 0) if coverage.height else coverage
    if missing.height:
        comments = int(missing["missing_count"].sum())
        told.append(
            texts["missing"].format(
                posts=story.number(missing.height), comments=story.number(comments)
            )
        )
    return told


def as_markdown(letter: Letter) -> str:
    """The letter as Markdown; nothing that a comment holds acts as a mark."""
    return _rendered("digest.md.j2", letter, is_html=False)


def as_html(letter: Letter) -> str:
    """The letter as the HTML of a mail: no script, no picture, nothing to load."""
    return _rendered("digest.html.j2", letter, is_html=True)


def _rendered(template: str, letter: Letter, is_html: bool) -> str:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=is_html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["address"] = lambda link: NOT_OF_ADDRESSES.sub(_percent_encoded, link)
    environment.filters["plain"] = lambda text: " ".join(str(text).split()).translate(MARKS)
    return environment.get_template(template).render(letter=letter, words=letter.words)


def _percent_encoded(mark: re.Match[str]) -> str:
    return quote(mark[0], safe="")
