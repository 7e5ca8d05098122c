"""The benchmark of alerts draws what it says, and prints its rates."""

import numpy as np
import pytest

from benchmarks.alerts import CHANNELS, TABLE, main, shares


def test_what_is_drawn_is_a_table_of_shares_with_the_mix_that_was_asked_for() -> None:
    rows = TABLE.require(shares(np.random.default_rng(0), 6, 200, 0.0, move=0.15))
    assert rows.height == CHANNELS * 6 * 3
    negative = rows.filter(label="negative")["share"].to_numpy().reshape(CHANNELS, 6)
    assert negative.mean() == pytest.approx(0.35, abs=0.01)
    assert negative[0, -1] - negative[0, :-1].mean() == pytest.approx(0.15, abs=0.08)


def test_it_prints_false_alerts_and_moves_that_were_seen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--weeks", "5", "--moves", "2"])
    shown = capsys.readouterr().out
    assert shown.count("% of weeks") == 18
    assert shown.count("% seen") == 6
