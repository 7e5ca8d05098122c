"""Views that most marts read, computed once for a publish."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from transforms.views import all_views

SHARED = {
    "dated": "SELECT * EXCLUDE (landed_file) FROM classified.dated",
    "wording": "FROM classified.wording",
    "said": "FROM classified.said",
}
"""Views over all comments that cost something, time zones and hashes, and what marts read of them.
In their order."""


@contextmanager
def shared_views(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the `SHARED` views read tables of this connection within the block.

    To be used within a transaction: if the block fails, rolling back restores the views.
    """
    share(connection)
    yield
    for view in all_views():
        connection.execute(view.view())
    for name in SHARED:
        connection.execute(f"DROP TABLE temp.main.shared_{name}")


def share(connection: duckdb.DuckDBPyConnection) -> None:
    """Compute the `SHARED` views once, and let them read what came out."""
    for name, query in SHARED.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE shared_{name} AS {query}")
        connection.execute(
            f"CREATE OR REPLACE VIEW classified.{name} AS FROM temp.main.shared_{name}"
        )
