"""More than one at the data: two runs at once, a reader that keeps the warehouse open."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.cli import EXIT_TRY_AGAIN
from models.errors import TryAgain
from tests.faults.conftest import Place
from tests.faults.rig import AS_OF, Rig
from tests.faults.state import State, differences

HOLD = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
time.sleep(600)
"""


@pytest.mark.slow
@pytest.mark.parametrize("patience", ["0", "240"])
def test_of_two_runs_at_once_one_waits_or_says_so_and_the_tables_are_one_runs(
    place: Place, undisturbed: State, tmp_path: Path, patience: str
) -> None:
    rig = Rig(tmp_path, place.rig.changes | {"RESONANZ_WAREHOUSE__WAIT_SECONDS": patience})
    command = ["-m", "flows.cli", "--without-prefect", "daily", "--as-of", AS_OF]
    with rig.started(command) as first, rig.started(command) as second:
        said = [process.communicate(timeout=480)[1] for process in (first, second)]
        codes = sorted([first.returncode, second.returncode])
    if patience == "0":
        assert codes == [3, EXIT_TRY_AGAIN]
        assert "another run of `daily`" in "".join(said)
    else:
        assert codes == [0, 3]  # the second one finds nothing that it could reject
    # The real gate has judged here: its pages are not those of the quick one.
    assert differences(without_verdict(undisturbed), without_verdict(place.state())) == []


def without_verdict(state: State) -> State:
    """A state without what only the real gate says."""
    return {
        name: found
        for name, found in state.items()
        if not name.startswith("published/quality/") and not name.endswith("manifest.json")
    }


def test_a_reader_that_keeps_the_warehouse_open_is_told_and_nothing_is_lost(
    place: Place, undisturbed: State
) -> None:
    duckdb.connect(place.data / "warehouse.duckdb").close()
    hold = [sys.executable, "-c", HOLD, str(place.data / "warehouse.duckdb")]
    with subprocess.Popen(hold, stdout=subprocess.PIPE, text=True) as reader:
        try:
            assert reader.stdout
            assert reader.stdout.readline() == "open\n"
            with pytest.raises(TryAgain, match="held by another program"):
                place.daily()
        finally:
            reader.kill()
    place.daily()
    assert differences(undisturbed, place.state()) == []
