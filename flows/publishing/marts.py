"""The marts of a publish: counted, estimated, small cells hidden, the rest computed from that."""

from collections.abc import Mapping
from functools import partial

import duckdb
import numpy as np
import polars as pl

from flows.publishing.aside import aside, give_back
from flows.publishing.hearing import Heard
from flows.publishing.shares import estimate, estimator, mart_rows
from flows.publishing.sharing import shared_views
from flows.settings import Settings
from flows.settings.named_files import read_policy
from flows.warehouse import append, beside, frame, use_time_zone, writing
from flows.wording import wording
from models.contract import Table
from transforms.cells import in_order
from transforms.coverage import COVERAGE
from transforms.derived import MartRules
from transforms.marts import derived_marts, later_marts, listed_marts, passing_macros, sql_marts
from transforms.reply_queue import COMMENTS_TO_ANSWER, Budget, reply_queue
from transforms.similar import Vectors, restored
from transforms.small_cells import hide_small_cells
from transforms.statements import Statement

COUNTED = """
    SELECT * EXCLUDE (comment_id) REPLACE (hash(author) AS author) FROM classified.counted
"""
"""What small cells are found by; no comment by itself. Who wrote it only tells people apart."""

TEXTS = """
    SELECT
        wanted.row,
        coalesce(post.title, left(post.text, 80)) AS post_title,
        comment.text,
        comment.permalink
    FROM clean.comment AS comment
    JOIN wanted USING (comment_id)
    LEFT JOIN clean.post AS post USING (post_id)
"""
"""What is told of comments beside what they are counted by."""

QUOTABLE = "FROM classified.quotable"
"""The comments of which lists may show some."""

EMBEDDED = "FROM classified.embedding SEMI JOIN ops.current_model USING (model_version)"
"""The embeddings that count now."""


def build_marts(settings: Settings) -> dict[Table, pl.DataFrame]:
    """Write every mart to the warehouse, in one transaction; returns their rows, by name.

    Small cells are hidden before anything is computed from them. With the marts, but not in the
    warehouse, comes `COVERAGE`: what the manifest counts, hidden where it reveals something.
    """
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        get_ready(connection, settings)
        with shared_views(connection) as heard:
            counted = counted_marts(connection, heard, settings)
            del heard  # arrays of all comments, of no use to what comes
            to_answer = aside(comments_to_answer(connection, settings), settings.paths.root)
            give_back()
            marts = shown_marts(counted, counted_comments(connection), settings)
            coverage = marts.pop(COVERAGE.table)
            comments = aside(frame(connection, QUOTABLE), settings.paths.root)
            give_back()
            marts |= comments_behind(connection, marts, comments, mart_rules(settings))
            marts = put_aside(marts, settings)
            give_back()
            store_marts(connection, marts)
            marts |= put_aside(made_of_marts(connection), settings)
    marts[COMMENTS_TO_ANSWER] = to_answer
    return dict(sorted(marts.items(), key=lambda mart: mart[0].name)) | {COVERAGE.table: coverage}


def put_aside(marts: Mapping[Table, pl.DataFrame], settings: Settings) -> dict[Table, pl.DataFrame]:
    """`marts`, the large ones among them on disk."""
    return {table: aside(rows, settings.paths.root) for table, rows in marts.items()}


