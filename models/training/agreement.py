"""How far two annotators agree on the corpus: kappa for one label, F1 for several.

The second annotator saw post, parent and comment, and none of the first one's labels.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.training.datasets import rows_of

ONE_LABEL = ("sentiment", "stance", "lang", "needs_reply", "toxic", "mixed")
SEVERAL_LABELS = ("topics", "intents", "pii")

Labels = Mapping[str, Any]
"""One comment's labels by field."""


def kappa(first: Sequence[object], second: Sequence[object]) -> float:
    """Agreement beyond chance (Cohen 1960); 1 where both always gave the same one label.

    https://doi.org/10.1177/001316446002000104
    """
    count = len(first)
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / count
    ours, theirs = Counter(first), Counter(second)
    expected = sum(ours[label] * theirs[label] for label in ours) / count**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def f1(first: Sequence[set[str]], second: Sequence[set[str]]) -> float:
    """F1 over all (comment, label) pairs; the same whoever is taken as right."""
    shared = sum(len(a & b) for a, b in zip(first, second, strict=True))
    whole = sum(len(a) + len(b) for a, b in zip(first, second, strict=True))
    return 2 * shared / whole if whole else 1.0


def agreement(first: Sequence[Labels], second: Sequence[Labels]) -> dict[str, float]:
    """Field -> agreement, and `topics/<topic>`, `intents/<intent>` for each of several labels."""
    pairs = list(zip(first, second, strict=True))
    result = {
        field: kappa([a[field] for a, _ in pairs], [b[field] for _, b in pairs])
        for field in ONE_LABEL
    }
    for field in SEVERAL_LABELS:
        ours, theirs = [set(a[field]) for a, _ in pairs], [set(b[field]) for _, b in pairs]
        result[field] = f1(ours, theirs)
        if field != "pii":  # its labels are the persons' own data: nothing to compare across texts
            for label in sorted(set().union(*ours, *theirs)):
                result[f"{field}/{label}"] = f1(
                    [labels & {label} for labels in ours], [labels & {label} for labels in theirs]
                )
    return result


def main() -> None:
    """`python -m models.training.agreement data/corpus`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    folder = parser.parse_args().corpus
    first = {row["comment_id"]: row for row in rows_of(folder / "comments.jsonl")}
    second = list(rows_of(folder / "second_annotation.jsonl"))
    print(f"{len(second)} comments labelled twice; kappa, for lists F1")
    for name, value in agreement([first[row["comment_id"]] for row in second], second).items():
        print(f"{name:<26} {value:.2f}")


if __name__ == "__main__":
    main()
