"""What a head has answered, comment by comment: the numbers that cells are counted from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

import duckdb
import numpy as np
import polars as pl

from flows.warehouse import beside, frame
from transforms.estimates.digits import STEPS, weights
from transforms.estimates.evidence import Flags
from transforms.estimates.members import NOT_RECORDED, Answers, Column, Comments
from transforms.statements import Shares

LEFT_BEHIND = (
    "numbered",
    "whole",
    "audited",
    "drawn",
    "saying",
    "option",
    "answer",
    "gold",
    "cell",
)
"""Temporary tables that counting makes."""

DIGIT = f"floor(answer.probability * {STEPS} + 0.5)::BIGINT"

LOGARITHMS = "(sum(({} * 1e12)::BIGINT) / 1e12)"
"""A sum that is the same whatever threads add it in whatever order: of whole numbers."""

SIGNATURE = "hash({}, getvariable('turn'))"
"""A whole number for a comment's id. That no two comments share one is made sure of once; then
marts are joined by it, and not by texts, which takes several times as long."""

NUMBERED = f"""
    SELECT
        dated.comment_id,
        wording.input_hash,
        {SIGNATURE.format("dated.comment_id")}                         AS signature,
        (row_number() OVER () - 1)::INTEGER                             AS comment,
        dated.day,
        dated.channel,
        whole.post_id IS NOT NULL                                       AS is_whole,
        (hash(dated.author) >> 1)::BIGINT                               AS author
    FROM classified.dated AS dated
    JOIN classified.wording AS wording USING (comment_id)
    LEFT JOIN whole USING (post_id)
"""
"""All comments with a number each, and what is to be known of each. No result may depend on who has
which number."""

ALL_DIFFER = "SELECT count(*) = count(DISTINCT signature) FROM numbered"

COMMENTS = """
    SELECT numbered.author, numbered.day, known.channel, numbered.is_whole
    FROM numbered
    JOIN wanted AS known ON known.name = numbered.channel
    ORDER BY numbered.comment
"""

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
    FROM classified.label AS answer
    JOIN numbered USING (comment_id, input_hash)
    JOIN saying USING (label)
    WHERE answer.head = $head AND answer.model_version = $version
"""
"""What counts now of a head's answers, read once for all that is made of it: what
`classified.current_label` has of it, but each comment is looked up once, not twice, and models are
not joined."""

CURRENT = "SELECT model_version FROM ops.current_model WHERE head = $head"

AUDITED = """
    SELECT audit.*, numbered.comment
    FROM classified.audit AS audit
    JOIN numbered USING (comment_id)
"""
"""What may correct the shares of all heads: to find it, all comments are gone through."""

DRAWN = "FROM classified.audit_draw"

LABELS = "SELECT label FROM saying SEMI JOIN told USING (saying) ORDER BY label"

LABELS_OF_ONE = """
    SELECT label FROM saying SEMI JOIN told USING (saying)
    UNION
    SELECT label FROM audited SEMI JOIN told USING (comment) WHERE head = $head AND is_chosen
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
    SELECT comment, bool_or(is_uncertain) AS is_uncertain, 0::BIGINT AS code, 0::UTINYINT AS chosen
    FROM told
    GROUP BY comment
"""
"""One row a comment that a head has answered of which several labels may apply."""

DRAWABLE = """
    SELECT DISTINCT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day
    FROM drawn
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
        comment,
        any_value(comment_id)   AS comment_id,
        0                       AS question,
        max(option.place)       AS gold,
        any_value(drawn_share)  AS drawn_share
    FROM audited
    JOIN option USING (label)
    WHERE head = $head AND is_chosen
    GROUP BY comment
"""

GOLD_OF_MANY = """
    SELECT comment, comment_id, option.place AS question, is_chosen::BIGINT AS gold, drawn_share
    FROM audited
    JOIN option USING (label)
    WHERE head = $head
    UNION ALL
    SELECT
        comment,
        any_value(comment_id),
        $places,
        (NOT bool_or(is_chosen))::BIGINT,
        any_value(drawn_share)
    FROM audited
    WHERE head = $head
    GROUP BY comment
"""


