"""How often do the intervals of shares contain the truth, and how far off are the shares?

Texts whose sentiment is known are read once by the shipped model, then drawn again and again with
another mix of negative, neutral and positive ones, as cells of a share mart, each of a channel of
its own. What the pipeline would publish of each is compared with the mix.

No text that is counted is in the held-out set that corrects it. Of the tweets, one half is counted;
the tweets of the set that ships are taken out of it, and the other half put in their place.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import machine, note, parser, show
from benchmarks.resampling.lines import Line, draw, goals, line_of, percent, shown
from benchmarks.resampling.texts import (
    CHECKPOINT,
    TEXTS,
    Sets,
    Split,
    all_at_once,
    halves,
    read_texts,
    sources,
    without_tweets,
)
from benchmarks.resampling.ways import ways
from models.held_out import FILE_NAME, read_held_out
from transforms.estimates.kinds import TWEETS

MIXES = (
    (0.10, 0.80, 0.10),
    (0.20, 0.70, 0.10),
    (0.60, 0.30, 0.10),
    (1 / 3, 1 / 3, 1 / 3),
    (0.10, 0.30, 0.60),
    (0.40, 0.20, 0.40),
)
SIZES, REPEATS, SEED = (200, 600), 400, 20261127


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, estimate, compare, print."""
    options = parser(__doc__, repeats=REPEATS)
    options.add_argument(
        "--data", type=Path, default=Path("../shared/datasets"), help="labelled sets"
    )
    options.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "resonanz-coverage",
        help="where the model's answers are kept for the next run",
    )
    options.add_argument("--picture", type=Path, help="draw the first mix to this SVG")
    chosen = options.parse_args(arguments)
    about = machine()
    repeats = chosen.repeats or (40 if chosen.quick else REPEATS)
    sizes = SIZES[:1] if chosen.quick else SIZES
    kinds = list(TEXTS)[:1] if chosen.quick else list(TEXTS)
    lines = [
        line
        for kind in kinds
        for line in measured(kind, read_texts(kind, chosen.data, chosen.work), sizes, repeats)
    ]
    if chosen.picture:
        draw(lines, chosen.picture)
    facts = {"repeats": repeats, "lines": lines, "goals": goals(lines)}
    show("coverage", about, shown(lines), facts if chosen.json else None)


def measured(kind: str, texts: Sets, sizes: Sequence[int], repeats: int) -> Iterator[Line]:
    """All ways of counting, for every mix and size."""
    from models.encoder import checkpoint_version

    shipped = read_held_out(CHECKPOINT / FILE_NAME, checkpoint_version(CHECKPOINT))
    splits = np.random.default_rng(SEED)
    if kind == TWEETS:
        plans = [
            Plan("", list(halves(texts, shipped, splits)), with_audits=True),
            Plan(", another source", list(sources(texts, shipped))),
            Plan(", another kind", [all_at_once(texts, without_tweets(shipped))]),
        ]
    else:
        plans = [Plan("", [all_at_once(texts, shipped)], with_audits=True)]
    for place, mix in enumerate(MIXES):
        for size in sizes:
            # Of its own, so that each line can be drawn again without the others.
            random = np.random.default_rng([SEED, place, size])
            note(f"{kind}, {percent(mix)}, {size} comments")
            for plan in plans:
                for (way, audits), (rows, nets) in plan.counted(mix, (repeats, size), random):
                    yield line_of(kind, mix, size, way, audits, rows, nets)


@dataclass(frozen=True)
class Plan:
    """Splits of texts by which the same things are counted; `name` is added to the ways' names."""

    name: str
    splits: Sequence[Split]
    with_audits: bool = False

    def counted(
        self, mix: Sequence[float], shape: tuple[int, int], random: np.random.Generator
    ) -> Iterator[tuple[tuple[str, int], tuple[pl.DataFrame, pl.DataFrame]]]:
        """(Way, audits), and its rows and nets over all splits, `shape` (repeats, comments)."""
        each = max(1, shape[0] // len(self.splits)), shape[1]
        found: dict[tuple[str, int], list[tuple[pl.DataFrame, pl.DataFrame]]] = {}
        for place, split in enumerate(self.splits):
            for way, audits, rows, nets in ways(split, mix, each, random, self.with_audits):
                told = rows.with_columns(split=pl.lit(place))
                found.setdefault((way + self.name, audits), []).append((told, nets))
        for key, parts in found.items():
            yield key, (pl.concat(r for r, _ in parts), pl.concat(n for _, n in parts))


if __name__ == "__main__":
    main()
