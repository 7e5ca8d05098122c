"""Posts or comments that arrive under several ids, each under one: the one that came first."""

from collections.abc import Mapping
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


def kept_ids(ids: pl.DataFrame, known: Mapping[str, str]) -> dict[str, str]:
    """Each id of `ids` -> the id to keep: the known one, else the first of its row.

    `ids` is what `all_ids` gives, `known` maps ids that are stored to those they are kept under.
    """
    found: dict[str, str] = {}
    groups = ids.group_by("row", maintain_order=True).agg("id")["id"]
    for names in groups.to_list():
        already = (found.get(name) or known.get(name) for name in names)
        kept = next((name for name in already if name), names[0])
        found |= dict.fromkeys(names, kept)
    return found


def alias_rows(kept: Mapping[str, str], kind: Kind) -> pl.DataFrame:
    """Rows of `ops.alias` for the ids that are not kept under themselves."""
    pairs = [(kind, name, under) for name, under in kept.items() if name != under]
    return pl.DataFrame(pairs, schema=ALIAS.schema(), orient="row")
