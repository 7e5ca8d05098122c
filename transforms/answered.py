"""The words in a question's cells in, the labels they stand for out, or what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.contract import ticked
from models.questions import LANGUAGES, NONE_OF_THEM, Language, Question

SHORT: Mapping[str, str] = {
    "y": "yes", "j": "yes", "true": "yes", "wahr": "yes", "1": "yes", "x": "yes",
    "n": "no", "false": "no", "falsch": "no", "0": "no",
}  # fmt: skip
"""Other ways in which people and spreadsheets write yes and no."""

NONE = ""
"""Stands for the answer that no label applies."""


@dataclass(frozen=True)
class Filled:
    """A cell that holds something: its name, such as `D17`, and its text."""

    name: str
    text: str


def labels_given(
    question: Question, cells: Sequence[Filled], language: Language
) -> tuple[frozenset[str] | None, list[str]]:
    """The labels in the cells of one question, None if it was not answered; and the problems."""
    words = known_words(question, language)
    problems = [
        f"`{cell.name}` holds `{cell.text}`, expected one of {ticked(question.offered(language))}"
        for cell in cells
        if word(cell.text) not in words
    ]
    if problems or not cells:
        return None, problems
    given = {words[word(cell.text)] for cell in cells}
    if NONE in given and len(given) > 1:
        none = next(cell for cell in cells if words[word(cell.text)] == NONE)
        return None, [f"`{none.name}` holds `{none.text}` beside another answer, expected it alone"]
    return frozenset(given - {NONE}), []


def known_words(question: Question, language: Language) -> dict[str, str]:
    """Every word that is understood -> its label; the sheet's own words go before others."""
    words: dict[str, str] = {}
    if {"yes", "no"} == set(question.labels):
        words |= SHORT
    words |= {word(label): label for label in question.labels}
    for each in sorted(LANGUAGES, key=lambda known: known == language):
        words |= {word(choice.title(each)): choice.label for choice in question.choices}
    if question.many:
        words |= {word(none): NONE for none in NONE_OF_THEM.values()}
    return words


def word(text: str) -> str:
    """A word without what a spreadsheet or a hand may have changed: case and white space."""
    return " ".join(text.split()).casefold()
