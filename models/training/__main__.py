"""Rebuild the checkpoint: cut the vocabulary, fit the stages, calibrate, export, measure.

    python -m models.training --data FOLDER --corpus data/corpus --encoder FOLDER --work FOLDER
    --out FOLDER

`--data` holds the labelled sets, one folder each; `--encoder` holds `e5-small-q4.bin` and the
original `tokenizer.json`; `--work` keeps the state from which an interrupted run goes on. With
`--start CHECKPOINT` a shipped checkpoint goes on: only the last stage is fitted, or those that
`--stages` names. If it names none the network stays as it is: what words say by themselves and the
calibration are made anew. `--between STATE` names what earlier runs from that start have kept of
their last stage: the mean of all weights is where this one begins. `--beside FOLDER` names work
folders of other runs from that start, whose weights count as much as those of this one at its end.
"""

import argparse
import copy
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from models.encoder import load_encoder
from models.training.averaging import average_with, pull_towards
from models.training.batches import Encoded, encode, ordered_batches
from models.training.calibrate import Held, calibrate
from models.training.compensation import onto_grid
from models.training.corpus import read_corpus, read_mentions
from models.training.datasets import Example, every_text, mixture
from models.training.export import Calibration, encoder_config, export, write_json
from models.training.fit import HALF, Fit, load_fitted, teacher_embeddings, was_rounded
from models.training.measure import scores
from models.training.network import Network
from models.training.recall import fit_recall
from models.training.respell import respelt
from models.training.rounding import rounding
from models.training.settings import Recipe, Settings, read_settings
from models.training.shipped import read_beside, read_shipped
from models.training.source import read_encoder
from models.training.stage_data import held_out_sets, stage_examples
from models.training.vocabulary import (
    chosen_pieces,
    cut_tokenizer,
    piece_counts,
    pieces_within,
)
from models.training.wide import fit_wide, heard, read_wide

logger = logging.getLogger(__name__)

TWEETS = ("umsab_de", "umsab_en", "umsab_fr", "umsab_it", "umsab_es", "umsab_pt")
RECALL_STRIDE, ROUNDING_STRIDE = 2, 20
"""Every which text of those learnt is used to recall the embedding, and to round the weights."""
TEACHER_PREFIX = "query:"
"""E5 was trained with it; the teacher reads it, the network learns to do without."""


@dataclass(frozen=True)
class Places:
    """The folders of a run."""

    data: Path
    corpus: Path
    encoder: Path
    work: Path
    out: Path
    start: Path | None = None
    stages: tuple[str, ...] | None = None
    between: tuple[Path, ...] = ()
    beside: tuple[Path, ...] = ()


def kept_pieces(places: Places, settings: Settings) -> list[int]:
    """Ids of the pieces that stay, counted once and kept in the work folder."""
    kept_file = places.work / "pieces.json"
    if not kept_file.exists():
        source = places.encoder / "tokenizer.json"
        counts = piece_counts(
            Tokenizer.from_file(str(source)), every_text(places.data, places.corpus)
        )
        vocabulary = json.loads(source.read_text(encoding="utf-8"))["model"]["vocab"]
        pieces = [(piece, score) for piece, score in vocabulary]
        write_json(kept_file, chosen_pieces(pieces, counts, settings.pieces), indent=None)
    kept: list[int] = json.loads(kept_file.read_text(encoding="utf-8"))
    return kept


def fresh_network(places: Places, settings: Settings, kept: list[int]) -> Network:
    """The network before any fitting, the same for the same seed."""
    torch.manual_seed(settings.seed)
    encoder = read_encoder(places.encoder / "e5-small-q4.bin", kept)
    return Network(encoder, settings.heads, settings.dropout)


def held_out_examples(places: Places) -> list[Example]:
    """Texts that nothing is fitted on."""
    return list(chain(*held_out_sets(places.data, places.corpus).values()))


def examples_of(places: Places, recipe: Recipe, settings: Settings) -> list[Example]:
    """What a stage is fitted on, some of it in another spelling."""
    apart = held_out_examples(places)
    examples = stage_examples(places.data, places.corpus, recipe.data, settings.seed, apart)
    return respelt(examples, recipe.stage.respelt_share, settings.seed)


def run_stage(
    name: str,
    network: Network,
    places: Places,
    settings: Settings,
    tokenizer: Tokenizer,
    kept: list[int],
) -> None:
    """Fit `network` by the recipe `name`, or load it if that was done before."""
    recipe, state = settings.recipes[name], places.work / f"{name}.pt"
    examples = examples_of(places, recipe, settings)
    encoded = encode(
        examples, tokenizer, settings.heads, settings.comment_tokens, settings.post_tokens
    )
    known = {label for example in examples for label in example.labels}
    heads = {head: shape for head, shape in settings.heads.items() if head in known}
    with rounding(network, recipe.stage.rounded):
        fit = Fit(network, recipe.stage, heads, encoded, state, settings.seed)
        fit.resume()
        if fit.is_done():
            return
        logger.info("stage `%s`: %d examples, %d steps", name, len(examples), fit.steps)
        prefix = tokenizer.encode(TEACHER_PREFIX, add_special_tokens=False).ids
        plain = [Encoded(prefix + e.comment, [], {}, 1.0) for e in encoded]
        fit.teacher = teacher_embeddings(
            fresh_network(places, settings, kept), plain, recipe.stage.teacher_share, settings.seed
        )
        fit.run()


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
    prefix = tokenizer.encode(TEACHER_PREFIX, add_special_tokens=False).ids
    plain = [Encoded(prefix + e.comment, [], {}, 1.0) for e in encoded]
    fresh = fresh_network(places, settings, kept)
    original = teacher_embeddings(fresh, plain, 1.0, settings.seed)
    wanted = torch.stack([original[row] for row in range(len(plain))]).numpy()
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
        places.data, places.corpus, settings.wide.data, settings.seed, held_out_examples(places)
    )
    encoded = encode(
        examples, tokenizer, settings.heads, settings.reach.max_tokens, settings.post_tokens
    )
    hearing = {name: settings.heads[name] for name in settings.wide.heads}
    return fit_wide(encoded, hearing, settings.wide.breadth)


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


