from pathlib import Path

import pytest
from pydantic import ValidationError

from flows.settings.concern import Concern, home, known_zone


class Tea(Concern):
    minutes: int = 4


def test_a_misspelt_key_is_an_error() -> None:
    with pytest.raises(ValidationError, match="minuets"):
        Tea.model_validate({"minuets": 3})


def test_what_was_read_stays() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Tea().minutes = 5  # type: ignore[misc]


def test_settings_lie_in_the_projects_folder_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RESONANZ_HOME", raising=False)
    assert (home() / "settings.toml").is_file()
    monkeypatch.setenv("RESONANZ_HOME", str(tmp_path))
    assert home() == tmp_path


@pytest.mark.parametrize("name", ["Berlin", "", "../etc/passwd"])
def test_a_zone_is_one_that_is_known(name: str) -> None:
    assert known_zone("Europe/Berlin") == "Europe/Berlin"
    with pytest.raises(ValueError, match="is not a time zone; write one like `Europe/Berlin`"):
        known_zone(name)
