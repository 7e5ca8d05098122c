from contextlib import suppress
from datetime import datetime

import polars as pl
import pytest

from flows.reading.table_rows import open_table
from flows.reading.table_types import BrokenTable


def test_a_parquet_file_is_read_with_its_types(tmp_path):
    frame = pl.DataFrame(
        {
            "text": ["Gut", None],
            "at": [datetime(2025, 10, 1, 9, 30), None],
            "author": [{"name": "Ben"}, {"name": "Eva"}],
            "tags": [["a", "b"], []],
            "share": [0.5, float("nan")],
        }
    )
    frame.write_parquet(tmp_path / "file")
    first, second = open_table(tmp_path / "file").rows
    assert first.cells["author.name"] == "Ben"
    assert first.cells["tags"] == '["a", "b"]'
    assert first.cells["at"] == datetime(2025, 10, 1, 9, 30)
    assert (second.cells["text"], second.cells["share"]) == (None, None)


def test_nanoseconds_are_no_matter(tmp_path):
    frame = pl.DataFrame({"at": [1759276800000000001]}).cast(pl.Datetime("ns"))
    frame.write_parquet(tmp_path / "file")
    assert next(open_table(tmp_path / "file").rows).cells["at"] == datetime(2025, 10, 1)


@pytest.mark.parametrize("place", range(0, 900, 50))
def test_a_corrupted_parquet_file_never_ends_the_run(tmp_path, table, place):
    pl.DataFrame({"text": ["a", "b"] * 50, "n": range(100)}).write_parquet(tmp_path / "file")
    content = bytearray((tmp_path / "file").read_bytes())
    content[place % len(content)] ^= 0xFF
    with suppress(BrokenTable):
        assert len(list(table(bytes(content)).rows)) <= 100


def test_a_parquet_file_without_rows_still_has_its_columns(tmp_path):
    pl.DataFrame({"text": [], "at": []}).write_parquet(tmp_path / "file")
    assert open_table(tmp_path / "file").header == ["text", "at"]


@pytest.mark.parametrize("cut", [5, 100, -1])
def test_a_cut_parquet_file_is_a_broken_file(tmp_path, table, cut):
    pl.DataFrame({"text": ["a"] * 50}).write_parquet(tmp_path / "file")
    with pytest.raises(BrokenTable, match="Parquet"):
        table((tmp_path / "file").read_bytes()[:cut])
