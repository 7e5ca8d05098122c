"""Count in DuckDB what the model and people said of the cells of share marts."""

from collections.abc import Sequence

import duckdb
import numpy as np
import polars as pl

from flows.publishing.hearing import LOGARITHMS, make
from flows.warehouse import beside, frame
from models.contract import Table
from transforms.estimates.kinds import FARTHEST, Sign, Signs
from transforms.estimates.shares import Gathered
from transforms.statements import Shares, Statement

LISTED = """
    SELECT listed.* EXCLUDE (comment_id), numbered.comment
    FROM ({query}) AS listed
    JOIN numbered USING (comment_id)
"""
"""The comments of a mart's cells, by number."""

CELL = """
    SELECT (row_number() OVER (ORDER BY {grain}) - 1)::INTEGER AS cell, *
    FROM (SELECT DISTINCT ON ({grain}) {names} FROM ({listed}) SEMI JOIN heard USING (comment))
"""

MEMBER = """
    SELECT
        cell.cell,
        heard.*,
        -- By a number: names take several times as long.
        count(*) OVER (PARTITION BY cell.cell, heard.author) AS parts
    FROM ({listed})
    JOIN cell USING ({grain})
    JOIN heard USING (comment)
"""
"""Comments of the cells that the head has answered; his comments divide an author's voice in a cell
into `parts`. A frame, and not a table: what DuckDB drops it keeps until the transaction ends, which
was every mart's comments together."""

CELLS = """
    SELECT
        cell.cell::BIGINT AS cell,
        cell.* EXCLUDE (cell),
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
            {is_whole}                        AS is_whole,
            avg(is_drawable::DOUBLE)          AS drawable_share
        FROM wanted
        GROUP BY cell
    ) AS counted ON counted.cell = cell.cell
    ORDER BY cell.cell
"""

SAID = {
    False: "(SELECT cell, 0 AS question, code, chosen, parts FROM wanted)",
    True: "(SELECT cell, comment, parts FROM wanted) JOIN answer USING (comment)",
}
"""Members with what is said of them: of a head with one label once each, or, where several may
apply, once for each that is not out of the question."""

HISTOGRAM = """
    SELECT
        cell::BIGINT     AS cell,
        question::BIGINT AS question,
        code::BIGINT     AS code,
        chosen::BIGINT   AS chosen,
        parts,
        count(*)         AS comments
    FROM {said}
    GROUP BY ALL
    ORDER BY ALL
"""

ORIGINS = """
    SELECT cell::BIGINT AS cell, channel, parts, count(*) AS comments
    FROM wanted
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

AUDITS = """
    SELECT
        member.cell::BIGINT                 AS cell,
        gold.question,
        coalesce({code}, 0)::BIGINT         AS code,
        gold.gold,
        (hash(gold.comment_id) >> 1)::BIGINT AS comment,
        member.author,
        member.day,
        {alike}                             AS alike,
        1 / member.parts                    AS voice,
        gold.drawn_share
    FROM gold
    JOIN numbered USING (comment_id)
    JOIN wanted AS member USING (comment)
    JOIN cell USING (cell)
    {answer}
    ORDER BY member.cell, gold.comment_id, gold.question
"""

ANSWER_OF = {
    False: {"code": "member.code", "answer": ""},
    True: {"code": "answer.code", "answer": "LEFT JOIN answer USING (comment, question)"},
}
"""Where `AUDITS` finds what the model said: by whether several labels may apply."""


def gather(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    shares: Shares,
    labels: tuple[str, ...],
) -> Gathered:
    """Count what the model and people said of the cells of a share mart."""
    own = own_columns(statement.table)
    # Of other cells nobody knows which posts could have had comments in them; and of a post's day,
    # it would tell of the post, whose row may be hidden.
    whole = "bool_and(is_whole)" if statement.table.grain[:2] == ("post_id", "head") else "false"
    names = ", ".join(own)
    grain = ", ".join(name for name in statement.table.grain if name in own)
    alike = f"cell.{shares.alike}::VARCHAR" if shares.alike else "NULL::VARCHAR"
    listed = LISTED.format(query=statement.query)
    make(connection, "cell", CELL.format(names=names, grain=grain, listed=listed))
    member = frame(connection, MEMBER.format(grain=grain, listed=listed))
    histogram = HISTOGRAM.format(said=SAID[shares.many])
    audits = AUDITS.format(alike=alike, **ANSWER_OF[shares.many])
    return Gathered(
        labels,
        beside(connection, CELLS.format(alike=alike, is_whole=whole), member),
        with_voices(beside(connection, histogram, member)),
        beside(connection, audits, member),
        with_voices(beside(connection, ORIGINS, member)).drop("comments"),
    )


def with_voices(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` that differ in `parts` alone as one: their `comments`, and their `voices`.

    Rows come sorted, `parts` and `comments` last. Fractions are added in the order of `parts`:
    in any other, as several threads meet them, their last digits would move from run to run.
    """
    *key, parts, comments = rows.columns
    groups = rows.select(pl.struct(key).rle_id()).to_series()
    if rows.is_empty():
        return rows.select(*key, comments, voices=pl.lit(0.0))
    place, counted = groups.to_numpy(), rows[comments].to_numpy()
    first = np.flatnonzero(np.diff(place, prepend=-1))
    voices = np.bincount(place, counted / rows[parts].to_numpy())
    return rows[first].select(
        *key,
        pl.Series(comments, np.add.reduceat(counted, first)),
        pl.Series("voices", voices),
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
