"""What a stage is fitted on, and what no stage is: sets by their names in `settings.toml`."""

import random
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from models.training.annotated import evened, read_annotated
from models.training.corpus import read_corpus, read_mentions, read_tweets
from models.training.datasets import Example, apart_from, mixture, read_dataset
from models.training.readings import read_readings

Shares = Mapping[str, Mapping[str, float]]
"""Set -> how much of it: `rows` (all if left out), `weight` of each, of our own texts how many
`times` in a pass (1), of annotated ones at `most` how many of a sentiment. An empty table is all of
a set, once."""

HELD_OUT = {
    "umsab_de": "val",
    "umsab_en": "val",
    "umsab_fr": "val",
    "umsab_it": "val",
    "umsab_es": "val",
    "umsab_pt": "val",
    "sb10k": "dev",
}
"""Parts that no stage is fitted on, nor on near copies of their texts."""
ANNOTATED_PART = "dev"
"""The same of the texts that were labelled for this project."""
OWN = {"corpus": read_corpus, "mentions": read_mentions, "tweets": read_tweets}
"""Texts that were written for this project; they may be read several `times` in a pass."""
ANNOTATED = "annotated"
"""Real texts that were labelled for this project; as data of a stage they may be weighted."""


def held_out_sets(data: Path, corpus: Path) -> dict[str, list[Example]]:
    """Tweets and the like that no stage is fitted on, by what they are called.

    Raises FileNotFoundError if a set is missing in `data`.
    """
    sets = {f"{name} {part}": read_dataset(data, name, part) for name, part in HELD_OUT.items()}
    own = read_annotated(data, corpus, ANNOTATED_PART)
    return sets | {f"{ANNOTATED} {ANNOTATED_PART}": own}


def held_out_examples(data: Path, corpus: Path) -> list[Example]:
    """All texts of these sets."""
    return list(chain(*held_out_sets(data, corpus).values()))


def stage_examples(
    data: Path, corpus: Path, shares: Shares, seed: int, apart: list[Example]
) -> list[Example]:
    """The sets that `shares` names, without near copies of `apart`.

    The same for the same `seed`. Raises FileNotFoundError if a set is missing in `data`.
    """
    drawn = mixture(
        data,
        {name: share for name, share in shares.items() if name not in (*OWN, ANNOTATED)},
        seed,
        read_readings(corpus),
    )
    if ANNOTATED in shares:  # first, since of near copies the first one stays
        share = shares[ANNOTATED]
        real = read_annotated(data, corpus)
        real = evened(real, int(share.get("most", len(real))), seed)
        drawn = weighted(real, share) + drawn
    examples = apart_from(drawn, apart)
    for name in [own for own in OWN if own in shares]:
        share = shares[name]
        rows = some(OWN[name](corpus, "train"), share, seed)
        examples += weighted(rows, share) * int(share.get("times", 1))
    return examples


def some(examples: list[Example], share: Mapping[str, float], seed: int) -> list[Example]:
    """As many of `examples` as its share has `rows`, drawn by chance; all of them without."""
    rows = int(share.get("rows", len(examples)))
    return random.Random(seed).sample(examples, rows) if rows < len(examples) else examples


def weighted(examples: list[Example], share: Mapping[str, float]) -> list[Example]:
    """`examples`, each with the weight that its share has (1)."""
    return [replace(example, weight=share.get("weight", 1.0)) for example in examples]
