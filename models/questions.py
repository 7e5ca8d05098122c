"""What a person is asked about a comment: heads and labels, in German and English words."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")

HEADS = ("sentiment", "stance", "topic", "intent", "needs_reply", "toxic")
"""Everything that can be asked, in the order of the sheet."""

HEADS_OF_MANY = frozenset({"topic", "intent"})
"""Those where several labels may apply, or none."""

TOPIC_PLACES = 3
"""Topics that one comment can be given: two annotators of the corpus seldom needed a third."""

NONE_OF_THEM: Mapping[Language, str] = {"de": "keines davon", "en": "none of these"}
"""The answer that no label applies, which is not the same as no answer."""


@dataclass(frozen=True)
class Choice:
    """A label as people read it, and what belongs to it."""

    label: str
    de: str
    en: str
    about_de: str = ""
    about_en: str = ""

    def title(self, language: Language) -> str:
        """Its name."""
        return self.de if language == "de" else self.en

    def about(self, language: Language) -> str:
        """What belongs to it."""
        return self.about_de if language == "de" else self.about_en


@dataclass(frozen=True)
class Question:
    """A head as people are asked: `places` labels at most can be given, one if it is 1."""

    head: str
    de: str
    en: str
    choices: tuple[Choice, ...]
    places: int = 1
    about_de: str = ""
    about_en: str = ""

    @property
    def many(self) -> bool:
        """Whether several labels may apply, or none."""
        return self.places > 1

    @property
    def labels(self) -> tuple[str, ...]:
        """Its labels, in order."""
        return tuple(choice.label for choice in self.choices)

    def title(self, language: Language) -> str:
        """Its name."""
        return self.de if language == "de" else self.en

    def about(self, language: Language) -> str:
        """What is asked."""
        return self.about_de if language == "de" else self.about_en

    def offered(self, language: Language) -> list[str]:
        """The answers of its drop-down."""
        none = [NONE_OF_THEM[language]] if self.many else []
        return none + [choice.title(language) for choice in self.choices]


@cache
def fixed_questions() -> Mapping[str, Question]:
    """The questions whose labels are always the same, by head."""
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {head: _question(head, table) for head, table in tables.items()}


def _question(head: str, table: Mapping[str, Any]) -> Question:
    choices = tuple(Choice(label, **words) for label, words in table["choices"].items())
    return Question(head, **{**table, "choices": choices})


def topic_question(choices: Iterable[Choice]) -> Question:
    """The question for the topics of a taxonomy."""
    return Question(
        "topic",
        "Thema",
        "Topic",
        tuple(choices),
        TOPIC_PLACES,
        "Worum es geht. Ein oder zwei reichen meist; nur was der Kommentar selbst anspricht.",
        "What it is about. One or two are mostly enough; only what the comment brings up itself.",
    )


def as_json(questions: Sequence[Question]) -> str:
    """The questions as they are kept with a sheet."""
    return json.dumps([asdict(question) for question in questions], ensure_ascii=False)


def from_json(text: str) -> tuple[Question, ...]:
    """The questions that a sheet was kept with."""
    return tuple(
        Question(**{**entry, "choices": tuple(Choice(**choice) for choice in entry["choices"])})
        for entry in json.loads(text)
    )
