"""The code that makes a publish, in a word: other code publishes anew, data or no data."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]

TABLES = ("transforms", "flows/publishing")
"""Folders of what computes the published tables."""

FILES = ("flows/exports", "flows/dashboard", "flows/wording")
"""Folders of what writes them for people: templates, styles and wordings among them."""

LEFT_BY_PYTHON = (".pyc", ".pyo")


def code_of(folders: Sequence[str], project: Path = PROJECT) -> str:
    """Changes when a file below one of `folders` of the `project` does: name or content."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted((project / folder).rglob("*")):
            if path.is_file() and path.suffix not in LEFT_BY_PYTHON:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                found.update(f"{path.relative_to(project).as_posix()} {content}\n".encode())
    return found.hexdigest()[:16]
