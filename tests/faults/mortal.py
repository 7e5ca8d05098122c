"""`resonanz` in a process that is killed at a moment chosen beforehand, counted in events.

Events are what happens inside a stage: a line of `flows/` that is about to run, a change of the
data folder that is about to be made, a commit or a close of the warehouse. Nothing of the product
knows of it: a trace function, an audit hook and two wrapped methods watch from outside.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Literal

Kind = Literal["line", "file", "commit", "within", "clock"]
"""`within`: the harness is told that a commit begins, and kills `pause` seconds later; `clock`: as
much after the beginning of the stage. The others kill themselves just before the event."""

FLOWS = str(Path(__file__).parents[2] / "flows")
CHANGES = {
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.chmod",
}
"""Audit events of changed folders; files that are opened for writing are told by `open`."""


@dataclass(frozen=True)
class Death:
    """When a process dies: at the `number`-th event of a kind in a stage."""

    stage: str
    kind: Kind
    number: int = 1
    pause: float = 0.0


@dataclass(frozen=True)
class Conditions:
    """What differs from an ordinary run: a clock that stands still, small files of answers."""

    clock: datetime | None = None
    pages_a_file: int | None = None
    is_gate_quick: bool = False


class Witness:
    """Counts the events of each stage, and ends the process at the one that was chosen."""

    def __init__(self, data: Path, death: Death | None, wire: int | None = None) -> None:
        self.data, self.death, self.wire = str(data), death, wire
        self.stages: list[str] = []
        self.seen: dict[str, Counter[str]] = {}

    def happened(self, event: str) -> None:
        """Count an event of the stage under way; die if it is the one."""
        if not self.stages:
            return
        stage = self.stages[-1]
        seen = self.seen.setdefault(stage, Counter())
        seen[event] += 1
        death = self.death
        if death and (stage, event, seen[event]) == (death.stage, trigger(death), death.number):
            if self.wire is None:
                os.kill(os.getpid(), signal.SIGKILL)
            else:
                os.write(self.wire, b".")

    def traced(self, frame: FrameType, event: str, _argument: Any) -> Any:
        """A trace function that follows the functions of `flows/` only."""
        code = frame.f_code
        if not code.co_filename.startswith(FLOWS) or code.co_name == "<module>":
            return None
        return self.line

    def line(self, _frame: FrameType, event: str, _argument: Any) -> Any:
        """A line of a function that is followed."""
        if event == "line":
            self.happened("line")
        return self.line

    def audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: changes below the data folder, just before they are made."""
        if not self.stages or (event != "open" and event not in CHANGES):
            return
        if event == "open" and not (is_writing(arguments) and is_below(arguments[0], self.data)):
            return
        if event == "open" or any(is_below(part, self.data) for part in arguments):
            self.happened("file")

    def watch(self) -> None:
        """Let every event be told from now on; can't be undone."""
        self.watch_stages()
        self.watch_warehouse()
        sys.addaudithook(self.audited)

    def watch_stages(self) -> None:
        """Know which stage is under way."""
        import flows.running.stage as running

        begin, end = running.begin, running.end

        def begun(name: str, folder: Path) -> Any:
            self.stages.append(name)
            self.happened("begin")
            if not self.death or (self.death.kind, self.death.stage) == ("line", name):
                sys.settrace(self.traced)
            return begin(name, folder)

        def ended(record: Any, *rest: Any) -> None:
            end(record, *rest)
            over = self.stages.pop()
            if self.death and self.death.stage == over:
                sys.settrace(None)

        running.begin, running.end = begun, ended

    def watch_warehouse(self) -> None:
        """Be told before each commit, and before a connection is closed, which writes, too."""
        import duckdb

        connection: Any = duckdb.DuckDBPyConnection
        for name in ("commit", "close"):
            original = getattr(connection, name)

            def told(own: Any, original: Any = original) -> Any:
                self.happened("commit")
                return original(own)

            setattr(connection, name, told)


def trigger(death: Death) -> str:
    """The event at which a death is due, or the harness is told."""
    return {"within": "commit", "clock": "begin"}.get(death.kind, death.kind)


def is_writing(arguments: tuple[Any, ...]) -> bool:
    """Whether a file is opened for more than reading."""
    return bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))


def is_below(path: Any, folder: str) -> bool:
    """Whether something is the path of a file below `folder`."""
    return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(folder)


def arrange(conditions: Conditions) -> None:
    """Let the conditions hold in this process."""
    import flows.fetch
    import flows.publishing.judging
    from models.findings import Judgement

    if conditions.clock:
        stop_clock(conditions.clock)
    if conditions.pages_a_file:
        flows.fetch.PAGES_A_FILE = conditions.pages_a_file
    if conditions.is_gate_quick:
        quick: Any = lambda suites: Judgement(())  # noqa: E731
        flows.publishing.judging.judge = quick


def stop_clock(moment: datetime, put: Callable[..., None] = setattr) -> None:
    """Let every module of the flows see the same moment whenever it looks at the clock."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    for name, module in list(sys.modules.items()):
        known = getattr(module, "datetime", None)
        if name.startswith("flows.") and isinstance(known, type) and issubclass(known, datetime):
            put(module, "datetime", Stopped)


def live(
    arguments: list[str], witness: Witness, conditions: Conditions, is_watched: bool = True
) -> int:
    """Run `resonanz` with `arguments` in this process; its exit code, if it lives so long."""
    import flows.daily  # noqa: F401 - what is arranged must be there
    from flows import cli

    arrange(conditions)
    if is_watched:
        witness.watch()
    sys.argv = ["resonanz", *arguments]
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.settrace(None)
    return 0


def main() -> None:
    """`python -m tests.faults.mortal DATA '{"death": ..., "clock": ...}' daily ...`."""
    data, plan = Path(sys.argv[1]), json.loads(sys.argv[2])
    death = Death(**plan["death"]) if plan.get("death") else None
    clock = datetime.fromisoformat(plan["clock"]) if plan.get("clock") else None
    conditions = Conditions(clock, plan.get("pages_a_file"), plan.get("is_gate_quick", False))
    sys.exit(live(sys.argv[3:], Witness(data, death), conditions))


if __name__ == "__main__":
    main()
