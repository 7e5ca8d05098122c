"""Marts in, the sections of the page out: sentences, a chart, and the tables behind it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from flows.dashboard.charts import (
    Spec,
    counts_over_time,
    dots_with_intervals,
    shares_over_time,
    stacked_shares,
)

Words = Mapping[str, Any]
Evidence = Mapping[str, str]
"""What a comment must have to stand behind a number: `{"channel": "blog", "week": "2025-W45"}`."""

SENTIMENTS = ("negative", "neutral", "positive")

MOST_COMMENTS = 3_000
"""Comments that the page carries: with the charts' library they stay below 3 MB."""

MOST_POSTS = 15
MOST_QUESTIONS = 15
MOST_GAPS = 10
LONGEST_TITLE = 48
"""Characters of a post's title beside its dots; the table has all of it."""


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    text: str
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell: text, where it leads to, and the JSON filter of the comments behind it."""

    text: str
    is_number: bool = False
    link: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class TableView:
    """A table, whose rows may be of `segments`; one that is folded stands behind a chart."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    is_folded: bool = True
    segments: Sequence[str] = ()


@dataclass(frozen=True)
class ChartView:
    """A chart, what it shows, and the same as a sentence for those who do not see it."""

    spec: Spec
    caption: str
    summary: str


@dataclass(frozen=True)
class Section:
    """A part of the page; one of a `segment` is shown `instead_of` another when that is chosen."""

    id: str
    title: str
    sentences: Sequence[str] = ()
    chart: ChartView | None = None
    tables: Sequence[TableView] = field(default=())
    segment: str = ""
    instead_of: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.sentences or self.chart or self.tables)


@dataclass(frozen=True)
class Story:
    """What the page is told from: marts by name, facts of the publish, words, names of labels."""

    marts: Mapping[str, pl.DataFrame]
    facts: Mapping[str, Any]
    words: Words
    labels: Mapping[str, str]
    thousands: str = ","

    @cached_property
    def comments(self) -> pl.DataFrame:
        """The comments that the page carries, the latest first; of each kind of cell some."""
        rows = self.marts.get("evidence", pl.DataFrame())
        return carried(rows, MOST_COMMENTS) if rows.height else rows

    def number(self, count: int | None) -> str:
        """A count as the language writes it; nothing where it is unknown."""
        return "" if count is None else f"{count:,}".replace(",", self.thousands)

    def day(self, day: date) -> str:
        """A day as the language writes it."""
        return str(day.strftime(self.words["day"]))

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


def changes(story: Story) -> Section:
    """What changed this week and how sure that is, in sentences."""
    words = story.words["changes"]
    weeks = story.marts.get("sentiment_weekly", pl.DataFrame())
    if weeks.is_empty():
        return Section("changes", words["title"], [words["nothing"]])
    week = weeks["week"].max()
    return Section(
        "changes",
        words["title"],
        [*state_of_week(story, str(week)), *comparability(story, str(week)), *alerts(story)],
    )


def state_of_week(story: Story, week: str) -> list[str]:
    """How the comments of the last week felt, or of the last one that may be told."""
    words, shown = story.words["changes"], story.rows("sentiment_weekly")
    few = [words["few"].format(week=week)]
    if shown.is_empty():
        return few
    told = str(shown["week"].max())
    by_label = by(shown.filter(pl.col("week") == told), "label")
    row = next(iter(by_label.values()))
    shares = {label: story.interval(by_label.get(label)) for label in SENTIMENTS}
    counts = {name: story.number(row[name]) for name in ("comment_count", "author_count")}
    return [*(few if told != week else []), words["now"].format(week=told, **counts, **shares)]


def comparability(story: Story, week: str) -> list[str]:
    """A warning if the week can't be compared with those before."""
    drift = story.marts.get("drift_weekly", pl.DataFrame())
    if drift.is_empty():
        return []
    flagged = drift.filter((pl.col("week") == week) & pl.col("is_flagged"))
    words = story.words["changes"]["not_comparable"]
    return [words.format(week=week, reason=row["reason"]) for row in flagged.head(1).to_dicts()]


