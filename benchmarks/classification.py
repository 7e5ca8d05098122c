"""How many comments does the shipped model read in a second, with and without their posts?"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

from benchmarks.measure import machine, note, parser, show, table
from models.encoder import Encoder, load_encoder

CHECKPOINT = Path("models/checkpoint")
CORPUS = Path("data/corpus")
ALONE, WITH_POST, REPEATED = "comment alone", "comment with its post", "each comment ten times"
QUICK_COMMENTS, COMMENTS = 500, 2_000

Rates = dict[str, list[float]]
"""What was read -> comments a second, a number a run."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the same comments in turns: alone, with their posts, and repeated."""
    chosen = parser(__doc__, repeats=5).parse_args(arguments)
    repeats, about = chosen.repeats or (2 if chosen.quick else 5), machine()
    texts, posts = comments(QUICK_COMMENTS if chosen.quick else COMMENTS)
    note("loading the model")
    encoder = load_encoder(CHECKPOINT)
    rates = measured(encoder, texts, posts, repeats)
    medians = {name: statistics.median(each) for name, each in rates.items()}
    facts = {"comments": len(texts), "repeats": repeats, "comments_per_s": medians, "runs": rates}
    show("classification", about, shown(rates), facts if chosen.json else None)


def comments(count: int) -> tuple[list[str], list[str]]:
    """The first `count` comments of the corpus, and the text of each one's post."""
    posts = {row["post_id"]: row["post_text"] for row in _rows("posts")}
    rows = list(islice(cycle(_rows("comments")), count))
    return [row["text"] for row in rows], [posts[row["post_id"]] for row in rows]


def measured(encoder: Encoder, texts: list[str], posts: list[str], repeats: int) -> Rates:
    """Comments a second of each way of reading, in turns; the first turn is not counted."""
    ways: dict[str, Callable[[], object]] = {
        ALONE: lambda: encoder.read(texts),
        WITH_POST: lambda: encoder.read(texts, posts),
        REPEATED: lambda: encoder.read(texts[: len(texts) // 10] * 10),
    }
    rates: Rates = {name: [] for name in ways}
    for turn in range(repeats + 1):
        note(f"turn {turn} of {repeats}")
        for name, read in ways.items():
            start = time.perf_counter()
            read()
            if turn:
                rates[name].append(len(texts) / (time.perf_counter() - start))
    return rates


def shown(rates: Rates) -> str:
    """The ways of reading side by side."""
    rows = [
        (name, len(each), statistics.median(each), min(each), max(each))
        for name, each in rates.items()
    ]
    return table(("", "runs", "comments/s", "min", "max"), rows)


def _rows(name: str) -> list[dict[str, str]]:
    lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
