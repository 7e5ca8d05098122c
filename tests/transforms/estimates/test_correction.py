from dataclasses import replace

import numpy as np
import pytest

from tests.transforms.estimates.conftest import VALUES, Model, audits_of, cells_of
from transforms.estimates import correction
from transforms.estimates.evidence import Audits, Cells, Reference
from transforms.estimates.interval import Estimates

MIX = [0.1, 0.8, 0.1]
REPEATS = 400


def covers(found: Estimates, mix: list[float]) -> float:
    """How many of the intervals hold the truth, of all answers together."""
    return float(((found.low <= mix) & (found.high >= mix)).mean())


def off(found: Estimates, mix: list[float]) -> float:
    return float(np.abs(found.share.mean(axis=0) - mix).max())


@pytest.mark.parametrize("audits", [30, 120])
def test_audits_of_a_cell_correct_a_model_that_errs_badly(model: Model, audits: int) -> None:
    gold = model.gold(MIX, (REPEATS, 200))
    cells, bins = cells_of(model.says(gold, off=1.5))
    found = correction.own(cells, audits_of(bins, gold, audits), model.reference(), VALUES)
    assert off(found, MIX) < 0.01
    assert 0.92 < covers(found, MIX) < 0.98
    assert covers(correction.raw(cells, VALUES), MIX) < 0.4


def test_a_model_that_helps_makes_intervals_shorter_than_audits_alone(model: Model) -> None:
    gold = model.gold(MIX, (REPEATS, 600))
    cells, bins = cells_of(model.says(gold))
    audits = audits_of(bins, gold, 120)
    found = correction.own(cells, audits, model.reference(), VALUES)
    blind = Cells(
        np.full_like(cells.posterior, 1 / 3),
        cells.weight,
        cells.chosen,
        cells.authors,
        cells.is_whole,
    )
    alone = correction.own(blind, audits, None, VALUES)
    assert (found.high - found.low).mean() < 0.95 * (alone.high - alone.low).mean()


def test_without_audits_the_held_out_set_corrects_for_another_mix(model: Model) -> None:
    cells, _ = cells_of(model.says(model.gold(MIX, (REPEATS, 200))))
    found = correction.alone(cells, model.reference(), VALUES)
    assert off(found, MIX) < off(correction.raw(cells, VALUES), MIX) / 3
    assert 0.91 < covers(found, MIX) < 0.99


def test_the_interval_without_audits_is_the_bootstraps(model: Model) -> None:
    # Both the cell's comments and the held-out texts are drawn anew.
    gold = np.repeat(np.arange(3), 150)
    known, said = model.says(gold), model.says(model.gold([0.3, 0.5, 0.2], (1, 300)))
    random = np.random.default_rng(5)

    def estimated(texts: np.ndarray, comments: np.ndarray) -> Estimates:
        cells, _ = cells_of(said[:, comments])
        reference = Reference(known[texts], np.eye(3)[gold[texts]])
        return correction.alone(cells, reference, VALUES)

    found = estimated(np.arange(450), np.arange(300))
    shares = np.array(
        [
            estimated(random.integers(0, 450, 450), random.integers(0, 300, 300)).share[0]
            for _ in range(200)
        ]
    )
    half = 1.96 * shares.std(axis=0)
    assert (found.high - found.low)[0] / 2 == pytest.approx(half, rel=0.25)


def test_audits_of_weeks_with_another_mix_do_not_drag_the_share_to_theirs(model: Model) -> None:
    gold = model.gold(MIX, (REPEATS, 200))
    other = model.gold([0.3, 0.4, 0.3], (REPEATS, 120))
    said = model.says(np.concatenate([gold, other], axis=1), off=0.5)
    both, bins = cells_of(said)
    cells = Cells(
        both.posterior,
        _weights(bins[:, :200], len(both.posterior)),
        both.chosen,
        np.full(REPEATS, 200.0),
        both.is_whole,
    )
    audits = audits_of(bins[:, 200:], other, 120)
    found = correction.pooled(cells, audits, model.reference(shift=0.4), VALUES)
    assert off(found, MIX) < 0.05
    assert covers(found, MIX) > 0.93
    dragged = correction.own(cells, audits, model.reference(), VALUES)
    assert off(dragged, MIX) > 2 * off(found, MIX)


def _weights(bins: np.ndarray, width: int) -> np.ndarray:
    weight = np.zeros((len(bins), width))
    np.add.at(weight, (np.arange(len(bins))[:, None], bins), 1 / bins.shape[1])
    return weight


