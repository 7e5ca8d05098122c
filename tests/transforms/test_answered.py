import pytest

from models.questions import Choice, Language, fixed_questions, topic_question
from transforms.answered import Filled, labels_given

TOPICS = topic_question([Choice("cost", "Kosten", "Cost"), Choice("ai", "KI", "AI")])


def given(head: str, *texts: str, language: Language = "de") -> tuple[object, list[str]]:
    question = TOPICS if head == "topic" else fixed_questions()[head]
    cells = [Filled(f"{letter}2", text) for letter, text in zip("DEF", texts, strict=False)]
    labels, problems = labels_given(question, cells, language)
    return (None if labels is None else sorted(labels)), problems


@pytest.mark.parametrize(
    ("head", "texts", "labels"),
    [
        ("sentiment", ["negativ"], ["negative"]),
        ("sentiment", ["Negative"], ["negative"]),
        ("stance", ["DAGEGEN"], ["oppose"]),
        ("needs_reply", ["ja"], ["yes"]),
        ("toxic", ["false"], ["no"]),
        ("topic", ["Kosten", "ai"], ["ai", "cost"]),
        ("topic", ["Kosten", "cost"], ["cost"]),
        ("topic", ["none of these"], []),
        ("intent", ["keines  davon"], []),
        ("intent", [], None),
    ],
)
def test_words_become_labels(head: str, texts: list[str], labels: list[str] | None) -> None:
    assert given(head, *texts) == (labels, [])


@pytest.mark.parametrize(
    ("head", "texts", "problem"),
    [
        ("toxic", ["vielleicht"], "`D2` holds `vielleicht`, expected one of `ja`, `nein`"),
        ("sentiment", ["keines davon"], "`D2` holds `keines davon`, expected one of `negativ`"),
        ("topic", ["KI", "keines davon"], "`E2` holds `keines davon` beside another answer"),
    ],
)
def test_what_is_no_answer_is_named_by_its_cell(head: str, texts: list[str], problem: str) -> None:
    labels, problems = given(head, *texts)
    assert labels is None
    assert problems[0].startswith(problem)


def test_the_words_of_the_sheet_go_before_ids_and_the_other_language() -> None:
    topics = topic_question([Choice("data", "Netz", "Data"), Choice("net", "Data", "Net")])
    cell = [Filled("D2", "data")]
    assert labels_given(topics, cell, "de")[0] == {"net"}
    assert labels_given(topics, cell, "en")[0] == {"data"}
