"""How often do the intervals of shares contain the truth, and how far off are the shares?

Texts whose sentiment is known are read once by the shipped model, then drawn again and again with
another mix of negative, neutral and positive ones, as cells of a share mart. What the pipeline
would publish of each is compared with the mix.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.measure import Cell, machine, note, parser, show, table
from models.held_out import FILE_NAME, HOME, HeldOut, read_held_out
from transforms.estimates.digits import codes
from transforms.estimates.interval import wilson
from transforms.estimates.pools import Pooling
from transforms.estimates.shares import Gathered, Known, share_rows
from transforms.estimates.shift import shift_of
from transforms.statements import Shares

CHECKPOINT = Path("models/checkpoint")
LABELS = ("negative", "neutral", "positive")
SENTIMENT = Shares("sentiment", net=(("negative", -1.0), ("positive", 1.0)))
MIXES = (
    (0.10, 0.80, 0.10),
    (0.20, 0.70, 0.10),
    (0.60, 0.30, 0.10),
    (1 / 3, 1 / 3, 1 / 3),
    (0.10, 0.30, 0.60),
    (0.40, 0.20, 0.40),
)
SIZES, AUDITS, REPEATS, SEED = (200, 600), (30, 60, 120), 400, 20261127
SPLITS = 20
"""So many times the texts are halved anew, that the held-out half's own chance is in the answer."""

ELSEWHERE_OFF = (-0.10, 0.15, -0.05)
"""By how much the mix of the weeks that lend their audits differs."""

TEXTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "tweets": (("umsab_de", "val"), ("umsab_en", "val"), ("sb10k", "dev"), ("potts", "dev")),
    "railway feedback": (("germeval2017", "dev"),),
}
"""Kinds of texts -> data sets and parts that the model was not trained on."""

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Texts:
    """Probabilities (texts, labels) and gold labels' places (texts,)."""

    probabilities: Numbers
    gold: Places

    def at(self, places: Places) -> "Texts":
        """Some of them."""
        return Texts(self.probabilities[places], self.gold[places])

    def drawn(
        self, mix: Sequence[float], shape: tuple[int, int], random: np.random.Generator
    ) -> "Texts":
        """Cells of texts (cells, size, ...), each label as often as `mix` has it, on average."""
        gold = random.choice(len(LABELS), shape, p=mix)
        places = np.empty(shape, dtype=np.int64)
        for label in range(len(LABELS)):
            here = gold == label
            places[here] = random.choice(np.flatnonzero(self.gold == label), int(here.sum()))
        return Texts(self.probabilities[places], gold)


@dataclass(frozen=True)
class Line:
    """What one way of counting gave for one mix, in points: worst and mean over the labels."""

    texts: str
    mix: str
    comments: int
    way: str
    audits: int
    bias: float
    coverage: float
    least_coverage: float
    half_width: float
    net_coverage: float


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


def read_texts(kind: str, data: Path, work: Path) -> Texts:
    """The model's answers to one kind of texts, from `work` if they are there."""
    from models.encoder import checkpoint_version, load_encoder
    from models.training.datasets import read_dataset

    version = checkpoint_version(CHECKPOINT)
    file = work / f"{version}-{kind.replace(' ', '-')}.npz"
    if not file.exists():
        note(f"reading {kind}")
        examples = [
            example
            for name, part in TEXTS[kind]
            for example in read_dataset(data, name, part)
            if "sentiment" in example.labels
        ]
        reading = load_encoder(CHECKPOINT).read([example.text for example in examples])
        gold = [LABELS.index(example.labels["sentiment"][0]) for example in examples]
        work.mkdir(parents=True, exist_ok=True)
        np.savez(file, probabilities=reading.probabilities["sentiment"], gold=gold)
    with np.load(file) as kept:
        return Texts(kept["probabilities"].astype(np.float64), kept["gold"])