def test_of_a_thread_that_was_audited_as_a_whole_nothing_is_left_to_chance(model: Model) -> None:
    gold = model.gold(MIX, (1, 80))
    cells, bins = cells_of(model.says(gold), is_whole=True)
    found = correction.own(cells, audits_of(bins, gold, 80), None, VALUES)
    assert found.share[0] == pytest.approx(np.eye(3)[gold[0]].mean(axis=0), abs=1e-9)
    assert (found.high - found.low).max() < 1e-6


def test_a_whole_thread_leaves_only_what_the_correction_may_be_off(model: Model) -> None:
    gold = model.gold(MIX, (50, 200))
    said = model.says(gold)
    part, bins = cells_of(said)
    whole, _ = cells_of(said, is_whole=True)
    audits = audits_of(bins, gold, 60)
    widths = [
        float((found.high - found.low).mean())
        for found in (correction.own(cells, audits, None, VALUES) for cells in (whole, part))
    ]
    assert 0 < widths[0] < widths[1]


def test_an_author_who_was_audited_often_tells_less_than_many_authors(model: Model) -> None:
    gold = np.repeat(model.gold(MIX, (1, 20)), 6, axis=1)
    few_of_many, bins = cells_of(model.says(gold))
    cells = replace(few_of_many, authors=np.array([10_000.0]))
    many = audits_of(bins, gold, 120)
    few = replace(many, author=np.repeat(np.arange(20), 6))
    widths = [
        float((found.high - found.low).mean())
        for found in (correction.own(cells, audits, None, VALUES) for audits in (many, few))
    ]
    assert widths[1] > 1.5 * widths[0]


def test_audits_count_by_how_seldom_their_kind_was_drawn() -> None:
    # Half of the cell is of one bin; its comments were drawn four times as often.
    cells = Cells(
        np.array([[0.9, 0.1], [0.1, 0.9]]),
        np.array([[0.5, 0.5]]),
        np.array([[0.5, 0.5]]),
        np.array([1_000.0]),
        np.array([False]),
    )
    bins = np.repeat([0, 1], [80, 20])
    gold = np.eye(2)[bins]
    chance = np.where(bins == 0, 0.16, 0.04)
    audits = Audits(np.zeros(100, dtype=np.int64), bins, gold, np.ones(100), chance, np.arange(100))
    found = correction.own(cells, audits, None, np.zeros(2))
    assert found.share[0] == pytest.approx([0.5, 0.5], abs=0.01)


def test_an_interval_holds_its_share_whatever_comes(model: Model) -> None:
    gold = model.gold([0.02, 0.02, 0.96], (200, 8))
    cells, bins = cells_of(model.says(gold))
    reference = model.reference(shift=0.4)
    audits = audits_of(bins, gold, 5)
    for found in (
        correction.raw(cells, VALUES),
        correction.alone(cells, reference, VALUES),
        correction.own(cells, audits, reference, VALUES),
        correction.pooled(cells, audits, reference, VALUES),
    ):
        assert (found.low <= found.share).all()
        assert (found.share <= found.high).all()
        assert (found.net_low <= found.net).all()
        assert (found.net <= found.net_high).all()
        assert found.share.sum(axis=1) == pytest.approx(np.ones(200))


def test_intervals_hold_where_a_few_authors_write_most(model: Model) -> None:
    # Of 100 authors ten write twenty comments each; seven in ten of an author's are of one kind.
    sizes = np.repeat([1, 20], [90, 10])
    author = np.repeat(np.arange(100), sizes)
    usual = model.gold(MIX, (200, 100))[:, author]
    gold = np.where(model.random.random(usual.shape) < 0.7, usual, model.gold(MIX, usual.shape))
    plain, bins = cells_of(model.says(gold))
    voice = 1 / sizes[author]
    weight = np.zeros(plain.weight.shape)
    np.add.at(weight, (np.arange(200)[:, None], bins), voice / 100)
    cells = Cells(plain.posterior, weight, plain.chosen, np.full(200, 100.0), plain.is_whole)
    drawn = np.argsort(model.random.random(gold.shape), axis=1)[:, :60]
    rows = np.arange(200)[:, None]
    audits = Audits(
        np.repeat(np.arange(200), 60),
        bins[rows, drawn].ravel(),
        np.eye(3)[gold[rows, drawn].ravel()],
        voice[drawn].ravel(),
        np.full(200 * 60, 60 / len(author)),
        (1_000 * rows + author[drawn]).ravel(),
    )
    found = correction.own(cells, audits, model.reference(), VALUES)
    assert off(found, MIX) < 0.015
    assert covers(found, MIX) > 0.92
