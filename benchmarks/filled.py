"""A warehouse that holds any number of comments, labelled, as if read from daily files for a year.

`python -m benchmarks.filled COUNT` fills it; `... COUNT DAY.csv MORE` writes `MORE` comments of the
day that comes after. Neither a reader nor a model is asked.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.comments import CHANNELS
from benchmarks.labels import options
from benchmarks.shapes import Shape, draw, get_ready, scalar
from flows.checkpoint import current_version
from flows.engines import engine_of
from flows.settings import Settings, load_settings
from flows.storing.known import mend
from flows.warehouse import number, use_time_zone, writing
from transforms.language import HEAD as LANGUAGE
from transforms.language import language_version

DAY_COMMENTS = 10_000
YES = 0.1
"""Share of the comments that need a reply, and of those that insult."""

SHARD = 2_000
"""Comments that are labelled at one moment; each shard is a second later than the one before."""

SLICE_POSTS = 2_000
"""Posts whose comments are made at a time: some 200,000, with 7 million labels."""

MACROS = f"""
    CREATE OR REPLACE TEMP MACRO channel(post) AS {list(CHANNELS)}[1 + post % {len(CHANNELS)}];
    CREATE OR REPLACE TEMP MACRO draw_of(n, number) AS
        ((hash(64 * n + number) >> 11) + 0.5) / pow(2, 53);
"""
"""The channel of a post, and an even chance for each of up to 64 questions about a comment."""

FIRST_COMMENT, FIRST_POST = 700_000_000_000, 900_000_000_000
"""Ids as long as a platform's: shorter ones would be taken for numbers of rows."""

POSTS = f"""
    INSERT INTO clean.post BY NAME
    SELECT
        channel(post) || ':' || {FIRST_POST} + post                  AS post_id,
        channel(post)                                   AS platform,
        ''                                              AS site,
        channel(post)            AS channel,
        ({FIRST_POST} + post)::VARCHAR                   AS native_id,
        []::VARCHAR[]                                   AS aliases,
        'post'                                          AS kind,
        'Beitrag ' || post                              AS title,
        post_at                                         AS created_at_utc,
        'exact'                                         AS time_precision,
        'unknown'                                       AS status,
        post_at                                         AS first_seen_at_utc,
        post_at                                         AS last_seen_at_utc,
        strftime(post_at, 'table_file/%Y-%m-%d.csv')         AS landed_file,
        post                                            AS position
    FROM sized
    WHERE post >= $from AND post < $to
"""

COMMENTS = f"""
    INSERT INTO clean.comment BY NAME
    SELECT
        channel(post) || ':' || {FIRST_COMMENT} + n                  AS comment_id,
        {number("comment_id")}                          AS id_number,
        channel(post)                                   AS platform,
        ''                                              AS site,
        channel(post)            AS channel,
        ({FIRST_COMMENT} + n)::VARCHAR                   AS native_id,
        'native'                                        AS id_basis,
        []::VARCHAR[]                                   AS aliases,
        'comment'                                       AS kind,
        channel(post) || ':' || {FIRST_POST} + post                  AS post_id,
        channel(post) || ':' || {FIRST_COMMENT} + parent             AS parent_id,
        channel(post) || ':' || {FIRST_COMMENT} + coalesce(parent, n) AS root_id,
        (parent IS NOT NULL)::BIGINT                    AS depth,
        'unknown'                                       AS reply_semantics,
        md5('person ' || author)                        AS author_key,
        is_own                                          AS is_owner,
        text,
        left(sha256(text), 32)                          AS text_hash,
        '{{}}'                                          AS redacted,
        date_trunc('minute', created_at)                AS created_at_utc,
        strftime(created_at, '%d.%m.%Y %H:%M')          AS created_at_raw,
        'Europe/Berlin'                                 AS created_tz_assumed,
        'exact'                                         AS time_precision,
        'unknown'                                       AS status,
        likes                                           AS like_count,
        created_at                                      AS first_seen_at_utc,
        created_at                                      AS last_seen_at_utc,
        strftime(created_at, 'table_file/%Y-%m-%d.csv')      AS landed_file,
        1 + n                                           AS position
    FROM drawn
"""