def alerts(story: Story) -> list[str]:
    """A sentence an alert; that nothing moved, if there is none."""
    told = story.facts.get("alerts")
    if told:
        return list(told)
    tested = story.marts.get("change_weekly", pl.DataFrame())
    if tested.is_empty():
        return []
    week = tested["week"].max()
    is_told = tested.filter(pl.col("week") == week)["p_value"].is_not_null().any()
    return [story.words["changes"]["quiet" if is_told else "untold"].format(week=week)]


def sentiment(story: Story) -> Section:
    """Sentiment over time, with its interval as a band."""
    words, rows = story.words["sentiment"], story.rows("sentiment_weekly")
    if rows.is_empty():
        return Section("sentiment", words["title"])
    last = by(rows.filter(pl.col("week") == rows["week"].max()), "label")
    shares = {label: story.interval(last.get(label)) for label in SENTIMENTS}
    answers = [story.name(label) for label in SENTIMENTS]
    chart = ChartView(
        shares_over_time(drawn(story, rows, "week"), answers),
        words["caption"],
        words["summary"].format(weeks=rows["week"].n_unique(), **shares),
    )
    cells = [
        [
            Cell(row["week"]),
            Cell(story.name(row["label"])),
            behind(story, story.interval(row), week=row["week"], sentiment=row["label"]),
            *counted(story, row),
        ]
        for row in rows.sort("week", "label", descending=[True, False]).to_dicts()
    ]
    table = TableView(story.words["as_table"], heads(words["heads"], 2), cells)
    return Section("sentiment", words["title"], chart=chart, tables=[table])


def topics(story: Story) -> Section:
    """How each topic felt in the last month."""
    words, rows = story.words["topics"], last_period(story.rows("topic_sentiment_monthly"))
    if rows.is_empty():
        return Section("topics", words["title"])
    named = rows.with_columns(row=pl.col("topic").map_elements(story.name, pl.String))
    order = names_by_size(named)
    chart = ChartView(
        stacked_shares(drawn(story, named, "row"), [story.name(a) for a in SENTIMENTS], order),
        words["caption"].format(period=rows["month"][0]),
        words["summary"].format(count=len(order), first=order[0]),
    )
    table = wide(story, named, order, words["heads"], key="topic", period="month")
    return Section("topics", words["title"], chart=chart, tables=[table])


def posts(story: Story) -> Section:
    """The posts with most comments, their shares and intervals."""
    words, rows = story.words["posts"], story.rows("post_sentiment")
    if rows.is_empty():
        return Section("posts", words["title"])
    named = rows.with_columns(row=short_titles(story, rows))
    order = names_by_size(named)[:MOST_POSTS]
    kept = named.filter(pl.col("row").is_in(order))
    answers = [story.name(label) for label in SENTIMENTS]
    spec = dots_with_intervals(
        drawn(story, kept.filter(pl.col("label") != "neutral"), "row"), answers, order
    )
    chart = ChartView(spec, words["caption"], words["summary"].format(count=len(order)))
    against = by(story.rows("post_stance").filter(pl.col("label") == "oppose"), "post_id")
    cells = []
    for name in order:
        of_post = by(kept.filter(pl.col("row") == name), "label")
        row = next(iter(of_post.values()))
        cells.append(
            [
                Cell(story.post(row)),
                Cell(row["channel"]),
                *(
                    behind(
                        story, story.interval(of_post.get(s)), post_id=row["post_id"], sentiment=s
                    )
                    for s in ("negative", "positive")
                ),
                Cell(story.interval(against.get(row["post_id"])), is_number=True),
                *counted(story, row),
            ]
        )
    table = TableView(story.words["as_table"], heads(words["heads"], 2), cells)
    return Section("posts", words["title"], chart=chart, tables=[table])


