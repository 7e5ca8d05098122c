from pathlib import Path

import polars as pl

from flows.exports.parquet import EXPORT
from flows.publishing.publication import Publication
from tests.example_mart import TABLE, rows


def test_each_period_is_a_file_of_its_own(tmp_path: Path) -> None:
    whole = rows(("cost", "2025-W44", 3, 0.25), ("cost", "2025-W45", 4, None))
    EXPORT.write(Publication({TABLE: whole}), tmp_path)
    folder = tmp_path / "parquet" / "example"
    assert sorted(path.name for path in folder.iterdir()) == [
        "2025-W44.parquet",
        "2025-W45.parquet",
    ]
    assert pl.read_parquet(folder / "*.parquet").equals(whole)


def test_a_period_whose_rows_stay_keeps_its_bytes(tmp_path: Path) -> None:
    kept = ("cost", "2025-W44", 3, 0.25)
    for name, other in (("a", ("cost", "2025-W45", 4, 0.5)), ("b", ("cost", "2025-W45", 9, 0.1))):
        (tmp_path / name).mkdir()
        EXPORT.write(Publication({TABLE: rows(kept, other)}), tmp_path / name)
    old, new = (tmp_path / name / "parquet" / "example" for name in ("a", "b"))
    assert (old / "2025-W44.parquet").read_bytes() == (new / "2025-W44.parquet").read_bytes()
    assert (old / "2025-W45.parquet").read_bytes() != (new / "2025-W45.parquet").read_bytes()


def test_a_mart_without_rows_still_tells_its_columns(tmp_path: Path) -> None:
    EXPORT.write(Publication({TABLE: TABLE.empty()}), tmp_path)
    back = pl.read_parquet(tmp_path / "parquet" / "example" / "all.parquet")
    assert back.schema == TABLE.schema()
