"""Does the model answer as a careful reader would, kind by kind of comment?

Cases in the manner of CheckList (Ribeiro et al. 2020, https://aclanthology.org/2020.acl-main.442)
in, for each what is wrong with the model's answers out. `tests/models` holds the cases and the
least that the shipped model must pass.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path

from benchmarks.measure import table
from models.encoder import Head, Reading, load_encoder
from transforms.classify import chosen

CHECKPOINT = Path("models/checkpoint")
CASES = Path("tests/models/behaviour")
TOLERANCE = 0.05
"""So far a probability may move between two texts and count as unmoved; else a label that lies at
its cutoff would pass or fail by chance."""

Read = Callable[[Sequence[str], Sequence[str | None]], Reading]
"""Texts and their posts in, what was read of them out: `Encoder.read`."""


@dataclass(frozen=True)
class Case:
    """A comment and what must be true of the answers to it."""

    text: str
    lang: str
    post: str | None = None
    expect: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    """Head -> labels that must be chosen; `not_` and a head -> labels that must not be."""
    same: str | None = None
    """The text with a difference that says nothing: every head must choose the same labels."""
    worse: str | None = None
    """The text and a clause of blame: it must not be more positive."""
    better: str | None = None
    """The text and a clause of praise: it must not be more negative."""

    @property
    def other(self) -> str:
        """What the text is compared with; the text itself if with nothing."""
        return self.same or self.worse or self.better or self.text


@dataclass(frozen=True)
class Answers:
    """What the model says of one text: label -> probability and the chosen labels, by head."""

    chances: Mapping[str, Mapping[str, float]]
    chosen: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Verdict:
    """A case and what is wrong with the model's answers to it: nothing if it passed."""

    case: Case
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        found = [self.case.text, *([self.case.other] if self.case.other != self.case.text else [])]
        return f"{' -> '.join(map(repr, found))}: {'; '.join(self.wrong) or 'passed'}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print, for each kind of comment, how many cases there are and how many passed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--checkpoint", type=Path, default=CHECKPOINT, help="another model")
    options.add_argument("--failures", action="store_true", help="add the cases that failed")
    given = options.parse_args(arguments)
    encoder = load_encoder(given.checkpoint)
    verdicts = {
        kind: judged(cases, encoder.heads, encoder.read)
        for kind, cases in read_cases(CASES).items()
    }
    print(shown(verdicts))
    if given.failures:
        print(*failures(verdicts), sep="\n")


def read_cases(folder: Path) -> dict[str, list[Case]]:
    """Kind, which is the file's name, -> its cases; a key that no case has raises TypeError."""
    return {
        path.stem: [
            Case(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()
        ]
        for path in sorted(folder.glob("*.jsonl"))
    }


def judged(cases: Sequence[Case], heads: Sequence[Head], read: Read) -> list[Verdict]:
    """A verdict on each of `cases`; raises ValueError if one expects what no head can answer."""
    texts = [case.text for case in cases] + [case.other for case in cases]
    reading = read(texts, [case.post for case in cases] * 2)
    answers = [_answers(reading, heads, row) for row in range(len(texts))]
    pairs = zip(cases, answers[: len(cases)], answers[len(cases) :], strict=True)
    return [
        Verdict(case, (*_unexpected(case, first), *_moved(case, first, second)))
        for case, first, second in pairs
    ]


def rate(verdicts: Sequence[Verdict]) -> float:
    """The share of `verdicts`, at least one, with nothing wrong."""
    return sum(not verdict.wrong for verdict in verdicts) / len(verdicts)


def shown(verdicts: Mapping[str, Sequence[Verdict]]) -> str:
    """Cases, passed and rate of each kind, and of all together."""
    every = [verdict for of_kind in verdicts.values() for verdict in of_kind]
    rows = [
        (kind, len(of_kind), sum(not verdict.wrong for verdict in of_kind), rate(of_kind))
        for kind, of_kind in {**verdicts, "all": every}.items()
    ]
    return table(("kind", "cases", "passed", "rate"), rows)


def failures(verdicts: Mapping[str, Sequence[Verdict]]) -> list[str]:
    """A heading for each kind that has any, and a line for each case that failed."""
    lines = []
    for kind, of_kind in verdicts.items():
        failed = [f"  {verdict}" for verdict in of_kind if verdict.wrong]
        lines += [f"\n{kind}", *failed] if failed else []
    return lines


def _answers(reading: Reading, heads: Sequence[Head], row: int) -> Answers:
    """What was read of the text in `row`."""
    chances = {head.name: reading.probabilities[head.name][row : row + 1] for head in heads}
    marks = {head.name: chosen(chances[head.name], head)[0] for head in heads}
    return Answers(
        {head.name: dict(zip(head.labels, chances[head.name][0], strict=True)) for head in heads},
        {head.name: frozenset(compress(head.labels, marks[head.name])) for head in heads},
    )


def _unexpected(case: Case, answers: Answers) -> Iterator[str]:
    """How the answers differ from what the case expects."""
    for key, labels in case.expect.items():
        head = key.removeprefix("not_")
        wanted = {labels} if isinstance(labels, str) else set(labels)
        if unknown := wanted - set(answers.chances.get(head, ())):
            raise ValueError(
                f"`{case.text}` expects {sorted(unknown)} of `{head}`, "
                "which the model cannot answer: correct the case"
            )
        found = answers.chosen[head]
        if (key == head and wanted - found) or (key != head and wanted & found):
            yield f"{key} {_listed(wanted)} expected, found {_listed(found)}"


def _moved(case: Case, first: Answers, second: Answers) -> Iterator[str]:
    """How the answers to the text and to the other text differ as they must not."""
    if case.same is not None:
        for head, labels in first.chosen.items():
            before, after = first.chances[head], second.chances[head]
            changed = labels ^ second.chosen[head]
            if any(abs(after[label] - before[label]) > TOLERANCE for label in changed):
                yield f"{head} {_listed(labels)} became {_listed(second.chosen[head])}"
    for other, label in ((case.worse, "positive"), (case.better, "negative")):
        if other is None:
            continue
        low, high = (each.chances["sentiment"][label] for each in (first, second))
        if high > low + TOLERANCE:
            yield f"{label} rose from {low:.2f} to {high:.2f}"


def _listed(labels: set[str] | frozenset[str]) -> str:
    return "+".join(sorted(labels)) or "nothing"


if __name__ == "__main__":
    main()
