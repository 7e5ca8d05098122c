"""What many tests share: a warehouse in memory, a data folder of their own, a Prefect server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import settings

from flows.cli import QUIET
from flows.publishing.shares import Estimator, estimate, mart_rows
from flows.publishing.sharing import shared_views
from flows.warehouse import merge, prepare, use_time_zone
from models.tables.comment import COMMENT
from models.tables.current_model import CURRENT_MODEL
from models.tables.label import LABEL
from models.tables.post import POST
from models.tables.review import REVIEW
from tests.builders import RECEIVED, Row, label_row, review_row
from transforms.canonical import Origin
from transforms.marts import MACROS, all_marts

# Before Prefect is imported: no test may call outside.
os.environ.update(QUIET)

# No deadline: on two busy cores the first example alone may take a second. By default examples are
# few and the same each time, so that a change is judged by what it changes; `thorough`, for
# `make test-night`, draws many new ones.
settings.register_profile("default", max_examples=40, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


NOTHING_HELD_OUT = Estimator({}, 0.0, least_audits=20, audit_weeks=8)
"""A checkpoint without a held-out set."""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory, with its views, that reports in Berlin's time."""
    with duckdb.connect() as connection:
        prepare(connection)
        connection.execute(MACROS.read_text(encoding="utf-8"))
        use_time_zone(connection, "Europe/Berlin")
        yield connection


@pytest.fixture
def given(con: duckdb.DuckDBPyConnection) -> Callable[..., None]:
    """Put rows into the warehouse: `given(comments=[...], posts=[...], labels=[...])`.

    A label is (comment_id, head, label) or, with its probability, a fourth value: chosen unless
    the probability is below 0.5. A review is (comment_id, head, label, is_chosen), with the fields
    of `review_row` that matter as a fifth value.
    """

    def put(
        comments: list[Row] = (),  # type: ignore[assignment]
        posts: list[Row] = (),  # type: ignore[assignment]
        labels: list[tuple[object, ...]] = (),  # type: ignore[assignment]
        reviews: list[tuple[object, ...]] = (),  # type: ignore[assignment]
    ) -> None:
        merge(con, POST, pl.DataFrame(list(posts), schema=POST.schema()))
        merge(con, COMMENT, pl.DataFrame(list(comments), schema=COMMENT.schema()))
        inputs = dict(con.execute("SELECT comment_id, input_hash FROM classified.input").fetchall())
        rows = [label_row(*label, input_hash=inputs[str(label[0])]) for label in labels]
        merge(con, LABEL, pl.DataFrame(rows, schema=LABEL.schema(), orient="row"))
        said = [
            review_row(*review[:4], input_hash=inputs[str(review[0])], **dict(*review[4:]))
            for review in reviews
        ]
        merge(con, REVIEW, pl.DataFrame(said, schema=REVIEW.schema(), orient="row"))
        heads = sorted({str(row["head"]) for row in rows})
        current = {"head": heads, "model_version": ["m@1"] * len(heads)}
        merge(con, CURRENT_MODEL, pl.DataFrame(current, schema=CURRENT_MODEL.schema()))

    return put


@pytest.fixture
def mart(con: duckdb.DuckDBPyConnection) -> Callable[..., list[Row]]:
    """Build a mart by name: its rows, checked against its contract.

    Shares are corrected by audits and, if `known` says so, by a held-out set.
    """

    def build(name: str, known: Estimator = NOTHING_HELD_OUT) -> list[Row]:
        statement = all_marts()[name]
        needed = [s for s in (statement, all_marts().get(statement.net_of)) if s and s.shares]
        with shared_views(con) as heard:
            rows = mart_rows(con, statement, estimate(con, heard, needed, known))
        return statement.table.require(rows.cast(statement.table.schema())).to_dicts()  # type: ignore[arg-type]

    return build


@pytest.fixture
def origin() -> Origin:
    """Where the records of a test come from."""
    return Origin("table_file/file.csv", RECEIVED, None, frozenset(), b"k" * 32)


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, with a key of its own; the project's settings otherwise."""
    data = tmp_path / "data"
    monkeypatch.setenv("RESONANZ_PATHS__DATA", str(data))
    monkeypatch.setenv("RESONANZ_AUTHOR_KEY", "0123456789abcdef" * 4)
    monkeypatch.setenv("RESONANZ_LANDING_KEY", "fedcba9876543210" * 4)
    # Tests look into landing; those of sealed and deleted files set it back.
    monkeypatch.setenv("RESONANZ_PRIVACY__LANDING", "keep")
    monkeypatch.setenv("RESONANZ_WAREHOUSE__WAIT_SECONDS", "0")
    # A judge of its own takes seconds to start, each time; test_judging.py has one.
    monkeypatch.setenv("RESONANZ_PUBLISH__PROCESSES", "1")
    # Tests need few people; those about small cells set this themselves.
    monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "1")
    return data


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """A real Prefect server with a database of its own, once for all tests of flows."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    # The end of a flow waits up to a second for the thread of its heartbeats; nobody listens here.
    without_heartbeats = temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
    with prefect_test_harness(server_startup_timeout=120), without_heartbeats:
        yield
