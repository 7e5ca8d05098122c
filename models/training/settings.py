"""Read `settings.toml`: everything that shapes a checkpoint, typed."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.training.export import Reach
from models.training.fit import Stage
from models.training.network import HeadShape
from models.training.wide import Breadth


@dataclass(frozen=True)
class Recipe:
    """A stage, and what of each data set goes into it (`rows`, `weight`, `times`)."""

    stage: Stage
    data: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Wide:
    """How words are weighed by themselves, by which texts, and which heads hear them.

    A head hears them where a comment is read with its post (`shown`), without one (`alone`), both.
    """

    breadth: Breadth
    heads: Mapping[str, Sequence[str]]
    data: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Settings:
    """The tables of `settings.toml`."""

    name: str
    seed: int
    pieces: int
    comment_tokens: int
    post_tokens: int
    dropout: float
    heads: Mapping[str, HeadShape]
    recipes: Mapping[str, Recipe]
    reach: Reach
    wide: Wide


def recipe_of(table: Mapping[str, Any]) -> Recipe:
    """A stage's table; a field that `Stage` does not know raises TypeError."""
    fields = {name: value for name, value in table.items() if name != "data"}
    return Recipe(Stage(**fields), table["data"])


def read_settings(path: Path) -> Settings:
    """Read the file at `path`; a missing table or field raises KeyError."""
    with path.open("rb") as file:
        found = tomllib.load(file)
    network, wide = found["network"], found["wide"]
    heads = {
        name: HeadShape(tuple(head["labels"]), head["many"], head.get("second_from", 0.0))
        for name, head in found["heads"].items()
    }
    return Settings(
        name=found["name"],
        seed=found["seed"],
        pieces=found["vocabulary"]["pieces"],
        comment_tokens=network["comment_tokens"],
        post_tokens=network["post_tokens"],
        dropout=network["dropout"],
        heads=heads,
        recipes={name: recipe_of(table) for name, table in found["stages"].items()},
        reach=Reach(network["window_tokens"], network["post_tokens"]),
        wide=Wide(Breadth(wide["pairs"], wide["freedom"]), wide["heads"], wide["data"]),
    )
