"""`python -m tests.faults.kills --kills 200`: kill `daily` at so many moments, and compare.

A life is a run of `daily` in a forked process, killed by SIGKILL in a stage that is drawn in turn
(`tests/faults/mortal.py` says at which moments). After one to seven lives in the same folder a
plain run follows, and all that it leaves is compared with what undisturbed runs leave. Prints the
kills of each stage and every difference; the exit code is 1 if there is one.

Processes are forked from one that has imported everything, which saves most of a run's time.
"""

import argparse
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.inbox import answer
from tests.faults.mortal import Conditions, Death, Kind, Witness, live, trigger
from tests.faults.rig import AS_OF, MOMENT, PATIENCE, Rig, with_account, with_small_model
from tests.faults.state import State, differences

STAGES = ("fetch", "ingest", "refine", "classify", "publish")
KINDS: tuple[Kind, ...] = ("line", "file", "commit", "within", "clock")
LONGEST_CHAIN = 7
"""Kills between two plain runs."""

LONGEST_PAUSE = {"within": 0.004, "clock": 3.0}
"""Seconds: a commit of these small tables takes two to four milliseconds, a stage some seconds."""

ARGUMENTS = ["--without-prefect", "daily", "--as-of", AS_OF]
NEEDED = (
    "altair",
    "flows.ask",
    "flows.cli",
    "flows.daily",
    "great_expectations",
    "lingua",
    "onnxruntime",
    "scipy.stats",
    "transformers",
    "xlsxwriter",
)


@dataclass
class Tally:
    """What a series of kills came to."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Stage that was under way, and kind of the moment -> kills."""
    survived: int = 0
    """Lives that were over before the moment that was drawn for them."""
    plain_runs: int = 0
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{'stage':10}" + "".join(f"{kind:>9}" for kind in KINDS) + "      all"]
        for stage in (*STAGES, "between"):
            row = [self.kills[stage, kind] for kind in KINDS]
            lines.append(f"{stage:10}" + "".join(f"{count:9}" for count in row) + f"{sum(row):9}")
        lines.append(
            f"{self.kills.total()} kills, {self.survived} lives that ended before their moment, "
            f"{self.plain_runs} plain runs compared, {len(self.differences)} differences"
        )
        return "\n".join(lines)


def series(kills: int, seed: int, folder: Path, base: str, is_gate_quick: bool) -> Tally:
    """Kill so often, at moments drawn with `seed`; compare after every chain of kills."""
    chance, tally = random.Random(seed), Tally()
    conditions = Conditions(MOMENT, 1, is_gate_quick)
    settings = with_small_model(folder / "model") | with_account(base)
    expected, seen = undisturbed(folder, settings, conditions, tally)
    chain = 0
    while tally.kills.total() < kills:
        chain += 1
        rig = Rig(folder / f"{chain:03}", settings)
        rig.fill()
        before = tally.kills.total()
        for death in deaths(chance, seen, tally, min(LONGEST_CHAIN, kills - before)):
            code = life(rig, death, conditions)
            if code == -signal.SIGKILL:
                tally.kills[under_way(rig), death.kind] += 1
            else:
                tally.survived += 1
                break  # it has done all the work, and nothing would be left to kill
        if tally.kills.total() > before:
            compare(rig, conditions, expected, tally)
        shutil.rmtree(rig.folder)
        told = f"chain {chain}: {tally.kills.total()} kills, {len(tally.differences)} differences"
        print(f"{time.strftime('%H:%M:%S')} {told}", flush=True)
    return tally


def undisturbed(
    folder: Path, settings: dict[str, str], conditions: Conditions, tally: Tally
) -> tuple[State, dict[str, dict[str, int]]]:
    """What runs leave that nobody kills, and how many events of each kind their stages have.

    Two such runs must leave the same, or nothing that follows would mean anything.
    """
    states = []
    counts = folder / "counts"
    for name, is_watched in (("first", False), ("second", True)):
        rig = Rig(folder / name, settings)
        rig.fill()
        code = life(rig, None, conditions, is_watched, counts if is_watched else None)
        if code != 3:  # some records of the inbox are rejected, on purpose
            raise SystemExit(f"the undisturbed run ended with {code}: see {rig.folder / 'log'}")
        states.append(rig.state())
    tally.differences += [f"undisturbed: {told}" for told in differences(*states)]
    return states[0], read_counts(counts)


def compare(rig: Rig, conditions: Conditions, expected: State, tally: Tally) -> None:
    """Run plainly once more, and compare what is left then."""
    code = life(rig, None, conditions, is_watched=False)
    tally.plain_runs += 1
    found = differences(expected, rig.state()) if code in (0, 3) else [f"exit code {code}"]
    if found:
        kept = rig.folder.with_name(f"differs-{rig.folder.name}")
        shutil.copytree(rig.folder, kept, symlinks=True)
        tally.differences += [f"{kept.name}: {told}" for told in found]
        print("\n".join(found[:6]), flush=True)


