"""Count in DuckDB what the model and people said of the cells of share marts."""

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import polars as pl

from flows.warehouse import frame
from models.contract import Table
from transforms.estimates.digits import STEPS, weights
from transforms.estimates.kinds import FARTHEST, Sign, Signs
from transforms.estimates.shares import Gathered
from transforms.statements import Shares, Statement

DIGIT = f"floor(answer.probability * {STEPS} + 0.5)::BIGINT"

LOGARITHMS = "(sum(({} * 1e12)::BIGINT) / 1e12)"
"""A sum that is the same whatever threads add it in whatever order: of whole numbers."""

TOLD = """
    SELECT comment_id, label, probability, is_chosen, is_uncertain
    FROM classified.current_label
    WHERE head = $head
"""
"""What counts now of a head's answers, read once for all that is made of it."""

HEARD = """
    WITH answered AS (
        SELECT comment_id, bool_or(is_uncertain) AS is_uncertain
        FROM told
        GROUP BY comment_id
    )
    SELECT
        comment_id,
        dated.day,
        dated.channel,
        whole.post_id IS NOT NULL                                       AS is_whole,
        answered.is_uncertain,
        (hash(coalesce(dated.author_key, comment_id)) >> 1)::BIGINT     AS author
    FROM answered
    JOIN classified.dated AS dated USING (comment_id)
    LEFT JOIN whole USING (post_id)
"""
"""Comments that a head has answered, and what is to be known of each."""

ONE_ANSWER = f"""
    SELECT
        answer.comment_id,
        0                                                       AS question,
        sum({DIGIT} * option.weight)::BIGINT                    AS code,
        coalesce(max(option.place) FILTER (answer.is_chosen), 0) AS chosen
    FROM told AS answer
    JOIN option ON option.label = answer.label
    GROUP BY answer.comment_id
"""
"""One row a comment: the code of all its probabilities, and the place of the label chosen."""

MANY_ANSWERS = f"""
    SELECT
        answer.comment_id,
        option.place             AS question,
        {DIGIT}                  AS code,
        answer.is_chosen::BIGINT AS chosen
    FROM told AS answer
    JOIN option ON option.label = answer.label
    -- Most labels do not apply to most comments: what is not here has the code 0.
    WHERE answer.is_chosen OR {DIGIT} > 0
"""

NO_ANSWER = f"""
    SELECT
        comment_id,
        $places  AS question,
        floor(exp({LOGARITHMS.format("ln(greatest(1 - probability, 1e-9))")}) * {STEPS} + 0.5)
            ::BIGINT AS code,
        (NOT bool_or(is_chosen))::BIGINT AS chosen
    FROM told
    GROUP BY comment_id
"""
"""Having none of the labels, as one label more."""

WHOLE_POST = """
    SELECT post.post_id
    FROM clean.post AS post
    JOIN clean.comment AS comment USING (post_id)
    WHERE comment.gone_at_utc IS NULL
    GROUP BY post.post_id, post.reported_comment_count
    HAVING count(*) >= post.reported_comment_count
"""
"""Posts of which as many comments have arrived as the platform says there are."""

MEMBER = """
    SELECT
        cell.cell,
        heard.*,
        -- By a number: names take several times as long.
        count(*) OVER (PARTITION BY cell.cell, heard.author) AS parts,
        1 / parts AS voice
    FROM listed
    JOIN cell USING ({grain})
    JOIN heard USING (comment_id)
"""
"""Comments of the cells that the head has answered, each with its part of its author's voice, which
his comments divide into `parts`."""

CELLS = """
    SELECT
        cell.*,
        counted.* EXCLUDE (cell),
        {alike} AS alike
    FROM cell
    JOIN (
        SELECT
            cell,
            count(*)                          AS comment_count,
            count(DISTINCT author)            AS author_count,
            avg(is_uncertain::DOUBLE)         AS uncertain_share,
            max(day)                          AS last_day,
            bool_and(is_whole)                AS is_whole
        FROM member
        GROUP BY cell
    ) AS counted ON counted.cell = cell.cell
    ORDER BY cell.cell
"""

VOICES = "sum(comments / parts ORDER BY parts)"
"""Of a group. Its comments are counted first: fractions that several threads add in whatever order
differ in their last digits from one run to the next, and published numbers would move."""

HISTOGRAM = f"""
    SELECT cell, question, code, chosen, sum(comments)::BIGINT AS comments, {VOICES} AS voices
    FROM (
        SELECT cell, question, code, chosen, parts, count(*) AS comments
        FROM member
        JOIN answer USING (comment_id)
        GROUP BY ALL
    )
    GROUP BY ALL
    ORDER BY ALL
"""

ORIGINS = f"""
    SELECT cell, channel, {VOICES} AS voices
    FROM (SELECT cell, channel, parts, count(*) AS comments FROM member GROUP BY ALL)
    GROUP BY ALL
    ORDER BY ALL
"""


