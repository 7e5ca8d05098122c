import stat
from pathlib import Path

import pytest

from flows.keys.author import read_author_key
from models.errors import GiveUp


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESONANZ_AUTHOR_KEY", raising=False)


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "author.key"
    key = read_author_key(file)
    assert len(key) == 64
    assert read_author_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_AUTHOR_KEY", "a" * 32)
    assert read_author_key(tmp_path / "author.key") == b"a" * 32
    assert not (tmp_path / "author.key").exists()


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "author.key").write_text("short")
    with pytest.raises(GiveUp, match="has 5 characters, expected at least 32"):
        read_author_key(tmp_path / "author.key")


def test_an_unreadable_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="Set `RESONANZ_AUTHOR_KEY`"):
        read_author_key(tmp_path)
