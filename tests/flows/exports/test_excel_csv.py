from pathlib import Path

import polars as pl

from flows.exports.excel_csv import EXPORT
from flows.publishing.publication import Publication
from tests.example_mart import TABLE, rows


def test_a_german_excel_reads_columns_numbers_and_umlauts(tmp_path: Path) -> None:
    EXPORT.write(Publication({TABLE: rows(("Größe", "2025-W45", 3, 0.25))}), tmp_path)
    content = (tmp_path / "excel-de" / "example.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbftopic;week;comment_count;topic_share\r\n")
    assert "Größe;2025-W45;3;0,250000\r\n".encode() in content


def test_no_text_runs_as_a_formula(tmp_path: Path) -> None:
    EXPORT.write(Publication({TABLE: rows(("=1+1", "2025-W45", 3, None))}), tmp_path)
    assert "\n'=1+1;" in (tmp_path / "excel-de" / "example.csv").read_text(encoding="utf-8-sig")


def test_texts_with_semicolons_and_line_breaks_stay_one_cell(tmp_path: Path) -> None:
    EXPORT.write(Publication({TABLE: rows(("eins;\nzwei", "2025-W45", 3, None))}), tmp_path)
    back = pl.read_csv(tmp_path / "excel-de" / "example.csv", separator=";", decimal_comma=True)
    assert back["topic"].to_list() == ["eins;\nzwei"]
