"""How often do the intervals of shares contain the truth, and how far off are the shares?

Texts whose sentiment is known are read once by the shipped model, then drawn again and again with
another mix of negative, neutral and positive ones, as cells of a share mart, each of a channel of
its own. What the pipeline would publish of each is compared with the mix.

No text that is counted is in the held-out set that corrects it. Of the tweets, one half is counted;
the tweets of the set that ships are taken out of it, and the other half put in their place.
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
from models.held_out import FILE_NAME, HeldOut, read_held_out, write_held_out
from transforms.estimates.digits import codes
from transforms.estimates.interval import wilson
from transforms.estimates.kinds import TWEETS, Company, Signs, kinds_of, logits, signs_of
from transforms.estimates.pools import Pooling
from transforms.estimates.shares import Gathered, Known, share_rows
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
    """Probabilities (texts, labels), gold labels' places (texts,), and signs (texts, signs)."""

    probabilities: Numbers
    gold: Places
    signs: Numbers

    def drawn(
        self, mix: Sequence[float], shape: tuple[int, int], random: np.random.Generator
    ) -> "Texts":
        """Cells of texts (cells, size, ...), each label as often as `mix` has it, on average."""
        gold = random.choice(len(LABELS), shape, p=mix)
        places = np.empty(shape, dtype=np.int64)
        for label in range(len(LABELS)):
            here = gold == label
            places[here] = random.choice(np.flatnonzero(self.gold == label), int(here.sum()))
        return Texts(self.probabilities[places], gold, self.signs[places])


Sets = Mapping[str, HeldOut]
"""What the model says of some texts under each head, in one order."""


@dataclass(frozen=True)
class Split:
    """Texts that are counted, and the held-out sets that correct them."""

    counted: Texts
    held: Sets

    def company(self, cells: Texts) -> Company | None:
        """What the cells' texts are like, each cell taken for a channel."""
        names = tuple(signs_of(self.held))
        kinds = kinds_of(self.held, names)
        channels = tuple(map(str, range(len(cells.gold))))
        counts = np.full(len(channels), float(cells.gold.shape[1]))
        signs = Signs(names, channels, cells.signs.mean(axis=1), counts)
        return Company(kinds, signs) if kinds else None


@dataclass(frozen=True)
class Line:
    """What one way of counting gave for one mix, in points: worst and mean over the labels.

    `bias` is the mean over all held-out sets; `one_set` how far off it is with one of them, on
    average: a held-out set is a sample, too.
    """

    texts: str
    mix: str
    comments: int
    way: str
    audits: int
    bias: float
    one_set: float
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


def read_texts(kind: str, data: Path, work: Path) -> Sets:
    """The model's answers to one kind of texts, from `work` if they are there."""
    from models.encoder import checkpoint_version, load_encoder
    from models.training.datasets import read_dataset
    from models.training.held_out import joined, read_domain

    version = checkpoint_version(CHECKPOINT)
    folder = work / f"{version}-{kind.replace(' ', '-')}"
    if not (folder / FILE_NAME).exists():
        note(f"reading {kind}")
        encoder = load_encoder(CHECKPOINT)
        found = []
        for name, part in TEXTS[kind]:
            examples = [e for e in read_dataset(data, name, part) if "sentiment" in e.labels]
            found.append(read_domain(encoder, examples, f"{kind}/{name}"))
        folder.mkdir(parents=True, exist_ok=True)
        heads = {head: joined([part[head] for part in found]) for head in found[0]}
        write_held_out(heads, folder, version)
    return read_held_out(folder / FILE_NAME, version)


def texts_of(sets: Sets, places: npt.NDArray[np.bool_]) -> Texts:
    """Some texts of a set, as they are counted."""
    mood = sets["sentiment"].at(places)
    columns = [
        logits(sets[head].probabilities[places, sets[head].labels.index(label)])
        for head, label in signs_of(sets)
    ]
    return Texts(mood.probabilities, mood.gold.argmax(axis=1), np.stack(columns, axis=1))


def without_tweets(shipped: Sets) -> Sets:
    """The set that ships without all that this benchmark draws from."""
    return {head: held.at(held.kinds != TWEETS) for head, held in shipped.items()}


