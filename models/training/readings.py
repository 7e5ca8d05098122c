"""How a reader would label tweets by the rule of their own sets, kept by name, without the texts.

Sets of tweets were labelled by few people, tersely. `data/corpus/readings.jsonl` names a row of a
set (`set`, `part`, `id`) and says the `sentiment` that a careful reader, who had seen labelled
examples, took for the one its annotators gave, and the one that came second (`perhaps`, where
there was doubt). A mind that learns from a larger one's doubts learns more than from
its verdicts (Hinton, Vinyals and Dean 2015, https://arxiv.org/abs/1503.02531).
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from models.training.datasets import Labels, Row, rows_of

FILE = "readings.jsonl"

LIKELIER = 2
"""How much the first of two sentiments counts, in times of the second one."""


def read_readings(corpus: Path, part: str = "train") -> Mapping[str, Mapping[str, Labels]]:
    """The readings of a part, by data set and id of the row; none if there is no such file."""
    path = corpus / FILE
    found: dict[str, dict[str, Labels]] = defaultdict(dict)
    for row in rows_of(path) if path.exists() else ():
        if row["part"] == part:
            found[row["set"]][str(row["id"])] = {"sentiment": tones(row)}
    return found


def tones(row: Row) -> tuple[str, ...]:
    """The sentiments of a reading, each as often as it counts."""
    perhaps = row.get("perhaps")
    return (row["sentiment"],) * LIKELIER + (perhaps,) if perhaps else (row["sentiment"],)
