"""Labelled texts as `Example`s: one shape for every data set, whatever labels it has."""

import gzip
import html
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.preprocess import normalise

Row = Mapping[str, Any]
Labels = Mapping[str, tuple[str, ...]]
"""The labels of each head; one that is likelier than another, where one answer is right, recurs."""

NO_READINGS: Mapping[str, Labels] = {}

_POSITIVE = {"joy"}
_NEGATIVE = {"anger", "disgust", "fear", "sadness"}
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BEFORE = re.compile(r"\s+([.,;:!?…%)\]](?!\w))")


@dataclass(frozen=True)
class Example:
    """A text with the labels that are known of it; a head without an entry is not trained on it.

    `second` are the labels of another annotator, who counts as much as the first.
    """

    text: str
    labels: Labels
    post: str | None = None
    weight: float = 1.0
    second: Labels = field(default_factory=dict)


def rows_of(path: Path) -> Iterator[Row]:
    """Read a JSON-lines file, gzipped or plain; raise FileNotFoundError if it is missing."""
    content = path.read_bytes()
    lines = gzip.decompress(content) if path.suffix == ".gz" else content
    yield from map(json.loads, lines.splitlines())


def plain(row: Row) -> str:
    """The text of `row` without the traces of its data set's own cleaning."""
    text = row.get("text_untok") or _BEFORE.sub(r"\1", row["text"])
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return normalise(html.unescape(html.unescape(text)).replace("[NAME]", "@user"))


def sentiment(row: Row) -> dict[str, tuple[str, ...]]:
    """Labels of a set that carries our three sentiments; others (`mixed`) are left out."""
    label = row.get("sentiment", row.get("sentiment_derived"))
    return {"sentiment": (label,)} if label in ("negative", "neutral", "positive") else {}


def emotions(row: Row) -> dict[str, tuple[str, ...]]:
    """Sentiment of a set that carries basic emotions: joy alone, unpleasant ones alone, or none."""
    felt = set(row["emotions"])
    sides = [
        label for label, side in (("positive", _POSITIVE), ("negative", _NEGATIVE)) if felt & side
    ]
    if len(sides) == 2 or felt == {"surprise"}:
        return {}
    return {"sentiment": (sides[0] if sides else "neutral",)}


def offence(row: Row) -> dict[str, tuple[str, ...]]:
    """GermEval's `OFFENSE` / `OTHER` as our `toxic`."""
    return {"toxic": ("yes" if row["coarse"] == "OFFENSE" else "no",)}


def act(row: Row) -> dict[str, tuple[str, ...]]:
    """Speech acts that are intents of ours; the others do not say what a text intends."""
    return {"intent": (row["act"],)} if row["act"] in ("question", "request", "suggestion") else {}


def reviewed(row: Row) -> dict[str, tuple[str, ...]]:
    """Labels by the corpus' guidelines, of the heads that a row answers; null is no answer.

    So are review sheets written (`resonanz review export`), annotations and second readings.
    """
    labels: dict[str, tuple[str, ...]] = {
        head: (row[head],) for head in ("sentiment", "stance") if row.get(head)
    }
    for head, column in (("topic", "topics"), ("intent", "intents")):
        if row.get(column) is not None:
            labels[head] = tuple(row[column])
    for head in ("needs_reply", "toxic"):
        if row.get(head) is not None:
            labels[head] = ("yes" if row[head] else "no",)
    return labels


READERS: dict[str, Callable[[Row], dict[str, tuple[str, ...]]]] = {
    "brighter_de": emotions,
    "brighter_en": emotions,
    "brighter_es": emotions,
    "brighter_pt": emotions,
    "germeval2018": offence,
    "germeval2019": offence,
    "reviews": reviewed,
    "tweet_acts": act,
}
"""How to read a set's labels; sets that are not named carry sentiments."""


def part_file(folder: Path, name: str, part: str = "train") -> Path:
    """The file of a part of set `name`, or of the whole; FileNotFoundError if none is there."""
    files = sorted(
        path for path in (folder / name).glob("*.jsonl*") if path.name.startswith((part, "all"))
    )
    if not files:
        raise FileNotFoundError(
            f"`{folder / name}` has no `{part}*.jsonl.gz` or `all*.jsonl.gz`: "
            "pass the folder of data sets as `--data`"
        )
    return files[0]


def read_dataset(
    folder: Path, name: str, part: str = "train", readings: Mapping[str, Labels] = NO_READINGS
) -> list[Example]:
    """Examples of data set `name` under `folder`, without unlabelled rows and empty texts.

    `readings` are labels of a second annotator, by the id of the row.
    """
    read = READERS.get(name, sentiment)
    rows = rows_of(part_file(folder, name, part))
    found = ((plain(row), read(row), row.get("post_text"), str(row.get("id"))) for row in rows)
    return [
        Example(text, labels, normalise(post) if post else None, second=readings.get(number, {}))
        for text, labels, post, number in found
        if text and labels
    ]


def fingerprint(text: str) -> str:
    """Equal for texts that differ only in case, punctuation, links and names."""
    return re.sub(r"[\W\d_]+", "", text.lower().replace("@user", "").replace("http", ""))[:80]


def apart_from(examples: Iterable[Example], held_out: Iterable[Example]) -> list[Example]:
    """`examples` without near copies of `held_out`, and without near copies among themselves."""
    seen = {fingerprint(example.text) for example in held_out} - {""}
    kept = []
    for example in examples:
        mark = fingerprint(example.text)
        if mark not in seen:
            kept.append(example)
        if len(mark) > 12:
            seen.add(mark)
    return kept


def mixture(
    folder: Path,
    shares: Mapping[str, Row],
    seed: int,
    readings: Mapping[str, Mapping[str, Labels]] | None = None,
) -> list[Example]:
    """Draw from the sets of `shares` (`rows`: how many, `weight`: of each), shuffled.

    `readings` are labels of a second annotator, by set and id of the row.
    """
    rng = random.Random(seed)
    drawn: list[Example] = []
    for name, share in shares.items():
        examples = read_dataset(folder, name, readings=(readings or {}).get(name, NO_READINGS))
        rng.shuffle(examples)
        rows = examples[: share.get("rows")]
        drawn += [replace(example, weight=share.get("weight", 1.0)) for example in rows]
    rng.shuffle(drawn)
    return drawn


def every_text(*folders: Path) -> Iterator[str]:
    """Normalised texts of all JSON-lines files under `folders`, labelled or not, for counting."""
    for path in sorted(path for folder in folders for path in folder.rglob("*.jsonl*")):
        for row in rows_of(path):
            rows = row.get("comments", [row])
            yield from (normalise(r.get("text") or r.get("post_text") or "") for r in rows)