def with_some(shipped: Sets, texts: Sets, places: npt.NDArray[np.bool_]) -> Sets:
    """A set and some of `texts`."""
    from models.training.held_out import joined

    return {head: joined([held, texts[head].at(places)]) for head, held in shipped.items()}


def halves(texts: Sets, shipped: Sets, random: np.random.Generator) -> Iterator[Split]:
    """One half counted, the set having the other half in the place of its own tweets."""
    base, count = without_tweets(shipped), len(texts["sentiment"].gold)
    for _ in range(SPLITS):
        here = random.permutation(count) % 2 == 0
        yield Split(texts_of(texts, here), with_some(base, texts, ~here))


def sources(texts: Sets, shipped: Sets) -> Iterator[Split]:
    """Each source counted in its turn, the set having the other sources of the kind."""
    base, domains = without_tweets(shipped), texts["sentiment"].domains
    for source in sorted(set(domains.tolist())):
        here = domains == source
        yield Split(texts_of(texts, here), with_some(base, texts, ~here))


def all_at_once(texts: Sets, held: Sets) -> Split:
    """All texts counted; the set has none of the kind."""
    return Split(texts_of(texts, np.ones(len(texts["sentiment"].gold), dtype=np.bool_)), held)


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
    by_set = rows.with_columns(pl.lit(0).alias("split")) if "split" not in rows.columns else rows
    one_set = (
        by_set.join(truth, on="label")
        .group_by("split", "label")
        .agg(bias=(pl.col("share") - pl.col("truth")).mean().abs())
        .group_by("split")
        .agg(pl.col("bias").max())
    )
    net = mix[2] - mix[0]
    return Line(
        kind,
        percent(mix),
        size,
        way,
        audits,
        100 * float(each["bias"].abs().max()),  # type: ignore[arg-type]
        100 * float(one_set["bias"].mean()),  # type: ignore[arg-type]
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
    found = {
        "PPI++ coverage 93 to 97 % in every mix": f"{min(covered):.1f} to {max(covered):.1f} %",
        "PPI++ bias under 1 point in every mix": f"at most {worst:.2f}",
    }
    for way in ("EMQ", "EMQ, another source", "EMQ, another kind"):
        here = [line for line in lines if line.way == way and line.texts == TWEETS]
        parts = [line.bias / raw_of(lines, line).bias for line in here]
        found[f"{way}: bias at most a third of raw's (tweets)"] = spread(parts, 2)
    for kind in sorted({line.texts for line in lines}):
        for way in sorted({line.way for line in lines if line.texts == kind and "EMQ" in line.way}):
            covers = [line.coverage for line in lines if (line.texts, line.way) == (kind, way)]
            found[f"{way}: coverage at least 90 % ({kind})"] = f"{spread(covers, 1)} %"
    return found


def raw_of(lines: Sequence[Line], of: Line) -> Line:
    """The raw line of the same texts."""
    way = of.way.replace("EMQ", "raw")
    (found,) = [
        line
        for line in lines
        if (line.texts, line.mix, line.comments, line.way) == (of.texts, of.mix, of.comments, way)
    ]
    return found


def spread(values: Sequence[float], digits: int) -> str:
    """Lowest to highest."""
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}" if values else "not measured"


def shown(lines: Sequence[Line]) -> str:
    """The table, and the goals below it."""
    header = (
        "texts, neg/neu/pos",
        "n",
        "counted by",
        "audits",
        "bias",
        "one set",
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
            f"{line.one_set:.1f}",
            f"{line.coverage:.1f}",
            f"{line.least_coverage:.1f}",
            f"{line.half_width:.1f}",
            f"{line.net_coverage:.1f}",
        )
        for line in lines
    ]
    judged = "\n".join(f"{goal}: {found}" for goal, found in goals(lines).items())
    explained = (
        "bias: of the label that is furthest off, in points; one set: with one held-out set, "
        "the mean over sets;\ncovers: how many 95 % intervals hold the truth, "
        "over the labels; least: the label with the fewest; +-: half the mean width"
    )
    return f"{table(header, cells)}\n\n{explained}\n\n{judged}"


def draw(lines: Sequence[Line], path: Path) -> None:
    """Bias and coverage of each way, mix by mix, for tweets and the larger cells."""
    import altair as alt

    size = max(line.comments for line in lines)
    names = {
        "raw": "as the model chose",
        "EMQ": "corrected, no audits",
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
