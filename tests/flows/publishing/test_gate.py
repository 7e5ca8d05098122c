import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from prefect.client.orchestration import get_client

from flows.classify import classify
from flows.cli import EXIT_GATE, cli, exit_code
from flows.ingest import ingest
from flows.publish import publish
from flows.publishing.gate import monday_of
from flows.publishing.marts import build_marts
from flows.refine import refine
from flows.settings import Settings, load_settings
from models.contract import Table
from models.errors import GateFailed
from tests.flows.conftest import KeywordModel, Query

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace", "keyword_model")

Csv = Callable[..., Path]
MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(days=30)


def prepare(file: Path, as_of: datetime = MONDAY) -> None:
    ingest(files=[file], as_of=as_of)
    refine(as_of=as_of)
    classify(as_of=as_of)


def lines(count: int, day: str = "03.11.2025", first: int = 0) -> list[str]:
    """Comments of so many people on a day."""
    return [f"c{first + n};{day};P{first + n};gut {first + n};Cloud" for n in range(count)]


def artifacts() -> list[str]:
    """What the runs so far left as artifacts, the newest first."""
    from prefect.client.schemas.sorting import ArtifactSort

    with get_client(sync_client=True) as client:
        found = client.read_artifacts(sort=ArtifactSort.CREATED_DESC)
    return [str(artifact.data) for artifact in found]


@pytest.fixture
def published(workplace: Path) -> Path:
    return workplace / "published"


