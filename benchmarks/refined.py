"""Comments in the clean tables, labelled, without a file or a model: made by SQL, to any number.

`python -m benchmarks.refined COUNT`; they depend on nothing but their number.
"""

import sys

from benchmarks.comments import AUTHORS, CHANNELS, DAYS, FIRST_POST, POSTS, WORDS
from benchmarks.labels import put_labels
from flows.settings import Settings, load_settings
from flows.warehouse import writing
from models.tables.comment import COMMENT
from models.tables.post import POST

CHANCE = "((hash(n, '{of}') >> 11) / pow(2, 53))"
"""A number from 0 to 1 that depends on the row alone."""

POSTED = """
    INSERT INTO clean.post BY NAME
    SELECT
        'table:' || n                                   AS post_id,
        'table'                                         AS platform,
        ''                                              AS site,
        $channels[1 + n % len($channels)]               AS channel,
        n::VARCHAR                                      AS native_id,
        []::VARCHAR[]                                   AS aliases,
        'post'                                          AS kind,
        'Beitrag ' || n                                 AS title,
        'exact'                                         AS time_precision,
        'published'                                     AS status,
        $start::TIMESTAMP                               AS first_seen_at_utc,
        $start::TIMESTAMP                               AS last_seen_at_utc,
        'invented.csv'                                  AS landed_file,
        n                                               AS position
    FROM range($posts) AS post(n)
"""

# Of posts that are drawn by 1 / (rank + 10), the rank is exponential in an even chance. An author
# of few numbers writes most; comments come below a post in the hours and days after it.
COMMENTED = f"""
    INSERT INTO clean.comment BY NAME
    WITH drawn AS (
        SELECT
            n,
            floor(10 * pow(($posts + 10) / 10, {CHANCE.format(of="post")}) - 10)::BIGINT AS post,
            {CHANCE.format(of="author")}                AS author,
            {CHANCE.format(of="own")} < 0.02            AS is_own,
            -ln(1 - {CHANCE.format(of="late")})         AS lateness,
            1 + floor(pow({CHANCE.format(of="long")}, 3) * 40)::BIGINT AS words
        FROM range($count) AS comment(n)
    ), worded AS (
        SELECT
            *,
            array_to_string(
                list_transform(
                    range(words), lambda i: $words[(1 + hash(n, i) % len($words))::BIGINT]
                ),
                ' '
            ) || CASE WHEN n % 5 = 0 THEN '?' ELSE '.' END AS text
        FROM drawn
    )
    SELECT
        'table:c' || n                                  AS comment_id,
        'table'                                         AS platform,
        ''                                              AS site,
        $channels[1 + post % len($channels)]            AS channel,
        'native'                                        AS id_basis,
        []::VARCHAR[]                                   AS aliases,
        'comment'                                       AS kind,
        'table:' || post                                AS post_id,
        'table:c' || n                                  AS root_id,
        0                                               AS depth,
        'tree'                                          AS reply_semantics,
        CASE WHEN is_own THEN 'owner'
            ELSE 'person ' || floor($authors * author * author)::BIGINT END AS author_key,
        is_own                                          AS is_owner,
        text,
        left(sha256(text), 32)                          AS text_hash,
        $start::TIMESTAMP + to_seconds(
            86400 * ((hash(post) >> 11) / pow(2, 53) * $days + 20 * lateness)
        )                                               AS created_at_utc,
        'exact'                                         AS time_precision,
        'published'                                     AS status,
        (n % 7)                                         AS like_count,
        $start::TIMESTAMP                               AS first_seen_at_utc,
        $start::TIMESTAMP                               AS last_seen_at_utc,
        'invented.csv'                                  AS landed_file,
        n                                               AS position
    FROM worded
"""


def put_comments(count: int, settings: Settings) -> int:
    """Put `count` comments on 500 posts and their labels into the warehouse; returns the labels."""
    shape = {"channels": list(CHANNELS), "start": FIRST_POST, "posts": POSTS}
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        for table in (COMMENT, POST):
            connection.execute(f"DELETE FROM {table.full_name}")
        connection.execute(POSTED, shape)
        people = {"count": count, "authors": AUTHORS, "days": DAYS, "words": list(WORDS)}
        connection.execute(COMMENTED, shape | people)
    return put_labels(settings)


if __name__ == "__main__":
    print(put_comments(int(sys.argv[1]), load_settings()))
