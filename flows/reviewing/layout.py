"""The columns of a page of comments: which there are, what each holds, how wide it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flows.reviewing.words import WORDS
from models.questions import Language, Question

META = "resonanz"
"""The page that says which sheet a file is of, and holds the lists of the drop-downs."""

FORMAT = "1"
"""How a file is laid out; raised when an older one could be misread."""

DIGESTED = ("comment", "post", "parent")
"""Columns whose texts are part of a row's digest, in this order."""

YELLOW_WIDTH = {"sentiment": 11, "stance": 13, "topic": 20, "intent": 13}
OTHER_WIDTH = 11


@dataclass(frozen=True)
class PageColumn:
    """A column: `question` is the one that its cells answer; None where it is context."""

    key: str
    title: str
    width: int
    holds: Literal["context", "answer", "note", "key"] = "context"
    question: Question | None = None

    @property
    def is_open(self) -> bool:
        """Whether people may write in it."""
        return self.holds in ("answer", "note")


def page_columns(questions: Sequence[Question], language: Language) -> list[PageColumn]:
    """All columns of a page of comments, in order."""
    words = WORDS[language]
    return [
        PageColumn("number", words.number, 5),
        PageColumn("place", words.place, 13),
        PageColumn("post", words.post, 32),
        PageColumn("parent", words.parent, 26),
        PageColumn("comment", words.comment, 56),
        *(column for question in questions for column in answer_columns(question, language)),
        PageColumn("note", words.note, 24, "note"),
        PageColumn("comment_id", words.comment_id, 14, "key"),
    ]


def answer_columns(question: Question, language: Language) -> list[PageColumn]:
    """The columns of one question: one, or one for each of the labels that it may be given."""
    title, width = question.title(language), YELLOW_WIDTH.get(question.head, OTHER_WIDTH)
    if not question.many:
        return [PageColumn(question.head, title, width, "answer", question)]
    return [
        PageColumn(f"{question.head} {place}", f"{title} {place}", width, "answer", question)
        for place in range(1, question.places + 1)
    ]
