"""A few kills with every run of CI; `make test-faults` makes two hundred."""

import subprocess
import sys

import pytest

from tests.faults.rig import ROOT


@pytest.mark.slow
def test_killed_at_any_moment_a_plain_run_leaves_what_an_undisturbed_one_does() -> None:
    command = [sys.executable, "-m", "tests.faults.kills", "--kills", "3", "--seed", "3"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "3 kills" in ended.stdout
    assert "0 differences" in ended.stdout.splitlines()[-1]
