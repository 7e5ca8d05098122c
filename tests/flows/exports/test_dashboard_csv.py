from pathlib import Path

import polars as pl

from flows.exports.dashboard_csv import EXPORT
from flows.publishing.publication import Publication
from models.contract import Column, Table

TABLE = Table(
    layer="mart",
    name="example",
    about="An example.",
    grain=("text",),
    columns=(Column("text", "text", "text"), Column("change_share", "share", "share")),
)


def test_rows_and_columns_keep_their_order_and_texts_their_characters(tmp_path: Path) -> None:
    rows = pl.DataFrame({"text": ['zwei;\n"drei"', "äöü€😀"], "change_share": [0.5, None]})
    EXPORT.write(Publication({TABLE: rows}), tmp_path)
    content = (tmp_path / "example.csv").read_bytes()
    assert content.startswith(b"text,change_share\n")
    assert pl.read_csv(content).equals(rows)
