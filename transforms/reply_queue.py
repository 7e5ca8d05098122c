"""Open comments in, the list for an hour or two out: what to answer, to route and to leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.contract import Column, Table
from transforms.policy import Policy
from transforms.similar import Vectors, leaders

DECISIONS = ("answer", "route", "leave")

COMMENTS_TO_ANSWER = Table(
    layer="mart",
    name="comments_to_answer",
    about="What asks for an answer and has none yet: what to answer with the minutes there are, "
    "what goes to somebody else, and what is left, each with its reason. A work list: "
    "it is written for those who answer, into `answering/`, and into no file for all.",
    grain=("comment_id",),
    columns=(
        Column("rank", "count", "1 is to be answered first"),
        Column("decision", "text", "what is proposed", allowed=DECISIONS),
        Column("reason", "text", "why, in a sentence"),
        Column("route_to", "text", "who takes over what is routed", optional=True),
        Column(
            "group_id", "text", "the comment whose answer answers this one, too; itself if none"
        ),
        Column("group_count", "count", "comments that one answer closes"),
        Column("minutes", "score", "minutes that its answer is expected to take"),
        Column("comment_id", "text", "the comment"),
        Column(
            "post_id", "text", "the post it answers; `<channel>:unknown` where the source is silent"
        ),
        Column(
            "post_title", "text", "the post's headline, or the start of its text", optional=True
        ),
        Column("channel", "text", "where the audience was met"),
        Column(
            "segment",
            "text",
            "the part of the audience it is from; empty where the settings tell none apart",
            optional=True,
        ),
        Column("day", "day", "day it was made, in the reporting time zone"),
        Column(
            "waiting_days", "count", "days from then to the last day on which anybody commented"
        ),
        Column("asks", "text", "question, request, reply (the model says so) or question mark"),
        Column("sentiment", "text", "negative, neutral or positive", optional=True),
        Column("topics", "text", "its topics, separated by commas", optional=True),
        Column("like_count", "count", "likes; empty: not reported", optional=True),
        Column("reply_count", "count", "answers by others that are here"),
        Column(
            "reply_score",
            "share",
            "how probable the model finds that it needs a reply, 0 to 1",
            optional=True,
        ),
        Column("text", "text", "the comment"),
        Column("permalink", "text", "where to answer", optional=True),
    ),
    is_work_list=True,
)

HALF_LIFE_DAYS = 14
"""After two weeks an answer is worth half: who asked has moved on."""

UNSCORED = 0.5
"""Worth of a comment that only its question mark speaks for."""

BLAME_WORTH = 1.25
"""An answerable complaint that stays unanswered is read by others as agreement."""


@dataclass(frozen=True)
class Budget:
    """How much time there is, and what an answer takes.

    `minutes` of an answer by what is asked for; each further comment of a group takes
    `minutes_again`, to point at the answer. Older comments than `oldest_days` are left; comments
    whose embeddings have a cosine of at least `alike` are answered together.
    """

    minutes_per_week: float
    minutes: Mapping[str, float]
    minutes_again: float
    oldest_days: int
    alike: float


Words = Mapping[str, str]
"""Reasons in the reader's language, with gaps such as `{minutes}`."""

VectorsOf = Callable[[pl.DataFrame], Vectors | None]
"""The embeddings of some candidates, in their order; None if the model gives none."""


def reply_queue(
    candidates: pl.DataFrame,
    vectors_of: VectorsOf,
    policy: Policy,
    budget: Budget,
    words: Words,
    language: str,
) -> pl.DataFrame:
    """Rows of `comments_to_answer` for the rows of `classified.open_comment`; none is dropped.

    `vectors_of` is asked once, of those who are not settled otherwise: of millions of candidates
    they are few. Without embeddings only equal texts form a group. The budget is filled greedily by
    worth for each minute.
    """
    asked = (
        with_risks(candidates, policy, words, language)
        .with_columns(worth=worth())
        .sort("worth", "comment_id", descending=[True, False])
    )
    settled = with_reasons_to_leave(asked, budget, words)
    decided = within(with_groups(settled, vectors_of, budget), budget, words)
    ranked = decided.sort(
        pl.col("decision").replace_strict(DECISIONS, range(3), return_dtype=pl.Int64),
        pl.col("value").max().over("group_id") * -1,
        "group_id",
        pl.col("comment_id") != pl.col("group_id"),
        "comment_id",
    ).with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return COMMENTS_TO_ANSWER.require(
        ranked.select(COMMENTS_TO_ANSWER.column_names).cast(dict(COMMENTS_TO_ANSWER.schema()))  # type: ignore[arg-type]
    )


def with_risks(
    candidates: pl.DataFrame, policy: Policy, words: Words, language: str
) -> pl.DataFrame:
    """`candidates` with `route_to` and `risk` where the policy routes a comment."""
    numbered = candidates.with_row_index("row")
    doubtful = numbered.filter(policy.is_doubtful()).select("row", "text", "is_toxic")
    met = ((row, policy.risk_of(text, toxic)) for row, text, toxic in doubtful.iter_rows())
    found = pl.DataFrame(
        [
            (row, risk.to, words["route"].format(risk=risk.names[language]))
            for row, risk in met
            if risk
        ],
        {"row": pl.UInt32(), "route_to": pl.String(), "risk": pl.String()},
        orient="row",
    )
    return numbered.join(found, on="row", how="left", maintain_order="left").drop("row")


