"""What each way of counting gave, compared with the truth: as lines, a table, goals, a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.measure import Cell, table
from benchmarks.resampling.texts import LABELS
from transforms.estimates.kinds import TWEETS


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
    # Room around words: the font of who looks may be wider than the one it was measured with.
    name = alt.Axis(title="negative / neutral / positive, truly", titlePadding=16)
    mix = alt.Y("mix:N", axis=name, sort=None)
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
    chart.configure_legend(orient="top", columnPadding=30).save(path)
