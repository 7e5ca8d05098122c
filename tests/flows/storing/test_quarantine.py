from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import flows.storing.quarantine
from flows.backfill import read_again
from flows.ingest import ingest
from flows.refine import refine
from flows.settings import Settings, load_settings
from flows.storing.quarantine import Quarantine
from flows.warehouse import writing
from tests.flows.conftest import Query

pytestmark = pytest.mark.usefixtures("prefect_server", "workplace")

MONDAY = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)
THREAD = "id;parent_id;date;text;post\n"
UNREADABLE = "\ufffd\ufffd\ufffdr \ufffd\ufffd\ufffd\ufffd"
"""What a text looks like that was decoded wrongly before it came to us."""

Csv = Callable[..., Path]


def take_in(file: Path) -> None:
    ingest(files=[file], as_of=MONDAY)


def test_a_comment_that_fails_a_check_is_kept_out_and_the_rest_goes_through(
    write_csv: Csv, query: Query
) -> None:
    take_in(
        write_csv(
            "a.csv",
            "c-1;03.11.2025;Anna;Gut;Cloud",
            f"c-2;03.11.2025;Bert;{UNREADABLE};Cloud",
            "c-3;kaputt;Carla;Auch gut;Cloud",
        )
    )
    report = refine()
    assert query("SELECT comment_id FROM clean.comment") == [("table:c-1",)]
    assert query("SELECT count(*) FROM clean.comment_version") == [(1,)]
    assert query("SELECT position, reason, detail FROM clean.rejected_comment ORDER BY 1") == [
        (2, "failed check", "`unreadable_share`: expected a readable text"),
        (3, "no time", "the time can't be read; its form is `xxxxxx` (9: a digit, x: a letter)"),
    ]
    assert (report.rows_in, report.rows_out, report.rejected_count) == (4, 2, 2)
    assert "1 comment on 1 post, 2 records rejected" in str(report)
    assert any("1 x failed check" in line for line in report.details)
    assert str(refine()) == "refine: nothing new"


def test_answers_to_what_was_kept_out_begin_threads_of_their_own(
    tmp_path: Path, query: Query
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        THREAD
        + f"r1;;2025-11-03T10:00:00Z;{UNREADABLE};Cloud\n"
        + "r2;r1;2025-11-03T10:00:00Z;Antwort;Cloud\n"
        + "r3;r2;2025-11-03T11:00:00Z;Danke;Cloud\n"
    )
    take_in(file)
    refine()
    assert query("SELECT comment_id, root_id, depth FROM clean.comment ORDER BY 1") == [
        ("table:r2", "table:r2", 0),
        ("table:r3", "table:r2", 1),
    ]


def test_no_wording_is_left_of_a_comment_that_an_earlier_file_had_told_well(
    write_csv: Csv, query: Query
) -> None:
    wordings = "SELECT comment_id, text FROM clean.comment_version"
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    refine()
    assert query(wordings) == [("table:c-1", "Gut")]
    take_in(write_csv("b.csv", f"c-1;03.11.2025;Anna;{UNREADABLE};Cloud"))
    refine()
    assert query(wordings) == []
    take_in(write_csv("c.csv", "c-1;03.11.2025;Anna;Gut;Cloud;"))
    refine()
    assert query(wordings) == [("table:c-1", "Gut")]


