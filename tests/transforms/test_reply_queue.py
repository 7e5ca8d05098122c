from datetime import date

import numpy as np
import polars as pl
import pytest

from flows.settings import Reply
from flows.wording import wording
from tests.builders import Row
from transforms.policy import Policy, Risk
from transforms.reply_queue import Budget, filled, reply_queue
from transforms.similar import Vectors
from transforms.views import all_views

OPEN = next(view.table for view in all_views() if view.table.name == "open_comment")
BUDGET = Budget(**Reply().model_dump(exclude={"policy"}))
LEGAL = Policy((Risk("legal", {"de": "Recht", "en": "Legal"}, "Rechtsabteilung", ("anwalt",)),))


def candidate(comment_id: str, **fields: object) -> Row:
    row: Row = dict.fromkeys(OPEN.column_names)
    row |= {
        "comment_id": comment_id,
        "input_hash": comment_id,
        "post_id": "p1",
        "channel": "blog",
        "day": date(2025, 11, 3),
        "waiting_days": 2,
        "asks": "question",
        "needs_reply": True,
        "reply_count": 0,
        "reply_score": 0.8,
        "is_toxic": False,
        "text": f"Was heißt das für {comment_id}?",
    }
    return row | fields


def queue(
    *candidates: Row,
    vectors: Vectors | None = None,
    policy: Policy = Policy(),  # noqa: B008
    minutes: float = 90,
    language: str = "en",
) -> dict[str, Row]:
    frame = pl.DataFrame(list(candidates), schema=OPEN.schema())
    budget = Budget(**{**vars(BUDGET), "minutes_per_week": minutes})
    words = wording(language)["reply"]  # type: ignore[arg-type]
    places = {row["comment_id"]: place for place, row in enumerate(candidates)}

    def vectors_of(rows: pl.DataFrame) -> Vectors | None:
        return None if vectors is None else vectors[[places[one] for one in rows["comment_id"]]]

    rows = reply_queue(frame, vectors_of, policy, budget, words, language).to_dicts()
    return {str(row["comment_id"]): row for row in rows}


def test_nothing_open_is_an_empty_list() -> None:
    assert queue() == {}


def test_embeddings_are_asked_only_of_those_that_are_not_settled_otherwise() -> None:
    asked: list[str] = []

    def vectors_of(rows: pl.DataFrame) -> None:
        asked.extend(rows["comment_id"])

    rows = [
        candidate("open"),
        candidate("old", waiting_days=61),
        candidate("routed", text="Mein Anwalt fragt nach."),
        candidate("without", needs_reply=False),
    ]
    frame = pl.DataFrame(rows, schema=OPEN.schema())
    reply_queue(frame, vectors_of, LEGAL, BUDGET, wording("en")["reply"], "en")
    assert asked == ["open"]


def test_one_day_and_one_like_are_not_told_as_many() -> None:
    rows = queue(candidate("a", waiting_days=1, like_count=1), language="de")
    assert rows["a"]["reason"] == "Frage, wartet seit 1 Tag, 1 Like."


def test_no_candidate_is_dropped_and_each_has_a_reason() -> None:
    rows = queue(
        candidate("a"),
        candidate("b", needs_reply=False, reply_score=0.2),
        candidate("c", text="Mein Anwalt fragt nach."),
        candidate("d", waiting_days=61),
        policy=LEGAL,
    )
    assert {name: row["decision"] for name, row in rows.items()} == {
        "a": "answer",
        "b": "leave",
        "c": "route",
        "d": "leave",
    }
    assert rows["a"]["reason"] == "Question, waiting for 2 days."
    assert rows["b"]["reason"] == "The model finds that no answer is needed (20 %)."
    assert rows["c"]["reason"] == "Do not answer yourself: Legal."
    assert rows["d"]["reason"] == "Has been waiting for 61 days: too late for an answer."
    assert sorted(row["rank"] for row in rows.values()) == [1, 2, 3, 4]


def test_what_does_not_fit_into_the_minutes_is_left_and_says_so() -> None:
    rows = queue(candidate("a", like_count=9), candidate("b"), candidate("c"), minutes=13)
    assert [rows[name]["decision"] for name in "abc"] == ["answer", "answer", "leave"]
    assert rows["c"]["reason"] == "Does not fit into the week's 13 minutes."
    assert rows["a"]["rank"] == 1


def test_a_long_answer_that_does_not_fit_makes_room_for_a_short_one() -> None:
    rows = queue(candidate("a", asks="reply", like_count=99), candidate("b"), minutes=7)
    assert (rows["a"]["decision"], rows["b"]["decision"]) == ("leave", "answer")


def test_like_questions_are_one_answer_and_take_less_time() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0.01]], dtype=np.float32)
    rows = queue(
        candidate("a"), candidate("b"), candidate("c", like_count=3), vectors=vectors, minutes=7
    )
    assert (rows["a"]["group_id"], rows["c"]["group_id"], rows["b"]["group_id"]) == ("c", "c", "b")
    assert rows["c"]["reason"] == (
        "Question, waiting for 2 days, 3 likes; the same answer helps 1 more."
    )
    assert rows["a"]["reason"] == "Is answered together with the first of its group."
    assert (rows["c"]["minutes"], rows["a"]["minutes"]) == (6, 1)
    assert rows["b"]["decision"] == "leave"


def test_without_embeddings_equal_wordings_are_alike() -> None:
    rows = queue(candidate("a", text="Ab wann?"), candidate("b", text=" ab wann? "))
    assert {row["group_id"] for row in rows.values()} == {"a"}


def test_what_is_routed_is_in_nobodys_group() -> None:
    vectors = np.ones((2, 1), dtype=np.float32)
    rows = queue(
        candidate("a"), candidate("b", text="Fragt mein Anwalt."), vectors=vectors, policy=LEGAL
    )
    assert (rows["a"]["group_id"], rows["b"]["group_id"]) == ("a", "b")


@pytest.mark.parametrize(
    "settled", [{"waiting_days": 61}, {"needs_reply": False}], ids=["too old", "not needed"]
)
def test_what_is_left_leads_no_group_and_counts_in_none(settled: Row) -> None:
    rows = queue(
        candidate("a", text="Ab wann?"),
        candidate("b", text="Ab wann?", like_count=10_000, **settled),
    )
    assert rows["b"]["decision"] == "leave"
    assert (rows["a"]["group_id"], rows["a"]["group_count"]) == ("a", 1)
    assert rows["a"]["reason"] == "Question, waiting for 2 days."
    assert rows["a"]["minutes"] == BUDGET.minutes["question"]


@pytest.mark.parametrize(
    "better",
    [
        pytest.param({"reply_score": 0.9}, id="surer"),
        pytest.param({"like_count": 5}, id="more liked"),
        pytest.param({"reply_count": 5}, id="more discussed"),
        pytest.param({"sentiment": "negative"}, id="a complaint"),
        pytest.param({"waiting_days": 1}, id="fresher"),
    ],
)
def test_what_is_worth_more_comes_first(better: Row) -> None:
    rows = queue(candidate("a"), candidate("b", **better))
    assert (rows["b"]["rank"], rows["a"]["rank"]) == (1, 2)


def test_reasons_are_in_the_readers_language() -> None:
    assert queue(candidate("a"), language="de")["a"]["reason"] == "Frage, wartet seit 2 Tagen."


def test_gaps_are_filled_row_by_row() -> None:
    frame = pl.DataFrame({"days": ["1", "2"]})
    told = frame.select(x=filled("since {days} days", days=pl.col("days")))
    assert told["x"].to_list() == ["since 1 days", "since 2 days"]
