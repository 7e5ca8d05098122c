import json
import shutil
from pathlib import Path

import pytest

from flows.landing.files import sha256_of
from flows.publishing.publication import Publication
from flows.publishing.snapshots import (
    Snapshot,
    find_snapshot,
    latest_snapshot,
    seal,
    swap_in,
    turn_link,
    write_exports,
)
from models.errors import GiveUp
from tests.builders import write_snapshot
from transforms.marts import all_marts

EMPTY = Publication({s.table: s.table.empty() for s in all_marts().values()}, {"resonanz": "1"})


def written(published: Path, name: str, kept: int = 8) -> Path:
    folder = write_snapshot(EMPTY, {"clean.comment": name}, name, published)
    swap_in(folder, published, kept)
    return folder


def test_nothing_published_is_no_snapshot(tmp_path: Path) -> None:
    assert latest_snapshot(tmp_path) is None


def test_the_manifest_names_every_file_with_its_hash_and_what_it_rests_on(tmp_path: Path) -> None:
    folder = written(tmp_path, "a")
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {*manifest["files"], "manifest.json"} == files
    assert all(sha256_of(folder / name) == digest for name, digest in manifest["files"].items())
    assert Snapshot(folder).state == {"clean.comment": "a"}


def test_marts_are_read_back_from_a_snapshot(tmp_path: Path) -> None:
    marts = Snapshot(written(tmp_path, "a")).marts()
    assert {name: rows.columns for name, rows in marts.items()} == {
        table.name: table.column_names for table in EMPTY.marts
    }


def test_lists_that_are_not_asked_for_are_not_read_back(tmp_path: Path) -> None:
    snapshot = Snapshot(written(tmp_path, "a"))
    assert "evidence" in snapshot.marts()
    assert snapshot.marts(without={"evidence"}).keys() == snapshot.marts().keys() - {"evidence"}


def test_a_snapshot_without_its_files_has_neither_state_nor_marts(tmp_path: Path) -> None:
    broken = Snapshot(tmp_path)
    assert (broken.state, broken.marts()) == ({}, {})


@pytest.mark.parametrize(
    ("name", "found"), [("latest", "ab"), ("previous", "aa"), ("aa", "aa"), ("ab", "ab")]
)
def test_snapshots_are_found_by_the_start_of_their_names(
    tmp_path: Path, name: str, found: str
) -> None:
    written(tmp_path, "aa")
    written(tmp_path, "ab")
    assert find_snapshot(tmp_path, name).name == found


@pytest.mark.parametrize(("name", "found"), [("latest", "ab"), ("previous", "aa")])
def test_snapshots_are_found_where_their_folder_is_a_link(
    tmp_path: Path, name: str, found: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    published = tmp_path / "a" / "published"
    published.parent.mkdir()
    published.symlink_to(tmp_path / "elsewhere")
    written(published, "aa")
    written(published, "ab")
    assert find_snapshot(published, name).name == found


@pytest.mark.parametrize(("name", "message"), [("a", "Several"), ("z", "no snapshot called `z`")])
def test_a_name_that_does_not_tell_one_snapshot_is_refused(
    tmp_path: Path, name: str, message: str
) -> None:
    written(tmp_path, "aa")
    written(tmp_path, "ab")
    with pytest.raises(GiveUp, match=message):
        find_snapshot(tmp_path, name)


def test_nobody_else_opens_what_is_not_judged_yet(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = write_exports(EMPTY, "a", tmp_path)
    folder.parent.chmod(0o755)
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    seal(folder, EMPTY, {})
    assert oct(folder.stat().st_mode & 0o777) == "0o755"
    assert oct((folder / "answering").stat().st_mode & 0o777) == "0o700"


def test_a_run_killed_between_the_links_leaves_nothing_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_snapshot(EMPTY, {}, "a", tmp_path)
    links: list[str] = []

    def killed(link: Path, target: Path) -> None:
        if links:
            raise KeyboardInterrupt
        links.append(link.name)
        turn_link(link, target)

    monkeypatch.setattr("flows.publishing.snapshots.turn_link", killed)
    with pytest.raises(KeyboardInterrupt):
        swap_in(folder, tmp_path, kept=8)
    # Once `latest` leads to it, a run finds nothing new and turns no further link.
    assert latest_snapshot(tmp_path) is None


def named(letter: str) -> str:
    """A snapshot's name; names sort as the letters do."""
    return f"20251110T08000{ord(letter) - ord('a')}Z-{letter * 8}"


def test_what_a_killed_run_left_half_written_goes_and_takes_no_good_states_place(
    tmp_path: Path,
) -> None:
    written(tmp_path, named("a"))
    for letter in "bc":
        (tmp_path / "snapshots" / named(letter)).mkdir()
    written(tmp_path, named("d"), kept=2)
    left = sorted(path.name for path in (tmp_path / "snapshots").iterdir())
    assert left == [named("a"), named("d")]


def test_what_others_put_beside_the_states_stays_and_takes_no_states_place(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    written(tmp_path, named("a"))
    copy = shutil.copytree(folder / named("a"), folder / f"{named('a')} copy")
    finder, listing = folder / ".DS_Store", folder / f"{named('a')}.txt"
    for file in (finder, listing):
        file.write_text("by a person's computer")
    for letter in "bc":
        written(tmp_path, named(letter), kept=2)
    states = [folder / named(letter) for letter in "bc"]
    assert sorted(folder.iterdir()) == sorted([finder, listing, copy, *states])
