from pathlib import Path

import pytest

from flows.settings import load_settings
from models.errors import GiveUp


def test_a_data_folder_in_which_duckdb_would_lose_its_log_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_PATHS__DATA", str(tmp_path / "what?" / "data"))
    with pytest.raises(GiveUp, match=r"found a `\?` in its path, expected none; rename"):
        load_settings()