def measured(places: Places) -> Iterator[tuple[str, dict[str, float]]]:
    """The exported checkpoint's figures on every held-out part."""
    encoder = load_encoder(places.out)
    for name, examples in held_out_sets(places.data, places.corpus).items():
        yield name, scores(encoder, examples)
        yield f"{name}, not calibrated on", scores(encoder, halves(examples)[1])
    test = read_corpus(places.corpus, "test")
    yield "corpus test", scores(encoder, test)
    yield "mentions test", scores(encoder, read_mentions(places.corpus, "test"))
    yield "corpus test, posts hidden", scores(encoder, [replace(e, post=None) for e in test])


def beginning(places: Places, settings: Settings) -> tuple[Network, list[int], list[str]]:
    """What is fitted, the pieces it knows, and the stages before it: all, or the last ones."""
    stages = list(settings.recipes)
    chosen = stages[-1:] if places.stages is None else list(places.stages)
    if unknown := [name for name in chosen if name not in stages]:
        raise ValueError(
            f"`{unknown[0]}` is no stage of `settings.toml`, expected some of {stages}"
        )
    if places.start is None:
        kept = kept_pieces(places, settings)
        return fresh_network(places, settings, kept), kept, stages
    torch.manual_seed(settings.seed)
    network = read_shipped(places.start, settings.heads, settings.dropout)
    average_with(network, kept_networks(places.between, places.start, settings))
    shipped, source = (folder / "tokenizer.json" for folder in (places.start, places.encoder))
    return network, pieces_within(source, shipped), chosen


def kept_networks(states: Iterable[Path], start: Path, settings: Settings) -> list[Network]:
    """What runs from a checkpoint have kept of a stage, rounded or not."""
    found = []
    for state in states:
        network = read_shipped(start, settings.heads, settings.dropout)
        with rounding(network, was_rounded(state)):
            load_fitted(network, state)
        found.append(network)
    return found


def fit_in_turn(
    names: Sequence[str],
    network: Network,
    places: Places,
    settings: Settings,
    tokenizer: Tokenizer,
    kept: list[int],
) -> None:
    """Fit stage by stage; at its end each moves back by its share towards where the run began.

    That is the checkpoint of `--start`, or the mean with it; without one, where the stage began.
    Before it moves back, the last one takes the mean with the runs beside this one.
    """
    before = copy.deepcopy(network)
    for name in names:
        before = before if places.start else copy.deepcopy(network)
        run_stage(name, network, places, settings, tokenizer, kept)
        if places.start and name == names[-1]:
            states = [folder / f"{name}.pt" for folder in places.beside]
            average_with(network, kept_networks(states, places.start, settings))
        pull_towards(network, before, settings.recipes[name].stage.start_share)


def build(places: Places, settings: Settings) -> None:
    """The whole way from the original encoder, or a shipped one, to a measured checkpoint."""
    places.work.mkdir(parents=True, exist_ok=True)
    network, kept, stages = beginning(places, settings)
    document: dict[str, Any] = cut_tokenizer(places.encoder / "tokenizer.json", kept)
    tokenizer = Tokenizer.from_str(json.dumps(document))
    fit_in_turn(stages, network, places, settings, tokenizer, kept)
    beside = beside_of(
        network, places, settings, tokenizer, kept, is_new=bool(stages or places.between)
    )
    wide = wide_of(places, settings, tokenizer)
    found = calibrations(network, *calibration_examples(places), settings, tokenizer, wide)
    config = encoder_config(network, settings.name, settings.heads, found, settings.reach)
    export(network, document, config, settings.heads, places.out, beside | heard(wide, found))
    figures = dict(measured(places))
    write_json(places.work / "figures.json", figures)
    for name, values in figures.items():
        logger.info("%s: %s", name, values)


def arguments(words: Iterable[str] | None = None) -> Places:
    """The folders named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    for name in ("data", "corpus", "encoder", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--stages", nargs="*", help="stages to fit; default: the last")
    parser.add_argument("--between", type=Path, nargs="+", help="earlier runs' states")
    parser.add_argument("--beside", type=Path, nargs="+", help="other runs' folders")
    chosen = vars(parser.parse_args(None if words is None else list(words)))
    lists = {name: chosen[name] for name in ("stages", "between", "beside")}
    given = {name: tuple(value) for name, value in lists.items() if value is not None}
    if given and chosen["start"] is None:
        parser.error(f"`--{min(given)}` is about runs from a checkpoint, which `--start` names")
    if "beside" in given and given.get("stages") == ():
        parser.error("`--beside` is about the end of a stage, and `--stages` names none")
    return Places(**{name: value for name, value in chosen.items() if name not in lists}, **given)


def main() -> None:
    """Read `settings.toml` beside this file and build."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    build(arguments(), read_settings(Path(__file__).with_name("settings.toml")))


if __name__ == "__main__":
    main()
