from datetime import datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.questions import fixed_questions
from models.tables.review import REVIEW
from models.tables.review_row import REVIEW_ROW
from transforms.review import answer_rows, beside_the_model, change

QUESTIONS = tuple(fixed_questions().values())
FIRST, LATER = datetime(2025, 11, 10), datetime(2025, 11, 11)
ASKED = pl.DataFrame(
    [("s", f"c{n}", n, f"h{n}", "audit", 0.5, "d") for n in (1, 2)],
    schema=REVIEW_ROW.schema(),
    orient="row",
)
SAID = pl.DataFrame(
    [("c1", "h1", "sentiment", "negative", True, "m@1")],
    schema=["comment_id", "input_hash", "head", "label", "is_chosen", "model_version"],
    orient="row",
)
ANSWERS = st.dictionaries(
    st.sampled_from(["c1", "c2"]),
    st.dictionaries(
        st.sampled_from(["sentiment", "stance", "intent"]),
        st.sampled_from([frozenset({"negative"}), frozenset({"support", "praise"}), frozenset()]),
    ),
)


def rows(answers: object) -> pl.DataFrame:
    return beside_the_model(answer_rows(answers, ASKED, QUESTIONS, "anna"), SAID)  # type: ignore[arg-type]


def test_an_answer_has_a_row_for_each_label() -> None:
    found = rows({"c1": {"sentiment": frozenset({"neutral"})}}).sort("label")
    assert found.select("label", "is_chosen", "is_chosen_by_model").rows() == [
        ("negative", False, True),
        ("neutral", True, None),
        ("positive", False, None),
    ]


@given(before=ANSWERS, after=ANSWERS)
def test_after_a_change_exactly_the_new_answers_are_stored(before: object, after: object) -> None:
    stored = change(rows(before), REVIEW.empty(), FIRST).rows
    found = change(rows(after), stored, LATER)
    kept = stored.join(found.gone, on=found.gone.columns, how="anti")
    now = REVIEW.require(pl.concat([kept, found.rows]))
    told = ["comment_id", "head", "label", "is_chosen"]
    assert now.select(told).sort(told).equals(rows(after).select(told).sort(told))
    again = change(rows(after), now, LATER)
    assert (again.count, again.rows.height, again.gone.height) == (0, 0, 0)


def test_a_correction_keeps_its_time_and_a_new_answer_has_its_own() -> None:
    stored = change(rows({"c1": {"toxic": frozenset({"yes"})}}), REVIEW.empty(), FIRST).rows
    found = change(rows({c: {"toxic": frozenset({"no"})} for c in ("c1", "c2")}), stored, LATER)
    assert (found.new_count, found.replaced_count, found.withdrawn_count) == (1, 1, 0)
    assert dict(found.rows.select("comment_id", "reviewed_at_utc").iter_rows()) == {
        "c1": FIRST,
        "c2": LATER,
    }
