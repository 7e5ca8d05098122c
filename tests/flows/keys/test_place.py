import subprocess
from pathlib import Path

import pytest

from flows.keys.place import KeyPlace, read_key
from models.errors import GiveUp

KEY = "a" * 64


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyPlace:
    monkeypatch.delenv("RESONANZ_TEST_KEY", raising=False)
    monkeypatch.setenv("RESONANZ_HOME", str(tmp_path))
    return KeyPlace("test key", "RESONANZ_TEST_KEY", "test_key_file", tmp_path / "test.key")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


def test_a_chain_of_keys_is_read_oldest_first(
    place: KeyPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.path.write_text(f"{KEY}\n{'b' * 64}\n")
    in_file = read_key(place)
    monkeypatch.setenv("RESONANZ_TEST_KEY", f"{KEY},{'b' * 64}")
    assert in_file == read_key(place) == f"{KEY}\n{'b' * 64}".encode()


def test_one_short_key_of_a_chain_is_refused(place: KeyPlace) -> None:
    place.path.write_text(f"{KEY}\nshort\n")
    with pytest.raises(GiveUp, match="has 5 characters"):
        read_key(place)


def test_a_key_file_that_git_keeps_is_refused(place: KeyPlace, tmp_path: Path) -> None:
    place.path.write_text(KEY)
    git(tmp_path, "init")
    with pytest.raises(GiveUp, match="is kept by git"):
        read_key(place)
    git(tmp_path, "add", "test.key")
    (tmp_path / ".gitignore").write_text("test.key\n")
    with pytest.raises(GiveUp, match="is kept by git"):
        read_key(place)


def test_a_key_file_that_git_ignores_may_lie_in_the_project(
    place: KeyPlace, tmp_path: Path
) -> None:
    place.path.write_text(KEY)
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text("*.key\n")
    assert read_key(place) == KEY.encode()


def test_nothing_is_read_while_an_exchange_is_unfinished(place: KeyPlace, tmp_path: Path) -> None:
    place.path.write_text(KEY)
    (tmp_path / "test.key.next").write_text(KEY)
    with pytest.raises(GiveUp, match="rotate-key"):
        read_key(place)
