from pathlib import Path

import pytest
from prefect import flow

from flows.running.report import StageReport
from flows.running.run_records import RunRecord, read_record
from flows.running.stage import stage
from flows.running.turns import turn, turn_alone
from models.errors import GateFailed, GiveUp, TryAgain

pytestmark = pytest.mark.usefixtures("workplace")


@stage("tidy")
def tidy(error: BaseException | None = None) -> StageReport:
    """Tidy up."""
    if error:
        raise error
    return StageReport("tidy", 3, 2, 1, "2 kept")


def record(workplace: Path) -> RunRecord:
    found = read_record("tidy", workplace / "runs")
    assert found
    return found


def test_a_run_is_recorded_with_what_it_did(workplace: Path) -> None:
    assert tidy().rows_out == 2
    run = record(workplace)
    assert (run.outcome, run.rows_in, run.rejected_count, run.note) == (
        "done",
        3,
        1,
        "tidy: 2 kept",
    )
    assert run.succeeded_at == run.ended_at


@pytest.mark.parametrize(
    ("error", "outcome", "note"),
    [
        (GiveUp("Set `x`."), "failed", "Set `x`."),
        (GateFailed("3 checks failed"), "gate failed", "3 checks failed"),
        (TryAgain("busy"), "try again", "busy"),
        (ValueError("Das ist eine Katastrophe"), "failed", "ValueError"),
        (KeyboardInterrupt(), "failed", "KeyboardInterrupt"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_recorded_and_raised_and_quotes_nobody(
    workplace: Path, error: BaseException, outcome: str, note: str
) -> None:
    tidy()
    before = record(workplace).succeeded_at
    with pytest.raises(type(error)):
        tidy(error)
    run = record(workplace)
    assert (run.outcome, run.note, run.succeeded_at) == (outcome, note, before)


def test_a_run_that_does_not_get_its_turn_leaves_the_record_alone(workplace: Path) -> None:
    tidy()
    before = record(workplace)
    with turn("tidy", workplace / "runs", 0), pytest.raises(TryAgain, match="another run"):
        tidy()
    assert record(workplace) == before


@stage("sweep", take=turn_alone)
def sweep() -> StageReport:
    """Sweep, with a tidying up within."""
    return tidy()


def test_a_stage_that_must_be_alone_runs_beside_none_but_those_it_calls(workplace: Path) -> None:
    assert sweep().rows_out == 2
    with turn("dust", workplace / "runs", 0):
        assert tidy().rows_out == 2
        with pytest.raises(TryAgain, match="`sweep` can't run beside other stages, and `dust`"):
            sweep()


@pytest.mark.usefixtures("prefect_server")
def test_prefect_knows_who_called_a_stage(workplace: Path) -> None:
    with turn_alone("erase", workplace / "runs", 0):
        assert flow(tidy)().rows_out == 2


def test_it_keeps_what_prefect_reads_of_a_function() -> None:
    import inspect

    assert list(inspect.signature(tidy).parameters) == ["error"]
    assert tidy.__doc__ == "Tidy up."
