from datetime import datetime

import polars as pl
import pytest

from transforms.agreement import agreements, alpha

FIRST = datetime(2025, 11, 10)

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: 4 observers, 12 units,
# with answers missing. https://repository.upenn.edu/asc_papers/43
TABLE = [
    "123321412...",
    "1233224125.3",
    ".3332342251.",
    "12332441251.",
]


def test_the_published_example_comes_out() -> None:
    rows = [
        (f"c{unit}", "h", str(observer), answer)
        for observer, answers in enumerate(TABLE)
        for unit, answer in enumerate(answers)
        if answer != "."
    ]
    names = ["comment_id", "input_hash", "reviewer", "answer"]
    assert alpha(pl.DataFrame(rows, schema=names, orient="row")) == pytest.approx(0.743, abs=5e-4)


def reviews(head: str, answers: dict[str, list[set[str]]], labels: str) -> pl.DataFrame:
    rows = [
        (f"c{place}", "h", head, label, label in given, reviewer, FIRST)
        for reviewer, all_given in answers.items()
        for place, given in enumerate(all_given)
        for label in labels
    ]
    names = ["comment_id", "input_hash", "head", "label", "is_chosen", "reviewer"]
    return pl.DataFrame(rows, schema=[*names, "reviewed_at_utc"], orient="row")


def test_one_label_is_compared_as_a_whole() -> None:
    same = [{"a"}, {"b"}, {"a"}]
    (found,) = agreements(reviews("sentiment", {"x": same, "y": same}, "ab"))
    assert (found.head, found.alpha, found.comment_count, found.same_share) == (
        "sentiment", 1.0, 3, 1.0,
    )  # fmt: skip
    assert found.label_alphas == {}


def test_several_labels_are_compared_one_by_one_and_averaged() -> None:
    first, second = [{"a"}, {"a", "b"}, set(), {"b"}], [{"a"}, {"a"}, set(), {"b"}]
    (found,) = agreements(reviews("topic", {"x": first, "y": second}, "abc"))
    assert found.label_alphas["a"] == 1.0
    assert sorted(found.label_alphas) == ["a", "b"]
    known = [value for value in found.label_alphas.values() if value is not None]
    assert found.alpha == pytest.approx(sum(known) / 2)
    assert found.same_share == 0.75


def test_one_and_the_same_answer_everywhere_says_nothing_of_chance() -> None:
    same = [{"no"}] * 3
    (found,) = agreements(
        reviews("toxic", {"x": same, "y": same}, "ab").with_columns(
            is_chosen=pl.col("label") == "a"
        )
    )
    assert (found.alpha, found.same_share) == (None, 1.0)


def test_what_one_reader_alone_answered_is_left_out() -> None:
    one = reviews("sentiment", {"x": [{"a"}, {"b"}]}, "ab")
    two = reviews("sentiment", {"y": [{"a"}]}, "ab")
    assert agreements(one) == []
    (found,) = agreements(pl.concat([one, two]))
    assert found.comment_count == 1


def test_a_label_that_one_reader_was_not_asked_is_no_disagreement() -> None:
    first = reviews("topic", {"x": [{"a"}, {"b"}]}, "ab")
    second = reviews("topic", {"y": [{"a", "c"}, {"a"}]}, "abc")
    (found,) = agreements(pl.concat([first, second]))
    assert found.label_alphas["c"] is None
    known = [found.label_alphas["a"], found.label_alphas["b"]]
    assert None not in known
    assert found.alpha == pytest.approx(sum(value or 0.0 for value in known) / 2)
    # Of the first comment they agree on all that both were asked.
    assert (found.comment_count, found.same_share) == (2, 0.5)


def test_readers_who_were_asked_nothing_in_common_have_no_agreement() -> None:
    first = reviews("topic", {"x": [{"a"}, {"a"}]}, "ab")
    second = reviews("topic", {"y": [{"c"}, set()]}, "cd")
    assert agreements(pl.concat([first, second])) == []


@pytest.mark.parametrize(
    "rows",
    [
        [("c1", "x", "a"), ("c2", "x", "b"), ("c3", "y", "a")],
        [("c1", "x", "a"), ("c1", "y", "a"), ("c2", "x", "b")],
        [],
    ],
    ids=["nobody twice", "one value left", "nothing"],
)
def test_without_two_readers_and_two_answers_there_is_no_alpha(
    rows: list[tuple[str, str, str]],
) -> None:
    schema = dict.fromkeys(["comment_id", "reviewer", "answer", "input_hash"], pl.String())
    answers = pl.DataFrame([(*row, "h") for row in rows], schema=schema, orient="row")
    assert alpha(answers) is None


def test_nothing_reviewed_gives_no_agreement() -> None:
    assert agreements(reviews("sentiment", {"x": [{"a"}]}, "ab").clear()) == []
