"""Count of the cells of share marts what the model and people said: DuckDB reads, NumPy counts."""

from collections.abc import Sequence

import duckdb
import numpy as np
import polars as pl

from flows.publishing.hearing import LOGARITHMS, SIGNATURE, make
from flows.warehouse import beside, frame
from models.contract import Table
from transforms.estimates.kinds import FARTHEST, Sign, Signs
from transforms.estimates.members import (
    Answers,
    Comments,
    Members,
    among,
    cells_of,
    histogram_of,
    members_of,
    origins_of,
    with_voices,
)
from transforms.estimates.shares import Gathered
from transforms.statements import Shares, Statement

CELL = """
    SELECT (row_number() OVER (ORDER BY {grain}) - 1)::INTEGER AS cell, *, {alike} AS alike
    FROM (SELECT DISTINCT ON ({grain}) {names} FROM ({query}))
"""
"""Every cell that a mart's query knows, numbered."""

PAIRS = f"""
    SELECT cell.cell, numbered.comment
    FROM ({{query}}) AS listed
    JOIN cell USING ({{grain}})
    JOIN numbered ON numbered.signature = {SIGNATURE.format("listed.comment_id")}
"""
"""The comments of every cell. A frame, and not a table: what DuckDB drops it keeps until the
transaction ends, which was every mart's comments together."""

HISTOGRAM = """
    SELECT
        cell::BIGINT     AS cell,
        question::BIGINT AS question,
        code::BIGINT     AS code,
        chosen::BIGINT   AS chosen,
        parts,
        count(*)         AS comments
    FROM wanted
    JOIN answer USING (comment)
    GROUP BY ALL
    ORDER BY ALL
"""
"""Members with what is said of them, where several labels may apply: once for each that is not out
of the question."""

AUDITS = """
    SELECT
        member.cell,
        gold.question,
        coalesce({code}, 0)::BIGINT         AS code,
        gold.gold,
        (hash(gold.comment_id) >> 1)::BIGINT AS comment,
        member.author,
        member.day,
        member.alike,
        1 / member.parts                    AS voice,
        gold.drawn_share
    FROM gold
    JOIN wanted AS member USING (comment)
    {answer}
    ORDER BY member.cell, gold.comment_id, gold.question
"""

ANSWER_OF = {
    False: {"code": "member.code", "answer": ""},
    True: {
        "code": "answer.code",
        "answer": "LEFT JOIN (FROM answer SEMI JOIN gold USING (comment)) AS answer "
        "USING (comment, question)",
    },
}
"""Where `AUDITS` finds what the model said: by whether several labels may apply."""

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


def gather(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    shares: Shares,
    comments: Comments,
    answers: Answers,
) -> Gathered:
    """Count what the model and people said of the cells of a share mart, whose head was heard."""
    own = own_columns(statement.table)
    grain = ", ".join(name for name in statement.table.grain if name in own)
    alike = f"{shares.alike}::VARCHAR" if shares.alike else "NULL::VARCHAR"
    asked = {"query": statement.query, "grain": grain}
    make(connection, "cell", CELL.format(names=", ".join(own), alike=alike, **asked))
    pairs = frame(connection, PAIRS.format(**asked))
    places, members = members_of(pairs, comments, answers)
    counted = cells_of(members, comments, answers)
    # Of other cells nobody knows which posts could have had comments in them; and of a post's day,
    # it would tell of the post, whose row may be hidden.
    if statement.table.grain[:2] != ("post_id", "head"):
        counted = counted.with_columns(is_whole=False)
    named = frame(connection, "SELECT * EXCLUDE (cell) FROM cell ORDER BY cell")[places]
    gold = frame(connection, "SELECT DISTINCT comment FROM gold")["comment"].to_numpy()
    audited = among(members, comments, answers, gold)
    audits = AUDITS.format(**ANSWER_OF[shares.many])
    return Gathered(
        answers.labels,
        counted.hstack(named),
        histogram(connection, shares, members, answers),
        beside(connection, audits, audited.with_columns(named["alike"][audited["cell"]])),
        origins_of(members, comments),
    )


def histogram(
    connection: duckdb.DuckDBPyConnection, shares: Shares, members: Members, answers: Answers
) -> pl.DataFrame:
    """The histogram of a mart's cells, as `Gathered` has it."""
    if not shares.many:
        return histogram_of(members, answers)
    columns = {"cell": members.cell, "comment": members.comment, "parts": members.parts}
    return with_voices(beside(connection, HISTOGRAM, pl.DataFrame(columns)))


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
