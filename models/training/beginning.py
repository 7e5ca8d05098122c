"""Where a run begins: the original encoder, a shipped checkpoint, or the mean of earlier runs."""

import json
from collections.abc import Iterable
from pathlib import Path

import torch
from tokenizers import Tokenizer

from models.training.averaging import average_with
from models.training.datasets import every_text
from models.training.export import write_json
from models.training.fit import load_fitted, was_rounded
from models.training.network import Network
from models.training.places import Places
from models.training.rounding import rounding
from models.training.settings import Settings
from models.training.shipped import read_shipped
from models.training.source import read_encoder
from models.training.vocabulary import chosen_pieces, piece_counts, pieces_within


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


def kept_networks(states: Iterable[Path], start: Path, settings: Settings) -> list[Network]:
    """What runs from a checkpoint have kept of a stage, rounded or not."""
    found = []
    for state in states:
        network = read_shipped(start, settings.heads, settings.dropout)
        with rounding(network, was_rounded(state)):
            load_fitted(network, state)
        found.append(network)
    return found


def beginning(places: Places, settings: Settings) -> tuple[Network, list[int], list[str]]:
    """What is fitted, the pieces it knows, and the stages before it: all, or the last ones.

    Optional stages are among them only if they are named.
    """
    stages = list(settings.recipes)
    usual = [name for name in stages if not settings.recipes[name].stage.is_optional]
    last = usual[-1:] if places.start else usual
    chosen = last if places.stages is None else list(places.stages)
    if unknown := [name for name in chosen if name not in stages]:
        raise ValueError(
            f"`{unknown[0]}` is no stage of `settings.toml`, expected some of {stages}"
        )
    if places.start is None:
        kept = kept_pieces(places, settings)
        return fresh_network(places, settings, kept), kept, chosen
    torch.manual_seed(settings.seed)
    network = read_shipped(places.start, settings.heads, settings.dropout)
    average_with(network, kept_networks(places.between, places.start, settings))
    shipped, source = (folder / "tokenizer.json" for folder in (places.start, places.encoder))
    return network, pieces_within(source, shipped), chosen