VERSIONS = f"""
    INSERT INTO clean.comment_version BY NAME
    SELECT
        channel(post) || ':' || {FIRST_COMMENT} + n                  AS comment_id,
        left(sha256(text), 32)                          AS text_hash,
        text,
        created_at                                      AS first_seen_at_utc,
        created_at                                      AS last_seen_at_utc,
        strftime(created_at, 'table_file/%Y-%m-%d.csv')      AS landed_file
    FROM drawn
"""

PROFILES = f"""
    INSERT INTO classified.text_profile BY NAME
    SELECT
        channel(post) || ':' || {FIRST_COMMENT} + n                  AS comment_id,
        left(sha256(text), 32)                          AS text_hash,
        length(text)                                    AS character_count,
        0                                               AS emoji_count,
        length(text) // 5                               AS token_count,
        0                                               AS unknown_count,
        $version                                        AS model_version
    FROM drawn
"""

# Of a head with one answer, the chosen one gets what it is sure of, the next one a part of the
# rest. Single precision: so a model answers. In the order in which a shard is stored: head by head,
# and of each comment by comment.
LABELS = f"""
    INSERT INTO classified.label BY NAME
    WITH asked AS (
        SELECT
            drawn.n,
            channel(drawn.post) || ':' || {FIRST_COMMENT} + drawn.n        AS comment_id,
            drawn.input_hash,
            option.head,
            option.label,
            option.model_version,
            option.many,
            option.cutoff,
            CASE
                WHEN option.many THEN pow(draw_of(drawn.n, option.number), exponent)
                WHEN option.width = 1 THEN 1
                ELSE 1 / option.width
                    + (1 - 1 / option.width)
                    * (0.2 + 0.8 * draw_of(drawn.n, option.number - option.place))
            END                                         AS sure,
            (option.place + CASE
                WHEN option.width = 2
                    THEN (draw_of(drawn.n, option.number - option.place + 1) < {YES})::UBIGINT
                ELSE hash(64 * drawn.n + option.number - option.place + 1)
            END) % option.width                         AS behind,
            draw_of(drawn.n, option.number - option.place + 2) AS part,
            option.width
        FROM (
            SELECT
                n,
                post,
                left(sha256(left(sha256(text), 32) || sha256('Beitrag ' || post)), 32) AS input_hash
            FROM drawn
            WHERE NOT is_own
        ) AS drawn
        CROSS JOIN option
    )
    SELECT
        comment_id,
        input_hash,
        head,
        label,
        CASE
            WHEN many OR behind = 0 THEN sure
            WHEN behind = 1 THEN (1 - sure) * CASE WHEN width = 2 THEN 1 ELSE part END
            ELSE (1 - sure) * (1 - part) / (width - 2)
        END::FLOAT                                      AS probability,
        CASE WHEN many THEN sure >= cutoff ELSE behind = 0 END AS is_chosen,
        NOT many AND sure < 0.5                         AS is_uncertain,
        model_version,
        TIMESTAMP '2025-01-01' + to_seconds(n // {SHARD}) AS labelled_at_utc
    FROM asked
    ORDER BY n // {SHARD}, head, n, label
"""

CURRENT = """
    INSERT INTO ops.current_model BY NAME SELECT DISTINCT head, model_version FROM option
"""

FILES = """
    INSERT INTO ops.refined_file BY NAME
    SELECT
        landed_file,
        'table_file'            AS source,
        'invented'              AS reading,
        min(first_seen_at_utc)  AS received_at_utc,
        0                       AS post_count,
        count(*)                AS comment_count,
        0                       AS rejected_count,
        true                    AS is_checked
    FROM clean.comment
    GROUP BY landed_file
"""

