"""What a head has answered, comment by comment: the tables that cells of marts are counted in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import polars as pl

from transforms.estimates.digits import STEPS, weights
from transforms.statements import Shares

LEFT_BEHIND = (
    "numbered",
    "whole",
    "saying",
    "option",
    "heard",
    "answer",
    "drawable",
    "gold",
    "cell",
)
"""Temporary tables that counting makes."""

DIGIT = f"floor(answer.probability * {STEPS} + 0.5)::BIGINT"

LOGARITHMS = "(sum(({} * 1e12)::BIGINT) / 1e12)"
"""A sum that is the same whatever threads add it in whatever order: of whole numbers."""

NUMBERED = """
    SELECT
        dated.comment_id,
        (row_number() OVER ())::INTEGER                                 AS comment,
        dated.day,
        dated.channel,
        whole.post_id IS NOT NULL                                       AS is_whole,
        (hash(coalesce(dated.author_key, dated.comment_id)) >> 1)::BIGINT AS author
    FROM classified.dated AS dated
    LEFT JOIN whole USING (post_id)
"""
"""All comments with a number each, and what is to be known of each: ids are texts, and to join by
them takes several times as long. No result may depend on who has which number."""

SAYING = """
    SELECT label, (row_number() OVER (ORDER BY label))::USMALLINT AS saying
    FROM (SELECT DISTINCT label FROM classified.label WHERE head = $head)
"""
"""Every label that a head ever answered with, and its number."""

TOLD = """
    SELECT
        numbered.comment,
        saying.saying,
        answer.probability,
        answer.is_chosen,
        answer.is_uncertain
    FROM classified.current_label AS answer
    JOIN numbered USING (comment_id)
    JOIN saying USING (label)
    WHERE answer.head = $head
"""
"""What counts now of a head's answers, read once for all that is made of it."""

LABELS = "SELECT label FROM saying SEMI JOIN told USING (saying) ORDER BY label"

LABELS_OF_ONE = """
    SELECT label FROM saying SEMI JOIN told USING (saying)
    UNION
    SELECT audit.label
    FROM classified.audit AS audit
    JOIN numbered USING (comment_id)
    SEMI JOIN told USING (comment)
    WHERE audit.head = $head AND audit.is_chosen
    ORDER BY label
"""
"""What a comment may be: also what people alone found. Left out, its audits would be no audits, and
the rest no random sample."""

ONE_ANSWER = f"""
    SELECT
        answer.comment,
        bool_or(answer.is_uncertain)                            AS is_uncertain,
        sum({DIGIT} * option.weight)::BIGINT                    AS code,
        coalesce(max(option.place) FILTER (answer.is_chosen), 0)::UTINYINT AS chosen
    FROM told AS answer
    JOIN option USING (saying)
    GROUP BY answer.comment
"""
"""One row a comment: the code of all its probabilities, and the place of the label chosen."""

ANSWERED = """
    SELECT comment, bool_or(is_uncertain) AS is_uncertain FROM told GROUP BY comment
"""
"""One row a comment that a head has answered of which several labels may apply."""

HEARD = """
    SELECT
        answered.*,
        numbered.day,
        numbered.channel,
        numbered.is_whole,
        numbered.author,
        drawable.day IS NOT NULL AS is_drawable
    FROM answered
    JOIN numbered USING (comment)
    LEFT JOIN drawable USING (day)
"""
"""Comments that a head has answered, and what is to be known of each."""

DRAWABLE = """
    SELECT DISTINCT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day
    FROM classified.audit_draw
    WHERE head = $head
"""
"""Days of which people were asked about some comments, drawn at random."""

MANY_ANSWERS = f"""
    SELECT
        answer.comment,
        option.place::UTINYINT     AS question,
        {DIGIT}::UTINYINT          AS code,
        answer.is_chosen::UTINYINT AS chosen
    FROM told AS answer
    JOIN option USING (saying)
    -- Most labels do not apply to most comments: what is not here has the code 0.
    WHERE answer.is_chosen OR {DIGIT} > 0
"""