SAMPLE = 4_000
"""Comments of a channel that tell what it is like: of more, a mean would hardly be surer."""

SIGNS = f"""
    WITH audience AS (
        SELECT comment_id, channel
        FROM classified.dated
        WHERE is_audience
        QUALIFY row_number() OVER (PARTITION BY channel ORDER BY hash(comment_id), comment_id)
            <= {SAMPLE}
    )
    SELECT
        channel,
        head,
        label,
        count(*)                           AS comments,
        {LOGARITHMS.format("ln(near / (1 - near))")} / count(*) AS logit
    FROM (
        SELECT
            audience.channel,
            answer.head,
            answer.label,
            least(greatest(answer.probability, {FARTHEST}), 1 - {FARTHEST}) AS near
        FROM classified.current_label AS answer
        JOIN audience USING (comment_id)
        SEMI JOIN sign USING (head, label)
    )
    GROUP BY channel, head, label
    ORDER BY channel, head, label
"""
"""What the model says on average of a channel's comments."""

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

AUDITS = """
    SELECT
        member.cell,
        gold.question,
        coalesce(answer.code, 0)            AS code,
        gold.gold,
        (hash(member.comment_id) >> 1)::BIGINT AS comment,
        member.author,
        member.day,
        {alike}                             AS alike,
        member.voice,
        gold.drawn_share
    FROM gold
    JOIN member USING (comment_id)
    JOIN cell ON cell.cell = member.cell
    LEFT JOIN answer ON answer.comment_id = gold.comment_id AND answer.question = gold.question
    ORDER BY member.cell, member.comment_id, gold.question
"""


def gather(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    shares: Shares,
    labels: tuple[str, ...],
) -> Gathered:
    """Count what the model and people said of the cells of a share mart."""
    own = own_columns(statement.table)
    names = ", ".join(own)
    grain = ", ".join(name for name in statement.table.grain if name in own)
    alike = f"cell.{shares.alike}::VARCHAR" if shares.alike else "NULL::VARCHAR"
    _make(connection, "listed", f"SELECT {names}, comment_id FROM ({statement.query})")
    _make(
        connection,
        "cell",
        f"SELECT row_number() OVER (ORDER BY {grain}) - 1 AS cell, * FROM "
        f"(SELECT DISTINCT ON ({grain}) {names} FROM listed SEMI JOIN heard USING (comment_id))",
    )
    _make(connection, "member", MEMBER.format(grain=grain))
    return Gathered(
        labels,
        frame(connection, CELLS.format(alike=alike)),
        frame(connection, HISTOGRAM),
        frame(connection, AUDITS.format(alike=alike)),
        frame(connection, ORIGINS),
    )


def gather_signs(connection: duckdb.DuckDBPyConnection, names: Sequence[Sign]) -> Signs:
    """The means of the signs in `names` over each channel's comments.

    Signs that some channel's comments have no answer to are left out, as after a change of topics.
    """
    wanted = pl.DataFrame(names, schema={"head": pl.String(), "label": pl.String()}, orient="row")
    connection.register("sign", wanted)
    rows = frame(connection, SIGNS)
    channels = tuple(rows["channel"].unique(maintain_order=True))
    wide = rows.pivot("channel", index=["head", "label"], values="logit").drop_nulls()
    counts = rows.group_by("channel", maintain_order=True).agg(pl.col("comments").max())
    means = wide.select(channels).to_numpy().T.reshape(len(channels), wide.height)
    return Signs(
        tuple(wide.select("head", "label").rows()),
        channels,
        np.asarray(means, dtype=np.float64),
        counts["comments"].to_numpy().astype(np.float64),
    )


def own_columns(table: Table) -> list[str]:
    """The columns of a share mart that say of what it tells the share."""
    names = table.column_names
    return names[: names.index("head")]


def hear(connection: duckdb.DuckDBPyConnection, shares: Shares) -> tuple[str, ...]:
    """Make the temporary tables of a head's answers, once for all marts that ask it.

    Returns the labels that the head has answered with, in alphabetical order.
    """
    named = {"head": shares.head}
    _make(connection, "told", TOLD, named)
    found = connection.execute("SELECT DISTINCT label FROM told ORDER BY label").fetchall()
    labels = tuple(str(label) for (label,) in found)
    connection.register("option", options(labels, shares.many))
    placed = {**named, "places": len(labels)}
    _make(connection, "whole", WHOLE_POST)
    _make(connection, "heard", HEARD)
    if shares.many:
        _make(connection, "answer", MANY_ANSWERS)
        if shares.with_none:
            connection.execute(f"INSERT INTO answer {NO_ANSWER}", {"places": len(labels)})
        _make(connection, "gold", GOLD_OF_MANY, placed)
    else:
        _make(connection, "answer", ONE_ANSWER)
        _make(connection, "gold", GOLD_OF_ONE, named)
    connection.execute("DROP TABLE told")
    return labels


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


def _make(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    query: str,
    parameters: Mapping[str, object] | None = None,
) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", dict(parameters or {}))
