import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.classify import classify
from flows.ingest import ingest
from flows.landing import sha256_of
from flows.publish import publish
from flows.refine import refine
from tests.flows.conftest import KeywordModel
from transforms.marts import published_tables

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace", "keyword_model")

Csv = Callable[..., Path]
MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)


def prepare(file: Path, as_of: datetime = MONDAY) -> None:
    ingest(files=[file], as_of=as_of)
    refine()
    classify()


@pytest.fixture
def latest(workplace: Path) -> Path:
    return workplace / "published" / "latest"


def test_every_mart_is_published_as_csv_and_in_one_duckdb_file(
    write_csv: Csv, latest: Path
) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    assert {path.stem for path in latest.glob("*.csv")} == set(published_tables())
    (row,) = pl.read_csv(latest / "post_sentiment_daily.csv").to_dicts()
    assert (row["post_title"], row["day"]) == ("Cloud", "2025-11-03")
    assert (row["label"], row["share"], row["method"]) == ("positive", 1.0, "raw")
    with duckdb.connect(latest / "resonanz.duckdb", read_only=True) as connection:
        assert connection.execute("SELECT comment_count FROM mart.channel_weekly").fetchall() == [
            (1,)
        ]


def test_the_manifest_says_what_was_published_and_what_was_left_out(
    write_csv: Csv, latest: Path
) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud", "b;kaputt;Bert;gut;Cloud"))
    publish(as_of=MONDAY)
    manifest = json.loads((latest / "manifest.json").read_text())
    assert manifest["published_at"] == "2025-11-10T08:00:00+00:00"
    assert manifest["models"]["sentiment"] == "keywords@1"
    assert (manifest["counts"]["audience_comments"], manifest["counts"]["rejected_records"]) == (
        1,
        1,
    )
    for name, digest in manifest["files"].items():
        assert sha256_of(latest / name) == digest


def test_a_second_publish_of_the_same_writes_nothing(write_csv: Csv, latest: Path) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    before = latest.resolve()
    report = publish(as_of=MONDAY + timedelta(days=1))
    assert (str(report), latest.resolve()) == (
        "publish: nothing new since the last publish",
        before,
    )


def test_a_reader_keeps_what_it_has_open_while_the_next_state_is_swapped_in(
    write_csv: Csv, latest: Path
) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    with duckdb.connect(latest / "resonanz.duckdb", read_only=True) as reader:
        prepare(write_csv("b.csv", "b;03.11.2025;Bert;schlecht;Cloud"), MONDAY + timedelta(days=1))
        publish(as_of=MONDAY + timedelta(days=1))
        old = reader.execute("SELECT comment_count FROM mart.channel_weekly").fetchall()
    with duckdb.connect(latest / "resonanz.duckdb", read_only=True) as reader:
        new = reader.execute("SELECT comment_count FROM mart.channel_weekly").fetchall()
    assert (old, new) == ([(1,)], [(2,)])


def test_only_the_latest_states_are_kept(
    write_csv: Csv, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PUBLISH__SNAPSHOTS", "2")
    for day in range(3):
        prepare(write_csv(f"{day}.csv", f"c{day};03.11.2025;Anna;gut {day};Cloud"))
        publish(as_of=MONDAY + timedelta(days=day))
    assert len(list((latest.parent / "snapshots").iterdir())) == 2
    assert latest.resolve().is_dir()


def test_nothing_at_all_publishes_empty_tables(latest: Path) -> None:
    publish(as_of=MONDAY)
    for name, table in published_tables().items():
        written = pl.read_csv(latest / f"{name}.csv")
        assert (written.columns, written.height) == (table.column_names, 0)


def test_a_model_without_topics_publishes_the_rest(
    write_csv: Csv, latest: Path, keyword_model: KeywordModel
) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    assert pl.read_csv(latest / "topic_share_monthly.csv").height == 0
    assert pl.read_csv(latest / "channel_weekly.csv").height == 1


def test_numbers_that_moved_are_logged_with_the_reason(write_csv: Csv, latest: Path) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    assert pl.read_csv(latest / "correction_log.csv").is_empty()
    prepare(write_csv("b.csv", "b;03.11.2025;Bert;schlecht;Cloud"), MONDAY + timedelta(days=1))
    publish(as_of=MONDAY + timedelta(days=1))
    log = pl.read_csv(latest / "correction_log.csv")
    (row,) = log.filter(pl.col("table_name") == "channel_weekly").to_dicts()
    assert (row["period"], row["changed_count"], row["added_count"]) == ("2025-W45", 1, 0)
    assert "comments came late, were edited or deleted" in row["reason"]


def test_the_log_keeps_what_was_logged_before(write_csv: Csv, latest: Path) -> None:
    for day in range(3):
        prepare(write_csv(f"{day}.csv", f"c{day};03.11.2025;Anna;gut {day};Cloud"))
        publish(as_of=MONDAY + timedelta(days=day))
    log = pl.read_csv(latest / "correction_log.csv")
    assert log.filter(pl.col("table_name") == "channel_weekly").height == 2


def test_yesterdays_file_stays_if_yesterdays_numbers_do(write_csv: Csv, latest: Path) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    before = (latest / "parquet" / "channel_weekly" / "2025-W45.parquet").read_bytes()
    prepare(write_csv("b.csv", "b;12.11.2025;Bert;schlecht;Cloud"), MONDAY + timedelta(days=3))
    publish(as_of=MONDAY + timedelta(days=3))
    assert (latest / "parquet" / "channel_weekly" / "2025-W45.parquet").read_bytes() == before
    assert (latest / "parquet" / "channel_weekly" / "2025-W46.parquet").exists()


def test_nobody_can_write_into_what_was_published(write_csv: Csv, latest: Path) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    files = [path for path in latest.resolve().rglob("*") if path.is_file()]
    assert files
    assert not any(path.stat().st_mode & 0o222 for path in files)


def test_what_people_found_since_is_published(
    write_csv: Csv, latest: Path, workplace: Path
) -> None:
    lines = [f"{place};03.11.2025;Anna {place};gut {place};Cloud" for place in range(30)]
    prepare(write_csv("a.csv", *lines))
    publish(as_of=MONDAY)
    with duckdb.connect(workplace / "warehouse.duckdb") as connection:
        connection.execute(
            "INSERT INTO classified.review SELECT comment_id, input_hash, 'sentiment', 'positive', "
            "true, true, 'keywords@1', 'audit', 1.0, 's1', 'anna', TIMESTAMP '2025-11-11' "
            "FROM classified.input"
        )
    publish(as_of=MONDAY + timedelta(days=1))
    (row,) = pl.read_csv(latest / "post_sentiment.csv").to_dicts()
    assert (row["method"], row["audit_count"]) == ("ppi (own)", 30)