NO_ANSWER = f"""
    SELECT
        comment,
        $places  AS question,
        floor(exp({LOGARITHMS.format("ln(greatest(1 - probability, 1e-9))")}) * {STEPS} + 0.5)
            ::UTINYINT AS code,
        (NOT bool_or(is_chosen))::UTINYINT AS chosen
    FROM told
    GROUP BY comment
"""
"""Having none of the labels, as one label more."""

WHOLE_POST = "SELECT post_id FROM classified.thread WHERE has_all"
"""Posts of which all comments have arrived that the platform says there are."""

GOLD_OF_ONE = """
    SELECT
        audit.comment_id,
        0                       AS question,
        max(option.place)       AS gold,
        any_value(drawn_share)  AS drawn_share
    FROM classified.audit AS audit
    JOIN option ON option.label = audit.label
    WHERE audit.head = $head AND audit.is_chosen
    GROUP BY audit.comment_id
"""

GOLD_OF_MANY = """
    SELECT audit.comment_id, option.place AS question, audit.is_chosen::BIGINT AS gold, drawn_share
    FROM classified.audit AS audit
    JOIN option ON option.label = audit.label
    WHERE audit.head = $head
    UNION ALL
    SELECT comment_id, $places, (NOT bool_or(is_chosen))::BIGINT, any_value(drawn_share)
    FROM classified.audit
    WHERE head = $head
    GROUP BY comment_id
"""


@contextmanager
def numbered_comments(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let `hear` and `gather` count within the block; what they leave behind is gone at its end."""
    make(connection, "whole", WHOLE_POST)
    make(connection, "numbered", NUMBERED)
    yield
    forget(connection, *LEFT_BEHIND)


def hear(connection: duckdb.DuckDBPyConnection, shares: Shares) -> tuple[str, ...]:
    """Make the temporary tables of a head's answers, once for all marts that ask it.

    Returns the labels that the head has answered with, in alphabetical order; of a head with one
    label also those that people chose in audits of comments that it has answered. For these the
    model's probability is 0.
    """
    named: dict[str, object] = {"head": shares.head}
    make(connection, "saying", SAYING, named)
    make(connection, "told", TOLD, named)
    # Where several labels may apply, each is asked by itself: one the model never gives is none.
    asked = (LABELS, {}) if shares.many else (LABELS_OF_ONE, named)
    labels = tuple(str(label) for (label,) in connection.execute(*asked).fetchall())
    connection.register("labels", options(labels, shares.many))
    make(connection, "option", "FROM labels LEFT JOIN saying USING (label)")
    if shares.many:
        placed: dict[str, object] = {"places": len(labels)}
        make(connection, "answered", ANSWERED)
        make(connection, "answer", MANY_ANSWERS)
        if shares.with_none:
            connection.execute(f"INSERT INTO answer {NO_ANSWER}", placed)
        make(connection, "gold", GOLD_OF_MANY, named | placed)
    else:
        make(connection, "answered", ONE_ANSWER)
        make(connection, "gold", GOLD_OF_ONE, named)
    forget(connection, "told")
    make(connection, "drawable", DRAWABLE, named)
    make(connection, "heard", HEARD)
    forget(connection, "answered")
    return labels


def forget(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Drop temporary tables, if they are there: they would take memory to the end."""
    for name in names:
        connection.execute(f"DROP TABLE IF EXISTS temp.main.{name}")


def options(labels: tuple[str, ...], many: bool) -> pl.DataFrame:
    """The place of each label, and what its digit counts in the code of an answer."""
    return pl.DataFrame(
        {
            "label": labels,
            "place": range(len(labels)),
            "weight": [1] * len(labels) if many else weights(len(labels)),
        },
        schema={"label": pl.String(), "place": pl.Int64(), "weight": pl.Int64()},
    )


def make(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    query: str,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Make a temporary table of what `query` answers."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", dict(parameters or {}))