def measured(kind: str, texts: Texts, sizes: Sequence[int], repeats: int) -> Iterator[Line]:
    """All ways of counting, for every mix and size."""
    from models.encoder import checkpoint_version

    shipped = read_held_out(CHECKPOINT / FILE_NAME, checkpoint_version(CHECKPOINT))["sentiment"]
    random = np.random.default_rng(SEED)
    for mix in MIXES:
        for size in sizes:
            note(f"{kind}, {percent(mix)}, {size} comments")
            for way, audits, rows, nets in ways(texts, shipped, mix, (repeats, size), random):
                yield line_of(kind, mix, size, way, audits, rows, nets)


def ways(
    texts: Texts,
    shipped: HeldOut,
    mix: Sequence[float],
    shape: tuple[int, int],
    random: np.random.Generator,
) -> Iterator[tuple[str, int, pl.DataFrame, pl.DataFrame]]:
    """Name, audits, share rows and nets of every way of counting the same cells."""
    cells = texts.drawn(mix, shape, random)
    shift = shift_of(shipped) or 0.0
    yield "raw", 0, *published(cells, None, 0.0)
    halves = [halved(texts, mix, shape, random) for _ in range(SPLITS)]
    yield "EMQ, like texts", 0, *map(pl.concat, zip(*halves, strict=True))
    yield "EMQ, shipped", 0, *published(cells, shipped, shift)
    for audits in AUDITS:
        yield "PPI++", audits, *published(cells, shipped, shift, audited(cells, audits))
        yield "audits alone", audits, *audits_alone(cells, audits)
        elsewhere = texts.drawn((np.array(mix) - off(mix)).tolist(), (shape[0], audits), random)
        yield "PPI++, other weeks", audits, *published(cells, shipped, shift, lent(elsewhere))


def off(mix: Sequence[float]) -> Numbers:
    """How the mix of other weeks differs from `mix`, which has the most of one label."""
    order = np.argsort(np.argsort(-np.array(mix), kind="stable"))
    return np.array([ELSEWHERE_OFF[1], ELSEWHERE_OFF[0], ELSEWHERE_OFF[2]])[order]


