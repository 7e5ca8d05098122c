"""Tokenised examples, and batches of similar length made of them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from models.training.datasets import Example
from models.training.network import HeadShape
from models.umlauts import umlauts_of

START, PAD, END, UNKNOWN = 0, 1, 2, 3
QUERY = "query:"
"""E5 was trained with it; as a teacher it reads it, the network learns to do without."""
POOL = 50
"""Batches whose rows are sorted by length together: little padding, still a random order."""


@dataclass(frozen=True)
class Encoded:
    """An example as token ids and targets; a head the example knows nothing of has no target.

    A target is 0 or 1, or between them where two annotators differ.
    """

    comment: list[int]
    post: list[int]
    targets: Mapping[str, list[float]]
    weight: float

    def ids(self, with_post: bool) -> list[int]:
        """`<s> comment </s>`, and `</s> post </s>` after it if there is a post and it is wanted."""
        head = [START, *self.comment, END]
        return [*head, END, *self.post, END] if self.post and with_post else head


@dataclass(frozen=True)
class Batch:
    """Rows of one length class. `targets` 0 to 1 (rows, labels), `known` 0/1 (rows,) by head."""

    rows: list[int]
    input_ids: Tensor
    attention_mask: Tensor
    targets: dict[str, Tensor]
    known: dict[str, Tensor]
    weight: Tensor


def target(labels: tuple[str, ...], name: str, head: HeadShape) -> list[float]:
    """What each label of `head` counts, 0 to 1; raises ValueError if it has no such label.

    Of a head that gives one answer the labels share 1, by how often each of them is named.
    """
    if strange := set(labels) - set(head.labels):
        raise ValueError(
            f"head `{name}` has no label {sorted(strange)}, expected some of {list(head.labels)}: "
            "correct the example or add the label to `settings.toml`"
        )
    if head.many:
        return [float(label in labels) for label in head.labels]
    return [labels.count(label) / len(labels) for label in head.labels]


def targets_of(example: Example, heads: Mapping[str, HeadShape]) -> dict[str, list[float]]:
    """The target of every head that the example knows: the mean of its annotators' marks."""
    found = {}
    for name, labels in example.labels.items():
        marks = target(labels, name, heads[name])
        if name in example.second:
            others = target(example.second[name], name, heads[name])
            marks = [(mark + other) / 2 for mark, other in zip(marks, others, strict=True)]
        found[name] = marks
    return found


def encode(
    examples: Sequence[Example],
    tokenizer: Tokenizer,
    heads: Mapping[str, HeadShape],
    comment_tokens: int,
    post_tokens: int,
) -> list[Encoded]:
    """Tokenise `examples` with their umlauts, comments and posts cut to so many tokens."""
    spelt = umlauts_of(tokenizer)
    texts, shown = [spelt(e.text) for e in examples], [spelt(e.post or "") for e in examples]
    comments = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    posts = tokenizer.encode_batch_fast(shown, add_special_tokens=False)
    return [
        Encoded(
            comment.ids[:comment_tokens],
            post.ids[:post_tokens],
            targets_of(example, heads),
            example.weight,
        )
        for example, comment, post in zip(examples, comments, posts, strict=True)
    ]


def as_queries(encoded: Sequence[Encoded], tokenizer: Tokenizer) -> list[Encoded]:
    """Comments as the original encoder reads them: no post, no labels, its prefix before each."""
    prefix = tokenizer.encode(QUERY, add_special_tokens=False).ids
    return [Encoded(prefix + each.comment, [], {}, 1.0) for each in encoded]


def collate(
    encoded: Sequence[Encoded],
    rows: list[int],
    with_post: Sequence[bool],
    heads: Mapping[str, HeadShape],
) -> Batch:
    """Pad the chosen rows to the longest of them."""
    ids = [encoded[row].ids(wanted) for row, wanted in zip(rows, with_post, strict=True)]
    width = max(map(len, ids))
    input_ids = torch.tensor([i + [PAD] * (width - len(i)) for i in ids])
    targets, known = {}, {}
    for name, head in heads.items():
        empty = [0.0] * len(head.labels)
        targets[name] = torch.tensor([encoded[row].targets.get(name, empty) for row in rows])
        known[name] = torch.tensor([float(name in encoded[row].targets) for row in rows])
    weight = torch.tensor([encoded[row].weight for row in rows])
    return Batch(rows, input_ids, (input_ids != PAD).long(), targets, known, weight)


def hidden(input_ids: Tensor, share: float, seed: int) -> Tensor:
    """`input_ids` with a random `share` of the pieces unknown, the same for the same `seed`.

    Who does not see every word has to hear the others: word dropout (Iyyer et al. 2015, "Deep
    Unordered Composition Rivals Syntactic Methods for Text Classification").
    """
    chance = torch.rand(input_ids.shape, generator=torch.Generator().manual_seed(seed))
    return torch.where((chance < share) & (input_ids > UNKNOWN), UNKNOWN, input_ids)


def epoch_batches(
    encoded: Sequence[Encoded],
    heads: Mapping[str, HeadShape],
    size: int,
    post_share: float,
    seed: int,
) -> Iterator[Batch]:
    """Every row once, in an order made by `seed`; a row shows its post with chance `post_share`."""
    rng = random.Random(seed)
    order = list(range(len(encoded)))
    rng.shuffle(order)
    with_post = [rng.random() < post_share for _ in order]
    chunks: list[list[int]] = []
    for start in range(0, len(order), size * POOL):
        pool = order[start : start + size * POOL]
        pool.sort(key=lambda row: len(encoded[row].ids(with_post[row])))
        chunks += [pool[at : at + size] for at in range(0, len(pool), size)]
    rng.shuffle(chunks)
    for chunk in chunks:
        yield collate(encoded, chunk, [with_post[row] for row in chunk], heads)


def ordered_batches(
    encoded: Sequence[Encoded], heads: Mapping[str, HeadShape], size: int, with_post: bool
) -> Iterator[Batch]:
    """Every row once, by length, for measuring."""
    order = np.argsort([len(e.ids(with_post)) for e in encoded], kind="stable").tolist()
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        yield collate(encoded, rows, [with_post] * len(rows), heads)
