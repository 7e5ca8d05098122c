"""What the model said of a comment's topics in, the topics of the user's own taxonomy out."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from models.errors import GiveUp
from models.questions import Choice
from models.tables.label import LABEL
from transforms.phrases import finder

HEAD = "topic"
FIELDS = frozenset(["de", "en", "about", "about_de", "of", "words"])
SHOWN = ("de", "en", "about", "about_de")
"""Fields that people read, and that decide nothing."""
BY_RULE = 1.0
"""Probability of a topic that a word decided."""


@dataclass(frozen=True)
class Topic:
    """A topic as users see it: the model's topics that count as it, and words that do."""

    name: str
    of: frozenset[str]
    words: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    """Its names and what belongs to it, by field of the file."""

    def choice(self) -> Choice:
        """The topic as people are offered it: by its names, or its key where it has none."""
        shown = dict(self.shown)
        de = shown.get("de") or shown.get("en") or self.name
        en = shown.get("en") or shown.get("de") or self.name
        about = shown.get("about") or shown.get("about_de") or ""
        return Choice(self.name, de, en, shown.get("about_de") or about, about)

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """What finds one of the words in a text; None without words."""
        return finder(self.words)

    def is_named_in(self, text: str) -> bool:
        """Whether a text holds one of the words."""
        return bool(self.pattern and self.pattern.search(text))


@dataclass(frozen=True)
class Taxonomy:
    """The topics of a file, in its order."""

    topics: tuple[Topic, ...]

    @property
    def version(self) -> str:
        """Equal for taxonomies that decide alike."""
        rules = [(t.name, sorted(t.of), t.words) for t in self.topics]
        return f"taxonomy@{hashlib.sha256(repr(rules).encode()).hexdigest()[:12]}"

    def is_as(self, labels: Sequence[str]) -> bool:
        """Whether it says of every comment what a model with these `labels` says."""
        own = all(topic.of == {topic.name} and not topic.words for topic in self.topics)
        return own and {topic.name for topic in self.topics} == set(labels)

    def judge(
        self, said: Mapping[str, tuple[float, bool]], text: str
    ) -> Iterator[tuple[str, float, bool]]:
        """Each topic with its probability and whether it applies.

        `said`: of each of the model's topics the probability, and whether it was chosen.
        """
        for topic in self.topics:
            if topic.is_named_in(text):
                yield topic.name, BY_RULE, True
                continue
            members = [said[label] for label in topic.of if label in said]
            yield (
                topic.name,
                max((probability for probability, _ in members), default=0.0),
                any(is_chosen for _, is_chosen in members),
            )


def taxonomy_in(text: str, path: Path) -> Taxonomy:
    """The taxonomy in the `text` of the file `path`.

    Raises `GiveUp` that names the file, and the table which can't be understood.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GiveUp(f"the taxonomy `{path}` is not valid TOML: {error}.") from error
    if not tables:
        raise GiveUp(
            f"the taxonomy `{path}` has no topics, expected a table `[name]` for each; the file "
            "that ships has the model's own."
        )
    return Taxonomy(tuple(_topic(name, table, path) for name, table in tables.items()))


def _topic(name: str, table: object, path: Path) -> Topic:
    fields: dict[str, object] = table if isinstance(table, dict) else {"": table}
    if strange := sorted(set(fields) - FIELDS):
        known = ", ".join(f"`{field}`" for field in sorted(FIELDS))
        raise GiveUp(f"`[{name}]` of `{path}` holds `{strange[0]}`, expected some of {known}.")
    of, words = (
        _words(fields.get(field, default), field, name, path)
        for field, default in (("of", [name]), ("words", []))
    )
    return Topic(name, frozenset(of), words, tuple(_shown(fields, name, path)))


def _shown(fields: Mapping[str, object], name: str, path: Path) -> Iterator[tuple[str, str]]:
    for field in SHOWN:
        value = fields.get(field)
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise GiveUp(f"`{field}` of `[{name}]` in `{path}` is no text, expected one.")
        if isinstance(value, str):
            yield field, value.strip()


def _words(value: object, field: str, name: str, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise GiveUp(f"`{field}` of `[{name}]` in `{path}` is no list of words, expected one.")
    return tuple(value)


def require_known(taxonomy: Taxonomy, labels: Sequence[str], path: Path) -> None:
    """Raise `GiveUp` if the taxonomy takes in a topic that the model does not know."""
    for topic in taxonomy.topics:
        if strange := sorted(topic.of - set(labels)):
            known = ", ".join(f"`{label}`" for label in labels)
            raise GiveUp(
                f"`[{topic.name}]` of `{path}` takes in `{strange[0]}`, which the model does not "
                f"know; it knows {known}. For a topic of your own write `of = []` and `words`."
            )


def topic_rows(
    inputs: pl.DataFrame, said: pl.DataFrame, taxonomy: Taxonomy, version: str
) -> pl.DataFrame:
    """One row per input and topic of the taxonomy, fit for `classified.label`.

    `inputs` has `comment_id`, `input_hash` and `text`; `said` the model's label rows of the head
    `topic` for the same inputs. One that it says nothing of was not read yet, and gets no row.
    """
    by_input: dict[str, dict[str, tuple[float, bool]]] = {}
    for input_hash, label, probability, is_chosen in said.select(
        "input_hash", "label", "probability", "is_chosen"
    ).iter_rows():
        by_input.setdefault(input_hash, {})[label] = (probability, is_chosen)
    rows = [
        (comment_id, input_hash, HEAD, name, probability, is_chosen, False, None, version, None)
        for comment_id, input_hash, text in inputs.select(
            "comment_id", "input_hash", "text"
        ).iter_rows()
        if input_hash in by_input
        for name, probability, is_chosen in taxonomy.judge(by_input[input_hash], text)
    ]
    return pl.DataFrame(rows, schema=LABEL.schema(), orient="row")
