"""Ways of counting the same cells: as the model chose, corrected, with audits, by audits alone."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from benchmarks.resampling.texts import LABELS, Numbers, Split, Texts
from transforms.estimates.digits import codes
from transforms.estimates.interval import wilson
from transforms.estimates.pools import Pooling
from transforms.estimates.shares import Gathered, Known, share_rows
from transforms.statements import Shares

SENTIMENT = Shares("sentiment", net=(("negative", -1.0), ("positive", 1.0)))
AUDITS = (30, 60, 120)
ELSEWHERE_OFF = (-0.10, 0.15, -0.05)
"""By how much the mix of the weeks that lend their audits differs."""

DAY = date(2026, 11, 27)
AUDIT_SCHEMA = pl.Schema(
    {
        "cell": pl.Int64(),
        "question": pl.Int64(),
        "code": pl.Int64(),
        "gold": pl.Int64(),
        "comment": pl.Int64(),
        "author": pl.Int64(),
        "day": pl.Date(),
        "alike": pl.String(),
        "voice": pl.Float64(),
        "drawn_share": pl.Float64(),
    }
)
NO_AUDITS = AUDIT_SCHEMA.to_frame()


def ways(
    split: Split,
    mix: Sequence[float],
    shape: tuple[int, int],
    random: np.random.Generator,
    with_audits: bool,
) -> Iterator[tuple[str, int, pl.DataFrame, pl.DataFrame]]:
    """Name, audits, share rows and nets of every way of counting the same cells."""
    cells = split.counted.drawn(mix, shape, random)
    yield "raw", 0, *published(cells, None)
    yield "EMQ", 0, *published(cells, split)
    for audits in AUDITS if with_audits else ():
        yield "PPI++", audits, *published(cells, split, audited(cells, audits))
        yield "audits alone", audits, *audits_alone(cells, audits)
        other = (np.array(mix) - off(mix)).tolist()
        elsewhere = split.counted.drawn(other, (shape[0], audits), random)
        yield "PPI++, other weeks", audits, *published(cells, split, lent(elsewhere))


def off(mix: Sequence[float]) -> Numbers:
    """How the mix of other weeks differs from `mix`, which has the most of one label."""
    order = np.argsort(np.argsort(-np.array(mix), kind="stable"))
    return np.array([ELSEWHERE_OFF[1], ELSEWHERE_OFF[0], ELSEWHERE_OFF[2]])[order]


def published(
    cells: Texts, split: Split | None, audits: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the pipeline says of `cells`: its share rows and nets."""
    count, size = cells.gold.shape
    rows = pl.DataFrame(
        {
            "cell": np.repeat(np.arange(count), size),
            "question": 0,
            "code": codes(cells.probabilities.reshape(-1, len(LABELS))),
            "chosen": cells.probabilities.argmax(axis=2).ravel(),
        }
    )
    histogram = rows.group_by(rows.columns).agg(comments=pl.len(), voices=pl.len().cast(pl.Float64))
    table = frame_of_cells(count, size)
    origins = table.select("cell", channel="alike", voices=pl.lit(float(size)))
    told = NO_AUDITS if audits is None else audits
    gathered = Gathered(LABELS, table, histogram, told, origins)
    pooling = Pooling(20, 8, "alike")
    if split is None:
        return share_rows(SENTIMENT, gathered, Known(None, 0.0, pooling))
    known = Known(split.held["sentiment"], 0.0, pooling, split.company(cells))
    return share_rows(SENTIMENT, gathered, known)


def frame_of_cells(count: int, size: int) -> pl.DataFrame:
    """Cells of one week, each with `size` comments of as many authors, none like another."""
    return pl.DataFrame({"cell": np.arange(count)}).with_columns(
        draw="cell",
        comment_count=pl.lit(size, pl.Int64),
        author_count=pl.lit(size, pl.Int64),
        uncertain_share=pl.lit(0.0),
        last_day=pl.lit(DAY),
        is_whole=pl.lit(False),
        drawable_share=pl.lit(1.0),
        alike=pl.col("cell").cast(pl.String),
    )


def audited(cells: Texts, audits: int) -> pl.DataFrame:
    """The first comments of each cell, which were drawn at random, as people labelled them."""
    count = len(cells.gold)
    place = np.repeat(np.arange(count), audits)
    chances = cells.probabilities[:, :audits].reshape(-1, len(LABELS))
    return pl.DataFrame(
        {
            "cell": place,
            "code": codes(chances),
            "gold": cells.gold[:, :audits].ravel(),
            "comment": np.arange(count * audits),
            "author": np.arange(count * audits),
        }
    ).select(
        "cell",
        pl.lit(0, pl.Int64).alias("question"),
        "code",
        "gold",
        "comment",
        "author",
        pl.lit(DAY).alias("day"),
        pl.col("cell").cast(pl.String).alias("alike"),
        pl.lit(1.0).alias("voice"),
        pl.lit(audits / cells.gold.shape[1]).alias("drawn_share"),
    )


def lent(elsewhere: Texts) -> pl.DataFrame:
    """Audits of other weeks of the like: they lie in no cell that is estimated."""
    return audited(elsewhere, elsewhere.gold.shape[1]).with_columns(cell=pl.lit(-1, pl.Int64))


def audits_alone(cells: Texts, audits: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The share among the audits and its Wilson interval: what labelling alone would tell."""
    seen = np.eye(len(LABELS))[cells.gold[:, :audits]]
    share = seen.mean(axis=1)
    low, high = wilson(share, np.array(1 / audits), np.array(1.959964))
    net = seen @ np.array([-1.0, 0.0, 1.0])
    half = 1.959964 * net.std(axis=1) / np.sqrt(audits)
    rows = pl.concat(
        pl.DataFrame(
            {"label": label, "share": share[:, k], "ci_low": low[:, k], "ci_high": high[:, k]}
        )
        for k, label in enumerate(LABELS)
    )
    middle = net.mean(axis=1)
    return rows, pl.DataFrame({"net_low": middle - half, "net_high": middle + half})
