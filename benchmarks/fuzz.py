"""How many damaged files and odd texts are read without a crash, a hang or a lost record.

    python -m benchmarks.fuzz [--inputs 100000] [--seed N] [--only NAME] [--again NAME/NUMBER]

Every sample of a source is damaged in ever new ways (bytes flipped, cut, doubled, in another
encoding; fields gone, doubled, of another type; entities, nesting, huge numbers) and read as
`refine` reads it. Texts (half characters, writing from right to left, invisible signs, families of
emojis, towers of accents, a megabyte on one line) go through all that the project does with texts.
Nothing may be raised, nothing may take more than 20 seconds of processor time, and every comment is
kept or rejected with a reason. `--again` repeats one input, to be looked at.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.fuzzing.odd_texts import KINDS, endless
from benchmarks.fuzzing.patience import Hangs, impatient
from benchmarks.fuzzing.readers import SLOW, read, samples, source_of
from benchmarks.fuzzing.structure import damaged
from benchmarks.fuzzing.texts import TARGETS

TEXT_SHARE = 0.2
"""Of all inputs; the rest are files."""

WEIGHTS = {".csv": 0.2, ".parquet": 0.1} | dict.fromkeys(SLOW, 0.02)
"""Inputs of a sample with such an ending for one of another: they take so much longer."""

ENDLESS_EVERY = 500
"""Of so many texts one is a megabyte long."""

THOROUGH_EVERY = 5
"""Of so many files one is shown to every source, and its records become rows."""

Run = Callable[[int], Counter[str]]
"""The number of an input -> what came of it; raises what must not be raised."""


@dataclass
class Outcome:
    """What the inputs of one kind came to."""

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    """Type and place of an error -> how often."""
    first: dict[str, str] = field(default_factory=dict)
    """Type and place of an error -> the first input that met it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if anything crashed."""
    options = argument_parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        runs = all_runs(options.seed, Path(folder))
        if options.again:
            name, _, number = options.again.rpartition("/")
            with impatient():
                print(dict(runs[name][0](int(number))))
            return 0
        if options.only:
            runs = {options.only: runs[options.only]}
        outcomes = {}
        for name, count in numbers_of(runs, options.inputs).items():
            outcomes[name] = tried(name, runs[name][0], count)
            print(line_of(name, outcomes[name]), flush=True)
    return told(outcomes, options.seed)


def argument_parser() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs in all")
    parser.add_argument("--seed", type=int, default=1, help="equal seeds give equal inputs")
    parser.add_argument("--only", help="one sample, or `texts`")
    parser.add_argument("--again", help="repeat one input: NAME/NUMBER")
    return parser


def all_runs(seed: int, folder: Path) -> dict[str, tuple[Run, float]]:
    """Name -> how one of its inputs is made and read, and its weight among all."""
    files: dict[str, tuple[Run, float]] = {
        sample.name: (partial(read_one, sample, seed, folder), WEIGHTS.get(sample.suffix, 1.0))
        for sample in samples()
    }
    weight = sum(weight for _, weight in files.values()) * TEXT_SHARE / (1 - TEXT_SHARE)
    return files | {"texts": (partial(text_one, seed), weight)}


def numbers_of(runs: dict[str, tuple[Run, float]], inputs: int) -> dict[str, int]:
    """How many inputs each gets: in all `inputs`, by weight, at least one."""
    total = sum(weight for _, weight in runs.values())
    counts = {name: max(1, round(inputs * weight / total)) for name, (_, weight) in runs.items()}
    last = list(counts)[-1]
    return counts | {last: max(1, counts[last] + inputs - sum(counts.values()))}


def read_one(sample: Path, seed: int, folder: Path, number: int) -> Counter[str]:
    """Damage and read `sample`."""
    chance = random.Random(f"{seed}/{sample.name}/{number}")
    content = damaged(chance, sample.read_bytes(), sample.suffix)
    thoroughly = number % THOROUGH_EVERY == 0
    return read(content, source_of(sample), sample.name, folder, thoroughly=thoroughly)


def text_one(seed: int, number: int) -> Counter[str]:
    """Make a text, and do everything with it."""
    chance = random.Random(f"{seed}/texts/{number}")
    is_endless = number % ENDLESS_EVERY == ENDLESS_EVERY - 1
    text = endless(chance) if is_endless else chance.choice(KINDS)(chance)
    for target in TARGETS.values():
        target(text)
    return Counter(megabytes=int(is_endless))


def tried(name: str, run: Run, count: int) -> Outcome:
    """Run `count` inputs of one kind."""
    outcome = Outcome()
    start = time.perf_counter()
    for number in range(count):
        began = time.perf_counter()
        try:
            with impatient():
                outcome.counts += run(number)
        except (Exception, Hangs) as error:  # whatever it is, it is what is looked for
            place = f"{type(error).__name__} at {place_of(error)}"
            outcome.crashes[place] += 1
            outcome.first.setdefault(place, f"{name}/{number}")
        outcome.slowest = max(outcome.slowest, time.perf_counter() - began)
    outcome.inputs, outcome.seconds = count, time.perf_counter() - start
    return outcome


def place_of(error: BaseException) -> str:
    """The last line of the project in which an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_own(frame.filename)] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}"


def is_own(filename: str) -> bool:
    """Whether a file belongs to what is tested."""
    root = Path(__file__).parent.parent
    path = Path(filename)
    return path.is_relative_to(root) and path.relative_to(root).parts[0] in (
        "flows",
        "transforms",
        "models",
    )


def line_of(name: str, outcome: Outcome) -> str:
    """One line of the table."""
    counts = ", ".join(f"{count:,} {what}" for what, count in outcome.counts.items())
    return (
        f"{name:<26} {outcome.inputs:>7,} inputs {outcome.seconds:>7.1f} s, slowest "
        f"{outcome.slowest:>4.1f} s, {outcome.crashes.total()} crashes; {counts}"
    )


def told(outcomes: dict[str, Outcome], seed: int) -> int:
    """Print the sums and the crashes; 1 if there are any."""
    inputs = sum(outcome.inputs for outcome in outcomes.values())
    seconds = sum(outcome.seconds for outcome in outcomes.values())
    crashes = sum(outcome.crashes.total() for outcome in outcomes.values())
    counts = sum((outcome.counts for outcome in outcomes.values()), Counter[str]())
    print(f"\nseed {seed}: {inputs:,} inputs, {crashes:,} crashes, {seconds:,.0f} s")
    print(", ".join(f"{count:,} {what}" for what, count in counts.most_common()))
    for line in crash_lines(outcomes):
        print(line)
    return int(crashes > 0)


def crash_lines(outcomes: dict[str, Outcome]) -> Iterator[str]:
    """Each kind of crash: how often, where, and how to see it again."""
    for outcome in outcomes.values():
        for place, count in outcome.crashes.most_common():
            yield f"{count:,} x {place}; see `--again {outcome.first[place]}`"


if __name__ == "__main__":
    sys.exit(main())
