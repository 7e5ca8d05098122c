import numpy as np
import pytest

from models.held_out import HOME, HeldOut
from transforms.estimates.reference import (
    merged,
    none_reference,
    pair_reference,
    single_reference,
)


def held(texts: int = 40) -> HeldOut:
    gold = np.tile([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.0, 1.0]], (texts // 4, 1))
    domains = np.array([HOME] * texts)
    return HeldOut(("cloud", "cost"), gold * 0.8 + 0.1, gold, domains)


def test_a_label_that_may_apply_has_a_question_of_its_own() -> None:
    reference = pair_reference(held(), "cost", 0.0)
    assert reference is not None
    assert reference.prior == pytest.approx([0.5, 0.5])


def test_having_none_is_known_where_all_labels_are() -> None:
    reference = none_reference(held(), 0.0)
    assert reference is not None
    assert reference.prior == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(pair_reference(None, "cost", 0.0), id="no held-out set"),
        pytest.param(pair_reference(held(), "people", 0.0), id="an unknown label"),
        pytest.param(pair_reference(held(8), "cost", 0.0), id="too few texts"),
        pytest.param(single_reference(held(), ("cost", "people"), 0.0), id="one label unknown"),
    ],
)
def test_what_was_not_measured_is_not_corrected(found: object) -> None:
    assert found is None


def test_other_domains_do_not_enter() -> None:
    elsewhere = HeldOut(("cloud", "cost"), held().probabilities, held().gold, np.full(40, "x"))
    assert pair_reference(elsewhere, "cost", 0.0) is None


def test_a_taxonomys_topic_is_the_largest_of_its_members() -> None:
    both = merged(held(), {"money_and_cloud": {"cloud", "cost"}, "by words": set()})
    assert both.labels == ("money_and_cloud",)
    assert both.gold.mean() == 0.75
