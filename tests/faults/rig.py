"""A data folder of its own for runs of `resonanz` in processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.inbox import account, fill
from tests.faults.mortal import Conditions, Death
from tests.faults.state import State, state_of
from tests.foreign_checkpoint import STARS, write_checkpoint

ROOT = Path(__file__).parents[2]
LANDING_KEY = "fedcba9876543210" * 4
AS_OF = "2025-11-16T06:00:00"
MOMENT = datetime(2025, 11, 16, 6, tzinfo=UTC)
PATIENCE = 240
"""Seconds after which a run hangs: on a busy machine one takes half a minute."""


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code, minus the signal that killed it; what it said."""

    code: int
    out: str
    err: str


@dataclass
class Rig:
    """A folder for data, keys and Prefect's database, and how runs in it are set."""

    folder: Path
    changes: dict[str, str] = field(default_factory=dict)
    """Variables of the environment beside the usual ones."""

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a run; nothing of the one around it decides what it does."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RESONANZ_", "PREFECT_"))
        }
        return kept | {
            "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": str(self.folder / "prefect"),
            "RESONANZ_PATHS__DATA": str(self.data),
            "RESONANZ_AUTHOR_KEY": "0123456789abcdef" * 4,
            "RESONANZ_LANDING_KEY": LANDING_KEY,
            "RESONANZ_WAREHOUSE__WAIT_SECONDS": "0",
            "RESONANZ_PRIVACY__SMALLEST_CELL": "1",
            "RESONANZ_PUBLISH__PROCESSES": "1",
            "RESONANZ_FETCH__ACCOUNTS": "[]",
            **self.changes,
        }

    def fill(self) -> None:
        """Put the usual files into the inbox."""
        fill(self.data / "inbox")

    def daily(self, *options: str, as_of: str = AS_OF) -> Ended:
        """Run `resonanz daily` as a person would."""
        return self.resonanz(*options, "daily", "--as-of", as_of)

    def resonanz(self, *arguments: str, **about: Any) -> Ended:
        """Run the command line."""
        return self.run(["-m", "flows.cli", *without_prefect(arguments)], **about)

    def mortal(self, death: Death | None, conditions: Conditions = Conditions()) -> Ended:  # noqa: B008
        """Run `resonanz daily` under `conditions`, to its death if one is named."""
        plan = asdict(conditions) | {"death": asdict(death) if death else None}
        given = json.dumps(plan, default=datetime.isoformat)
        arguments = without_prefect(("daily", "--as-of", AS_OF))
        return self.run(["-m", "tests.faults.mortal", str(self.data), given, *arguments])

    def run(self, arguments: list[str], prepare: Callable[[], None] | None = None) -> Ended:
        """Run Python to its end; `prepare` is called in the new process."""
        with self.started(arguments, prepare) as process:
            out, err = process.communicate(timeout=PATIENCE)
        return Ended(process.returncode, out, err)

    @contextmanager
    def started(
        self, arguments: list[str], prepare: Callable[[], None] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """A process that has been started, and is killed if it outlives the block."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=prepare,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def state(self) -> State:
        """All that the runs have left."""
        return state_of(self.data, LANDING_KEY.encode())


def without_prefect(arguments: tuple[str, ...]) -> list[str]:
    """The arguments, with the option that starts no server unless they ask for one."""
    if "--with-prefect" in arguments:
        return [argument for argument in arguments if argument != "--with-prefect"]
    return ["--without-prefect", *arguments]


def with_small_model(folder: Path) -> dict[str, str]:
    """Settings of a checkpoint that is read in milliseconds; written if it is not there."""
    if not (folder / "config.json").exists():
        write_checkpoint(folder)
    return {
        "RESONANZ_CLASSIFY__CHECKPOINT": str(folder),
        "RESONANZ_CLASSIFY__LABELS": json.dumps(STARS),
        "RESONANZ_CLASSIFY__THREADS": "1",
        "RESONANZ_CLASSIFY__BATCH": "4",
    }


def with_account(base: str) -> dict[str, str]:
    """Settings of an account on the platform at `base`."""
    return {"RESONANZ_FETCH__ACCOUNTS": account(base)}
