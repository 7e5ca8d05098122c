"""How often do alerts cry wolf, and which moves do they see?

Weekly shares of three answers on 20 channels are drawn by chance, with intervals as a corrected
share has them: sampling error, and an error of the correction that is the same in all weeks. They
go through `change_weekly` as published tables do. Under no change every alert is false; then one
channel's share moves, and is looked for.

`python -m benchmarks.alerts` prints both, at a false discovery rate of 5 %.
"""

import argparse
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from models.contract import Column, Table
from models.shares import SHARE_COLUMNS
from transforms.derived import MartRules
from transforms.marts.change_weekly import MART

Array = np.ndarray[Any, Any]

LABELS = ("negative", "neutral", "positive")
MIX = np.array([0.35, 0.4, 0.25])
CHANNELS = 20
CORRECTION_ERRORS = (0.0, 0.03)
"""Standard errors of a correction, the same in all weeks: none, and what 200 audits leave."""

HISTORY = 12
"""Weeks of which the last one moves."""

SIZES = (50, 100, 200)
MOVE = 0.15
TABLE = Table(
    "mart",
    "channel_sentiment_weekly",
    "Invented shares.",
    ("channel", "week", "head", "label"),
    (Column("channel", "text", "where"), Column("week", "text", "when"), *SHARE_COLUMNS),
)
MONDAY = date(2000, 1, 3)


def main(arguments: list[str] | None = None) -> None:
    """Print the rates of false alerts, and of moves that are seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=1000, help="weeks without any change")
    parser.add_argument("--moves", type=int, default=200, help="moves that are looked for")
    options = parser.parse_args(arguments)
    print(f"No change, {options.weeks:,} weeks x {CHANNELS} channels x 3 answers, and volumes:")
    for name, error, drift, dispersion in (
        ("weeks differ by chance alone, shares need no correction", 0.0, 0.0, 0.0),
        ("weeks differ by chance alone, corrections err by 3 points", 0.03, 0.0, 0.0),
        ("weeks also drift by 5 points, counts by half", 0.0, 0.05, 0.25),
    ):
        print(f"  {name}")
        for size in SIZES:
            rates = false_alerts(size, options.weeks, error, drift, dispersion)
            print(f"    n = {size:>3}: {rates}")
    print(f"\nOne of {CHANNELS} channels moves by {100 * MOVE:.0f} points, {options.moves} times:")
    for error in CORRECTION_ERRORS:
        print(f"  corrections with a standard error of {100 * error:.0f} points")
        for size in SIZES:
            print(f"    n = {size:>3}: {seen_moves(size, options.moves, error)}")


def false_alerts(size: int, weeks: int, error: float, drift: float, dispersion: float) -> str:
    """How many weeks without a change have an alert, of shares and of volumes."""
    random = np.random.default_rng(size)
    changes = MART.build(
        {TABLE: shares(random, weeks + 4, size, error, drift, dispersion)}, MartRules()
    )
    rates = []
    for name, rows in (
        ("shares", changes.filter(pl.col("head") != "volume")),
        ("volumes", changes.filter(head="volume")),
    ):
        tests = rows.filter(pl.col("q_value").is_not_null())
        alarmed = tests.filter("is_alert")["week"].n_unique() / max(tests["week"].n_unique(), 1)
        alerts = tests["is_alert"].sum() / max(tests.height, 1)
        rates.append(
            f"{name}: {100 * alarmed:4.1f} % of weeks, "
            f"{100 * alerts:.2f} % of {tests.height:,} tests"
        )
    return "; ".join(rates)


def seen_moves(size: int, moves: int, error: float) -> str:
    """How many of the moves of one channel's negative share are alerts, and how many others are."""
    random = np.random.default_rng(size)
    seen, false = 0, 0.0
    for _ in range(moves):
        rows = shares(random, HISTORY, size, error, move=MOVE)
        changes = MART.build({TABLE: rows}, MartRules())
        found = changes.filter("is_alert", week=f"{MONDAY + timedelta(weeks=HISTORY - 1):%G-W%V}")
        moved = found.filter(item="channel 00").filter(pl.col("head") == "sentiment")
        seen += moved.filter(label="negative").height
        false += (found.height - moved.height) / max(found.height, 1)
    rate = f"{100 * false / moves:.1f} % of a week's alerts are false, on average"
    return f"{100 * seen / moves:5.1f} % seen; {rate}"


def shares(
    random: np.random.Generator,
    weeks: int,
    size: int,
    correction_error: float,
    drift: float = 0.0,
    dispersion: float = 0.0,
    move: float = 0.0,
) -> pl.DataFrame:
    """Rows of `TABLE`: each channel has about `size` comments a week; the last week may `move`."""
    mix = np.tile(MIX, (CHANNELS, weeks, 1)) + random.normal(0, drift, (CHANNELS, weeks, 3))
    mix[0, -1] += np.array([move, -move, 0.0])
    mix = np.clip(mix, 0.02, 0.96)
    mix /= mix.sum(axis=2, keepdims=True)
    count = counts(random, size, dispersion, (CHANNELS, weeks))
    drawn = random.multinomial(count, mix) / count[..., None]
    # The same error for all weeks of a channel, and every answer's interval knows of it.
    wrong = random.normal(0, correction_error, (CHANNELS, 1, 3))
    share = np.clip(drawn + wrong, 0, 1)
    error = np.sqrt(drawn * (1 - drawn) / count[..., None] + correction_error**2)
    return frame(share, error, count)


def counts(random: np.random.Generator, size: int, dispersion: float, shape: Any) -> Array:
    """Counts with the mean `size`: Poisson, or negative binomial with `dispersion`."""
    rate = random.gamma(1 / dispersion, size * dispersion, shape) if dispersion else size
    return np.asarray(np.maximum(random.poisson(rate, shape), 1))


def frame(share: Array, error: Array, count: Array) -> pl.DataFrame:
    """Arrays (channels, weeks, answers) as rows of `TABLE`."""
    channels, weeks, answers = share.shape
    names = [f"{MONDAY + timedelta(weeks=week):%G-W%V}" for week in range(weeks)]
    n = np.repeat(count, answers)
    return pl.DataFrame(
        {
            "channel": np.repeat([f"channel {n:02}" for n in range(channels)], weeks * answers),
            "week": np.tile(np.repeat(names, answers), channels),
            "head": "sentiment",
            "label": np.tile(LABELS, channels * weeks),
            "share_raw": share.ravel(),
            "share": share.ravel(),
            "ci_low": np.clip(share - 1.96 * error, 0, 1).ravel(),
            "ci_high": np.clip(share + 1.96 * error, 0, 1).ravel(),
            "comment_count": n,
            "author_count": n,
            "audit_count": 0,
            "uncertain_share": 0.0,
            "method": "invented",
            "hidden_reason": None,
        },
        schema_overrides=TABLE.schema(),
    )


if __name__ == "__main__":
    main()
