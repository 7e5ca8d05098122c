"""Views that most marts read, computed once for a publish, and what each head has answered."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from flows.publishing.hearing import Heard, asked_heads, hear, options_of
from flows.publishing.numbering import numbered_comments
from flows.publishing.saying import Said
from transforms.estimates.members import Comments
from transforms.views import all_views

SHARED = {
    "dated": "SELECT * EXCLUDE (landed_file) FROM classified.dated",
    "wording": "FROM classified.wording",
}
"""Views over all comments that cost something, time zones and hashes, and what marts read of them.
In their order. What models said of all comments, `said`, is made of what is heard."""


@contextmanager
def shared_views(connection: duckdb.DuckDBPyConnection) -> Iterator[Heard]:
    """Let the `SHARED` views and `said` read tables of this connection within the block.

    To be used within a transaction: if the block fails, rolling back restores the views.
    """
    share(connection)
    with numbered_comments(connection) as comments:
        yield listened(connection, comments)
    for view in all_views():
        connection.execute(view.view())
    for name in (*SHARED, "said"):
        connection.execute(f"DROP TABLE temp.main.shared_{name}")


def share(connection: duckdb.DuckDBPyConnection) -> None:
    """Compute the `SHARED` views once, and let them read what came out."""
    for name, query in SHARED.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE shared_{name} AS {query}")
        read_shared(connection, name)


def listened(connection: duckdb.DuckDBPyConnection, comments: Comments) -> Heard:
    """What all heads answered; `classified.said` reads of it what it tells."""
    options = options_of(connection, asked_heads())
    said = Said(len(comments.place), options)
    heard = hear(connection, comments, options, asked_heads(), said.listeners())
    said.store(connection)
    read_shared(connection, "said")
    return heard


def read_shared(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Let a view read the temporary table that was made of it."""
    connection.execute(f"CREATE OR REPLACE VIEW classified.{name} AS FROM temp.main.shared_{name}")
