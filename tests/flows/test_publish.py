import io
import json
import re
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.ask import answer
from flows.classify import classify
from flows.ingest import ingest
from flows.landing.files import sha256_of
from flows.publish import alerts, publish, state_of
from flows.refine import refine
from flows.settings import load_settings
from models.errors import GiveUp
from tests.attacker import leaks
from tests.flows.conftest import KeywordModel
from transforms.marts import published_tables, sql_marts
from transforms.marts.change_weekly import MART as CHANGE_WEEKLY

EVIDENCE, ALERT_EVIDENCE = (published_tables()[n] for n in ("evidence", "alert_evidence"))

pytestmark = pytest.mark.usefixtures("directly", "workplace", "keyword_model", "quick_publish")

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
    for_all = {path.stem for path in latest.glob("*.csv")}
    to_answer = {path.stem for path in (latest / "answering").glob("*.csv")}
    assert for_all | to_answer == set(published_tables())
    assert to_answer == {"comments_to_answer"}
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


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        pytest.param(None, "the policy .* can't be read .*: put it back", id="missing"),
        pytest.param("# für alle".encode("latin-1"), "the policy .* is not UTF-8", id="no UTF-8"),
        pytest.param(b"[a", "the policy .* is not valid TOML", id="no TOML"),
    ],
)
def test_a_policy_that_cannot_be_read_is_told(
    policy: bytes | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "policy.toml"
    monkeypatch.setenv("RESONANZ_REPLY__POLICY", str(file))
    if policy:
        file.write_bytes(policy)
    with pytest.raises(GiveUp, match=message):
        state_of(load_settings())


def test_only_what_decides_in_the_policy_is_published_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "policy.toml"
    monkeypatch.setenv("RESONANZ_REPLY__POLICY", str(file))

    def state(text: str) -> str:
        file.write_text(text, encoding="utf-8")
        return state_of(load_settings())["policy"]

    plain = state('[legal]\nto = "Recht"\nwords = ["anwalt*"]')
    assert state('# who takes over\n[legal]\nto = "Recht"\nwords = ["anwalt*"]') == plain
    assert state('[legal]\nto = "Recht"\nwords = ["anwalt*", "klage"]') != plain


@pytest.mark.slow
def test_other_code_of_an_export_publishes_the_same_numbers_anew(
    write_csv: Csv, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    before = latest.resolve()
    monkeypatch.setattr("flows.publish.code_of", lambda folders: f"another {folders}")
    publish(as_of=MONDAY + timedelta(days=1))
    assert latest.resolve() != before
    with duckdb.connect(latest / "resonanz.duckdb", read_only=True) as reader:
        assert reader.execute("FROM mart.correction_log").fetchall() == []


@pytest.mark.slow
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


@pytest.mark.slow  # publishes more than once
def test_only_the_latest_states_are_kept(
    write_csv: Csv, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PUBLISH__SNAPSHOTS", "2")
    for day in range(3):
        prepare(write_csv(f"{day}.csv", f"c{day};03.11.2025;Anna;gut {day};Cloud"))
        publish(as_of=MONDAY + timedelta(days=day))
    assert len(list((latest.parent / "snapshots").iterdir())) == 2
    assert latest.resolve().is_dir()


def test_what_is_published_of_few_people_is_hidden_and_an_attacker_learns_nothing(
    write_csv: Csv, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "3")
    lines = [f"{n};0{3 + n % 3}.11.2025;Person {n};gut {n};Cloud" for n in range(12)]
    few = [f"x{n};0{3 + n}.11.2025;Mensch {n};schlecht {n};Kosten" for n in range(2)]
    prepare(write_csv("a.csv", *lines, *few))
    publish(as_of=MONDAY)
    days = pl.read_csv(latest / "post_sentiment_daily.csv")
    hidden = days.filter(pl.col("hidden_reason").is_not_null())
    few_people = hidden.filter(hidden_reason="fewer than 3 authors")
    assert set(few_people["post_title"]) == {"Kosten"}
    assert hidden["comment_count"].null_count() == hidden.height < days.height
    with duckdb.connect(latest / "resonanz.duckdb", read_only=True) as connection:
        told = [*(s.table for s in sql_marts()), EVIDENCE, ALERT_EVIDENCE]
        marts = {table: connection.execute(f"FROM {table.full_name}").pl() for table in told}
    with duckdb.connect(latest.parents[1] / "warehouse.duckdb", read_only=True) as connection:
        facts = connection.execute("FROM classified.counted").pl()
    counts = json.loads((latest / "manifest.json").read_text())["counts"]
    assert leaks(marts, facts, 3, counts) == []
    assert marts[EVIDENCE].height > 0


def test_a_total_that_would_reveal_a_week_is_told_nowhere(
    write_csv: Csv, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "5")
    for day, size in {"15.09.2025": 20, "14.10.2025": 3, "05.11.2025": 30}.items():
        lines = (f"{day}-{n};{day};P{day}{n};gut {day} {n};Post of {day}" for n in range(size))
        ingest(files=[write_csv(f"{size}.csv", *lines)], channel=f"channel {size}")
    refine()
    classify()
    publish(as_of=MONDAY)
    manifest = json.loads((latest / "manifest.json").read_text())
    assert manifest["counts"] == {
        "posts": 3, "own_answers": 0, "left_out": 0, "rejected_records": 0
    }  # fmt: skip
    assert manifest["hidden_counts"].keys() == {"comments", "audience_comments", "unlabelled"}
    assert "coverage" not in manifest["tables"]
    weeks = pl.read_csv(latest / "sentiment_weekly.csv")
    assert sorted(weeks["comment_count"].drop_nulls().unique()) == [20, 30]
    pages = (latest / "dashboard.html").read_text().split("<script")[0]
    quality = "".join(path.read_text() for path in (latest.parent / "quality").iterdir())
    assert not re.search(r"\b53\b", pages + quality)


def test_the_total_is_told_where_it_reveals_nothing(
    write_csv: Csv, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "5")
    prepare(write_csv("a.csv", *(f"c{n};03.11.2025;P{n};gut {n};Cloud" for n in range(9))))
    publish(as_of=MONDAY)
    manifest = json.loads((latest / "manifest.json").read_text())
    assert (manifest["counts"]["audience_comments"], manifest["hidden_counts"]) == (9, {})


def test_work_lists_are_apart_from_what_everybody_reads(write_csv: Csv, latest: Path) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;Wann kommt das?;Cloud"))
    publish(as_of=MONDAY)
    answering = latest / "answering"
    assert stat.S_IMODE(answering.stat().st_mode) == 0o700
    for folder, lists in ((latest, 0), (answering, 1)):
        with duckdb.connect(folder / "resonanz.duckdb", read_only=True) as connection:
            found = connection.execute(
                "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'comments_to_answer'"
            ).fetchone()
        assert found == (lists,)
    assert "comments_to_answer" not in json.loads((latest / "manifest.json").read_text())["tables"]
    assert (latest.parent / "answering.html").resolve().is_relative_to(answering.resolve())
    answered = io.StringIO()
    answer("SELECT text FROM mart.comments_to_answer", "csv", answered)
    assert answered.getvalue() == "text\nWann kommt das?\n"


@pytest.mark.slow
def test_another_smallest_cell_is_published_anew(
    write_csv: Csv, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;gut;Cloud"))
    publish(as_of=MONDAY)
    monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "2")
    publish(as_of=MONDAY + timedelta(days=1))
    (row,) = pl.read_csv(latest / "channel_weekly.csv").to_dicts()
    assert (row["comment_count"], row["hidden_reason"]) == (None, "fewer than 2 authors")


def test_alerts_of_the_last_weeks_are_told_in_the_language_of_reports() -> None:
    row = dict.fromkeys(CHANGE_WEEKLY.table.column_names) | {
        "scope": "topic", "item": "cloud", "head": "volume", "label": "comments",
        "comment_count": 80, "comment_count_before": 40, "week_count_before": 4,
        "difference": 7.0, "difference_low": 4.2, "difference_high": 11.0,
        "direction": "up", "is_alert": True, "is_change_point": False,
        "week_start": date(2025, 11, 3),
    }  # fmt: skip
    weeks = [row | {"week": f"2025-W4{n}"} for n in range(5)]
    rows = pl.DataFrame(weeks, schema=CHANGE_WEEKLY.table.schema())
    assert alerts({CHANGE_WEEKLY.table: rows}, load_settings()) == [
        f"Thema Cloud und Infrastruktur, {week}: 80 Kommentare, gestiegen von 10 je Woche davor "
        "(+700 % [+420 bis +1100])."
        for week in ("KW 43 (20.10. bis 26.10.2025)", "KW 44 (27.10. bis 02.11.2025)")
    ]


def test_nothing_at_all_publishes_empty_tables(latest: Path) -> None:
    publish(as_of=MONDAY)
    for name, table in published_tables().items():
        folder = latest / "answering" if table.is_work_list else latest
        written = pl.read_csv(folder / f"{name}.csv")
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


@pytest.mark.slow  # publishes more than once
def test_the_log_keeps_what_was_logged_before(write_csv: Csv, latest: Path) -> None:
    for day in range(3):
        prepare(write_csv(f"{day}.csv", f"c{day};03.11.2025;Anna;gut {day};Cloud"))
        publish(as_of=MONDAY + timedelta(days=day))
    log = pl.read_csv(latest / "correction_log.csv")
    assert log.filter(pl.col("table_name") == "channel_weekly").height == 2


@pytest.mark.slow
def test_yesterdays_file_stays_if_yesterdays_numbers_do(write_csv: Csv, latest: Path) -> None:
    lines = ("a;03.11.2025;Anna;gut;Cloud", "c;03.11.2025;Carl;schlecht;Cloud")
    prepare(write_csv("a.csv", *lines))
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


@pytest.mark.slow
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
