"""Two states of `change_weekly` in, the alerts that only one of them has out."""

from datetime import date

import polars as pl

KEYS = ["week", "scope", "item", "head", "label"]
TOLD = ["direction", "share", "share_before", "q_value"]


def alert_changes(before: pl.DataFrame, after: pl.DataFrame, first: date) -> pl.DataFrame:
    """Alerts that would be new or gone: `change`, `KEYS`, `TOLD`; only of weeks since `first`.

    Earlier weeks are compared with fewer weeks than they will be in the published tables.
    """
    sides = {}
    for name, rows in (("gone", before), ("new", after)):
        is_told = pl.col("is_alert") & (pl.col("week_start") >= first)
        sides[name] = rows.filter(is_told).select(pl.lit(name).alias("change"), *KEYS, *TOLD)
    gone = sides["gone"].join(sides["new"], on=KEYS, how="anti")
    new = sides["new"].join(sides["gone"], on=KEYS, how="anti")
    return pl.concat([new, gone]).sort("week", *KEYS[1:], descending=[True, *[False] * 4])