@contextmanager
def numbered_comments(connection: duckdb.DuckDBPyConnection) -> Iterator[Comments]:
    """Let `hear` and `gather` count within the block; what they leave behind is gone at its end."""
    make(connection, "whole", WHOLE_POST)
    number(connection)
    make(connection, "audited", AUDITED)
    make(connection, "drawn", DRAWN)
    yield comments_of(connection)
    forget(connection, *LEFT_BEHIND)


def number(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `numbered`. Of ten million comments, one publish in 300,000 needs another turn."""
    for turn in count():
        connection.execute(f"SET VARIABLE turn = {turn}")
        make(connection, "numbered", NUMBERED)
        if connection.execute(ALL_DIFFER).fetchone() == (True,):
            return


def comments_of(connection: duckdb.DuckDBPyConnection) -> Comments:
    """What is known of all numbered comments."""
    channels = frame(connection, "SELECT DISTINCT channel AS name FROM numbered ORDER BY ALL")
    numbered = channels.with_row_index("channel").cast({"channel": pl.Int32})
    rows = beside(connection, COMMENTS, numbered)
    people, author = np.unique(rows["author"].to_numpy(), return_inverse=True)
    return Comments(
        people,
        author.astype(np.int32),
        rows["day"].to_numpy(),
        tuple(channels["name"]),
        rows["channel"].to_numpy(),
        rows["is_whole"].to_numpy(),
    )


def hear(connection: duckdb.DuckDBPyConnection, comments: Comments, shares: Shares) -> Answers:
    """What a head answered, once for all marts that ask it.

    Its labels are those that it answered with, in alphabetical order; of a head with one label also
    those that people chose in audits of comments that it has answered. For these the model's
    probability is 0. Makes the temporary table `gold`, and `answer` where several labels may apply.
    """
    named: dict[str, object] = {"head": shares.head}
    make(connection, "saying", SAYING, named)
    current = connection.execute(CURRENT, named).fetchone()
    make(connection, "told", TOLD, named | {"version": current and current[0]})
    # Where several labels may apply, each is asked by itself: one the model never gives is none.
    asked = (LABELS, {}) if shares.many else (LABELS_OF_ONE, named)
    labels = tuple(str(label) for (label,) in connection.execute(*asked).fetchall())
    connection.register("labels", options(labels, shares.many))
    make(connection, "option", "FROM labels LEFT JOIN saying USING (label)")
    if shares.many:
        placed: dict[str, object] = {"places": len(labels)}
        make(connection, "answer", MANY_ANSWERS)
        if shares.with_none:
            connection.execute(f"INSERT INTO answer {NO_ANSWER}", placed)
        make(connection, "gold", GOLD_OF_MANY, named | placed)
    else:
        make(connection, "gold", GOLD_OF_ONE, named)
    answered = frame(connection, ANSWERED if shares.many else ONE_ANSWER)
    forget(connection, "told")
    days = frame(connection, DRAWABLE, named)["day"].to_numpy()
    return answers_of(labels, answered, np.isin(comments.day, days))


def answers_of(labels: tuple[str, ...], answered: pl.DataFrame, is_drawable: Flags) -> Answers:
    """The rows of `answered`, one a comment that has been answered, by the comments' numbers."""
    place = answered["comment"].to_numpy()
    codes, code = np.unique(answered["code"].to_numpy(), return_inverse=True)
    is_uncertain = answered["is_uncertain"].cast(pl.Int8).fill_null(NOT_RECORDED)

    def spread(values: Column, kind: type[np.generic]) -> Column:
        column = np.zeros(len(is_drawable), kind)
        column[place] = values
        return column

    return Answers(
        labels,
        spread(np.ones(len(place)), np.bool_),
        spread(is_uncertain.to_numpy(), np.int8),
        is_drawable,
        codes,
        spread(code, np.int32),
        spread(answered["chosen"].to_numpy(), np.uint8),
    )


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
