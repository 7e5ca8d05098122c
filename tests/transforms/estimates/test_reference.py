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
    reference = pair_reference(held(), "cost")
    assert reference is not None
    assert reference.first(0.0).prior == pytest.approx([0.5, 0.5])


def test_having_none_is_known_where_all_labels_are() -> None:
    reference = none_reference(held())
    assert reference is not None
    assert reference.first(0.0).prior == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(pair_reference(None, "cost"), id="no held-out set"),
        pytest.param(pair_reference(held(), "people"), id="an unknown label"),
        pytest.param(pair_reference(held(8), "cost"), id="too few texts"),
        pytest.param(single_reference(held(), ("cost", "people")), id="one label unknown"),
    ],
)
def test_what_was_not_measured_is_not_corrected(found: object) -> None:
    assert found is None


def test_without_the_first_kind_there_is_no_reference() -> None:
    elsewhere = HeldOut(("cloud", "cost"), held().probabilities, held().gold, np.full(40, "x"))
    assert pair_reference(elsewhere, "cost") is None


def two_kinds() -> HeldOut:
    """The model is right of one kind of texts, and says the contrary of the other."""
    home, other = held(), held(200)
    return HeldOut(
        home.labels,
        np.concatenate([home.probabilities, 1 - other.probabilities]),
        np.concatenate([home.gold, other.gold]),
        np.concatenate([home.domains, np.full(200, "tweets/x")]),
    )


def test_a_kind_counts_by_its_weight_not_by_its_texts() -> None:
    references = pair_reference(two_kinds(), "cost")
    assert references is not None
    assert references.kinds == (HOME, "tweets")
    for weight in (0.0, 0.3, 1.0):
        mixed = references.mixed(np.array([1 - weight, weight]), 0.2)
        yes = mixed.gold[:, 1] / mixed.gold[:, 1].sum()
        # Bins in the order of their codes: "no" is what the model says of the other kind's yes.
        assert yes == pytest.approx([weight, 1 - weight])
        assert mixed.shift == 0.2


@pytest.mark.parametrize("weights", [[1.0], [0.5, 0.2, 0.3]], ids=["one", "three"])
def test_a_weight_for_each_kind_or_no_mixture(weights: list[float]) -> None:
    references = pair_reference(two_kinds(), "cost")
    assert references is not None
    with pytest.raises(ValueError, match=r"weights of shape \(\d,\), expected \(2,\)"):
        references.mixed(np.array(weights), 0.2)


def test_a_mixture_is_never_surer_than_all_its_texts_together() -> None:
    references = pair_reference(two_kinds(), "cost")
    assert references is not None
    counts = references.gold.sum(axis=1)
    sizes = [
        references.mixed(np.array([1 - weight, weight]), 0.0).gold.sum(axis=0)
        for weight in np.linspace(0, 1, 11)
    ]
    assert sizes[0] == pytest.approx(counts[0])
    assert sizes[-1] == pytest.approx(counts[1])
    assert (np.array(sizes) <= counts.sum(axis=0) + 1e-9).all()


def test_texts_whose_marks_nobody_knows_are_no_reference() -> None:
    both = two_kinds()
    gold = np.where((both.domains == HOME)[:, None], both.gold, np.nan)
    references = pair_reference(
        HeldOut(both.labels, both.probabilities, gold, both.domains), "cost"
    )
    assert references is not None
    assert references.kinds == (HOME,)


def test_a_taxonomys_topic_is_the_largest_of_its_members() -> None:
    both = merged(held(), {"money_and_cloud": {"cloud", "cost"}, "by words": set()})
    assert both.labels == ("money_and_cloud",)
    assert both.gold.mean() == 0.75


def test_a_taxonomy_of_words_alone_leaves_having_none_uncorrected() -> None:
    words = merged(held(), {"grid": set()})
    assert none_reference(words) is None
