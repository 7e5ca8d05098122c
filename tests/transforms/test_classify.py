from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.encoder import Head, Reading
from models.tables.label import LABEL
from transforms.classify import chosen, label_rows, language_rows

ONE = Head("sentiment", ("negative", "neutral", "positive"), many=False, cutoffs=(0.0,) * 3)
MANY = Head("topic", ("cloud", "cost"), many=True, cutoffs=(0.5, 0.3))
INPUTS = pl.DataFrame({"comment_id": ["c1", "c2"], "input_hash": ["h1", "h2"]})


def reading(head: Head, *rows: list[float]) -> Reading:
    return Reading({head.name: np.array(rows, dtype=np.float32)}, None)


def test_each_comment_gets_a_row_for_each_label_with_its_own_probability() -> None:
    answer = label_rows(INPUTS, reading(ONE, [0.7, 0.2, 0.1], [0.1, 0.1, 0.8]), ONE, "m@1")
    assert LABEL.require(answer).select("comment_id", "label", "is_chosen").rows() == [
        ("c1", "negative", True),
        ("c1", "neutral", False),
        ("c1", "positive", False),
        ("c2", "negative", False),
        ("c2", "neutral", False),
        ("c2", "positive", True),
    ]
    assert answer["probability"].to_list() == pytest.approx([0.7, 0.2, 0.1, 0.1, 0.1, 0.8])


def test_of_several_labels_each_has_its_own_cutoff() -> None:
    probability = np.array([[0.4, 0.4], [0.5, 0.3], [0.1, 0.1]], dtype=np.float32)
    assert chosen(probability, MANY).tolist() == [
        [False, True],
        [True, True],
        [False, False],
    ]


def test_of_equal_probabilities_exactly_one_label_is_chosen() -> None:
    assert chosen(np.array([[0.4, 0.4, 0.2]]), ONE).sum() == 1


def test_a_reading_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"head `sentiment` scored \(1, 3\), expected \(2, 3\)"):
        label_rows(INPUTS, reading(ONE, [0.7, 0.2, 0.1]), ONE, "m@1")


def test_language_is_a_label_like_any_other() -> None:
    answer = LABEL.require(language_rows(INPUTS, [("de", 0.9), ("und", 0.6)]))
    assert answer.select("head", "label", "is_chosen").rows() == [
        ("language", "de", True),
        ("language", "und", True),
    ]


def test_an_answer_below_the_threshold_is_flagged_for_one_label_only() -> None:
    unsure = replace(ONE, uncertain_below=0.75)
    rows = label_rows(INPUTS, reading(unsure, [0.7, 0.2, 0.1], [0.1, 0.1, 0.8]), unsure, "m@1")
    assert rows["is_uncertain"].to_list() == [True] * 3 + [False] * 3
    many = label_rows(INPUTS, reading(MANY, [0.5, 0.2], [0.1, 0.1]), MANY, "m@1")
    assert not many["is_uncertain"].any()


def test_the_deciding_sentence_stands_beside_the_chosen_sentiment() -> None:
    read = replace(reading(ONE, [0.7, 0.2, 0.1], [0.1, 0.1, 0.8]), deciding=("Ein Graus.", None))
    rows = label_rows(INPUTS, read, ONE, "m@1").filter(pl.col("decided_by").is_not_null())
    assert rows.select("label", "decided_by").rows() == [("negative", "Ein Graus.")]


def test_of_two_labels_the_second_is_chosen_from_its_cutoff_on() -> None:
    reply = Head("needs_reply", ("no", "yes"), many=False, cutoffs=(0.0, 0.4))
    values = np.array([[0.65, 0.35], [0.58, 0.42]], dtype=np.float32)
    assert chosen(values, reply).tolist() == [[True, False], [False, True]]