def halved(
    texts: Texts, mix: Sequence[float], shape: tuple[int, int], random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells of one half of the texts, corrected by the other half."""
    order = random.permutation(len(texts.gold))
    here, there = texts.at(order[::2]), texts.at(order[1::2])
    held = HeldOut(
        LABELS, there.probabilities, np.eye(3)[there.gold], np.full(len(there.gold), HOME)
    )
    count = max(1, shape[0] // SPLITS)
    return published(here.drawn(mix, (count, shape[1]), random), held, 0.0)


def published(
    cells: Texts, held: HeldOut | None, shift: float, audits: pl.DataFrame | None = None
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
    gathered = Gathered(
        LABELS, frame_of_cells(count, size), histogram, NO_AUDITS if audits is None else audits
    )
    return share_rows(SENTIMENT, gathered, Known(held, shift, Pooling(20, 8, "alike")))


def frame_of_cells(count: int, size: int) -> pl.DataFrame:
    """Cells of one week, each with `size` comments of as many authors, none like another."""
    return pl.DataFrame({"cell": np.arange(count)}).with_columns(
        draw="cell",
        comment_count=pl.lit(size, pl.Int64),
        author_count=pl.lit(size, pl.Int64),
        uncertain_share=pl.lit(0.0),
        last_day=pl.lit(DAY),
        is_whole=pl.lit(False),
        alike=pl.col("cell").cast(pl.String),
    )


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


def line_of(
    kind: str,
    mix: Sequence[float],
    size: int,
    way: str,
    audits: int,
    rows: pl.DataFrame,
    nets: pl.DataFrame,
) -> Line:
    """Compare with the mix."""
    truth = pl.DataFrame({"label": LABELS, "truth": mix})
    each = (
        rows.join(truth, on="label")
        .group_by("label")
        .agg(
            bias=(pl.col("share") - pl.col("truth")).mean(),
            coverage=pl.col("truth").is_between("ci_low", "ci_high").mean(),
            width=(pl.col("ci_high") - pl.col("ci_low")).mean() / 2,
        )
    )
    net = mix[2] - mix[0]
    return Line(
        kind,
        percent(mix),
        size,
        way,
        audits,
        100 * float(each["bias"].abs().max()),  # type: ignore[arg-type]
        100 * float(each["coverage"].mean()),  # type: ignore[arg-type]
        100 * float(each["coverage"].min()),  # type: ignore[arg-type]
        100 * float(each["width"].mean()),  # type: ignore[arg-type]
        100 * float(((nets["net_low"] <= net) & (nets["net_high"] >= net)).mean()),  # type: ignore[arg-type]
    )


def percent(mix: Sequence[float]) -> str:
    """A mix as it is named: 10/80/10."""
    return "/".join(f"{100 * share:.0f}" for share in mix)


def goals(lines: Sequence[Line]) -> dict[str, str]:
    """What was promised, and what came out."""
    own = [line for line in lines if line.way == "PPI++"]
    covered = [line.coverage for line in own]
    worst = max((line.bias for line in own), default=0.0)
    raw = {(line.texts, line.mix, line.comments): line.bias for line in lines if line.way == "raw"}
    found = {
        "PPI++ coverage 93 to 97 % in every mix": f"{min(covered):.1f} to {max(covered):.1f} %",
        "PPI++ bias under 1 point in every mix": f"at most {worst:.2f}",
    }
    for way in ("EMQ, like texts", "EMQ, shipped"):
        parts = [
            line.bias / raw[line.texts, line.mix, line.comments]
            for line in lines
            if line.way == way and line.texts == "tweets"
        ]
        name = f"{way}: bias at most a third of raw's (tweets)"
        found[name] = f"{min(parts):.2f} to {max(parts):.2f}"
    return found


def shown(lines: Sequence[Line]) -> str:
    """The table, and the goals below it."""
    header = (
        "texts, neg/neu/pos",
        "n",
        "counted by",
        "audits",
        "bias",
        "covers %",
        "least %",
        "+-",
        "net %",
    )
    cells: list[Sequence[Cell]] = [
        (
            f"{line.texts}, {line.mix}",
            line.comments,
            line.way,
            line.audits,
            f"{line.bias:.1f}",
            f"{line.coverage:.1f}",
            f"{line.least_coverage:.1f}",
            f"{line.half_width:.1f}",
            f"{line.net_coverage:.1f}",
        )
        for line in lines
    ]
    judged = "\n".join(f"{goal}: {found}" for goal, found in goals(lines).items())
    explained = (
        "bias: of the label that is furthest off, in points; covers: how many 95 % intervals hold "
        "the truth,\nover the labels; least: the label with the fewest; +-: half the mean width"
    )
    return f"{table(header, cells)}\n\n{explained}\n\n{judged}"


def draw(lines: Sequence[Line], path: Path) -> None:
    """Bias and coverage of each way, mix by mix, for tweets and the larger cells."""
    import altair as alt

    size = max(line.comments for line in lines)
    names = {
        "raw": "as the model chose",
        "EMQ, shipped": "corrected, no audits",
        "PPI++": "corrected, 60 audits",
    }
    rows = pl.DataFrame(
        [
            {"mix": line.mix, "way": names[line.way], "off": line.bias, "covers": line.coverage}
            for line in lines
            if line.texts == "tweets"
            and line.comments == size
            and line.way in names
            and line.audits in (0, 60)
        ]
    )
    colour = alt.Color("way:N", title=None, sort=list(names.values())).scale(
        range=["#b8b8b8", "#7aa6c2", "#1f4e79"]
    )
    mix = alt.Y("mix:N", title="negative / neutral / positive, truly", sort=None)
    base = (
        alt.Chart(rows.to_pandas())
        .mark_bar()
        .encode(y=mix, yOffset=alt.YOffset("way:N", sort=list(names.values())), color=colour)
    )
    left = base.encode(x=alt.X("off:Q", title="points that the shares are off, on average"))
    right = base.encode(
        x=alt.X("covers:Q", title="of 100 intervals, how many hold the truth").scale(
            domain=[0, 100]
        )
    )
    goal = alt.Chart().mark_rule(strokeDash=[4, 3]).encode(x=alt.datum(95))
    sized = {"width": 260, "height": 300}
    chart = left.properties(**sized) | alt.layer(right, goal, data=rows.to_pandas()).properties(
        **sized
    )
    chart.configure_legend(orient="top").save(path)


if __name__ == "__main__":
    main()