def test_a_run_that_stopped_before_the_checks_is_made_up_for_by_the_next(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(write_csv("a.csv", f"c-2;03.11.2025;Bert;{UNREADABLE};Cloud"))

    def power_cut(settings: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("flows.refine.quarantine", power_cut)
        with pytest.raises(RuntimeError, match="power cut"):
            refine()
    assert query("SELECT count(*) FROM clean.comment") == [(1,)]
    report = refine()
    assert (report.rows_in, report.rows_out, report.rejected_count) == (0, 0, 1)
    assert "0 files read: 0 comments on 0 posts, 1 record rejected" in str(report)
    assert any("a.csv`: 1 x failed check" in line for line in report.details)
    assert query("SELECT count(*) FROM clean.comment") == [(0,)]
    assert query("SELECT is_checked FROM ops.refined_file") == [(True,)]


def test_what_is_only_odd_is_told_and_stays(tmp_path: Path, query: Query) -> None:
    file = tmp_path / "a.csv"
    file.write_text(THREAD + "r1;r1;2025-11-03T10:00:00Z;An mich;Cloud\n")
    take_in(file)
    report = refine()
    assert query("SELECT comment_id FROM clean.comment") == [("table:r1",)]
    assert report.details == (
        "warning: `clean.comment.is_own_parent`: an answer to another comment fails in 1 row (1)",
    )


def test_a_comment_of_the_future_is_kept_out(write_csv: Csv, query: Query) -> None:
    rows = ["c-1;05.11.2052;Anna;Vertippt;Cloud", "c-2;11.11.2025;Bert;Ein Tag voraus;Cloud"]
    take_in(write_csv("a.csv", *rows))
    assert refine().rejected_count == 1
    assert query("SELECT comment_id FROM clean.comment") == [("table:c-2",)]
    assert query("SELECT position, reason, detail FROM clean.rejected_comment") == [
        (
            *(1, "failed check"),
            "`days_ahead`: expected no time in the future: made before it was received, or a day "
            "later at most",
        )
    ]


def test_a_file_that_is_read_again_later_is_judged_by_when_it_was_received(
    write_csv: Csv, query: Query
) -> None:
    take_in(write_csv("a.csv", "c-1;05.11.2026;Anna;Vertippt;Cloud"))
    assert refine().rejected_count == 1
    read_again(MONDAY, MONDAY + timedelta(days=1), load_settings())
    assert refine(as_of=datetime(2026, 12, 1, tzinfo=UTC)).rejected_count == 1
    assert query("SELECT comment_id FROM clean.comment") == []


def test_what_came_in_by_a_clock_that_was_behind_can_be_taken_in_again(
    write_csv: Csv, query: Query
) -> None:
    file = write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud")
    ingest(files=[file], as_of=datetime(2001, 1, 1, tzinfo=UTC))
    assert refine().rejected_count == 1
    for landed in load_settings().paths.landing.rglob("20010101T000000Z-*"):
        landed.unlink()
    take_in(file)
    assert refine().rejected_count == 0
    assert query("SELECT comment_id FROM clean.comment") == [("table:c-1",)]


def test_comments_of_the_future_that_an_earlier_version_let_in_are_judged_by_the_next_run(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where their files can't be read again, as their bytes are gone."""
    monkeypatch.setenv("RESONANZ_PRIVACY__LANDING", "delete")
    rows = ["c-1;03.11.2025;Anna;Gut;Cloud", "c-2;03.11.2025;Bert;Vertippt;Cloud"]
    take_in(write_csv("a.csv", *rows))
    refine()
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        connection.execute(
            "UPDATE clean.comment SET created_at_utc = '2052-11-05' WHERE native_id = 'c-2'"
        )
        connection.execute("UPDATE ops.layout SET digest = 'of an earlier version'")
    assert refine().rejected_count == 1
    assert query("SELECT comment_id FROM clean.comment") == [("table:c-1",)]
    assert query("SELECT position, reason FROM clean.rejected_comment") == [(2, "failed check")]
    assert str(refine()) == "refine: nothing new"


def test_comments_are_judged_in_batches(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.storing.quarantine, "BATCH", 2)
    texts = ["Gut", "Neu", UNREADABLE, "Alt", UNREADABLE]
    rows = [f"c-{place};03.11.2025;Anna;{text};Cloud" for place, text in enumerate(texts)]
    take_in(write_csv("a.csv", *rows))
    assert refine().rejected_count == 2
    assert query("SELECT comment_id FROM clean.comment ORDER BY 1") == [
        ("table:c-0",),
        ("table:c-1",),
        ("table:c-3",),
    ]


def test_a_file_without_a_doubtful_comment_is_checked_as_it_is_merged(
    write_csv: Csv, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = list[Settings]()

    def judge(settings: Settings) -> Quarantine:
        judged.append(settings)
        return Quarantine()

    monkeypatch.setattr("flows.refine.quarantine", judge)
    take_in(write_csv("a.csv", "c-1;03.11.2025;Anna;Gut;Cloud"))
    refine()
    assert query("SELECT is_checked FROM ops.refined_file") == [(True,)]
    assert judged == []
    rows = [
        f"c-{place};03.11.2025;Anna;{text};Cloud" for place, text in ((2, "Neu"), (3, UNREADABLE))
    ]
    take_in(write_csv("b.csv", *rows))
    refine()
    assert len(judged) == 1
