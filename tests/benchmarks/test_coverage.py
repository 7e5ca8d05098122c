"""The simulation of shares: what it draws has the mix it says, and what it counts is right."""

import numpy as np
import polars as pl
import pytest

from benchmarks.coverage import MIXES
from benchmarks.resampling.lines import line_of, percent, shown
from benchmarks.resampling.texts import (
    CHECKPOINT,
    LABELS,
    TEXTS,
    Split,
    Texts,
    all_at_once,
    halves,
    sources,
    without_tweets,
)
from benchmarks.resampling.ways import audited, lent, off, published
from models.encoder import checkpoint_version
from models.held_out import FILE_NAME, HeldOut, read_held_out
from models.training.held_out import tweets_of
from transforms.estimates.kinds import logits, signs_of


def texts() -> Texts:
    """Texts of which the model is always right, and says so."""
    gold = np.arange(300) % 3
    return Texts(np.eye(3)[gold] * 0.94 + 0.02, gold, np.zeros((300, 6)))


def test_drawn_cells_have_their_mix_on_average():
    drawn = texts().drawn(MIXES[0], (50, 400), np.random.default_rng(1))
    assert np.eye(3)[drawn.gold].mean(axis=(0, 1)) == pytest.approx(MIXES[0], abs=0.01)


@pytest.mark.parametrize("mix", MIXES, ids=percent)
def test_other_weeks_have_another_mix_that_is_a_mix(mix):
    other = np.array(mix) - off(mix)
    assert other.min() > 0
    assert other.sum() == pytest.approx(1)
    assert abs(off(mix)).max() == pytest.approx(0.15)


def test_audits_lie_in_their_cells_and_lent_ones_in_none():
    cells = texts().drawn(MIXES[0], (4, 60), np.random.default_rng(1))
    rows, _ = published(cells, None, audited(cells, 30))
    assert set(rows["method"]) == {"ppi (own)"}
    assert set(rows["audit_count"]) == {30}
    rows, _ = published(cells, None, lent(cells))
    assert set(rows["method"]) == {"raw"}


def test_a_line_says_how_far_off_and_how_often_covered():
    rows = pl.DataFrame(
        {
            "label": [*LABELS, *LABELS],
            "share": [0.2, 0.7, 0.1, 0.1, 0.8, 0.1],
            "ci_low": [0.15, 0.6, 0.0, 0.05, 0.7, 0.05],
            "ci_high": [0.25, 0.9, 0.2, 0.15, 0.9, 0.15],
        }
    )
    nets = pl.DataFrame({"net_low": [-0.1, 0.1], "net_high": [0.1, 0.2]})
    line = line_of("tweets", (0.1, 0.8, 0.1), 200, "raw", 0, rows, nets)
    assert (line.bias, line.least_coverage) == (pytest.approx(5), pytest.approx(50))
    assert line.coverage == pytest.approx(250 / 3)
    assert line.net_coverage == 50
    apart = line_of("tweets", (0.1, 0.8, 0.1), 200, "raw", 0, of_two_sets(rows), nets)
    assert (apart.bias, apart.one_set) == (pytest.approx(5), pytest.approx(7.5))


def of_two_sets(rows: pl.DataFrame) -> pl.DataFrame:
    """The first three rows of one held-out set, the others, five points further off, of another."""
    return rows.with_columns(split=pl.Series([0, 0, 0, 1, 1, 1])).with_columns(
        share=pl.when(pl.col("split") == 1, pl.col("label") == "neutral")
        .then(pl.lit(0.85))
        .otherwise("share")
    )


HEADS = {"sentiment": LABELS, "topic": tuple("abcdef")}


def sets(domains: list[str], count: int = 60) -> dict[str, HeldOut]:
    """Texts of some domains; the first topic's probability is each text's own."""
    total = count * len(domains)
    number = np.arange(total)
    gold = np.eye(3)[number % 3]
    topics = np.random.default_rng(1).uniform(0.1, 0.9, (total, 6))
    topics[:, 0] = (number + 1) / 1_000 + (0 if domains[0] == "home" else 0.5)
    said = {"sentiment": gold * 0.7 + 0.1, "topic": topics}
    marks = {"sentiment": gold, "topic": np.full(topics.shape, np.nan)}
    named = np.repeat(domains, count)
    return {h: HeldOut(HEADS[h], said[h], marks[h], named) for h in HEADS}


def numbers(split: Split) -> tuple[set[float], set[float]]:
    """Which texts are counted, and by which they are corrected: their own first topics."""
    first = signs_of(split.held).index(("topic", "a"))
    held = logits(split.held["topic"].probabilities[:, 0])
    return set(split.counted.signs[:, first].round(9)), set(held.round(9))


TWEETS = sets(["tweets/a", "tweets/b"])
SHIPPED = sets(["home", "alone", "tweets/a"])


@pytest.mark.parametrize(
    "splits",
    [
        pytest.param(lambda: halves(TWEETS, SHIPPED, np.random.default_rng(1)), id="halves"),
        pytest.param(lambda: sources(TWEETS, SHIPPED), id="sources"),
        pytest.param(lambda: [all_at_once(TWEETS, without_tweets(SHIPPED))], id="kinds"),
    ],
)
def test_no_text_that_is_counted_corrects_and_no_tweet_comes_from_the_set_that_ships(splits):
    of_home = set(logits(SHIPPED["topic"].probabilities[:120, 0]).round(9))
    every = set(logits(TWEETS["topic"].probabilities[:, 0]).round(9))
    for split in splits():
        counted, held = numbers(split)
        assert counted
        assert counted <= every
        assert not counted & held
        assert held <= of_home | (every - counted)


def test_what_is_counted_is_held_out_as_the_set_that_ships_says() -> None:
    from models.training.held_out import OWN_TWEETS
    from models.training.held_out import TWEETS as SOURCES

    # PotTS is counted by its own labels; the set that ships has the same tweets in ours.
    assert dict(TEXTS["tweets"]) == {**SOURCES, "potts": "dev"}
    shipped = read_held_out(CHECKPOINT / FILE_NAME, checkpoint_version(CHECKPOINT))
    domains = {tweets_of(source) for source in (*SOURCES, OWN_TWEETS[0])}
    others = {"home", "alone", "mentions"}
    assert set(shipped["sentiment"].domains) == others | domains
    # Railway feedback is in no set that ships: its licence does not allow it.
    assert "germeval2017" in dict(TEXTS["railway feedback"])
    assert set(without_tweets(shipped)["sentiment"].domains) == others


def test_comments_like_the_other_half_are_corrected_by_it():
    split = next(halves(TWEETS, SHIPPED, np.random.default_rng(1)))
    cells = split.counted.drawn(MIXES[0], (3, 60), np.random.default_rng(2))
    rows, _ = published(cells, split)
    assert all(method.startswith("emq (") for method in rows["method"])


def test_the_table_says_what_was_promised():
    lines = [
        line_of("tweets", MIXES[0], 200, way, audits, rows, nets)
        for way, audits in (("raw", 0), ("PPI++", 30), ("EMQ", 0))
        for rows, nets in [
            published(texts().drawn(MIXES[0], (3, 50), np.random.default_rng(2)), None)
        ]
    ]
    assert "PPI++ coverage 93 to 97 % in every mix" in shown(lines)
