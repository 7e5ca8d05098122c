import numpy as np
import pytest

from tests.transforms.estimates.conftest import Model, audits_of, cells_of
from transforms.estimates.evidence import Cells, Reference
from transforms.estimates.mixture import emq, unmix

MIX = np.array([0.6, 0.3, 0.1])


def test_the_mix_of_a_large_cell_is_found_though_the_model_saw_another(model: Model) -> None:
    said = model.says(model.gold(MIX.tolist(), (1, 20_000)))
    cells, _ = cells_of(said)
    mixture = unmix(cells, model.reference(), np.eye(3))
    found = np.einsum("cb,cbk->ck", cells.weight, mixture.score)[0]
    assert found == pytest.approx(MIX, abs=0.03)
    assert abs(cells.chosen[0] - MIX).max() > 0.06


def test_expectation_maximisation_finds_the_likeliest_mix() -> None:
    # Two bins, two answers, flat prior: half the voices say 0.8, half 0.2. By symmetry, even.
    cells = Cells(
        np.array([[0.8, 0.2], [0.2, 0.8]]),
        np.array([[0.5, 0.5], [0.7, 0.3]]),
        np.zeros((2, 2)),
        np.full(2, 1e9),
        np.zeros(2, dtype=bool),
    )
    even, uneven = emq(cells, np.array([0.5, 0.5]))
    assert even == pytest.approx([0.5, 0.5], abs=1e-4)
    # The likelihood's slope is 0 at q where 0.7 * 0.6 / (0.2 + 0.6 q) = 0.3 * 0.6 / (0.8 - 0.6 q).
    assert uneven[0] == pytest.approx(0.5 / 0.6, abs=1e-4)


def test_the_mix_of_a_cell_does_not_depend_on_the_cells_beside_it() -> None:
    share = np.linspace(0.1, 0.9, 7)[:, None]
    cells = Cells(
        np.array([[0.8, 0.2], [0.45, 0.55]]),
        np.hstack([share, 1 - share]),
        np.zeros((7, 2)),
        np.array([2.0, 500.0, 9.0, 3.0, 80.0, 1e6, 5.0]),
        np.zeros(7, dtype=bool),
    )
    prior = np.array([0.4, 0.6])
    together = emq(cells, prior)
    alone = [emq(cells.at(np.array([place])), prior)[0] for place in range(7)]
    assert (together == np.stack(alone)).all()


def test_an_answer_that_nobody_gave_is_not_ruled_out() -> None:
    cells, _ = cells_of(np.array([[[0.0, 1.0, 0.0]]]))
    assert (emq(cells, np.full(3, 1 / 3)) > 0.01).all()


def test_held_out_texts_score_1_for_what_they_are_and_0_else(model: Model) -> None:
    reference = model.reference()
    weight = np.full((1, len(reference.posterior)), 1 / len(reference.posterior))
    cells = Cells(reference.posterior, weight, np.zeros((1, 3)), np.array([9.0]), np.array([False]))
    score = unmix(cells, reference, np.eye(3)).score[0]
    means = (reference.gold / reference.gold.sum(axis=0)).T @ score
    assert means == pytest.approx(np.eye(3), abs=1e-9)


def test_audits_teach_what_the_held_out_set_has_wrong(model: Model) -> None:
    gold = model.gold([1 / 3] * 3, (1, 4_000))
    cells, bins = cells_of(model.says(gold, off=1.0))
    reference = model.reference(shift=0.4)
    errors = []
    for audits in (None, audits_of(bins, gold, 1_000)):
        scores = unmix(cells, reference, np.eye(3), audits).score[0][bins[0]]
        means = np.array([scores[gold[0] == k].mean(axis=0) for k in range(3)])
        errors.append(float(np.abs(means - np.eye(3)).max()))
    assert errors[1] < errors[0] / 3


def test_the_shift_is_part_of_what_is_not_known(model: Model) -> None:
    cells, _ = cells_of(model.says(model.gold(MIX.tolist(), (1, 100))))
    known = model.reference()
    unsure = Reference(known.posterior, known.gold, shift=0.4)
    found = [unmix(cells, reference, np.eye(3)).uncertainty for reference in (known, unsure)]
    assert found[1] - found[0] == pytest.approx(0.16)
