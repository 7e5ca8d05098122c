"""What a head has answered, comment by comment: the numbers that cells are counted from."""

import duckdb
import numpy as np
import polars as pl

from flows.publishing.numbering import make, placed
from flows.warehouse import frame
from transforms.estimates.digits import STEPS, weights
from transforms.estimates.members import (
    NOT_RECORDED,
    Answers,
    Column,
    Comments,
    ManyLabels,
    OneLabel,
)
from transforms.statements import Shares

DIGIT = f"floor(answer.probability * {STEPS} + 0.5)::BIGINT"

UNLIKELY = "ln(greatest(1 - answer.probability, 1e-9))"

LOGARITHMS = "(sum(({} * 1e12)::BIGINT) / 1e12)"
"""A sum that is the same whatever threads add it in whatever order: of whole numbers."""

CURRENT = "SET VARIABLE version = (SELECT model_version FROM ops.current_model WHERE head = '{}')"
"""Of which model the answers count. What is asked of one head reads two variables of the
connection, not parameters: where there are any, DuckDB hands its answer on with one thread."""

HEARD = """
    FROM classified.label AS answer
    JOIN numbered USING (comment_id, input_hash)
    JOIN option USING (label)
    WHERE answer.head = getvariable('head') AND answer.model_version = getvariable('version')
"""
"""What counts now of a head's answers: what `classified.current_label` has of it, but each comment
is looked up once, not twice, and models are not joined. It is read where it lies: a table of it
would be the largest of all that a publish holds."""

LABELS = """
    SELECT DISTINCT label
    FROM classified.label
    WHERE head = getvariable('head') AND model_version = getvariable('version')
    ORDER BY label
"""

LABELS_OF_ONE = f"""
    SELECT label FROM ({LABELS})
    UNION
    SELECT audited.label
    FROM classified.label AS answer
    JOIN audited USING (comment_id, input_hash)
    WHERE answer.head = getvariable('head') AND answer.model_version = getvariable('version')
        AND audited.head = getvariable('head') AND audited.is_chosen
    ORDER BY label
"""
"""What a comment may be: also what people alone found. Left out, its audits would be no audits, and
the rest no random sample."""

ONE_ANSWER = f"""
    SELECT
        numbered.comment,
        bool_or(answer.is_uncertain)                            AS is_uncertain,
        sum({DIGIT} * option.weight)::BIGINT                    AS code,
        coalesce(max(option.place) FILTER (answer.is_chosen), 0)::UTINYINT AS chosen
    {HEARD}
    GROUP BY numbered.comment
"""
"""One row a comment: the code of all its probabilities, and the place of the label chosen."""

DRAWABLE = """
    SELECT DISTINCT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day
    FROM drawn
    WHERE head = getvariable('head')
"""
"""Days of which people were asked about some comments, drawn at random."""

LIKELY = f"""
    SELECT
        numbered.comment,
        option.place::UTINYINT     AS question,
        {DIGIT}::UTINYINT          AS code,
        answer.is_chosen           AS is_chosen
    {HEARD}
        -- Most labels do not apply to most comments: what is not here has the code 0.
        AND (answer.is_chosen OR {DIGIT} > 0)
"""
"""The labels of each comment that may apply, where several may."""

NO_ANSWER = f"""
    SELECT
        numbered.comment,
        (SELECT count(*) FROM option)::UTINYINT AS question,
        bool_or(answer.is_uncertain)  AS is_uncertain,
        floor(exp({LOGARITHMS.format(UNLIKELY)}) * {STEPS} + 0.5)::UTINYINT AS code,
        NOT bool_or(answer.is_chosen) AS is_chosen
    {HEARD}
    GROUP BY numbered.comment
"""
"""One row a comment that a head has answered of which several labels may apply: having none of
them, as one label more."""

GOLD_OF_ONE = """
    SELECT
        comment,
        any_value(comment_id)   AS comment_id,
        0                       AS question,
        max(option.place)       AS gold,
        any_value(drawn_share)  AS drawn_share
    FROM audited
    JOIN option USING (label)
    WHERE head = getvariable('head') AND is_chosen
    GROUP BY comment
"""