def channels(story: Story) -> Section:
    """How much came in on each channel, and how it felt in the last month."""
    words, volumes = story.words["channels"], story.marts.get("channel_weekly", pl.DataFrame())
    shown = volumes.filter(pl.col("comment_count") > 0) if volumes.height else volumes
    if shown.is_empty():
        return Section("channels", words["title"])
    sizes = shown.group_by("channel").agg(pl.col("comment_count").sum())
    order = sizes.sort("comment_count", "channel", descending=[True, False])["channel"].to_list()
    bars = shown.select(
        "week", "week_start", "comment_count", row="channel", told=pl.col("comment_count")
    )
    chart = ChartView(
        counts_over_time(bars, order), words["caption"], words["summary"].format(count=len(order))
    )
    rows = last_period(story.rows("channel_sentiment_monthly"))
    named = rows.with_columns(row="channel") if rows.height else rows
    tables = (
        [wide(story, named, names_by_size(named), words["heads"], key="channel", period="month")]
        if named.height
        else []
    )
    return Section("channels", words["title"], chart=chart, tables=tables)


def questions(story: Story) -> Section:
    """What waits for an answer, the most pressing first."""
    words, rows = story.words["questions"], story.marts.get("comments_to_answer")
    if rows is None:
        return Section("questions", words["title"], [words["apart"]])
    if rows.is_empty():
        return Section("questions", words["title"], [words["nothing"]])
    counts = rows["decision"].value_counts()
    by_decision = dict(zip(counts["decision"], counts["count"], strict=True))
    told = words["sentence"].format(
        **{name: story.number(by_decision.get(name, 0)) for name in ("answer", "route", "leave")}
    )
    shown = rows.filter(pl.col("decision") != "leave").head(MOST_QUESTIONS)
    cells = [
        [
            Cell(str(row["rank"]), is_number=True),
            Cell(row["reason"]),
            Cell(row["channel"]),
            Cell(story.day(row["day"]), is_number=True),
            Cell(row["text"], link=row["permalink"] if is_link(row["permalink"]) else None),
        ]
        for row in shown.to_dicts()
    ]
    whose = [row.get("segment") or "" for row in shown.to_dicts()]
    table = TableView(
        words["title"],
        [Head(text) for text in words["heads"]],
        cells,
        is_folded=False,
        segments=whose if any(whose) else (),
    )
    return Section("questions", words["title"], [told], tables=[table])


def quality(story: Story) -> Section:
    """What came in, what could not be used, and what was corrected."""
    words = story.words["quality"]
    counts = {name: story.number(n) for name, n in story.facts.get("counts", {}).items()}
    sentences = [words["counts"].format(**counts)] if counts else []
    log = story.marts.get("correction_log", pl.DataFrame())
    if log.height:
        sentences.append(words["corrections"].format(count=story.number(log.height)))
    coverage = story.marts.get("post_coverage", pl.DataFrame())
    gaps = coverage.filter(pl.col("missing_count") > 0) if coverage.height else coverage
    if gaps.is_empty():
        return Section("quality", words["title"], sentences)
    cells = [
        [
            Cell(story.post(row)),
            Cell(row["channel"]),
            *number_cells(story, row, "reported_comment_count", "loaded_comment_count"),
        ]
        for row in gaps.sort("missing_count", descending=True).head(MOST_GAPS).to_dicts()
    ]
    table = TableView(words["gaps"], heads(words["heads"], 2), cells, is_folded=False)
    return Section("quality", words["title"], sentences, tables=[table])


SECTIONS: tuple[Callable[[Story], Section], ...] = (
    changes,
    sentiment,
    topics,
    posts,
    channels,
    questions,
    quality,
)
"""The page, from the top: what changed comes first, how good the data is last."""


