"""What completes a fitted network: rounded weights, the recalled embedding, words by themselves."""

from dataclasses import replace
from itertools import chain

import numpy as np
import torch
from tokenizers import Tokenizer

from models.training.batches import Encoded, as_queries, encode, ordered_batches
from models.training.beginning import fresh_network
from models.training.compensation import onto_grid
from models.training.corpus import read_corpus, read_mentions
from models.training.datasets import mixture
from models.training.fit import teacher_embeddings
from models.training.network import Network
from models.training.places import Places
from models.training.recall import fit_recall
from models.training.settings import Settings
from models.training.shipped import read_beside
from models.training.stage_data import held_out_examples, stage_examples
from models.training.wide import fit_wide

TWEETS = ("umsab_de", "umsab_en", "umsab_fr", "umsab_it", "umsab_es", "umsab_pt")
RECALL_STRIDE, ROUNDING_STRIDE = 2, 20
"""Every which text of those learnt is used to recall the embedding, and to round the weights."""


def learnt(places: Places, settings: Settings, tokenizer: Tokenizer, stride: int) -> list[Encoded]:
    """Every so many-th comment and tweet that was learnt, half as many mentions; without labels."""
    tweets = mixture(places.data, {name: {} for name in TWEETS}, settings.seed)
    examples = [
        *read_corpus(places.corpus, "train")[::stride],
        *read_mentions(places.corpus, "train")[:: 2 * stride],
        *tweets[::stride],
    ]
    bare = [replace(example, labels={}) for example in examples]
    return encode(bare, tokenizer, {}, settings.comment_tokens, settings.post_tokens)


def recall_of(
    network: Network, places: Places, settings: Settings, tokenizer: Tokenizer, kept: list[int]
) -> dict[str, np.ndarray]:
    """The map that recalls the original embedding, fitted on comments, mentions and tweets."""
    encoded = learnt(places, settings, tokenizer, RECALL_STRIDE)
    fresh, queries = fresh_network(places, settings, kept), as_queries(encoded, tokenizer)
    original = teacher_embeddings(fresh, queries, 1.0, settings.seed)
    wanted = torch.stack([original[row] for row in range(len(queries))]).numpy()
    return fit_recall(network, encoded, wanted)


def rounded_by_texts(
    network: Network, places: Places, settings: Settings, tokenizer: Tokenizer
) -> dict[str, np.ndarray]:
    """Round the weights by texts with and without their posts; returns what `onto_grid` does."""
    encoded = learnt(places, settings, tokenizer, ROUNDING_STRIDE)
    answers = [e for e in encoded if e.post]
    readings = (ordered_batches(encoded, {}, 64, True), ordered_batches(answers, {}, 64, False))
    return onto_grid(network, list(chain(*readings)))


def beside_of(
    network: Network,
    places: Places,
    settings: Settings,
    tokenizer: Tokenizer,
    kept: list[int],
    *,
    is_new: bool,
) -> dict[str, np.ndarray]:
    """Round the weights and fit the map of the embedding; a network that is not new has both."""
    if places.start and not is_new:
        return read_beside(places.start)
    factors = rounded_by_texts(network, places, settings, tokenizer)
    return factors | recall_of(network, places, settings, tokenizer, kept)


def wide_of(places: Places, settings: Settings, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """What words say by themselves, fitted anew."""
    examples = stage_examples(
        places.data,
        places.corpus,
        settings.wide.data,
        settings.seed,
        held_out_examples(places.data, places.corpus),
    )
    encoded = encode(
        examples, tokenizer, settings.heads, settings.reach.max_tokens, settings.post_tokens
    )
    hearing = {name: settings.heads[name] for name in settings.wide.heads}
    return fit_wide(encoded, hearing, settings.wide.breadth)
