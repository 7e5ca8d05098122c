"""Two models on the comments that people judged: quality of both, and whether one is better."""

from collections.abc import Iterator

import polars as pl

from flows.changing.what_if import what_if
from flows.evaluate_reviews import FEWEST, SAID, TOLD, marks
from flows.settings import Settings
from flows.warehouse import frame
from models.paired import Paired, compare
from models.questions import HEADS

KEYS = ["comment_id", "head", "label"]


def judged(versions: list[str], settings: Settings) -> pl.DataFrame:
    """What people and the models `versions` (none: those that answer now) said of random draws."""
    with what_if(versions, settings) as connection:
        return frame(connection, f"WITH said AS ({SAID['audit']}) {TOLD}")


def paired_quality(before: pl.DataFrame, after: pl.DataFrame) -> Iterator[Paired]:
    """Each head that at least `FEWEST` comments tell about, on what both have answered.

    Labels that only one of them knows, as after a change of topics, are left out.
    """
    both = (
        before.select(*KEYS, "gold", "drawn_share", "found")
        .join(after.select(*KEYS, found_after="found"), on=KEYS)
        .drop_nulls(["found", "found_after"])
    )
    for head in HEADS:
        rows = both.filter(pl.col("head") == head)
        if rows["comment_id"].n_unique() >= FEWEST:
            yield paired(head, rows)


def paired(head: str, rows: pl.DataFrame) -> Paired:
    """The comparison on some comments, each weighed by how many it stands for."""
    labels = rows["label"].unique().sort().to_list()
    shares = rows.group_by("comment_id").agg(pl.col("drawn_share").first()).sort("comment_id")
    weights = (1 / shares["drawn_share"].fill_null(1.0)).to_numpy()
    gold, was, found = (marks(rows, name, labels) for name in ("gold", "found", "found_after"))
    return compare(head, labels, gold, (was, found), weights)