GOLD_OF_MANY = """
    SELECT comment, comment_id, option.place AS question, is_chosen::BIGINT AS gold, drawn_share
    FROM audited
    JOIN option USING (label)
    WHERE head = getvariable('head')
    UNION ALL
    SELECT
        comment,
        any_value(comment_id),
        (SELECT count(*) FROM option),
        (NOT bool_or(is_chosen))::BIGINT,
        any_value(drawn_share)
    FROM audited
    WHERE head = getvariable('head')
    GROUP BY comment
"""

GOLD = """
    SELECT
        comment,
        question::BIGINT                AS question,
        gold::BIGINT                    AS gold,
        (hash(comment_id) >> 1)::BIGINT AS mark,
        drawn_share
    FROM ({})
    ORDER BY comment_id, question
"""
"""What people said. The `mark` of a comment does not change from one publish to the next."""


def hear(connection: duckdb.DuckDBPyConnection, comments: Comments, shares: Shares) -> Answers:
    """What a head answered, and people beside it, once for all marts that ask it.

    Its labels are those that its model ever answered with, in alphabetical order; of a head with
    one label also those that people chose in audits of comments that it has answered. For these the
    model's probability is 0.
    """
    connection.execute(f"SET VARIABLE head = '{shares.head}'")
    connection.execute(CURRENT.format(shares.head))
    # Where several labels may apply, each is asked by itself: one the model never gives is none.
    asked = LABELS if shares.many else LABELS_OF_ONE
    labels = tuple(str(label) for (label,) in connection.execute(asked).fetchall())
    connection.register("labels", options(labels, shares.many))
    make(connection, "option", "FROM labels")
    days = frame(connection, DRAWABLE)["day"].to_numpy()
    gold = GOLD_OF_MANY if shares.many else GOLD_OF_ONE
    said: OneLabel | ManyLabels
    if shares.many:
        said, heard = many_answers(connection, comments, shares.with_none)
    else:
        said, heard = one_answer(connection, comments)
    place, comment_count = heard["comment"].to_numpy(), len(comments.place)
    is_uncertain = heard["is_uncertain"].cast(pl.Int8).fill_null(NOT_RECORDED).to_numpy()
    return Answers(
        labels=labels,
        is_given=spread(np.ones(len(place), np.bool_), place, comment_count),
        is_uncertain=spread(is_uncertain, place, comment_count),
        is_drawable=np.isin(comments.day, days),
        said=said,
        gold=placed(connection, GOLD.format(gold), comments),
    )


def one_answer(
    connection: duckdb.DuckDBPyConnection, comments: Comments
) -> tuple[OneLabel, pl.DataFrame]:
    """What a head with one label said of all comments; and a row for each that it answered."""
    rows, count = placed(connection, ONE_ANSWER, comments), len(comments.place)
    place = rows["comment"].to_numpy()
    codes, code = np.unique(rows["code"].to_numpy(), return_inverse=True)
    said = OneLabel(
        codes,
        spread(code.astype(np.int32), place, count),
        spread(rows["chosen"].to_numpy(), place, count),
    )
    return said, rows


def many_answers(
    connection: duckdb.DuckDBPyConnection, comments: Comments, with_none: bool
) -> tuple[ManyLabels, pl.DataFrame]:
    """The same of a head of which several labels may apply."""
    rows = placed(connection, LIKELY, comments)
    none = placed(connection, NO_ANSWER, comments)
    if with_none:
        rows.extend(none.select(rows.columns))
    rows = rows.sort("comment")
    said = ManyLabels(
        np.searchsorted(rows["comment"].to_numpy(), np.arange(len(comments.place) + 1)),
        rows["question"].to_numpy(),
        rows["code"].to_numpy(),
        rows["is_chosen"].cast(pl.UInt8).to_numpy(),
    )
    return said, none


def spread(values: Column, place: Column, count: int) -> Column:
    """(count,) `values` at their places, and 0 elsewhere."""
    column = np.zeros(count, values.dtype)
    column[place] = values
    return column


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