def worth() -> pl.Expr:
    """What an answer is worth: how surely it is wanted, by how many, and for how long yet."""
    wanted = pl.col("reply_score").fill_null(UNSCORED)
    reach = (pl.col("like_count").fill_null(0).clip(0) + pl.col("reply_count")).log1p()
    blame = pl.when(pl.col("sentiment") == "negative").then(BLAME_WORTH).otherwise(1.0)
    freshness = pl.lit(0.5).pow(pl.col("waiting_days").clip(0) / HALF_LIFE_DAYS)
    return wanted * (1 + reach) * blame.fill_null(1.0) * freshness


def with_groups(asked: pl.DataFrame, vectors_of: VectorsOf, budget: Budget) -> pl.DataFrame:
    """`asked`, best first, with the group of each row: its leader, its size, its value and time.

    What is routed or left stands alone: nobody's answer closes it, and it answers nobody.
    """
    places = group_places(asked, vectors_of, budget.alike)
    minutes = pl.col("asks").replace_strict(budget.minutes, return_dtype=pl.Float64)
    return (
        asked.with_columns(group_id=asked["comment_id"].gather(places))
        .with_columns(
            minutes=pl.when(pl.col("comment_id") == pl.col("group_id"))
            .then(minutes)
            .otherwise(budget.minutes_again),
            group_count=pl.len().over("group_id").cast(pl.Int64),
        )
        .with_columns(
            value=pl.col("worth").sum().over("group_id")
            / pl.col("minutes").sum().over("group_id").clip(0.01)
        )
    )


def group_places(asked: pl.DataFrame, vectors_of: VectorsOf, alike: float) -> npt.NDArray[np.int64]:
    """(rows,) For each row the place of its group's leader."""
    places = np.arange(asked.height, dtype=np.int64)
    undecided = np.flatnonzero(asked["decision"].is_null().to_numpy())
    rows = asked[undecided]
    vectors = vectors_of(rows)
    if vectors is None:
        key = pl.col("text").str.to_lowercase().str.strip_chars()
        first = rows.select(at=undecided, key=key).select(pl.col("at").first().over("key"))
        places[undecided] = first.to_series().to_numpy()
    else:
        found = np.asarray(leaders(vectors, alike), dtype=np.int64)
        places[undecided] = undecided[found]
    return places


def with_reasons_to_leave(asked: pl.DataFrame, budget: Budget, words: Words) -> pl.DataFrame:
    """`asked` with `decision` and `reason` where it is settled before time is counted."""
    percent = (pl.col("reply_score") * 100).round(0).cast(pl.Int64, strict=False).cast(pl.String)
    return asked.with_columns(
        decision=pl.when(pl.col("risk").is_not_null())
        .then(pl.lit("route"))
        .when(~pl.col("needs_reply") | (pl.col("waiting_days") > budget.oldest_days))
        .then(pl.lit("leave")),
        reason=pl.when(pl.col("risk").is_not_null())
        .then("risk")
        .when(~pl.col("needs_reply"))
        .then(filled(words["not_needed"], percent=percent.fill_null("?")))
        .when(pl.col("waiting_days") > budget.oldest_days)
        .then(counted(pl.col("waiting_days"), words["one_day_old"], words["too_old"])),
    )


def within(grouped: pl.DataFrame, budget: Budget, words: Words) -> pl.DataFrame:
    """`grouped` with the budget filled: groups by value, each as a whole, as long as they fit."""
    groups = (
        grouped.filter(pl.col("decision").is_null())
        .group_by("group_id")
        .agg(pl.col("minutes").sum().alias("group_minutes"), pl.col("value").first())
        .sort("value", "group_id", descending=[True, False])
    )
    left, fitting = budget.minutes_per_week, []
    for group_id, minutes in groups.select("group_id", "group_minutes").iter_rows():
        if minutes <= left:
            fitting.append(group_id)
            left -= minutes
    fits = pl.col("group_id").is_in(fitting)
    return grouped.with_columns(
        decision=pl.coalesce(
            "decision", pl.when(fits).then(pl.lit("answer")).otherwise(pl.lit("leave"))
        ),
        reason=pl.coalesce(
            "reason",
            pl.when(fits)
            .then(answer_reason(words))
            .otherwise(filled(words["no_time"], minutes=pl.lit(f"{budget.minutes_per_week:g}"))),
        ),
    )


def answer_reason(words: Words) -> pl.Expr:
    """Why a comment is worth an answer: who asks, how many with it, how long it waits."""
    is_leader = pl.col("comment_id") == pl.col("group_id")
    likes = (
        pl.when(pl.col("like_count").fill_null(0) > 0)
        .then(counted(pl.col("like_count"), words["one_like"], words["likes"]))
        .otherwise(pl.lit(""))
    )
    others = (
        pl.when(pl.col("group_count") > 1)
        .then(filled(words["others"], count=(pl.col("group_count") - 1).cast(pl.String)))
        .otherwise(pl.lit(""))
    )
    asks = pl.col("asks").replace_strict(
        {name: words[name] for name in ("question", "request", "reply", "question mark")},
        return_dtype=pl.String,
    )
    alone = filled(
        words["answer"],
        asks=asks,
        days=counted(pl.col("waiting_days"), words["one_day"], words["days"]),
        likes=likes,
        others=others,
    )
    return pl.when(is_leader).then(alone).otherwise(pl.lit(words["same"]))


def counted(count: pl.Expr, one: str, many: str) -> pl.Expr:
    """`one`, or `many` with its gap `{count}` filled, row by row."""
    return (
        pl.when(count == 1).then(pl.lit(one)).otherwise(filled(many, count=count.cast(pl.String)))
    )


def filled(sentence: str, **gaps: pl.Expr) -> pl.Expr:
    """A sentence with its gaps `{name}` filled row by row."""
    parts: list[pl.Expr] = []
    rest = sentence
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, _, rest = after.partition("}")
        parts += [pl.lit(before), gaps[name]]
    return pl.concat_str([*parts, pl.lit(rest)])
