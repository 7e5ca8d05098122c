from pathlib import Path

import polars as pl
import pytest

from flows.exports.dashboard_csv import EXPORT, harmless
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
    EXPORT.write({TABLE: rows}, tmp_path)
    content = (tmp_path / "example.csv").read_bytes()
    assert content.startswith(b"text,change_share\n")
    assert pl.read_csv(content).equals(rows)


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_runs_as_a_formula(text: str) -> None:
    frame = pl.DataFrame({"text": [text, "a = b"]})
    assert harmless(frame)["text"].to_list() == [f"'{text}", "a = b"]


def test_negative_numbers_stay_numbers() -> None:
    frame = pl.DataFrame({"change": [-0.5]})
    assert harmless(frame).equals(frame)
