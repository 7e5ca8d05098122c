import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flows.running.turns import is_held, turn
from models.errors import TryAgain


@pytest.fixture
def other_process(tmp_path: Path) -> subprocess.Popen[str]:
    """A process that holds the turn of `classify`."""
    code = (
        "import sys, time; from pathlib import Path; from flows.running.turns import turn\n"
        "with turn('classify', Path(sys.argv[1]), 0): print('mine', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert process.stdout
    assert process.stdout.readline() == "mine\n"
    return process


def test_a_second_run_of_a_stage_is_told_who_holds_it(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    with (
        pytest.raises(TryAgain, match=f"`classify` \\(process {other_process.pid}\\)"),
        turn("classify", tmp_path, 0),
    ):
        pass
    with turn("refine", tmp_path, 0):
        assert is_held("classify", tmp_path)
    other_process.kill()
    other_process.wait()


def test_the_turn_of_a_killed_process_is_free(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    assert not is_held("classify", tmp_path)
    with turn("classify", tmp_path, 0):
        assert is_held("classify", tmp_path)


def test_a_run_waits_for_its_turn(tmp_path: Path) -> None:
    order: list[str] = []

    def first() -> None:
        with turn("publish", tmp_path, 0):
            order.append("first begins")
            time.sleep(0.8)
            order.append("first ends")

    thread = threading.Thread(target=first)
    thread.start()
    time.sleep(0.2)
    with turn("publish", tmp_path, 30):
        order.append("second begins")
    thread.join()
    assert order == ["first begins", "first ends", "second begins"]
