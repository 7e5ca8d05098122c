from pathlib import Path

import pytest

from flows.keeping.kept import keep_checkpoint, keep_taxonomy, place_of, put_in_place
from models.encoder import checkpoint_version
from models.errors import GiveUp
from tests.foreign_checkpoint import write_checkpoint


def stars(tmp_path: Path) -> tuple[Path, str]:
    folder = tmp_path / "stars"
    folder.mkdir()
    return write_checkpoint(folder), checkpoint_version(folder)


def test_a_kept_checkpoint_is_the_same_version(tmp_path: Path) -> None:
    folder, version = stars(tmp_path)
    place = keep_checkpoint(folder, version, tmp_path / "models")
    assert checkpoint_version(tmp_path / "models" / place) == version
    assert place == place_of(version) == place_of(f"{version}+abc123")
    # Kept once; what the folder becomes afterwards is another version.
    (folder / "config.json").write_text("{}")
    assert keep_checkpoint(folder, version, tmp_path / "models") == place


def test_a_checkpoint_whose_files_changed_is_not_kept_under_the_old_name(tmp_path: Path) -> None:
    folder, version = stars(tmp_path)
    write_checkpoint(folder, meaning={"meh": 1})
    with pytest.raises(GiveUp, match="its files were changed"):
        keep_checkpoint(folder, version, tmp_path / "models")
    assert [path for path in (tmp_path / "models").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("version", ["../evil@0123456789ab", "..@0123456789ab", "a b@0123456789ab"])
def test_a_name_that_is_no_name_of_a_folder_is_refused(version: str) -> None:
    with pytest.raises(GiveUp, match="is no version of a checkpoint"):
        place_of(version)


def test_topics_are_kept_with_the_names_that_they_had_last(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[grid]\nof = []\n")
    kept = keep_taxonomy(file, "taxonomy@1", tmp_path / "models")
    file.write_text('[grid]\nof = []\nen = "The grid"\n')
    assert keep_taxonomy(file, "taxonomy@1", tmp_path / "models") == kept
    assert "The grid" in kept.read_text()


def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GiveUp, match="can't be written"):
        put_in_place(b"x", tmp_path / "file" / "topics.toml")
