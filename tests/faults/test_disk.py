"""A disk that is full, folders that may not be written: told, and nothing is lost."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.errors import GiveUp
from tests.faults.conftest import Place
from tests.faults.state import State, differences

SIZE = 96_000_000
"""Bytes of the small disk: what a run leaves takes a quarter of it."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that is a small disk of its own; skipped where mounting is not allowed."""
    folder = tmp_path / "data"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_up(folder: Path, left: int) -> Path:
    """Leave so many bytes free on a disk; returns the file that takes the others."""
    ballast = folder / "ballast"
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    with ballast.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, free - left)
    return ballast


@pytest.mark.parametrize(
    "left",
    [
        60_000,
        *(
            pytest.param(n, marks=pytest.mark.slow)
            for n in (0, 20_000, 600_000, 2_000_000, 3_500_000, 6_000_000)
        ),
    ],
)
def test_a_full_disk_is_told_and_a_run_with_space_leaves_what_it_should(
    small_disk: Path, place: Place, undisturbed: State, left: int
) -> None:
    ballast = fill_up(small_disk, left)
    with pytest.raises(GiveUp, match="the disk is full"):
        place.daily()
    ballast.unlink()
    place.daily()
    assert differences(undisturbed, place.state()) == []


@pytest.fixture
def bound(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Mounts a folder on itself, so that nobody can write there, not even root."""
    mounted: list[Path] = []

    def bind(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        mounted.append(folder)
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)

    yield bind
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize(
    "name",
    [
        "landing",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("published", "runs", "inbox", ".")),
    ],
)
def test_a_read_only_folder_is_told_and_a_run_that_may_write_leaves_what_it_should(
    small_disk: Path,
    place: Place,
    undisturbed: State,
    bound: Callable[[Path], None],
    name: str,
) -> None:
    bound(small_disk / name)
    with pytest.raises(GiveUp, match="read-only"):
        place.daily()
    subprocess.run(["mount", "-o", "remount,rw,bind", small_disk / name], check=True)
    place.daily()
    assert differences(undisturbed, place.state()) == []
