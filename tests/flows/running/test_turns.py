import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flows.running.turns import is_held, turn, turn_alone
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


def test_a_run_that_must_be_alone_waits_for_every_stage_and_says_for_which(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    with (
        pytest.raises(TryAgain, match="beside other stages, and `classify`, `label m@1` did not"),
        turn("label m@1", tmp_path, 0),
        turn_alone("erase", tmp_path, 0),
    ):
        pytest.fail("it began beside others")
    other_process.kill()
    other_process.wait()
    with turn_alone("erase", tmp_path, 0):
        assert is_held("erase", tmp_path)


def test_nothing_begins_beside_a_run_that_is_alone(tmp_path: Path) -> None:
    told: list[str] = []

    def other() -> None:
        for take in (turn, turn_alone):
            with pytest.raises(TryAgain) as refused, take("publish", tmp_path, 0):
                pytest.fail("it began beside another one")
            told.append(str(refused.value))

    with turn_alone("erase", tmp_path, 0):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert f"`erase` (process {os.getpid()}) is under way" in told[0]
    assert "`publish` can't run beside other stages, and `erase` did not end" in told[1]
    with turn("publish", tmp_path, 0):
        assert is_held("publish", tmp_path)


def test_what_a_run_that_is_alone_calls_has_its_turn(tmp_path: Path) -> None:
    with turn_alone("erase", tmp_path, 0):
        with turn("publish", tmp_path, 0):
            assert is_held("publish", tmp_path)
        assert not is_held("publish", tmp_path)
    with (
        pytest.raises(TryAgain, match="`publish`"),
        turn("publish", tmp_path, 0),
        turn_alone("erase", tmp_path, 0),
    ):
        pytest.fail("what was called by a run that is over belongs to nobody")


def test_who_waits_for_a_run_that_is_alone_keeps_nothing_that_it_needs(tmp_path: Path) -> None:
    order: list[str] = []

    def other() -> None:
        with turn("publish", tmp_path, 30):
            order.append("the other publish begins")

    thread = threading.Thread(target=other)
    with turn_alone("erase", tmp_path, 0):
        thread.start()
        time.sleep(0.2)
        with turn("publish", tmp_path, 0):
            order.append("publish within erase")
    thread.join()
    assert order == ["publish within erase", "the other publish begins"]


def test_a_run_that_must_be_alone_begins_when_the_last_stage_ends(tmp_path: Path) -> None:
    order: list[str] = []

    def first() -> None:
        with turn("publish", tmp_path, 0):
            time.sleep(0.8)
            order.append("publish ends")

    thread = threading.Thread(target=first)
    thread.start()
    time.sleep(0.2)
    with turn_alone("erase", tmp_path, 30):
        order.append("erase begins")
    thread.join()
    assert order == ["publish ends", "erase begins"]
