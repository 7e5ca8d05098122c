"""A temporary folder in which `resonanz` runs as it would for a user, apart from the user's own."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.comments import write_comments
from benchmarks.measure import Command, Run
from flows.cli import QUIET

PROJECT = Path(__file__).parent.parent
FOREIGN = ("RESONANZ_", "PREFECT_", "PYTHONDONTWRITEBYTECODE")
"""Variables that would let the user's own data, settings or Prefect server into a measurement, or
have Python compile every module anew in each process."""

PATIENCE_S = 120
"""For Prefect's start: on a busy machine it takes long the first time, and is then only slow."""


@dataclass(frozen=True)
class Workplace:
    """Where a benchmark works: `folder` is removed at its end."""

    folder: Path

    @property
    def data(self) -> Path:
        """The data folder of `resonanz`."""
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every process that is measured, Prefect's among them."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        if sys.dont_write_bytecode:
            own["PYTHONPYCACHEPREFIX"] = str(self.folder / "bytecode")
        return {**own, **QUIET} | {
            "RESONANZ_PATHS__DATA": str(self.data),
            "RESONANZ_PRIVACY__AUTHOR_KEY_FILE": str(self.folder / "author.key"),
            "RESONANZ_PRIVACY__LANDING_KEY_FILE": str(self.folder / "landing.key"),
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(PATIENCE_S),
        }

    def resonanz(self, *arguments: str | Path, accepted: Sequence[int] = (0,)) -> Command:
        """The installed command `resonanz`."""
        program = Path(sys.executable).with_name("resonanz")
        return self._command([str(program), *map(str, arguments)], accepted)

    def module(self, name: str, *arguments: str | Path) -> Command:
        """A module of this folder, as `python -m` runs it."""
        return self._command([sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)])

    def python(self, code: str) -> Command:
        """One line of Python."""
        return self._command([sys.executable, "-c", code])

    def empty_flow(self) -> Command:
        """Prefect's own start and end, around nothing."""
        return self.module("empty_flow")

    def fill(self, count: int) -> Run:
        """Publish tables of `count` invented comments; the first time, this is the warm-up."""
        self.forget_data()
        file = self.folder / f"{count}.csv"
        if not file.exists():
            write_comments(file, count)
        return self.module("pipeline", file).run()

    def forget_data(self) -> None:
        """Go back to an empty data folder."""
        shutil.rmtree(self.data, ignore_errors=True)

    def _command(self, words: Sequence[str], accepted: Sequence[int] = (0,)) -> Command:
        return Command(tuple(words), self.environment, PROJECT, tuple(accepted))


@contextmanager
def workplace() -> Iterator[Workplace]:
    """A workplace in a temporary folder.

    The first flow in it also makes Prefect's database, and may have modules to compile: run one
    that does not count.
    """
    with tempfile.TemporaryDirectory(prefix="resonanz-benchmark-") as folder:
        yield Workplace(Path(folder))
