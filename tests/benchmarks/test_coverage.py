"""The simulation of shares: what it draws has the mix it says, and what it counts is right."""

import numpy as np
import polars as pl
import pytest

from benchmarks.coverage import (
    LABELS,
    MIXES,
    Texts,
    audited,
    lent,
    line_of,
    off,
    percent,
    published,
    shown,
)


def texts() -> Texts:
    """Texts of which the model is always right, and says so."""
    gold = np.arange(300) % 3
    return Texts(np.eye(3)[gold] * 0.94 + 0.02, gold)


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
    rows, _ = published(cells, None, 0.0, audited(cells, 30))
    assert set(rows["method"]) == {"ppi (own)"}
    assert set(rows["audit_count"]) == {30}
    rows, _ = published(cells, None, 0.0, lent(cells))
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


def test_the_table_says_what_was_promised():
    lines = [
        line_of("tweets", MIXES[0], 200, way, audits, rows, nets)
        for way, audits in (("raw", 0), ("PPI++", 30), ("EMQ, like texts", 0), ("EMQ, shipped", 0))
        for rows, nets in [
            published(texts().drawn(MIXES[0], (3, 50), np.random.default_rng(2)), None, 0.0)
        ]
    ]
    assert "PPI++ coverage 93 to 97 % in every mix" in shown(lines)
