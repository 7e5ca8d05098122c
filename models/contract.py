"""A table, declared once: rendered to a Polars schema, DuckDB DDL and documentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from models.errors import ContractBroken

Kind = Literal["text", "texts", "count", "share", "score", "flag", "day", "time", "json", "vector"]
"""What a column holds; it fixes the column's type everywhere."""

POLARS_TYPE: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "texts": pl.List(pl.String()),
    "count": pl.Int64(),
    "share": pl.Float64(),
    "score": pl.Float64(),
    "flag": pl.Boolean(),
    "day": pl.Date(),
    "time": pl.Datetime("us"),
    "json": pl.String(),
    "vector": pl.List(pl.Int8()),
}

DUCKDB_TYPE: dict[Kind, str] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "count": "BIGINT",
    "share": "DOUBLE",
    "score": "DOUBLE",
    "flag": "BOOLEAN",
    "day": "DATE",
    "time": "TIMESTAMP",
    "json": "VARCHAR",
    "vector": "TINYINT[]",
}


PERIODS = ("day", "week", "month")
"""Columns that say when the numbers of a row are from."""


@dataclass(frozen=True)
class Column:
    """One column: `allowed` closes the set of texts, `optional` admits null (unknown, not zero).

    `number_of` names a column of texts that this one holds numbers of: they are made when a row is
    written, and may be null before.
    """

    name: str
    kind: Kind
    about: str
    allowed: tuple[str, ...] = ()
    optional: bool = False
    number_of: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError if no table can hold such a column."""
        if self.kind not in POLARS_TYPE:
            raise ValueError(
                f"column `{self.name}` is of the kind `{self.kind}`, expected one of "
                f"{ticked(list(POLARS_TYPE))}"
            )


@dataclass(frozen=True)
class SmallCells:
    """Whose comments a row of a published table counts, and which of its numbers tell about them.

    `cell` are the columns that say which comments are counted, `authors` the number of people
    among them. Every count, share, score and flag tells about these people, but for the columns in
    `open`. A table that does not count comments says why in `exempt`.
    """

    cell: tuple[str, ...] = ()
    authors: str = "author_count"
    open: tuple[str, ...] = ()
    exempt: str = ""


@dataclass(frozen=True)
class Table:
    """The contract of a table: `grain` names the columns that tell its rows apart.

    A work list tells all of single comments to those who act on them, and to nobody else: it is
    written apart from what everybody may read.
    """

    layer: Literal["clean", "classified", "mart", "ops", "main"]
    name: str
    about: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    small_cells: SmallCells | None = None
    is_work_list: bool = False

    @property
    def full_name(self) -> str:
        """The name in SQL, for example `clean.comment`."""
        return f"{self.layer}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        """Column names in their stable order."""
        return [column.name for column in self.columns]

    @property
    def numbers(self) -> dict[str, str]:
        """Columns of texts -> the columns that hold numbers of these."""
        return {column.number_of: column.name for column in self.columns if column.number_of}

    @property
    def period(self) -> str | None:
        """The column of the grain that says when a row's numbers are from, if there is one."""
        return next((name for name in PERIODS if name in self.grain), None)

    def schema(self) -> pl.Schema:
        """The Polars schema of a frame that fits."""
        return pl.Schema({column.name: POLARS_TYPE[column.kind] for column in self.columns})

    def empty(self) -> pl.DataFrame:
        """A frame that fits and has no rows."""
        return pl.DataFrame(schema=self.schema())

    def ddl(self) -> str:
        """The `CREATE TABLE IF NOT EXISTS` statement for DuckDB."""
        lines = [
            f'"{column.name}" {DUCKDB_TYPE[column.kind]}{"" if column.optional else " NOT NULL"}'
            for column in self.columns
        ]
        return f"CREATE TABLE IF NOT EXISTS {self.full_name} ({', '.join(lines)})"

    def comments(self) -> list[str]:
        """Statements that put the descriptions where SQL users see them."""
        return [f"COMMENT ON TABLE {self.full_name} IS {quoted(self.about)}"] + [
            f'COMMENT ON COLUMN {self.full_name}."{column.name}" IS {quoted(column.about)}'
            for column in self.columns
        ]

    def require(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` in column order, or raise `ContractBroken` naming what does not fit.

        Checked: the columns and their types, nulls, closed sets of texts, and that no two rows
        share a grain (DuckDB would merge such rows without a word).
        """
        self._require_columns(frame)
        ordered = frame.select(self.column_names)
        for column in self.columns:
            self._require_values(column, ordered[column.name])
        repeated = ordered.height - ordered.n_unique(subset=list(self.grain))
        if repeated:
            raise ContractBroken(
                f"`{self.full_name}`: {repeated} rows repeat the grain `{', '.join(self.grain)}`"
            )
        return ordered

    def _require_columns(self, frame: pl.DataFrame) -> None:
        expected, found = dict(self.schema()), dict(frame.schema)
        if missing := [name for name in expected if name not in found]:
            raise ContractBroken(f"`{self.full_name}` needs the columns {ticked(missing)}")
        if surplus := [name for name in found if name not in expected]:
            raise ContractBroken(f"`{self.full_name}` does not have the columns {ticked(surplus)}")
        for name, kind in expected.items():
            if found[name] != kind:
                raise ContractBroken(f"`{self.full_name}.{name}` is {found[name]}, expected {kind}")

    def _require_values(self, column: Column, values: pl.Series) -> None:
        if not column.optional and values.null_count():
            raise ContractBroken(
                f"`{self.full_name}.{column.name}` is null in {values.null_count()} rows, "
                "expected a value in each"
            )
        if column.allowed:
            strange = set(values.drop_nulls().unique().to_list()) - set(column.allowed)
            if strange:
                raise ContractBroken(
                    f"`{self.full_name}.{column.name}` holds {ticked(sorted(strange))}, "
                    f"expected one of {ticked(column.allowed)}"
                )


def quoted(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def ticked(names: Sequence[str]) -> str:
    """Names in backticks, joined by commas, as messages show them."""
    return ", ".join(f"`{name}`" for name in names)
