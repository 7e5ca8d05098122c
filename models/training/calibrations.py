"""Every head's calibration, on texts that nothing was fitted on."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from tokenizers import Tokenizer

from models.training.batches import Encoded, encode, ordered_batches
from models.training.calibrate import Held, calibrate
from models.training.corpus import read_corpus, read_mentions
from models.training.datasets import Example
from models.training.export import Calibration
from models.training.fit import HALF
from models.training.network import Network
from models.training.places import Places
from models.training.settings import Settings
from models.training.stage_data import held_out_sets
from models.training.wide import read_wide


def halves(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """One half to calibrate on, one to measure on, decided by each text."""
    first = [e for e in examples if sum(map(ord, e.text)) % 2 == 0]
    return first, [e for e in examples if sum(map(ord, e.text)) % 2]


def calibration_examples(places: Places) -> tuple[list[Example], list[Example]]:
    """The corpus' and the mentions' validation parts; of the held-out tweets one half."""
    own = read_corpus(places.corpus, "validation") + read_mentions(places.corpus, "validation")
    tweets = [
        example
        for examples in held_out_sets(places.data, places.corpus).values()
        for example in halves(examples)[0]
    ]
    return own, tweets


def read_logits(
    network: Network, encoded: Sequence[Encoded], with_post: bool
) -> dict[str, np.ndarray]:
    """Logits of every head, (examples, labels), without dropout."""
    found: dict[str, np.ndarray] = {}
    network.eval()
    with torch.no_grad(), torch.autocast("cpu", HALF):
        for batch in ordered_batches(encoded, {}, 64, with_post):
            for name, values in network(batch.input_ids, batch.attention_mask).items():
                whole = found.setdefault(
                    name, np.zeros((len(encoded), values.shape[1]), np.float32)
                )
                whole[batch.rows] = values.float().numpy()
    return found


def calibrations(
    network: Network,
    own: Sequence[Example],
    tweets: Sequence[Example],
    settings: Settings,
    tokenizer: Tokenizer,
    wide: Mapping[str, np.ndarray],
) -> dict[str, Calibration]:
    """Calibrate every head, on comments that are read with their posts and on texts without one.

    The latter are `tweets` for a head that more of them than of `own` have labels for: where the
    network is a stranger it is too sure of itself (`EXPERIMENTS.md`, 31). For the others they are
    all, posts hidden. `wide` is what `fit_wide` gives.
    """
    encoded = encode(
        [*own, *tweets],
        tokenizer,
        settings.heads,
        settings.reach.max_tokens,
        settings.post_tokens,
    )
    has_post = np.array([bool(e.post) for e in encoded])
    is_tweet = np.arange(len(encoded)) >= len(own)
    readings = {shown: read_logits(network, encoded, shown) for shown in (True, False)}
    words = read_wide(wide, encoded)
    found = {}
    for name, head in settings.heads.items():
        known = np.array([name in e.targets for e in encoded])
        targets = np.array([e.targets.get(name, [0.0] * len(head.labels)) for e in encoded])
        shown = known & has_post
        strange = known & is_tweet
        alone = strange if 2 * strange.sum() > known.sum() else known
        silent = np.zeros_like(targets)
        hears = settings.wide.heads.get(name, ())
        said = {kind: words[name] if kind in hears else silent for kind in ("shown", "alone")}
        found[name] = calibrate(
            Held(readings[True][name][shown], said["shown"][shown], targets[shown]),
            Held(readings[False][name][alone], said["alone"][alone], targets[alone]),
            head,
        )
    return found
