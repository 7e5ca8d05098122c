from datetime import datetime

import duckdb
import polars as pl
import pytest

from models.contract import Column, Table
from models.errors import ContractBroken

TABLE = Table(
    layer="clean",
    name="example",
    about="It's an example.",
    grain=("id",),
    columns=(
        Column("id", "text", "key"),
        Column("kind", "text", "kind", allowed=("a", "b")),
        Column("made_at_utc", "time", "when"),
        Column("like_count", "count", "likes", optional=True),
        Column("names", "texts", "names", optional=True),
    ),
)
ROW = {
    "id": "1",
    "kind": "a",
    "made_at_utc": datetime(2025, 1, 1),
    "like_count": None,
    "names": ["x"],
}


def rows(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([ROW | row for row in rows], schema=TABLE.schema())


def test_a_fitting_frame_comes_back_in_column_order() -> None:
    shuffled = rows({}).select(reversed(TABLE.column_names))
    assert TABLE.require(shuffled).columns == TABLE.column_names


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        pytest.param(rows({}).drop("kind"), "needs the columns `kind`", id="missing column"),
        pytest.param(
            rows({}).with_columns(x=1), "does not have the columns `x`", id="surplus column"
        ),
        pytest.param(
            rows({}).with_columns(pl.lit("3").alias("like_count")),
            "`clean.example.like_count` is String, expected Int64",
            id="wrong type",
        ),
        pytest.param(rows({"id": None}), "`clean.example.id` is null in 1 rows", id="null"),
        pytest.param(rows({"kind": "z"}), "holds `z`, expected one of `a`, `b`", id="strange text"),
        pytest.param(rows({}, {}), "1 rows repeat the grain `id`", id="repeated grain"),
    ],
)
def test_what_does_not_fit_is_named(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(ContractBroken, match=message.replace(".", r"\.")):
        TABLE.require(frame)


def test_a_kind_that_no_column_can_be_of_is_named_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"`like_count` is of the kind `number`, .* `count`"):
        Column("like_count", "number", "likes")  # type: ignore[arg-type]


def test_an_empty_frame_fits() -> None:
    assert TABLE.require(TABLE.empty()).height == 0


def test_polars_and_duckdb_agree_on_every_type() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA clean")
        connection.execute(TABLE.ddl())
        connection.register("incoming", rows({}))
        connection.execute("INSERT INTO clean.example FROM incoming")
        assert connection.execute("FROM clean.example").pl().equals(rows({}))


def test_duckdb_knows_the_descriptions() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA clean")
        connection.execute(TABLE.ddl())
        for statement in TABLE.comments():
            connection.execute(statement)
        answer = connection.execute("SELECT comment FROM duckdb_tables()").fetchall()
        assert answer == [("It's an example.",)]