def deaths(
    chance: random.Random, seen: dict[str, dict[str, int]], tally: Tally, most: int
) -> list[Death]:
    """Moments of one chain, those of earlier stages first; a stage may be killed twice in a row.

    Of the stages that have been killed least, so that all are killed alike.
    """
    killed = {stage: sum(tally.kills[stage, kind] for kind in KINDS) for stage in STAGES}
    least = sorted(STAGES * 2, key=lambda stage: (killed[stage], chance.random()))
    chosen = sorted(least[: chance.randint(1, most)], key=STAGES.index)
    return [drawn(stage, chance, seen[stage]) for stage in chosen]


def drawn(stage: str, chance: random.Random, seen: dict[str, int]) -> Death:
    """A moment in a stage: first its kind is drawn, then which of the events."""
    kind = chance.choice([kind for kind in KINDS if seen.get(trigger(Death(stage, kind)))])
    number = chance.randint(1, seen[trigger(Death(stage, kind))])
    return Death(stage, kind, number, chance.uniform(0, LONGEST_PAUSE.get(kind, 0)))


def life(
    rig: Rig,
    death: Death | None,
    conditions: Conditions,
    is_watched: bool = True,
    counts: Path | None = None,
) -> int:
    """One run of `daily` in a forked process; its exit code, or minus the signal that ended it."""
    ear, mouth = os.pipe()
    process = os.fork()
    if process == 0:
        wire = mouth if death and death.kind in LONGEST_PAUSE else None
        os._exit(lived(rig, Witness(rig.data, death, wire), conditions, is_watched, counts))
    os.close(mouth)
    try:
        return awaited(process, ear, death)
    finally:
        os.close(ear)


def lived(
    rig: Rig, witness: Witness, conditions: Conditions, is_watched: bool, counts: Path | None
) -> int:
    """In the forked process: run, with everything that is said written to a file."""
    os.environ.clear()
    os.environ.update(rig.environment)
    log = os.open(rig.folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        code = live(ARGUMENTS, witness, conditions, is_watched)
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 70
    if counts:
        write_counts(witness, counts)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def awaited(process: int, ear: int, death: Death | None) -> int:
    """Wait for a process, and kill it when it is time; its exit code."""
    deadline = time.monotonic() + PATIENCE
    is_listening = death is not None and death.kind in LONGEST_PAUSE
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if is_listening and select.select([ear], [], [], 0.02)[0]:
            is_listening = False
            if os.read(ear, 1):
                time.sleep(death.pause if death else 0)
                os.kill(process, signal.SIGKILL)
        elif not is_listening:
            time.sleep(0.02)
        if time.monotonic() > deadline:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise SystemExit(f"a run did not end within {PATIENCE} s")


def under_way(rig: Rig) -> str:
    """The stage that was under way when the process was killed, by the records of its runs."""
    from flows.running.run_records import read_records

    running = [one.stage for one in read_records(rig.data / "runs") if one.outcome == "running"]
    return next((stage for stage in reversed(STAGES) if stage in running), "between")


def write_counts(witness: Witness, path: Path) -> None:
    """Keep what a run counted, for the process that drew it."""
    import json

    path.write_text(json.dumps(witness.seen))


def read_counts(path: Path) -> dict[str, dict[str, int]]:
    """Stage -> event -> how often it happened."""
    import json

    found: dict[str, dict[str, int]] = json.loads(path.read_text())
    return found


def served() -> tuple[int, str]:
    """A process with the platform that is asked, and its address."""
    from tests.loopback import platform

    ear, mouth = os.pipe()
    process = os.fork()
    if process == 0:
        with platform(answer) as running:
            os.write(mouth, running.base.encode())
            while os.getppid() != 1:
                time.sleep(1)
        os._exit(0)
    return process, os.read(ear, 100).decode()


def prepared() -> None:
    """Import what a run imports, and load what it loads, so that forked processes need not.

    Nothing here may start threads that a run needs: they do not live on in a forked process.
    """
    import importlib

    from flows.cli import QUIET

    os.environ.update(QUIET)
    for name in NEEDED:
        importlib.import_module(name)
    from flows.dashboard.page import library
    from transforms.language import _detector

    library()
    _detector().compute_language_confidence_values("Wie lange dauert das? How long does it take?")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--real-gate", action="store_true", help="judge with Great Expectations")
    parser.add_argument("--folder", type=Path, help="kept; else a temporary one that is removed")
    asked = parser.parse_args()
    server, base = served()
    prepared()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        try:
            tally = series(asked.kills, asked.seed, folder, base, not asked.real_gate)
        finally:
            os.kill(server, signal.SIGKILL)
    print("\n".join([*tally.differences, str(tally)]))
    sys.exit(1 if tally.differences else 0)


if __name__ == "__main__":
    main()
