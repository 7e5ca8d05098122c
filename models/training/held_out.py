"""Write `held_out.parquet` beside a checkpoint: what it says of texts that it was not fitted on.

`python -m models.training.held_out --data FOLDER` reads the corpus' validation and test parts with
their posts, comments of the audience only, through the encoder as it is shipped: the domain `home`,
and once more without their posts: `alone`; and the same parts of the mentions. With `--data`,
tweets that were not trained on follow, a domain a source. Shares are corrected by the kind that the
counted comments are like, so every text is read under every head, whether or not it is labelled for
it (`transforms/estimates/kinds.py`).
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from models.encoder import Encoder, load_encoder
from models.held_out import ALONE, HOME, MENTIONS, HeldOut, write_held_out
from models.preprocess import normalise
from models.training.annotated import read_annotated
from models.training.corpus import labels_of, read_mentions
from models.training.datasets import Example, read_dataset, rows_of
from models.training.measure import targets_of

PARTS = ("validation", "test")
TWEETS = {"umsab_de": "val", "umsab_en": "val", "sb10k": "dev"}
"""Tweets whose licence lets a shipped model rest on them, and their part that was held out."""
OWN_TWEETS = ("annotated", "dev")
"""Tweets that were labelled for this project: what they are called, and their part."""


def tweets_of(source: str) -> str:
    """The domain of a source of tweets."""
    return f"tweets/{source}"


def audience_of(corpus: Path) -> list[Example]:
    """Comments of the audience in the parts that were not trained on, with their posts."""
    posts = {row["post_id"]: row["post_text"] for row in rows_of(corpus / "posts.jsonl")}
    return [
        Example(normalise(row["text"]), labels_of(dict(row)), normalise(posts[row["post_id"]]))
        for row in rows_of(corpus / "comments.jsonl")
        if row["split"] in PARTS and not row["by_owner"]
    ]


def domains(corpus: Path, data: Path | None) -> dict[str, list[Example]]:
    """Domain -> its texts, those of `home` first."""
    home = audience_of(corpus)
    found = {
        HOME: home,
        ALONE: [replace(example, post=None) for example in home],
        MENTIONS: [example for part in PARTS for example in read_mentions(corpus, part)],
    }
    if data is not None:
        for name, part in TWEETS.items():
            found[tweets_of(name)] = [e for e in read_dataset(data, name, part) if e.labels]
        name, part = OWN_TWEETS
        found[tweets_of(name)] = read_annotated(data, corpus, part)
    return found


def read_domain(encoder: Encoder, examples: Sequence[Example], domain: str) -> dict[str, HeldOut]:
    """What `encoder` says of `examples` under each head; gold marks of those that they have."""
    reading = encoder.read([e.text for e in examples], [e.post for e in examples])
    return {
        head.name: HeldOut(
            head.labels,
            reading.probabilities[head.name].astype(np.float64),
            targets_of(examples, head)
            if head.name in examples[0].labels
            else np.full((len(examples), len(head.labels)), np.nan),
            np.full(len(examples), domain),
        )
        for head in encoder.heads
    }


def joined(parts: Sequence[HeldOut]) -> HeldOut:
    """Several domains of one head as one set."""
    return HeldOut(
        parts[0].labels,
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.gold for part in parts]),
        np.concatenate([part.domains for part in parts]),
    )


def main() -> None:
    """`python -m models.training.held_out [--checkpoint FOLDER] [--corpus FOLDER] [--data ...]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path("models/checkpoint"))
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--data", type=Path, help="folder of labelled sets, as for training")
    chosen = parser.parse_args()
    encoder = load_encoder(chosen.checkpoint)
    read = [
        read_domain(encoder, examples, domain)
        for domain, examples in domains(chosen.corpus, chosen.data).items()
    ]
    heads = {name: joined([part[name] for part in read]) for name in read[0]}
    path = write_held_out(heads, chosen.checkpoint, encoder.version)
    print(f"{path}: {path.stat().st_size:,} bytes, {len(heads)} heads of `{encoder.version}`")


if __name__ == "__main__":
    main()
