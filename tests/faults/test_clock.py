"""Clocks that jump back and forth, and the two nights on which Berlin's are turned."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import flows.running.stage as running_stage
from tests.faults.conftest import Place
from tests.faults.inbox import answer
from tests.faults.mortal import stop_clock
from tests.faults.rig import MOMENT, Rig, with_account
from tests.faults.state import State, differences
from tests.loopback import Question, Reply, platform

JUMPS = [timedelta(days=400), timedelta(days=-400), timedelta(seconds=-1)]
AUTUMN, SPRING = datetime(2025, 10, 26, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)
HEAD = "Kommentar-ID;Datum;Autor;Kommentar;Beitrag\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "jump",
    [JUMPS[0], *(pytest.param(jump, marks=pytest.mark.slow) for jump in JUMPS[1:])],
    ids=str,
)
def test_a_system_clock_that_jumps_between_the_stages_changes_no_table(
    place: Place, undisturbed: State, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [MOMENT, MOMENT + jump, MOMENT + 2 * jump, MOMENT - jump, MOMENT]
    begin = running_stage.begin

    def jumping(name: str, folder: Path) -> object:
        stop_clock(moments.pop(0), monkeypatch.setattr)
        return begin(name, folder)

    monkeypatch.setattr(running_stage, "begin", jumping)
    place.daily()
    assert moments == []
    assert differences(undisturbed, place.state()) == []


@pytest.mark.slow
def test_a_run_that_counts_as_earlier_than_the_last_changes_no_row_and_is_what_is_published(
    place: Place, undisturbed: State
) -> None:
    place.daily()
    rows = {name: found for name, found in place.state().items() if isinstance(found, list)}
    place.daily(as_of=MOMENT - timedelta(days=40))
    assert {name: found for name, found in place.state().items() if isinstance(found, list)} == rows
    assert differences(undisturbed, place.state()) == []


@pytest.mark.slow
def test_answers_that_land_while_the_clock_is_behind_are_still_the_newest(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "good"

    def reworded(question: Question) -> Reply:
        told = json.dumps(answer(question).body).replace("so good?", f"so {words}?")
        return Reply(json.loads(told))

    with platform(reworded) as running:
        rig = Rig(tmp_path / "asked", place.rig.changes | with_account(running.base))
        stop_clock(MOMENT, monkeypatch.setattr)
        Place(rig).daily()
        words = "bad"
        stop_clock(MOMENT - timedelta(days=2), monkeypatch.setattr)
        Place(rig).daily(as_of=MOMENT + timedelta(days=8))
    with duckdb.connect(rig.data / "warehouse.duckdb", read_only=True) as connection:
        texts = connection.execute(
            "SELECT DISTINCT text FROM clean.comment WHERE text LIKE 'How did%'"
        ).fetchall()
    assert texts == [("How did this go so bad?",)]


@pytest.mark.parametrize(
    ("night", "dates"),
    [
        # 02:30 is told twice; the day has 25 hours.
        (AUTUMN, ["25.10.2025", "26.10.2025", "27.10.2025"]),
        # 02:30 is never told, and read all the same; the day has 23 hours.
        (SPRING, ["28.03.2026", "29.03.2026", "30.03.2026"]),
    ],
    ids=["autumn", "spring"],
)
def test_on_the_nights_of_turned_clocks_every_comment_counts_once_and_on_its_day(
    place: Place, night: datetime, dates: list[str]
) -> None:
    for file in (path for path in place.data.rglob("*") if path.is_file()):
        file.unlink()
    before, turned, after = dates
    times = [f"{before} 23:59", *(f"{turned} {hour}:30" for hour in ("00", "02", "23"))]
    times.append(f"{after} 00:10")
    rows = [f"{n};{time};P{n};good {n};Portal\n" for n, time in enumerate(times)]
    (place.data / "inbox" / "a.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    # Both hours that are called two o'clock, or the one that is called three: a run in each.
    for hour in (0, 1):
        place.daily(as_of=night + timedelta(hours=hour, minutes=30))
    with duckdb.connect(place.data / "warehouse.duckdb", read_only=True) as connection:
        found = connection.execute(
            "SELECT count(*) FROM classified.dated GROUP BY day ORDER BY day"
        ).fetchall()
        runs = connection.execute(
            "SELECT count(DISTINCT finished_at_utc) FROM ops.run WHERE stage = 'refine'"
        ).fetchall()
    assert [count for (count,) in found] == [1, 3, 1]
    assert runs == [(1,)]  # the second run found nothing to do


@pytest.mark.slow
def test_both_hours_called_two_have_a_published_state_of_their_own(place: Place) -> None:
    """Names of landed files and of published states are in UTC, which knows no such night."""
    place.daily(as_of=AUTUMN + timedelta(minutes=30))
    later = place.data / "inbox" / "b.csv"
    later.write_text(HEAD + "9;20.10.2025 09:00;Gerd Neu;good;Portal\n", encoding="utf-8")
    place.daily(as_of=AUTUMN + timedelta(hours=1, minutes=30))
    states = sorted(path.name[:16] for path in (place.data / "published" / "snapshots").iterdir())
    assert states == ["20251026T003000Z", "20251026T013000Z"]
    assert (place.data / "published" / "latest").resolve().name.startswith(states[-1])
