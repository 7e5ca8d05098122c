import numpy as np
import pytest

from transforms.significance import (
    Estimate,
    change_points,
    count_intervals,
    count_p_values,
    overdispersion,
    pooled,
    q_values,
    share_difference,
    spread,
)


def estimate(share: object, half: object, authors: object) -> Estimate:
    s, h, n = (np.asarray(value, dtype=float) for value in (share, half, authors))
    return Estimate(s, np.clip(s - h, 0, 1), np.clip(s + h, 0, 1), n)


def difference(now: tuple, before: list[tuple], between: float = 0.0):
    share, half, people = zip(*before, strict=True)
    together = pooled(estimate([share], [half], [people]))
    return share_difference(estimate(*([value] for value in now)), together, np.array([between]))


def test_two_wide_intervals_are_no_change_where_two_narrow_ones_are() -> None:
    narrow = difference((0.5, 0.05, 1000), [(0.3, 0.05, 1000)])
    wide = difference((0.5, 0.2, 1000), [(0.3, 0.2, 1000)])
    assert narrow.p_value[0] < 0.001
    assert wide.p_value[0] > 0.1
    assert narrow.low[0] > 0 > wide.low[0]


def test_the_difference_of_two_binomial_shares_is_that_of_the_textbook() -> None:
    # Newcombe 1998, method 10, on 56/70 and 48/80: 0.0524 to 0.3339.
    wilson = Estimate(*(np.array([v]) for v in (0.8, 0.6923, 0.8769, 1e6)))
    other = Estimate(*(np.array([[v]]) for v in (0.6, 0.4905, 0.7004, 1e6)))
    found = share_difference(wilson, pooled(other), np.zeros(1))
    assert found.low[0] == pytest.approx(0.0524, abs=0.0005)
    assert found.high[0] == pytest.approx(0.3339, abs=0.0005)


def test_an_interval_is_never_taken_narrower_than_its_people_allow() -> None:
    exact = difference((0.5, 0.0, 20), [(0.3, 0.0, 20)])
    assert exact.p_value[0] > 0.05


def test_a_share_of_nothing_among_few_can_still_be_tested() -> None:
    found = difference((0.0, 0.0, 30), [(0.0, 0.0, 30)])
    assert found.p_value[0] == pytest.approx(1.0)


def test_weeks_count_by_their_people() -> None:
    together = pooled(estimate([[0.2, 0.6, 0.9]], [[0.1, 0.1, 0.1]], [[30, 10, 0]]))
    assert together.estimate.share[0] == pytest.approx(0.3)
    assert together.estimate.authors[0] == 40
    # As wide as one week: the error of the correction does not average out.
    assert together.estimate.high[0] - together.estimate.share[0] >= 0.1


def test_weeks_that_differ_anyway_make_a_change_less_sure() -> None:
    calm = difference((0.5, 0.05, 1000), [(0.3, 0.05, 1000)])
    restless = difference((0.5, 0.05, 1000), [(0.3, 0.05, 1000)], between=0.02)
    assert restless.p_value[0] > calm.p_value[0]


def test_the_spread_of_weeks_is_found_by_moments() -> None:
    random = np.random.default_rng(0)
    share = 0.5 + random.normal(0, np.hypot(0.05, 0.02), (2000, 4))
    excess, scale = spread(
        estimate(share, np.full(share.shape, 1.96 * 0.02), np.full(share.shape, 1e6))
    )
    assert np.sqrt(excess.sum() / scale.sum()) == pytest.approx(0.05, rel=0.05)


def test_one_week_alone_tells_nothing_of_the_spread() -> None:
    share = np.linspace(0.01, 0.99, 99)[:, None]
    excess, scale = spread(estimate(share, np.full_like(share, 0.1), np.full_like(share, 7)))
    assert (excess.any(), scale.any()) == (False, False)


def test_counts_that_jump_about_anyway_are_no_news() -> None:
    counts = np.random.default_rng(0).negative_binomial(2, 2 / 42, (500, 4)).astype(float)
    there = np.ones_like(counts, dtype=bool)
    assert overdispersion(counts, there) == pytest.approx(0.5, rel=0.15)
    poisson = np.random.default_rng(0).poisson(40, (500, 4)).astype(float)
    assert overdispersion(poisson, there) < 0.01
    now, mean, weeks = (np.array([value]) for value in (80.0, 40.0, 4))
    assert count_p_values(now, mean, weeks, np.zeros(1))[0] < 0.0001
    assert count_p_values(now, mean, weeks, np.array([0.5]))[0] > 0.1


def test_no_comment_at_all_is_news_where_many_came() -> None:
    none, mean, weeks = (np.array([value]) for value in (0.0, 40.0, 4))
    assert count_p_values(none, mean, weeks, np.array([0.05]))[0] < 0.001
    assert count_p_values(none, np.zeros(1), weeks, np.zeros(1))[0] == 1.0


@pytest.mark.parametrize("dispersion", [0.0, 0.3])
@pytest.mark.parametrize("factor", [0.1, 1.0, 3.0])
def test_the_interval_of_a_count_holds_what_was_to_be_expected(
    factor: float, dispersion: float
) -> None:
    random = np.random.default_rng(2)
    weeks, expected, size = 4, 40.0, 20_000

    def drawn(mean: float, shape: object) -> np.ndarray:
        rate = random.gamma(1 / dispersion, mean * dispersion, shape) if dispersion else mean
        return random.poisson(rate, shape).astype(float)

    now, before = drawn(factor * expected, size), drawn(expected, (size, weeks))
    mean = before.mean(axis=1)
    low, high = count_intervals(now, mean, np.full(size, weeks), np.full(size, dispersion))
    held = (low / mean <= factor) & (factor <= high / mean)
    assert 0.94 < held.mean() < 0.99


def test_the_interval_of_a_count_holds_the_mean_where_the_test_sees_no_change() -> None:
    now = np.arange(0, 300.0)
    mean, weeks, dispersion = np.full(300, 40.25), np.full(300, 4), np.full(300, 0.1)
    low, high = count_intervals(now, mean, weeks, dispersion)
    is_usual = count_p_values(now, mean, weeks, dispersion) > 0.05
    assert np.array_equal((low <= mean) & (mean <= high), is_usual)
    assert is_usual.any()
    assert not is_usual.all()
    assert (low[0], bool(np.all(low < now + 1e-9)), bool(np.all(high > now))) == (0, True, True)


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    assert q_values(np.array([0.01, 0.04, 0.03, 0.5])).tolist() == pytest.approx(
        [0.04, 0.16 / 3, 0.16 / 3, 0.5]
    )


def test_a_new_level_is_found_and_an_odd_week_is_none() -> None:
    level = np.array([0.3] * 10 + [0.5] * 10)
    noise = np.random.default_rng(0).normal(0, 0.03, 20)
    assert change_points(level + noise, 0.03) == [10]
    odd = np.array([0.3] * 20)
    odd[12] = 0.42
    assert change_points(odd + noise, 0.03) == []
    assert change_points(level[:7], 0.03) == []


def test_series_without_a_change_rarely_have_a_new_level() -> None:
    random = np.random.default_rng(1)
    found = [bool(change_points(random.normal(0.4, 0.03, 52), 0.03)) for _ in range(200)]
    assert np.mean(found) < 0.1
