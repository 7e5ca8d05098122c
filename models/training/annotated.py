"""Our own annotations of real texts that are licensed for it, kept by name and without the texts.

`data/corpus/annotations.jsonl` names a row of a data set (`set`, `part`, `id`) and says
`sentiment`, `intents` and `needs_reply` (null where nobody is addressed) by the guidelines of the
corpus. What the set itself says is learnt with it: a sentiment as that of a second annotator,
anything else, such as `toxic`, too. A tweet that was also read by the rule of sets of tweets
(`models/training/readings.py`) gets its sentiment from there: so are tweets without a post told.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from models.training.datasets import (
    NO_READINGS,
    READERS,
    Example,
    Labels,
    Row,
    part_file,
    plain,
    reviewed,
    rows_of,
    sentiment,
)
from models.training.readings import read_readings

FILE = "annotations.jsonl"


def own_labels(name: str, row: Row) -> dict[str, tuple[str, ...]]:
    """What the set `name` says of a row beside a sentiment."""
    read = READERS.get(name)
    return {} if read is None else read(row)


def annotations(folder: Path, part: str) -> Mapping[str, dict[str, Row]]:
    """The rows of a part, of the file in `folder`, by data set and id."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows_of(folder / FILE):
        if row["part"] == part:
            found[row["set"]][str(row["id"])] = row
    return found


def joined(
    file: Path,
    name: str,
    wanted: Mapping[str, Row],
    readings: Mapping[str, Labels] = NO_READINGS,
) -> Iterator[Example]:
    """The texts of set `name`, in `file`, that are annotated, each with all that is known of it."""
    missing = dict(wanted)
    for row in rows_of(file):
        if note := missing.pop(str(row["id"]), None):
            known = own_labels(name, row) | reviewed(note)
            labels = {**known, **readings.get(str(row["id"]), {})}
            yield Example(plain(row), labels, second=sentiment(row))
    if missing:
        first = next(iter(missing))
        raise ValueError(
            f"`{file}` lacks {len(missing)} rows that `{FILE}` names, `{first}` among them: "
            "take the release of the set that the model card names"
        )


def read_annotated(data: Path, corpus: Path, part: str = "train") -> list[Example]:
    """Every annotated text of a part; raises ValueError if a set lacks one of them."""
    readings = read_readings(corpus, part)
    return [
        example
        for name, wanted in sorted(annotations(corpus, part).items())
        for example in joined(
            part_file(data, name, part), name, wanted, readings.get(name, NO_READINGS)
        )
        if example.text
    ]


def evened(examples: Sequence[Example], most: int, seed: int) -> list[Example]:
    """At most `most` of each sentiment, drawn at random: blunt texts are mostly complaints."""
    drawn = list(examples)
    random.Random(seed).shuffle(drawn)
    taken: Counter[str] = Counter()
    kept = []
    for example in drawn:
        tone = example.labels["sentiment"][0]
        taken[tone] += 1
        if taken[tone] <= most:
            kept.append(example)
    return kept
