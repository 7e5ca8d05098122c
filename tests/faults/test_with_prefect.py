"""`daily` with a Prefect server of its own, killed: the next run, with Prefect again, finishes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.running.run_records import read_record
from tests.faults.conftest import Place
from tests.faults.rig import AS_OF, PATIENCE, ROOT, Rig
from tests.faults.state import State, differences
from tests.faults.test_together import without_verdict


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["refine", "publish"])
def test_killed_with_prefect_a_run_with_prefect_leaves_what_an_undisturbed_one_does(
    place: Place, undisturbed: State, stage: str
) -> None:
    command = [sys.executable, "-m", "flows.cli", "daily", "--as-of", AS_OF]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=place.rig.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_begun(stage, place.rig, process)
        process.kill()
        process.wait()
    finally:
        end_group(process.pid)
    ended = place.rig.daily("--with-prefect")
    assert ended.code in (0, 3), ended.err
    assert differences(without_verdict(undisturbed), without_verdict(place.state())) == []


def wait_until_begun(stage: str, rig: Rig, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a stage is under way, by the record of its run."""
    deadline = time.monotonic() + PATIENCE
    while not is_begun(stage, rig.data / "runs"):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_begun(stage: str, folder: Path) -> bool:
    """Whether a stage has a record."""
    return read_record(stage, folder) is not None


def end_group(group: int) -> None:
    """End what a killed process has left of those that it had started."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
