"""Comments of any number for measurements of scale: made by DuckDB, in the shapes of real ones.

What is taken from real sets are figures, not texts:

- lengths: 3,243 comments on the Facebook page of a talk show (GermEval 2021, Risch et al. 2021):
  half below 112 characters, the logarithm's standard deviation 1.0, the longest 7,029;
- comments under a post, answers among them, hours after the post, comments a person: 5,148 comments
  below 395 articles on IT of an Austrian newspaper in 2019: half of the articles below 51 comments,
  the logarithm's standard deviation 1.41, at most 1,651; 43 % are answers; half within 4.45 hours,
  90 % within 22; the busiest tenth of the people wrote 46 % of the comments;
- texts that somebody else has written, too: 10 % (36,722 comments on YouTube, GermEval 2025).
"""

import random
from dataclasses import dataclass

import duckdb
import polars as pl

from benchmarks.comments import ENDS, OWN_SHARE, REPEATED, REPEATED_SHARE, WORDS

MEDIAN_LENGTH, LENGTH_SPREAD, LONGEST = 112, 1.0, 7_000
MEDIAN_THREAD, THREAD_SPREAD, LONGEST_THREAD = 51, 1.41, 1_651
ANSWERS = 0.43
MEDIAN_HOURS, HOURS_SPREAD = 4.45, 1.26
PEOPLE = 0.9
"""People to draw from, for each comment; of them 0.4 are drawn at all."""
LEAN = 2.9
"""An even chance to this power is the place of who wrote it among the people."""

START = "2025-01-01"
DAYS = 365
POOL = 20_000
"""Texts that are made word by word; a comment joins two of them, cut to its length."""

DRAWN = """
    CREATE OR REPLACE TEMP TABLE drawn AS
    WITH placed AS (
        SELECT
            sized.post,
            sized.post_at,
            sized.first + number.i                                              AS n,
            number.i                                                            AS i,
            ceil(floor(number.i * (1 - $answers)) / (1 - $answers))::BIGINT     AS top
        FROM sized
        CROSS JOIN unnest(range(sized.size)) AS number(i)
        WHERE sized.post >= $from AND sized.post < $to
    ), chances AS (
        SELECT
            *,
            chance(n, 'author')                                                 AS author,
            chance(n, 'own') < $own                                             AS is_own,
            chance(n, 'often') < $repeated                                      AS is_repeated,
            normal(n, 'length')                                                 AS length,
            normal(n, 'late')                                                   AS late
        FROM placed
    )
    SELECT
        chances.n,
        chances.post,
        chances.i,
        CASE WHEN top < chances.i THEN chances.n - chances.i + top END          AS parent,
        CASE WHEN is_own THEN -1
            ELSE floor($people * pow(author, $lean))::BIGINT END                AS author,
        is_own,
        post_at + to_seconds(3600 * least(2000, $hours * exp($hours_spread * late)))  AS created_at,
        (drawn_hash(chances.n, 'likes') % 4)::BIGINT                                  AS likes,
        CASE WHEN is_repeated THEN said.text
            ELSE substr(head.text || ' ' || tail.text, 1,
                greatest(2, least($longest, $median * exp($spread * length)))::BIGINT)
        END                                                                     AS text
    FROM chances
    JOIN pool AS head ON head.place = drawn_hash(chances.n, 'head') % $pool
    JOIN pool AS tail ON tail.place = drawn_hash(chances.n, 'tail') % $pool
    JOIN repeated AS said ON said.place = drawn_hash(chances.n, 'said') % $sayings
    ORDER BY chances.n
"""
"""The comments of the posts from one number to another. An answer hangs below the first comment of
its thread. A comment's number says all of it: the same number is the same comment in every run."""

MACROS = """
    CREATE OR REPLACE TEMP MACRO drawn_hash(n, what) AS hash(hash(n, what));
    CREATE OR REPLACE TEMP MACRO chance(n, what) AS
        ((drawn_hash(n, what) >> 11) + 0.5) / pow(2, 53);
    CREATE OR REPLACE TEMP MACRO normal(n, what) AS
        sqrt(-2 * ln(chance(n, what))) * cos(2 * pi() * chance(n, what || ' too'));
"""
"""Hashed twice: of two columns DuckDB only combines the hashes, and they would rise together."""

SIZED = """
    CREATE OR REPLACE TEMP TABLE sized AS
    WITH drawn_size AS (
        SELECT
            post,
            greatest(1, least($longest, $median * exp($spread * normal(post, 'thread'))))::BIGINT
                AS size
        FROM range($posts) AS numbered(post)
    ), summed AS (
        SELECT post, size, (sum(size) OVER (ORDER BY post) - size)::BIGINT AS first FROM drawn_size
    )
    SELECT
        post,
        first,
        least(size, $count - first)                                             AS size,
        $start::TIMESTAMP + to_seconds(86400 * (
            $days * least(first, $year) / greatest($year, 1)
            + greatest(first - $year, 0) / greatest($more, 1)
        ))                                                                      AS post_at
    FROM summed
    WHERE first < $count
"""


@dataclass(frozen=True)
class Shape:
    """`year` comments of a year, and `more` of the day after it."""

    year: int
    more: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.year + self.more

    @property
    def people(self) -> int:
        """Those who may write."""
        return max(10, int(PEOPLE * self.count))


def get_ready(connection: duckdb.DuckDBPyConnection, shape: Shape) -> int:
    """Make `sized`, the posts and how many comments each has; returns how many posts."""
    connection.execute(MACROS)
    put(connection, "pool", pool(random.Random(1)))
    put(connection, "repeated", REPEATED)
    named = {
        "posts": shape.count,
        "count": shape.count,
        "year": shape.year,
        "more": shape.more,
        "longest": LONGEST_THREAD,
        "median": MEDIAN_THREAD,
        "spread": THREAD_SPREAD,
        "start": START,
        "days": DAYS,
    }
    connection.execute(SIZED, named)
    return scalar(connection, "SELECT count(*) FROM sized")


def draw(connection: duckdb.DuckDBPyConnection, shape: Shape, first: int, beyond: int) -> None:
    """Make `drawn`, the comments of the posts from `first` to before `beyond`."""
    named = {
        "from": first,
        "to": beyond,
        "answers": ANSWERS,
        "own": OWN_SHARE,
        "repeated": REPEATED_SHARE,
        "people": shape.people,
        "lean": LEAN,
        "hours": MEDIAN_HOURS,
        "hours_spread": HOURS_SPREAD,
        "longest": LONGEST,
        "median": MEDIAN_LENGTH,
        "spread": LENGTH_SPREAD,
        "pool": POOL,
        "sayings": len(REPEATED),
    }
    connection.execute(DRAWN, named)


def pool(chance: random.Random) -> list[str]:
    """Word soups of about twice the usual length, a few very long ones among them."""
    return [soup(chance, 10_000 if n % 400 == 0 else chance.randint(120, 900)) for n in range(POOL)]


def soup(chance: random.Random, length: int) -> str:
    """Words up to `length` characters."""
    words = " ".join(chance.choices(WORDS, k=length // 5))
    return words[:length].capitalize() + chance.choice(ENDS)


def put(
    connection: duckdb.DuckDBPyConnection, name: str, texts: list[str] | tuple[str, ...]
) -> None:
    """Make a temporary table of numbered texts."""
    rows = pl.DataFrame({"place": range(len(texts)), "text": list(texts)})
    connection.register("rows_of_texts", rows)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM rows_of_texts")
    connection.unregister("rows_of_texts")


def scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The only number that `query` answers."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