LABELLED = """
    INSERT INTO ops.labelled_file BY NAME
    SELECT landed_file, model_version
    FROM ops.refined_file
    CROSS JOIN (SELECT DISTINCT model_version FROM ops.current_model)
"""

# One comment in five is on a post of the days before.
DAY = f"""
    COPY (
        SELECT
            {FIRST_COMMENT} + n                         AS "Kommentar-ID",
            {FIRST_COMMENT} + CASE WHEN n % 5 > 0 THEN parent END AS "Antwort auf",
            {FIRST_POST} + on_post                      AS "Beitrags-ID",
            'Beitrag ' || on_post                       AS "Beitragstitel",
            channel(on_post)                            AS "Kanal",
            CASE WHEN is_own THEN 'IT der Stadtwerke' ELSE 'Person ' || author END AS "Autor",
            strftime(created_at, '%d.%m.%Y %H:%M')      AS "Erstellt am",
            text                                        AS "Kommentartext",
            likes                                       AS "Gefällt mir",
            CASE WHEN is_own THEN 'ja' ELSE 'nein' END  AS "Eigene Antwort"
        FROM (
            SELECT *, CASE WHEN n % 5 > 0 THEN post
                ELSE greatest(0, post - 1 - drawn_hash(n, 'earlier') % 100)::BIGINT END AS on_post
            FROM drawn
        )
        WHERE n >= $first
        ORDER BY n
    ) TO '{{path}}' (FORMAT csv, DELIMITER ';', HEADER)
"""


def fill(count: int, settings: Settings) -> None:
    """Put `count` comments, their posts, labels and profiles into an empty warehouse."""
    shape = Shape(count)
    with filling(settings) as connection:
        posts = get_ready(connection, shape)
        connection.execute(MACROS)
        put_options(connection, settings)
        connection.execute(CURRENT)
        for first in range(0, posts, SLICE_POSTS):
            put_slice(connection, shape, first, settings)
        connection.execute(FILES)
        connection.execute(LABELLED)
        mend(connection)


@contextmanager
def filling(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for many transactions, each statement one."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
    limits = settings.warehouse
    with engine_of(limits).connect(settings.paths.warehouse, limits) as connection:
        yield connection


def put_slice(
    connection: duckdb.DuckDBPyConnection, shape: Shape, first: int, settings: Settings
) -> None:
    """Put some posts, and all that hangs on them, into the warehouse."""
    beyond = first + SLICE_POSTS
    draw(connection, shape, first, beyond)
    connection.execute(POSTS, {"from": first, "to": beyond})
    connection.execute(COMMENTS)
    connection.execute(VERSIONS)
    version = current_version(settings.classify)
    connection.execute(PROFILES, {"version": version})
    connection.execute(LABELS)


def put_options(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make `option`: every label of every head, and who gives it."""
    versions = {LANGUAGE: language_version()}
    answers = current_version(settings.classify)
    choices = options(settings).with_columns(
        model_version=pl.col("head").replace_strict(versions, default=answers)
    )
    connection.register("choices", choices)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE option AS SELECT *, "
        "count(*) OVER (PARTITION BY head) AS width, "
        "row_number() OVER (PARTITION BY head ORDER BY label) - 1 AS place, "
        "row_number() OVER (ORDER BY head, label) AS number FROM choices"
    )
    connection.unregister("choices")


def write_day(path: Path, count: int, more: int) -> None:
    """Write the comments of the day that comes after `count`: some on posts that were there."""
    shape = Shape(count, more)
    with duckdb.connect() as connection:
        posts = get_ready(connection, shape)
        connection.execute(MACROS)
        first = scalar(connection, f"SELECT min(post) FROM sized WHERE first + size > {count}")
        draw(connection, shape, first, posts)
        connection.execute(DAY.format(path=path), {"first": count})


if __name__ == "__main__":
    if len(sys.argv) > 2:
        write_day(Path(sys.argv[2]), int(sys.argv[1]), int(sys.argv[3]))
    else:
        fill(int(sys.argv[1]), load_settings())
