"""The whole pipeline as a person runs it, over the same files at the same moment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from flows.commands.terminal import EXIT_REJECTED

ROOT = Path(__file__).parents[2]
INBOX = ("facebook-page.json", "linkedin-kommentare.csv", "disqus.xml")


def daily(data: Path, **more: str) -> None:
    """Run `daily` over some of the samples, with `more` variables."""
    (data / "inbox").mkdir(parents=True)
    for name in INBOX:
        shutil.copy(ROOT / "data" / "samples" / name, data / "inbox" / name)
    resonanz(data, "daily", "--as-of", "2025-12-01", **more)


def resonanz(data: Path, *words: str, **more: str) -> str:
    """Run a command on the data folder, with `more` variables; returns what it told."""
    given = {
        "PYTHONPATH": str(ROOT),
        "RESONANZ_PATHS__DATA": str(data),
        "RESONANZ_AUTHOR_KEY": "0123456789" * 4,
    }
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "--without-prefect", *words],
        env=os.environ | given | more,
        check=False,
        text=True,
        capture_output=True,
    )
    # The samples have a line that can't be read.
    assert done.returncode in (0, EXIT_REJECTED), done.stdout + done.stderr
    return done.stdout


def published(data: Path) -> dict[str, bytes]:
    """What readers open, by name; the manifest also tells on what the warehouse lies."""
    latest = (data / "published" / "latest").resolve()
    return {
        path.relative_to(latest).as_posix(): path.read_bytes()
        for path in latest.rglob("*")
        if path.suffix in (".csv", ".parquet", ".html")
    }
