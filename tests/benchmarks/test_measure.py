"""What a benchmark says of a command: its time, its memory, its medians."""

import json
import os
import sys
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest

from benchmarks.measure import (
    Command,
    Run,
    interleaved,
    limit,
    own_bytes,
    parser,
    resident_bytes,
    show,
    summary,
    table,
)

MEGABYTES = 120
HOLD = "import time; held = b'x' * {bytes}; time.sleep(0.2)"
HOLD_IN_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"


def python(code: str, tmp_path: Path, accepted: tuple[int, ...] = (0,)) -> Command:
    return Command((sys.executable, "-c", code), os.environ, tmp_path, accepted)


def run_of(wall_s: float, peak_mb: float = 0.0) -> Run:
    return Run(wall_s, wall_s / 2, wall_s / 4, peak_mb, "")


def test_wall_seconds_count_waiting_and_user_seconds_do_not(tmp_path):
    run = python("import time; time.sleep(0.3)", tmp_path).run()
    assert run.wall_s >= 0.3
    assert run.user_s < run.wall_s


def test_output_is_kept(tmp_path):
    assert python("print('Grüße')", tmp_path).run().output == "Grüße\n"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("nesting", ["itself", "a child"])
def test_peak_memory_is_that_of_all_processes(tmp_path, nesting):
    code = HOLD.format(bytes=MEGABYTES * 1_000_000)
    code = code if nesting == "itself" else HOLD_IN_CHILD.format(code=code)
    assert MEGABYTES < python(code, tmp_path).run().peak_mb < 2 * MEGABYTES


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_peak_memory_is_not_that_of_the_process_that_measures(tmp_path):
    held = b"x" * (MEGABYTES * 1_000_000)
    peak_mb = python("import time; time.sleep(0.1)", tmp_path).run().peak_mb
    assert 0 < peak_mb < len(held) / 1_000_000


def test_what_a_process_has_of_a_file_is_not_its_own(tmp_path):
    path = tmp_path / "mapped"
    path.write_bytes(b"x" * MEGABYTES * 1_000_000)
    resident, own = resident_bytes(os.getpid()), own_bytes(os.getpid())
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
        assert mapped.find(b"y") == -1
        assert resident_bytes(os.getpid()) - resident > MEGABYTES * 900_000
        assert own_bytes(os.getpid()) - own < MEGABYTES * 100_000


def test_who_has_ended_holds_nothing(tmp_path):
    assert (resident_bytes(2**22 + 1), own_bytes(2**22 + 1)) == (0, 0)


def test_a_failing_command_raises_with_its_last_words(tmp_path):
    with pytest.raises(RuntimeError, match=r"ended with 1: .*no such luck"):
        python("import sys; sys.exit('no such luck')", tmp_path).run()


def test_accepted_exit_codes_are_no_failure(tmp_path):
    assert python("raise SystemExit(3)", tmp_path, accepted=(0, 3)).run().wall_s > 0


@pytest.mark.parametrize(
    ("walls", "median"),
    [
        pytest.param([3.0], 3.0, id="one run"),
        pytest.param([9.0, 1.0, 2.0], 2.0, id="an outlier does not count"),
        pytest.param([1.0, 2.0, 4.0, 9.0], 3.0, id="even number of runs"),
    ],
)
def test_summary_holds_medians_and_extremes(walls, median):
    found = summary("it", [run_of(wall) for wall in walls])
    assert (found.runs, found.wall_s) == (len(walls), median)
    assert (found.wall_min_s, found.wall_max_s) == (min(walls), max(walls))
    assert (found.user_s, found.system_s) == (median / 2, median / 4)


def test_summary_holds_the_highest_peak():
    assert summary("it", [run_of(1, 50), run_of(1, 90), run_of(1, 60)]).peak_mb == 90


def test_interleaved_commands_take_turns_in_both_directions(tmp_path):
    log = "open('log', 'a').write({!r})"
    commands = {name: python(log.format(name), tmp_path) for name in "ab"}
    summaries = interleaved(commands, 3)
    assert (tmp_path / "log").read_text() == "abbaab"
    assert [(each.name, each.runs) for each in summaries] == [("a", 3), ("b", 3)]


def test_table_aligns_names_left_and_numbers_right():
    assert table(("", "n"), [("one", 1), ("fourteen", 1.5), ("none", None)]).splitlines() == [
        "             n",
        "--------  ----",
        "one          1",
        "fourteen  1.50",
        "none",
    ]


@pytest.mark.parametrize(("value", "word"), [(29.9, "pass"), (30.0, "FAIL")])
def test_a_limit_must_not_be_reached(value, word):
    assert limit(value, 30) == f"{word} (< 30)"


def test_json_is_one_object_on_the_last_line(capsys):
    show("it", {"cores": 2}, "a table", {"rows": [summary("it", [run_of(1)])]})
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["benchmark"] == "it"
    assert found["machine"] == {"cores": 2}
    assert found["rows"][0]["wall_s"] == 1


@pytest.mark.parametrize("repeats", ["0", "-1"])
def test_repeats_must_be_positive(repeats):
    with pytest.raises(SystemExit):
        parser("", repeats=3).parse_args(["--repeats", repeats])
