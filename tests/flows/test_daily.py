import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.daily import daily
from tests.flows.conftest import Query

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace")

MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)


def test_a_dropped_file_becomes_published_tables_with_the_real_model_and_then_rests(
    workplace: Path, write_csv: Callable[..., Path], query: Query
) -> None:
    inbox = workplace / "inbox" / "intranet"
    inbox.mkdir(parents=True)
    write_csv(
        "a.csv",
        "a;03.11.2025;Anna;Großartig, endlich läuft das alles. Danke an das ganze Team!;Cloud",
        "b;03.11.2025;Bert;Das ist eine Katastrophe, seit Wochen geht nichts mehr.;Cloud",
        "c;kaputt;Carla;Was kostet das?;Cloud",
    ).rename(inbox / "a.csv")
    reports = daily(as_of=MONDAY)
    assert [report.stage for report in reports] == ["ingest", "refine", "classify", "publish"]
    assert query(
        "SELECT channel, comment_count, labelled_count, rejected_count "
        "FROM mart.channel_weekly WHERE week = '2025-W45'"
    ) == [("intranet", 2, 2, 0)]
    assert query(
        "SELECT label, share_raw, method FROM mart.channel_sentiment_weekly ORDER BY label"
    ) == [("negative", 0.5, "emq"), ("neutral", 0.0, "emq"), ("positive", 0.5, "emq")]
    labels = query("SELECT count(*) FROM classified.label")

    again = daily(as_of=MONDAY)
    assert not any(report.had_work for report in again)
    assert query("SELECT count(*) FROM classified.label") == labels
    manifest = workplace / "published" / "latest" / "manifest.json"
    assert json.loads(manifest.read_text())["counts"]["rejected_records"] == 1
