import numpy as np
import pytest

from transforms.estimates.interval import Moments, estimates, proper, wilson

INFINITE = np.array([np.inf])


def of_few(share: list[float], voices: float, values: tuple[float, ...] = (-1, 0, 1)) -> Moments:
    columns = np.array([[*share, float(np.dot(share, values))]])
    return Moments(
        columns, np.array([voices]), np.array([1 / voices]), np.zeros(columns.shape), INFINITE
    )


def test_the_interval_is_wilsons() -> None:
    # Worked by hand for 1 of 4: centre 2.92 / 7.84, half width 1.96 * sqrt(0.75 + 0.96) / 7.84.
    low, high = wilson(np.array(0.25), np.array(1 / 4), np.array(1.95996398))
    assert (float(low), float(high)) == pytest.approx((0.0455873, 0.6993582), abs=1e-6)


def test_none_of_seven_is_not_surely_none() -> None:
    found = estimates(of_few([0, 1, 0], 7), np.array([-1.0, 0, 1]))
    assert found.low[0].tolist()[0] == 0
    assert 0.3 < found.high[0, 0] < 0.45
    assert found.net_low[0] < 0 < found.net_high[0]


def test_shares_below_nothing_become_none_and_the_rest_sums_to_1() -> None:
    shares = proper(np.array([[-0.1, 0.6, 0.5]]))
    assert shares[0, 0] == 0
    assert shares.sum() == pytest.approx(1)


def test_what_corrects_makes_the_interval_wider() -> None:
    values = np.array([-1.0, 0, 1])
    plain = of_few([0.2, 0.5, 0.3], 200)
    unsure = Moments(
        plain.share, plain.voices, plain.drawn, np.full((1, 4), 0.05**2), np.array([29.0])
    )
    narrow, wide = estimates(plain, values), estimates(unsure, values)
    assert (wide.high - wide.low > narrow.high - narrow.low).all()
    assert wide.net_high[0] - wide.net_low[0] > narrow.net_high[0] - narrow.net_low[0]


def test_a_net_stays_within_what_it_can_be() -> None:
    found = estimates(of_few([0, 0, 1], 3), np.array([-1.0, 0, 1]))
    assert -1 <= found.net_low[0] <= found.net[0] == found.net_high[0] == 1


def test_a_head_with_one_label_has_all_of_it() -> None:
    moments = Moments(
        np.ones((1, 2)), np.array([4.0]), np.array([0.25]), np.zeros((1, 2)), INFINITE
    )
    found = estimates(moments, np.zeros(1))
    assert found.share.tolist() == [[1.0]]
    assert 0 < found.low[0, 0] < 1
