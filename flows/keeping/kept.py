"""Checkpoints and topics that are kept below `data/models`, so that one can always go back to them.

A checkpoint lies in `checkpoints/<hash>/<name>`, since the name of another maker's checkpoint is
that of its folder; a list of topics in `taxonomies/<version>.toml`.
"""

import os
import re
import shutil
from pathlib import Path
from tempfile import mkdtemp

from flows.keeping.promotions import CHECKPOINTS
from models.encoder import checkpoint_version
from models.engines import weights_file
from models.errors import GiveUp
from models.held_out import FILE_NAME as HELD_OUT

TAXONOMIES, TRIALS = "taxonomies", "shadow"
"""Folders below `data/models`."""

EXAMPLES = "examples.csv"
"""The file of a trial's report that quotes comments."""

BESIDE_WEIGHTS = ("*.json", "*.txt", "*.model", HELD_OUT)
"""What is kept of a checkpoint beside its weights."""

VERSION = re.compile(r"(?P<name>[\w.-]+)@(?P<digest>[0-9a-f]{12})(\+[0-9a-f]{6})?")
"""`<name>@<hash>` and, where labels are mapped, the hash of the mapping."""


def place_of(version: str) -> Path:
    """Where a checkpoint is kept, below `data/models`; raises `GiveUp` for what is no version."""
    found = VERSION.fullmatch(version)
    if not found or set(found["name"]) == {"."}:
        raise GiveUp(
            f"`{version}` is no version of a checkpoint, expected one like `name@0123456789ab` "
            "whose name has letters, digits, `.`, `_` and `-` only: rename the checkpoint's folder "
            "or, in its `config.json`, `name` under `resonanz`."
        )
    return Path(CHECKPOINTS) / found["digest"] / found["name"]


def keep_checkpoint(folder: Path, version: str, models: Path) -> Path:
    """Copy the checkpoint in `folder`, whole or not at all; returns its place below `models`.

    Raises `GiveUp` if the copy is not `version`, as when the files changed meanwhile.
    """
    place = place_of(version)
    target = models / place
    if target.is_dir():
        return place
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(mkdtemp(prefix=".partial-", dir=target.parent))
    try:
        copy = partial / place.name
        for path in files_of(folder):
            (copy / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / path.relative_to(folder))
        require_same(copy, version)
        copy.replace(target)
    except OSError as error:
        raise GiveUp(
            f"`{folder}` can't be kept in `{models}` ({error.strerror}): make room, or allow it."
        ) from error
    finally:
        shutil.rmtree(partial)
    return place


def files_of(folder: Path) -> list[Path]:
    """The files of a checkpoint that are kept."""
    beside = {path for pattern in BESIDE_WEIGHTS for path in folder.glob(pattern)}
    return sorted({*beside, weights_file(folder)})


def require_same(folder: Path, version: str) -> None:
    """Raise `GiveUp` if the checkpoint in `folder` is not `version`."""
    found = checkpoint_version(folder)
    if found != version.partition("+")[0]:
        raise GiveUp(
            f"the checkpoint in `{folder}` is `{found}`, expected `{version}`: its files were "
            "changed. Try what is there now with `resonanz model shadow`."
        )


def keep_taxonomy(file: Path, version: str, models: Path) -> Path:
    """Copy a list of topics; returns the file it is kept in."""
    target = models / TAXONOMIES / f"{version}.toml"
    if file != target:
        put_in_place(file.read_bytes(), target)
    return target


def put_in_place(content: bytes, target: Path) -> None:
    """Write a file whole or not at all; raises `GiveUp` if it may not be written."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        raise GiveUp(
            f"`{target}` can't be written ({error.strerror}): allow it, or write it yourself."
        ) from error
