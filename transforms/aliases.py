"""Posts or comments that arrive under several ids, each under one: the one that came first."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Literal

import polars as pl

from models.tables.alias import ALIAS

Kind = Literal["post", "comment"]


def all_ids(rows: pl.DataFrame, id_column: str) -> pl.DataFrame:
    """Every id that `rows` are known by, as rows of (`row`, `id`): their own, then aliases.

    Aliases are native ids of the same platform and site.
    """
    prefix = (
        pl.when(pl.col("site") == "")
        .then(pl.format("{}:", "platform"))
        .otherwise(pl.format("{}:{}:", "platform", "site"))
    )
    listed = rows.with_row_index("row").select(
        "row",
        id=pl.concat_list(
            pl.concat_list(id_column),
            pl.col("aliases").list.eval(pl.element()).list.drop_nulls(),
        ),
        prefix=prefix,
        own=id_column,
    )
    return (
        listed.explode("id")
        .with_columns(
            id=pl.when(pl.col("id") == pl.col("own"))
            .then("id")
            .otherwise(pl.col("prefix") + pl.col("id"))
        )
        .select("row", "id")
    )


def together(ids: pl.DataFrame, known: Iterable[tuple[str, str]]) -> list[list[str]]:
    """All names of each thing, as they were told: what shares a row, or is `known` to be one, is.

    `ids` is what `all_ids` gives, `known` has pairs of an id and the one that it is kept under.
    """
    names_of: dict[str, list[str]] = {}
    rows = ids.group_by("row", maintain_order=True).agg("id")["id"].to_list()
    for told in (*rows, *known):
        met = {id(names): names for name in told if (names := names_of.get(name)) is not None}
        whole, *others = met.values() or [list[str]()]
        for name in (*chain.from_iterable(others), *told):
            if names_of.get(name) is not whole:
                whole.append(name)
                names_of[name] = whole
    return list({id(names): names for names in names_of.values()}.values())


def kept_ids(groups: Iterable[Sequence[str]], stored: Iterable[str]) -> dict[str, str]:
    """Each name -> the one that its group is kept under: of those `stored` the first, else its own.

    `stored` are the ids that something is kept under already, in the order in which they came.
    """
    came = {name: place for place, name in enumerate(stored)}
    kept: dict[str, str] = {}
    for names in groups:
        kept |= dict.fromkeys(names, min(names, key=lambda name: came.get(name, len(came))))
    return kept


def alias_rows(kept: Mapping[str, str], kind: Kind) -> pl.DataFrame:
    """Rows of `ops.alias` for the ids that are not kept under themselves."""
    pairs = [(kind, name, under) for name, under in kept.items() if name != under]
    return pl.DataFrame(pairs, schema=ALIAS.schema(), orient="row")
