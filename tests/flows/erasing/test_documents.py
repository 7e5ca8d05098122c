from pathlib import Path

import polars as pl

from flows.erasing.documents import erase_document
from flows.erasing.traces import Traces
from flows.settings import Ingest

HIS = "Wer soll das denn alles bezahlen, frage ich mich?"
TRACES = Traces(
    telling=frozenset(),
    names=frozenset({"uwe"}),
    texts=frozenset({HIS}),
    comment_ids=frozenset({"table:c-1"}),
    permalinks=frozenset(),
)


def test_a_row_is_taken_from_a_table_whose_bytes_do_not_show_it(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    others = [f"{HIS[:30]} dann? {number}" for number in range(99)]
    rows = pl.DataFrame({"quote_id": ["a"] * 100, "text": [*others, HIS]})
    rows.write_parquet(path, compression="zstd", statistics=False)
    assert HIS.encode() not in path.read_bytes()
    done = erase_document(path, TRACES, Ingest())
    assert done is not None
    assert done.outcome == "edited"
    assert pl.read_parquet(path)["text"].to_list() == others
    assert erase_document(path, TRACES, Ingest()) is None


def test_an_id_is_no_other_that_begins_alike(tmp_path: Path) -> None:
    kept, gone = tmp_path / "kept.txt", tmp_path / "gone.txt"
    kept.write_text("table:c-10 and table:c-1-b")
    gone.write_text("see table:c-1.")
    assert erase_document(kept, TRACES, Ingest()) is None
    assert erase_document(gone, TRACES, Ingest()) is not None
    assert gone.read_text() == "see [erased]."
