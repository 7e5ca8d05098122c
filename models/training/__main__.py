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

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from models.encoder import load_encoder
from models.training.beginning import beginning
from models.training.calibrations import calibration_examples, calibrations, halves
from models.training.completing import beside_of, wide_of
from models.training.corpus import read_corpus, read_mentions
from models.training.export import encoder_config, export, write_json
from models.training.measure import scores
from models.training.places import Places, arguments
from models.training.settings import Settings, read_settings
from models.training.stage_data import held_out_sets
from models.training.stages import fit_in_turn
from models.training.vocabulary import cut_tokenizer
from models.training.wide import heard

logger = logging.getLogger(__name__)


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


def main() -> None:
    """Read `settings.toml` beside this file and build."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    build(arguments(description=__doc__), read_settings(Path(__file__).with_name("settings.toml")))


if __name__ == "__main__":
    main()
