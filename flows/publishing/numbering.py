"""A number for every comment, within one publish: what is counted by places needs no texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import duckdb
import numpy as np
import polars as pl

from flows.warehouse import beside, frame
from transforms.estimates.members import Comments

LEFT_BEHIND = ("numbered", "whole", "audited", "drawn", "option", "cell")
"""Temporary tables that counting makes."""

SIGNATURE = "hash({}, getvariable('turn'))"
"""A whole number for a comment's id. That no two comments share one is made sure of once; then
marts are joined by it, and not by texts, which takes several times as long."""

WHOLE_POST = "SELECT post_id FROM classified.thread WHERE has_all"
"""Posts of which all comments have arrived that the platform says there are."""

NUMBERED = f"""
    SELECT
        dated.comment_id,
        wording.input_hash,
        {SIGNATURE.format("dated.comment_id")}                         AS signature,
        hash(wording.input_hash)                                        AS wording,
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
which number; as comments are stored is as DuckDB counts them soonest."""

ALL_DIFFER = "SELECT count(*) = count(DISTINCT signature) FROM numbered"

COMMENTS = """
    SELECT numbered.comment, numbered.author, numbered.day, known.channel, numbered.is_whole
    FROM numbered
    JOIN wanted AS known ON known.name = numbered.channel
"""

AUDITED = """
    SELECT audit.*, numbered.comment, numbered.input_hash
    FROM classified.audit AS audit
    JOIN numbered USING (comment_id)
"""
"""What may correct the shares of all heads: to find it, all comments are gone through."""

DRAWN = "FROM classified.audit_draw"


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
    place = np.zeros(rows.height, np.int32)
    rows = rows.sort("author")
    place[rows["comment"].to_numpy()] = np.arange(rows.height, dtype=np.int32)
    author = rows["author"].to_numpy()
    is_next = np.diff(author, prepend=-1) != 0
    return Comments(
        place=place,
        people=author[is_next],
        author=(np.cumsum(is_next) - 1).astype(np.int32),
        day=rows["day"].to_numpy(),
        channels=tuple(channels["name"]),
        channel=rows["channel"].to_numpy(),
        is_whole=rows["is_whole"].to_numpy(),
    )


def placed(connection: duckdb.DuckDBPyConnection, query: str, comments: Comments) -> pl.DataFrame:
    """The answer to a `query` for numbered comments, these by their places among `comments`."""
    rows = frame(connection, query)
    return rows.with_columns(comment=comments.place[rows["comment"].to_numpy()])


def make(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    """Make a temporary table of what `query` answers."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def forget(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Drop temporary tables, if they are there: they would take memory to the end."""
    for name in names:
        connection.execute(f"DROP TABLE IF EXISTS temp.main.{name}")
