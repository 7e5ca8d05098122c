import os
from pathlib import Path

import pytest

from flows.settings import load_settings
from models.errors import GiveUp


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESONANZ_HOME", str(tmp_path))
    return tmp_path


def test_the_file_that_ships_states_the_defaults(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = load_settings().model_dump()
    monkeypatch.delenv("RESONANZ_HOME")
    shipped = load_settings().model_dump()
    # The owner of the sample data is the one thing that is no default.
    assert shipped["sources"].pop("owners") == ("@cio_nordhafen",)
    assert bare["sources"].pop("owners") == ()
    assert shipped == bare


def test_the_environment_wins_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "settings.toml").write_text('[reporting]\ntime_zone = "Europe/Vienna"\n')
    assert load_settings().reporting.time_zone == "Europe/Vienna"
    monkeypatch.setenv("RESONANZ_REPORTING__TIME_ZONE", "Europe/Dublin")
    assert load_settings().reporting.time_zone == "Europe/Dublin"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[reporting]\nzone = 'x'\n", "reporting.zone", id="a misspelt key"),
        pytest.param("[reportng]\n", "reportng", id="a misspelt table"),
        pytest.param(
            "[reporting]\ntime_zone = 'Berlin'\n", "`Berlin` is not a time zone", id="no time zone"
        ),
        pytest.param("[classify]\nbatch = 0\n", "classify.batch", id="a number out of range"),
        pytest.param(
            "[classify]\ndask_address = 'tcp://10.0.0.7:8786'\n",
            "is no address to send comments to; write `tls://host:8786`",
            id="workers elsewhere without encryption",
        ),
        pytest.param(
            "[classify]\ndask_address = 'tls://scheduler'\n",
            "is no address to send comments to",
            id="a scheduler without its port",
        ),
        pytest.param(
            "[[sources.mappings]]\ntime_zone = 'Berlin'\n",
            "`sources.mappings.0.time_zone`",
            id="a mapping with no time zone",
        ),
        pytest.param("[reporting\n", "not valid TOML", id="broken TOML"),
    ],
)
def test_what_cannot_be_understood_is_named(home: Path, text: str, message: str) -> None:
    (home / "settings.toml").write_text(text)
    with pytest.raises(GiveUp, match=message.replace(".", r"\.")):
        load_settings()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_settings_that_may_not_be_read_are_told(home: Path) -> None:
    file = home / "settings.toml"
    file.touch(mode=0o000)
    with pytest.raises(GiveUp, match=r"can't be read .*: allow it"):
        load_settings()


def test_a_variable_that_is_no_table_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RESONANZ_ALERTS", "https://hooks.example/secret")
    with pytest.raises(GiveUp, match='"alerts"') as raised:
        load_settings()
    assert "secret" not in str(raised.value)
