from datetime import UTC, datetime
from pathlib import Path

from flows.running.run_records import RunRecord, read_record, read_records, write_record

MORNING = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
LATER = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    record = RunRecord("publish", "gate failed", MORNING, LATER, 1, 2, 3, "für später", MORNING)
    write_record(record, tmp_path)
    assert read_record("publish", tmp_path) == record


def test_a_later_run_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    write_record(RunRecord("refine", "running", MORNING), tmp_path)
    write_record(RunRecord("refine", "done", LATER), tmp_path)
    write_record(RunRecord("ingest", "done", MORNING), tmp_path)
    found = [(record.stage, record.outcome) for record in read_records(tmp_path)]
    assert found == [("ingest", "done"), ("refine", "done")]


def test_a_damaged_record_is_as_none(tmp_path: Path) -> None:
    (tmp_path / "publish.json").write_text('{"stage": "publ')
    (tmp_path / "daily.json").write_text("[]")
    assert list(read_records(tmp_path)) == []
