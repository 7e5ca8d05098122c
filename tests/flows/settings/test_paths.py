import shutil
import subprocess
from pathlib import Path

import pytest

from flows.settings import load_settings
from flows.settings.paths import Paths
from models.errors import GiveUp

PROJECT = Path(__file__).parents[3]
PLACES = sorted(
    name for name, member in vars(Paths).items() if isinstance(member, property) and name != "root"
)


def test_a_data_folder_in_which_duckdb_would_lose_its_log_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PATHS__DATA", str(tmp_path / "what?" / "data"))
    with pytest.raises(GiveUp, match=r"found a `\?` in its path, expected none; rename"):
        load_settings()


@pytest.mark.parametrize("name", PLACES)
def test_nothing_that_runs_leave_in_the_data_folder_is_taken_into_git(
    name: str, tmp_path: Path
) -> None:
    shutil.copyfile(PROJECT / ".gitignore", tmp_path / ".gitignore")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    place: Path = getattr(Paths(data=tmp_path / "data"), name)
    left = place if place.suffix else place / "anything"
    asked = ["git", "-C", str(tmp_path), "check-ignore", "-q", str(left)]
    assert subprocess.run(asked, check=False).returncode == 0