def get_ready(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Tell a connection what the marts' queries ask for: time zone, functions, smallest cell.

    And let it give back what it has freed, soon: between queries others need the memory.
    """
    use_time_zone(connection, settings.reporting.time_zone)
    connection.execute(passing_macros())
    connection.execute("SET allocator_background_threads = true")
    connection.execute(f"SET VARIABLE smallest_cell = {settings.privacy.smallest_cell:d}")


def computed_marts(
    connection: duckdb.DuckDBPyConnection, heard: Heard, settings: Settings
) -> dict[Table, pl.DataFrame]:
    """The marts that are counted, small cells hidden, and those computed from them; not stored.

    `COVERAGE` is among them: it is told beside them.
    """
    counted = counted_marts(connection, heard, settings)
    return shown_marts(counted, counted_comments(connection), settings)


def counted_comments(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The comments that marts count, texts as places in the alphabet: they take a quarter of it."""
    return in_order(frame(connection, COUNTED))


def shown_marts(
    counted: Mapping[Table, pl.DataFrame], facts: pl.DataFrame, settings: Settings
) -> dict[Table, pl.DataFrame]:
    """What may be shown of marts, by the comments `facts` that they count, and of it what follows.

    The warehouse is not asked.
    """
    marts = hide_small_cells(counted, facts, settings.privacy.smallest_cell)
    return marts | derived_from(marts, mart_rules(settings))


def derived_from(
    marts: Mapping[Table, pl.DataFrame], rules: MartRules
) -> dict[Table, pl.DataFrame]:
    """The marts that are computed from `marts`, small cells hidden; not stored."""
    return {mart.table: mart.build(marts, rules) for mart in derived_marts()}


def comments_behind(
    connection: duckdb.DuckDBPyConnection,
    marts: Mapping[Table, pl.DataFrame],
    comments: pl.DataFrame,
    rules: MartRules,
) -> dict[Table, pl.DataFrame]:
    """The lists of single `comments`, as far as what `marts` show lets them be told; not stored."""
    texts = partial(with_texts, connection)
    return {mart.table: mart.build(marts, comments, texts, rules) for mart in listed_marts()}


def with_texts(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows`, in their order, with each comment's text and link, and the title of its post."""
    numbered = rows.with_row_index("row")
    texts = beside(connection, TEXTS, numbered.select("row", "comment_id"))
    return numbered.join(texts, on="row", how="left", maintain_order="left").drop("row")


def counted_marts(
    connection: duckdb.DuckDBPyConnection, heard: Heard, settings: Settings
) -> dict[Table, pl.DataFrame]:
    """The marts that are made from the comments themselves, shares among them estimated.

    `COVERAGE` is among them.
    """
    statements = sql_marts()
    asked = [statement for statement in statements if statement.shares]
    estimates = estimate(connection, heard, asked, estimator(connection, settings))
    marts = {
        statement.table: checked(statement, mart_rows(connection, statement, estimates))
        for statement in statements
    }
    return marts | {COVERAGE.table: checked(COVERAGE, frame(connection, COVERAGE.query))}


def checked(statement: Statement, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a mart as its contract has them."""
    return statement.table.require(rows.cast(dict(statement.table.schema())))  # type: ignore[arg-type]


def open_comments(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """What asks for an answer, in any order."""
    return frame(connection, "FROM classified.open_comment")


def made_of_marts(connection: duckdb.DuckDBPyConnection) -> dict[Table, pl.DataFrame]:
    """The marts that are selected from what is stored of others, stored too."""
    found: dict[Table, pl.DataFrame] = {}
    for statement in later_marts():
        found[statement.table] = checked(statement, frame(connection, statement.query))
        store_mart(connection, statement.table, found[statement.table])
    return found


def store_marts(connection: duckdb.DuckDBPyConnection, marts: Mapping[Table, pl.DataFrame]) -> None:
    """Put the rows of `marts` in the place of what they held."""
    for table, rows in marts.items():
        store_mart(connection, table, rows)


def store_mart(connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """Put a mart's `rows` in the place of what it held."""
    connection.execute(f"DROP TABLE IF EXISTS {table.full_name}")
    connection.execute(table.ddl())
    append(connection, table, rows)
    for comment in table.comments():
        connection.execute(comment)


def mart_rules(settings: Settings) -> MartRules:
    """What the settings say about changes."""
    return MartRules(
        trailing_weeks=settings.alerts.trailing_weeks,
        least_comments=settings.alerts.least_comments,
        smallest_cell=settings.privacy.smallest_cell,
        false_alert_share=settings.alerts.false_alert_share,
    )


def comments_to_answer(connection: duckdb.DuckDBPyConnection, settings: Settings) -> pl.DataFrame:
    """What asks for an answer, with a proposal for each within the minutes of the settings."""
    reply = settings.reply
    return reply_queue(
        aside(open_comments(connection), settings.paths.root),
        partial(vectors_of, connection),
        read_policy(reply.policy_file),
        Budget(**reply.model_dump(exclude={"policy"})),
        wording(settings.reporting.language)["reply"],
        settings.reporting.language,
    )


def vectors_of(connection: duckdb.DuckDBPyConnection, candidates: pl.DataFrame) -> Vectors | None:
    """The embeddings of `candidates`, in their order; None if the model gives none.

    What was labelled before embeddings were kept has zeros: it is like nothing.
    """
    width = connection.execute(f"SELECT len(vector) {EMBEDDED} LIMIT 1").fetchone()
    if width is None:
        return None
    numbered = candidates.with_row_index("row")
    wanted = f"SELECT wanted.row, embedding.vector {EMBEDDED} JOIN wanted USING (input_hash)"
    known = beside(connection, wanted, numbered.select("row", "input_hash"))
    vectors = np.zeros((candidates.height, *width), dtype=np.int8)
    vectors[known["row"].to_numpy()] = known["vector"].explode().to_numpy().reshape(-1, *width)
    return restored(vectors)
