"""A Parquet file in, its columns and rows out."""

from pathlib import Path

from flows.reading.cells import flat, forbidden, holds_nul
from flows.reading.table_types import BrokenTable, Row, TableFile


def parquet_table(path: Path) -> TableFile:
    """The table that a Parquet file is; raises `BrokenTable` if it can't be read."""
    names, records = _parquet_records(path)
    rows = [Row(position, None, flat(cells)) for position, cells in enumerate(records, start=1)]
    header = dict.fromkeys(name for row in rows for name in row.cells) or names
    checked = (forbidden(row.position, None) if holds_nul(row.cells) else row for row in rows)
    return TableFile(list(header), checked, "Parquet", is_keyed=True)


def _parquet_records(path: Path) -> tuple[list[str], list[dict[str, object]]]:
    # Not Polars: on some broken files it ends the process instead of raising an error.
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(path).read()
        for index, column in enumerate(table.schema):
            if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
                # Python knows no nanoseconds.
                plain = table.column(index).cast(pa.timestamp("us", column.type.tz), safe=False)
                table = table.set_column(index, column.name, plain)
        return list(table.column_names), list(table.to_pylist())
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        problem = str(error).split("\n")[0]
        raise BrokenTable("broken file", f"the Parquet file can't be read: {problem}") from error