def test_a_failed_gate_keeps_the_last_good_publish_and_says_why_everywhere(
    write_csv: Csv, published: Path, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(write_csv("a.csv", *lines(5)))
    publish(as_of=MONDAY)
    good = (published / "latest").resolve()
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    assert "The tables were published." in (published / "quality" / "index.html").read_text()

    prepare(write_csv("b.csv", *lines(5, first=5)))
    with monkeypatch.context() as patch:
        patch.setenv("RESONANZ_GATE__FAIL_AFTER_DAYS", "20")
        with pytest.raises(GateFailed) as failure:
            publish(as_of=LATER)
        shown = CliRunner().invoke(cli, ["publish", "--as-of", f"{LATER:%Y-%m-%d}"])
    sentence = str(failure.value)
    assert "checks failed, the last good publish stays: `gate.freshness.days_old`" in sentence
    assert "not older than 20 days fails in 2 rows (newest comment, newest file)" in sentence
    assert "\n" not in sentence
    assert isinstance(shown.exception, GateFailed)
    assert exit_code(shown.exception) == EXIT_GATE == 4
    assert any(sentence in text for text in artifacts())
    assert "Nothing was published." in (published / "quality" / "index.html").read_text()

    assert (published / "latest").resolve() == good
    assert {path: path.read_bytes() for path in good.rglob("*") if path.is_file()} == before
    publish(as_of=LATER)
    assert (published / "latest").resolve() != good


@pytest.mark.slow
def test_warnings_do_not_stop_a_publish_and_are_told(write_csv: Csv, published: Path) -> None:
    prepare(write_csv("a.csv", *lines(3)))
    report = publish(as_of=LATER)
    assert "none failed, 1 with a warning" in str(report)
    (line,) = report.details
    assert line.startswith("warning: `gate.freshness.days_old`: not older than 14 days")
    manifest = json.loads((published / "latest" / "manifest.json").read_text())
    assert manifest["checks"]["warnings"] == [line.removeprefix("warning: ")]
    assert any(f"- {line}" in text for text in artifacts())


@pytest.mark.slow  # publishes more than once
def test_stale_data_is_told_even_where_nothing_new_is_published(
    write_csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(write_csv("a.csv", *lines(3)))
    publish(as_of=MONDAY)
    assert str(publish(as_of=LATER)) == (
        "publish: nothing new since the last publish; the newest comment is 37 days old"
    )
    monkeypatch.setenv("RESONANZ_GATE__FAIL_AFTER_DAYS", "20")
    with pytest.raises(GateFailed, match="37 days old, more than the 20 of `fail_after_days`"):
        publish(as_of=LATER)


def test_comments_without_labels_are_not_published(
    write_csv: Csv, published: Path, keyword_model: KeywordModel
) -> None:
    ingest(files=[write_csv("a.csv", *lines(3))], as_of=MONDAY)
    refine(as_of=MONDAY)
    with pytest.raises(GateFailed, match="at least 90% of the comments have a sentiment"):
        publish(as_of=MONDAY)
    assert not (published / "latest").exists()


@pytest.mark.slow  # publishes more than once
@pytest.mark.parametrize("is_told", [True, False], ids=["published", "left out"])
def test_a_great_loss_keeps_what_was_published(
    write_csv: Csv,
    published: Path,
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_told: bool,
) -> None:
    if not is_told:  # a week of too few people is what is left over
        monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "5")
        ingest(files=[write_csv("c.csv", *lines(3, "01.09.2025"))], channel="c", as_of=MONDAY)
    prepare(write_csv("a.csv", *lines(120)))
    publish(as_of=MONDAY)
    good = (published / "latest").resolve()
    manifest = json.loads((good / "manifest.json").read_text())
    assert ("audience_comments" in manifest["counts"]) == is_told
    (workplace / "warehouse.duckdb").unlink()
    for landed in (workplace / "landing").rglob("*a.csv*"):
        landed.unlink()
    prepare(write_csv("b.csv", *lines(20)))
    with pytest.raises(GateFailed, match="at most 50% of the published comments are gone"):
        publish(as_of=MONDAY)
    assert (published / "latest").resolve() == good


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        pytest.param({"share": pl.col("share") * 0.5 + 0.1}, "add up", id="shares that do not sum"),
        pytest.param({"author_count": pl.lit(2)}, "shown_of_too_few", id="numbers of few people"),
        pytest.param({"share": pl.lit(1.5)}, "post_sentiment", id="a share above one"),
    ],
)
@pytest.mark.slow  # publishes twice
def test_broken_tables_keep_what_was_published(
    write_csv: Csv,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: dict[str, pl.Expr],
    why: str,
) -> None:
    monkeypatch.setenv("RESONANZ_PRIVACY__SMALLEST_CELL", "5")
    prepare(write_csv("a.csv", *lines(12)))
    publish(as_of=MONDAY)
    good = (published / "latest").resolve()
    prepare(write_csv("b.csv", *lines(9, first=12)))

    def build(settings: Settings) -> dict[Table, pl.DataFrame]:
        marts = build_marts(settings)
        (table,) = (table for table in marts if table.name == "post_sentiment")
        shown = pl.col("hidden_reason").is_null()
        worse = [pl.when(shown).then(value).otherwise(name) for name, value in broken.items()]
        kind = dict(table.schema())
        changed = [
            one.cast(kind[name]).alias(name) for one, name in zip(worse, broken, strict=True)
        ]
        return dict(marts) | {table: marts[table].with_columns(changed)}

    monkeypatch.setattr("flows.publish.build_marts", build)
    with pytest.raises(GateFailed, match=why) as failure:
        publish(as_of=LATER)
    sentence = str(failure.value)
    assert "\n" not in sentence
    assert (published / "latest").resolve() == good
    assert any(sentence in text for text in artifacts())
    assert sentence in caplog.text


@pytest.mark.slow
def test_no_text_of_a_comment_stands_on_a_page(write_csv: Csv, published: Path) -> None:
    prepare(write_csv("a.csv", "a;03.11.2025;Anna;Geheimnis schlecht <script>x</script>;Cloud"))
    publish(as_of=MONDAY)
    pages = "".join(path.read_text() for path in (published / "quality").iterdir())
    assert "Geheimnis" not in pages
    assert "Anna" not in pages
    assert "<script" not in pages


def test_the_week_begins_on_monday_in_the_reporting_time_zone() -> None:
    sunday_late = datetime(2025, 11, 9, 23, 30, tzinfo=UTC)
    assert str(monday_of(sunday_late, load_settings())) == "2025-11-10"
    assert str(monday_of(sunday_late - timedelta(hours=1), load_settings())) == "2025-11-03"
