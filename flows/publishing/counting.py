"""Count of the cells of share marts what the model and people said: DuckDB reads, NumPy counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from flows.publishing.numbering import SIGNATURE, make, placed
from flows.warehouse import frame
from models.contract import Table
from transforms.estimates.kinds import FARTHEST, Sign, Signs
from transforms.estimates.members import (
    Answers,
    Comments,
    audits_of,
    cells_of,
    histogram_of,
    members_of,
    origins_of,
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

LOGARITHMS = "(sum(({} * 1e12)::BIGINT) / 1e12)"
"""A sum that is the same whatever threads add it in whatever order: of whole numbers."""

SAMPLE = 4_000
"""Comments of a channel that tell what it is like: of more, a mean would hardly be surer."""

SIGNS = f"""
    WITH audience AS (
        SELECT channel, unnest(arg_min(comment_id, hash(comment_id), {SAMPLE})) AS comment_id
        FROM classified.dated
        WHERE is_audience
        GROUP BY channel
    ), worded AS (
        -- These few first: else the labels of all comments are looked up.
        SELECT audience.channel, audience.comment_id, wording.input_hash
        FROM audience
        JOIN classified.wording AS wording USING (comment_id)
    )
    SELECT
        channel,
        head,
        label,
        count(*)                           AS comments,
        {LOGARITHMS.format("ln(near / (1 - near))")} / count(*) AS logit
    FROM (
        SELECT
            worded.channel,
            answer.head,
            answer.label,
            least(greatest(answer.probability, {FARTHEST}), 1 - {FARTHEST}) AS near
        FROM classified.label AS answer
        JOIN worded USING (comment_id, input_hash)
        SEMI JOIN ops.current_model USING (head, model_version)
        SEMI JOIN sign USING (head, label)
    )
    GROUP BY channel, head, label
    ORDER BY channel, head, label
"""
"""What the model says on average of a channel's comments."""


@dataclass(frozen=True)
class Listed:
    """The `rows` of a mart's cells, and `pairs`: which `comment` lies in which `cell`."""

    rows: pl.DataFrame
    pairs: pl.DataFrame


def listed(
    connection: duckdb.DuckDBPyConnection,
    statement: Statement,
    shares: Shares,
    comments: Comments,
) -> Listed:
    """The cells of a share mart, and the comments in each."""
    own = own_columns(statement.table)
    grain = ", ".join(name for name in statement.table.grain if name in own)
    alike = f"{shares.alike}::VARCHAR" if shares.alike else "NULL::VARCHAR"
    asked = {"query": statement.query, "grain": grain}
    make(connection, "cell", CELL.format(names=", ".join(own), alike=alike, **asked))
    rows = frame(connection, "SELECT * EXCLUDE (cell) FROM cell ORDER BY cell")
    return Listed(rows, placed(connection, PAIRS.format(**asked), comments))


def gathered(cells: Listed, statement: Statement, comments: Comments, answers: Answers) -> Gathered:
    """What the model and people said of the cells of a share mart, whose head was heard."""
    places, members = members_of(cells.pairs, comments, answers)
    counted = cells_of(members, comments, answers)
    # Of other cells nobody knows which posts could have had comments in them; and of a post's day,
    # it would tell of the post, whose row may be hidden.
    if statement.table.grain[:2] != ("post_id", "head"):
        counted = counted.with_columns(is_whole=False)
    named = cells.rows[places]
    return Gathered(
        answers.labels,
        counted.hstack(named),
        histogram_of(members, answers),
        audits_of(members, comments, answers, named["alike"]),
        origins_of(members, comments),
    )


def gather_signs(connection: duckdb.DuckDBPyConnection, names: Sequence[Sign]) -> Signs:
    """The means of the signs in `names` over each channel's comments.

    Signs that some channel's comments have no answer to are left out, as after a change of topics.
    """
    wanted = pl.DataFrame(names, schema={"head": pl.String(), "label": pl.String()}, orient="row")
    connection.register("sign", wanted)
    rows = frame(connection, SIGNS)
    counts = rows.group_by("channel", maintain_order=True).agg(pl.col("comments").max())
    channels = tuple(counts["channel"])
    # They come channel by channel, in each in one order.
    common = rows.filter(pl.len().over("head", "label") == len(channels))
    signs = tuple(common.select("head", "label").unique(maintain_order=True).rows())
    means = common["logit"].to_numpy().reshape(len(channels), len(signs))
    return Signs(
        signs,
        channels,
        np.asarray(means, dtype=np.float64),
        counts["comments"].to_numpy().astype(np.float64),
    )


def own_columns(table: Table) -> list[str]:
    """The columns of a share mart that say of what it tells the share."""
    names = table.column_names
    return names[: names.index("head")]
