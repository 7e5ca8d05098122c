"""Comments whose answers differ between two models: counted, with examples where many have them."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from flows.warehouse import frame
from models.questions import HEADS_OF_MANY

EXAMPLES = 3
"""Comments shown of each change."""

ANSWERED = """
    CREATE OR REPLACE TEMP TABLE answered AS
    SELECT asked.side, label.comment_id, label.head, label.label, label.is_chosen
    FROM classified.label AS label
    JOIN asked ON asked.head = label.head AND asked.model_version = label.model_version
    SEMI JOIN classified.input AS input
        ON input.comment_id = label.comment_id AND input.input_hash = label.input_hash
    SEMI JOIN (FROM classified.dated WHERE is_audience) AS dated
        ON dated.comment_id = label.comment_id
"""

COMPARED = """
    CREATE OR REPLACE TEMP TABLE compared AS
    SELECT
        comment_id,
        head,
        coalesce(list(label ORDER BY label) FILTER (is_chosen AND side = 'before'), []) AS was,
        coalesce(list(label ORDER BY label) FILTER (is_chosen AND side = 'after'), [])  AS found
    FROM answered
    GROUP BY comment_id, head
    HAVING bool_or(side = 'before') AND bool_or(side = 'after')
"""
"""Comments that both have answered, with the labels that each chose."""

FLIPPED = """
    CREATE OR REPLACE TEMP TABLE flipped AS
    WITH changed AS (
        SELECT
            comment_id,
            head,
            list_contains($many, head)                                AS is_of_many,
            list_filter(was, lambda label: NOT list_contains(found, label)) AS lost,
            list_filter(found, lambda label: NOT list_contains(was, label)) AS gained
        FROM compared
        WHERE was <> found
    )
    SELECT comment_id, head, lost[1] AS label_before, gained[1] AS label_after
    FROM changed
    WHERE NOT is_of_many
    UNION ALL
    SELECT comment_id, head, unnest(lost), NULL FROM changed WHERE is_of_many
    UNION ALL
    SELECT comment_id, head, NULL, unnest(gained) FROM changed WHERE is_of_many
"""
"""Of a head with one label, what it was and is; of others, each label that came or went."""

TOTALS = """
    SELECT
        head,
        count(*)                            AS comment_count,
        count(*) FILTER (was <> found)      AS flipped_count,
        avg((was <> found)::DOUBLE)         AS flipped_share
    FROM compared
    GROUP BY head
    ORDER BY head
"""

CHANGES = """
    WITH counted AS (
        SELECT
            flipped.*,
            dated.channel,
            dated.week,
            count(DISTINCT dated.author)
                OVER (PARTITION BY head, label_before, label_after)     AS author_count
        FROM flipped
        JOIN classified.dated AS dated USING (comment_id)
    )
"""

PAIRS = f"""
    {CHANGES}
    SELECT
        head,
        CASE WHEN author_count >= $smallest THEN label_before END   AS label_before,
        CASE WHEN author_count >= $smallest THEN label_after END    AS label_after,
        author_count >= $smallest                                   AS is_told,
        count(*)                                                    AS comment_count
    FROM counted
    GROUP BY ALL
    ORDER BY head, is_told DESC, comment_count DESC, label_before, label_after
"""
"""Changes that happened to too few people are counted as one."""

SHOWN = f"""
    {CHANGES}
    SELECT head, label_before, label_after, counted.comment_id, counted.channel, week, comment.text
    FROM counted
    JOIN clean.comment AS comment USING (comment_id)
    WHERE author_count >= $smallest AND comment.text <> ''
    QUALIFY row_number() OVER (
        PARTITION BY head, label_before, label_after ORDER BY hash(counted.comment_id)
    ) <= {EXAMPLES}
    ORDER BY head, label_before, label_after, counted.comment_id
"""


@dataclass(frozen=True)
class Flips:
    """What became of the answers to comments that both models have read.

    `totals`: `head`, `comment_count`, `flipped_count`, `flipped_share`. `pairs`: `head`,
    `label_before`, `label_after` (of heads where several may apply, one of the two), `is_told`,
    `comment_count`. `examples`: the like, with `comment_id`, `channel`, `week`, `text`.
    """

    totals: pl.DataFrame
    pairs: pl.DataFrame
    examples: pl.DataFrame


def flips(
    connection: duckdb.DuckDBPyConnection,
    before: Mapping[str, str],
    after: Mapping[str, str],
    smallest: int,
) -> Flips:
    """Compare the answers of two models, head -> version each; what both share is left out."""
    asked = [
        (side, head, versions[head])
        for side, versions in (("before", before), ("after", after))
        for head in sorted(before.keys() & after.keys())
        if before[head] != after[head]
    ]
    schema = {"side": pl.String, "head": pl.String, "model_version": pl.String}
    connection.register("asked", pl.DataFrame(asked, schema=schema, orient="row"))
    connection.execute(ANSWERED)
    connection.execute(COMPARED)
    connection.execute(FLIPPED, {"many": sorted(HEADS_OF_MANY)})
    named: dict[str, object] = {"smallest": smallest}
    return Flips(
        frame(connection, TOTALS),
        frame(connection, PAIRS, named),
        frame(connection, SHOWN, named),
    )
