import json
from pathlib import Path

import pytest

from models.questions import (
    HEADS,
    HEADS_OF_MANY,
    LANGUAGES,
    NONE_OF_THEM,
    Choice,
    as_json,
    fixed_questions,
    from_json,
    topic_question,
)

CHECKPOINT = Path(__file__).parents[2] / "models" / "checkpoint" / "config.json"
TOPICS = topic_question([Choice("cost", "Kosten", "Cost")])
EVERY = [*fixed_questions().values(), TOPICS]


def test_people_are_asked_what_the_shipped_model_answers() -> None:
    heads = json.loads(CHECKPOINT.read_text(encoding="utf-8"))["resonanz"]["heads"]
    asked = {head: set(question.labels) for head, question in fixed_questions().items()}
    assert asked == {head["name"]: set(head["labels"]) for head in heads if head["name"] != "topic"}
    assert {head["name"] for head in heads} == set(HEADS) == {*asked, "topic"}
    assert {head["name"] for head in heads if head["many"]} == HEADS_OF_MANY


@pytest.mark.parametrize("question", EVERY, ids=lambda question: question.head)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_a_word_of_its_own_and_a_meaning(question, language) -> None:  # type: ignore[no-untyped-def]
    offered = [word.casefold() for word in question.offered(language)]
    assert len(set(offered)) == len(offered)
    assert len(question.about(language)) > 10
    if question.head != "topic":
        assert all(len(choice.about(language)) > 5 for choice in question.choices)


def test_only_questions_of_several_labels_offer_none_of_them() -> None:
    for question in EVERY:
        assert (NONE_OF_THEM["de"] in question.offered("de")) == (question.head in HEADS_OF_MANY)


def test_questions_are_kept_and_come_back() -> None:
    assert from_json(as_json(EVERY)) == tuple(EVERY)
