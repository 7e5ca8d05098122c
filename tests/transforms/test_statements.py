from pathlib import Path

import duckdb
import pytest

from models.contract import SmallCells
from transforms.statements import Shares, read_statement

TEXT = """/*---
about = "Counts."
grain = ["day"]
[columns]
day  = ["day", "the day"]
kind = ["text", "which", ["a", "b"]]
n    = ["count", "how many", "optional"]
---*/
SELECT 1
"""


def test_a_header_declares_a_table(tmp_path: Path) -> None:
    (tmp_path / "counts.sql").write_text(TEXT)
    statement = read_statement(tmp_path / "counts.sql", "mart")
    table = statement.table
    assert (table.full_name, table.grain, statement.query) == ("mart.counts", ("day",), "SELECT 1")
    assert [(c.name, c.kind, c.allowed, c.optional) for c in table.columns] == [
        ("day", "day", (), False),
        ("kind", "text", ("a", "b"), False),
        ("n", "count", (), True),
    ]


def test_a_table_that_counts_people_has_room_for_hidden_rows(tmp_path: Path) -> None:
    declared = '[small_cells]\ncell = ["day"]\nopen = ["m"]\n---*/'
    text = TEXT.replace("---*/", f'm = ["count", "others"]\n{declared}').replace(', "optional"', "")
    (tmp_path / "counts.sql").write_text(text)
    statement = read_statement(tmp_path / "counts.sql", "mart")
    optional = {column.name: column.optional for column in statement.table.columns}
    assert optional == {"day": False, "kind": False, "n": True, "m": False, "hidden_reason": True}
    assert statement.table.small_cells == SmallCells(cell=("day",), open=("m",))
    assert duckdb.sql(statement.query).columns == ["1", "hidden_reason"]


def test_an_exempt_table_says_why_and_gains_nothing(tmp_path: Path) -> None:
    text = TEXT.replace("---*/", '[small_cells]\nexempt = "single comments"\n---*/')
    (tmp_path / "counts.sql").write_text(text)
    statement = read_statement(tmp_path / "counts.sql", "mart")
    assert statement.table.small_cells == SmallCells(exempt="single comments")
    assert "hidden_reason" not in statement.table.column_names


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bare.sql").write_text("SELECT 1")
    with pytest.raises(ValueError, match=r"`bare\.sql` must start with a header"):
        read_statement(tmp_path / "bare.sql", "mart")


def test_a_table_of_shares_declares_what_every_share_has(tmp_path: Path) -> None:
    header = TEXT.replace("[columns]", '[shares]\nhead = "topic"\nmany = true\n[columns]')
    (tmp_path / "shares.sql").write_text(header)
    statement = read_statement(tmp_path / "shares.sql", "mart")
    assert statement.table.grain == ("day", "head", "label")
    assert statement.table.column_names[:5] == ["day", "kind", "n", "head", "label"]
    assert statement.shares == Shares("topic", many=True)


def test_a_table_that_takes_over_a_net_has_its_columns(tmp_path: Path) -> None:
    header = TEXT.replace("[columns]", '[net]\nof = "felt_daily"\n[columns]')
    (tmp_path / "volume.sql").write_text(header)
    statement = read_statement(tmp_path / "volume.sql", "mart")
    assert statement.net_of == "felt_daily"
    assert statement.table.column_names[-3:] == ["net_sentiment", "net_low", "net_high"]
