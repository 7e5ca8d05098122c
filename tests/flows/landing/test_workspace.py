import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.landing.workspace import PREFIX, clear_leftovers, make_durable, workspace

KILLED = """
import os, signal, sys
from pathlib import Path
from flows.landing.workspace import workspace
with workspace(Path(sys.argv[1])) as work:
    (work / "plain").write_text("Anna Berg")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_workspace_is_its_owners_and_gone_at_the_end(tmp_path: Path) -> None:
    with workspace(tmp_path / "landing") as work:
        (work / "plain").write_text("Anna Berg")
        assert work.stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "landing").iterdir()) == []


def test_what_a_killed_run_left_is_cleared_and_what_is_in_use_stays(tmp_path: Path) -> None:
    below = tmp_path / "table_file" / "intranet"
    subprocess.run([sys.executable, "-c", KILLED, below], check=False)
    assert [path.name for path in below.glob(f"{PREFIX}*/*")] == ["plain"]
    with workspace(tmp_path) as work:
        (work / "plain").touch()
        clear_leftovers(tmp_path)
        assert (work / "plain").exists()
    assert list(below.iterdir()) == []


def test_clearing_a_folder_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    clear_leftovers(tmp_path / "landing")


def test_the_bytes_are_on_the_disk_before_the_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, target, synced = tmp_path / "partial", tmp_path / "target", list[tuple[str, bool]]()
    file.write_text("Gut")

    def fsync(descriptor: int) -> None:
        synced.append((str(Path(f"/proc/self/fd/{descriptor}").readlink()), target.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    make_durable(file, target)
    assert target.read_text() == "Gut"
    assert synced == [(str(file), False), (str(tmp_path), True)]