def drawn(story: Story, rows: pl.DataFrame, first: str) -> pl.DataFrame:
    """`rows` as charts take them: answers by name, and what a tooltip tells."""
    told = [story.interval(row) for row in rows.to_dicts()]
    kept = [name for name in ("week", "week_start", "row") if name in rows.columns]
    return rows.select(
        *dict.fromkeys([first, *kept]),
        "share",
        "ci_low",
        "ci_high",
        answer=pl.col("label").map_elements(story.name, pl.String),
        place=pl.col("label").replace_strict(
            SENTIMENTS, range(len(SENTIMENTS)), default=0, return_dtype=pl.Int64
        ),
        counted=pl.format("n = {}", "comment_count"),
        told=pl.Series(told, dtype=pl.String),
    )


def wide(
    story: Story,
    rows: pl.DataFrame,
    order: Sequence[str],
    titles: Sequence[str],
    *,
    key: str,
    period: str,
) -> TableView:
    """One line a row, its sentiments beside each other; each number leads to its comments."""
    cells = []
    for name in order:
        of_row = by(rows.filter(pl.col("row") == name), "label")
        row = next(iter(of_row.values()))
        place = {key: row[key], period: row[period]}
        shares = [
            behind(story, story.interval(of_row.get(s)), **place, sentiment=s) for s in SENTIMENTS
        ]
        cells.append([Cell(name), *shares, *counted(story, row)])
    return TableView(story.words["as_table"], heads(titles, 1), cells)


def behind(story: Story, text: str, **filters: str) -> Cell:
    """A number with the filter of the comments behind it, if some are told with its cell."""
    is_any = (
        story.comments.height
        and not story.comments.filter(
            *(
                pl.col("topics").list.contains(value) if name == "topic" else pl.col(name) == value
                for name, value in filters.items()
            )
        ).is_empty()
    )
    return Cell(text, True, evidence=json.dumps(filters, sort_keys=True) if is_any else None)


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
    ordered = rows.with_columns(latest=latest).sort(
        "latest", "quote_id", descending=True, nulls_last=True
    )
    turn = pl.int_range(pl.len()).over(*kind, topic)
    kept = ordered.with_columns(turn=turn).sort("turn", maintain_order=True).head(count)
    return kept.sort("latest", "quote_id", descending=True, nulls_last=True)


def counted(story: Story, row: Mapping[str, Any]) -> list[Cell]:
    """How many comments and people a row rests on."""
    return number_cells(story, row, "comment_count", "author_count")


def number_cells(story: Story, row: Mapping[str, Any], *names: str) -> list[Cell]:
    """Counts of `row` as cells; unknown ones are empty."""
    return [Cell(story.number(row[name]), is_number=True) for name in names]


def heads(titles: Sequence[str], texts: int) -> list[Head]:
    """Heads of columns, of which the first `texts` are no numbers."""
    return [Head(title, place >= texts) for place, title in enumerate(titles)]


def by(rows: pl.DataFrame, column: str) -> dict[str, dict[str, Any]]:
    """Rows by the value of a column in which each has its own."""
    return {row[column]: row for row in rows.to_dicts()}


def last_period(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of the last month."""
    return rows.filter(pl.col("month") == pl.col("month").max()) if rows.height else rows


def names_by_size(rows: pl.DataFrame) -> list[str]:
    """Names of rows, those with most comments first."""
    sizes = rows.group_by("row").agg(pl.col("comment_count").max())
    return sizes.sort("comment_count", "row", descending=[True, False])["row"].to_list()


def short_titles(story: Story, rows: pl.DataFrame) -> pl.Series:
    """The titles of posts, short enough to stand beside a chart, and no two alike."""
    titles: dict[str, str] = {}
    for row in rows.unique("post_id", maintain_order=True).to_dicts():
        whole = story.post(row)
        short = whole if len(whole) <= LONGEST_TITLE else f"{whole[: LONGEST_TITLE - 1]}…"
        repeats = sum(known.startswith(short) for known in titles.values())
        titles[row["post_id"]] = f"{short} ({repeats + 1})" if repeats else short
    return rows["post_id"].replace_strict(titles, return_dtype=pl.String)


def is_link(address: str | None) -> bool:
    """Whether an address may be made a link: never a script."""
    return bool(address) and str(address).startswith(("https://", "http://"))
