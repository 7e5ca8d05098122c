"""The warehouse as it would be if other models answered: asked, and then undone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import duckdb

from flows.classify import make_current
from flows.settings import Settings
from flows.warehouse import use_time_zone, writing
from models.contract import quoted
from transforms.views import all_views


@contextmanager
def what_if(
    versions: Sequence[str], settings: Settings, since: date | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which the answers of `versions` count; nothing of it is kept.

    Without `versions` those count that do now. Only comments since the day `since` are there.
    """
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        connection.commit()
        connection.begin()
        if versions:
            make_current(list(versions), connection)
        if since:
            dated = next(view for view in all_views() if view.table.name == "dated")
            connection.execute(
                f"CREATE OR REPLACE VIEW {dated.table.full_name} AS "
                f"SELECT * FROM (\n{dated.query}\n) WHERE day >= DATE {quoted(since.isoformat())}"
            )
        yield connection
        connection.rollback()
        connection.begin()  # what `writing` ends
