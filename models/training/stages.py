"""The stages of a run, one after the other, each as its recipe in `settings.toml` says."""

import copy
import logging
from collections.abc import Sequence

from tokenizers import Tokenizer

from models.training.averaging import average_with, pull_towards
from models.training.batches import as_queries, encode
from models.training.beginning import fresh_network, kept_networks
from models.training.datasets import Example
from models.training.fit import Fit, teacher_embeddings
from models.training.graph import without_idle_biases
from models.training.network import Network
from models.training.places import Places
from models.training.respell import respelt
from models.training.rounding import rounding
from models.training.settings import Recipe, Settings
from models.training.stage_data import held_out_examples, stage_examples

logger = logging.getLogger(__name__)


def examples_of(places: Places, recipe: Recipe, settings: Settings) -> list[Example]:
    """What a stage is fitted on, some of it in another spelling."""
    apart = held_out_examples(places.data, places.corpus)
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
    if recipe.stage.is_anew:
        network.load_state_dict(fresh_network(places, settings, kept).state_dict())
    with rounding(network, recipe.stage.rounded):
        fit = Fit(network, recipe.stage, heads, encoded, state, settings.seed)
        fit.resume()
        if not fit.is_done():
            logger.info("stage `%s`: %d examples, %d steps", name, len(examples), fit.steps)
            fit.teacher = teacher_embeddings(
                fresh_network(places, settings, kept),
                as_queries(encoded, tokenizer),
                recipe.stage.teacher_share,
                settings.seed,
            )
            fit.run()
    if recipe.stage.is_anew:
        settle_biases(network)


def settle_biases(network: Network) -> None:
    """Move biases to where a checkpoint has them, so that a mean with one finds them there."""
    encoder = network.encoder
    layers = encoder.config.num_hidden_layers
    encoder.load_state_dict(without_idle_biases(encoder.state_dict(), layers))


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
