"""A comment in, the risk that keeps it from being answered out, by the user's own rules."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from re import Pattern
from typing import Any

import polars as pl

from models.errors import GiveUp
from transforms.phrases import finder, may_hold

FIELDS = frozenset(["de", "en", "to", "words", "toxic"])


@dataclass(frozen=True)
class Risk:
    """Why a comment is not answered but routed, and to whom."""

    name: str
    names: Mapping[str, str]
    to: str
    words: tuple[str, ...] = ()
    is_toxic: bool = False

    @cached_property
    def pattern(self) -> Pattern[str] | None:
        """What finds one of the words in a text."""
        return finder(self.words)

    def is_met(self, text: str, is_toxic: bool) -> bool:
        """Whether a comment meets this risk."""
        return (self.is_toxic and is_toxic) or bool(self.pattern and self.pattern.search(text))


@dataclass(frozen=True)
class Policy:
    """The risks of a file, in its order."""

    risks: tuple[Risk, ...] = ()

    def risk_of(self, text: str, is_toxic: bool) -> Risk | None:
        """The first risk that a comment meets; None if it may be answered."""
        return next((risk for risk in self.risks if risk.is_met(text, is_toxic)), None)

    def is_doubtful(self) -> pl.Expr:
        """Whether a comment, by its `text` and `is_toxic`, may meet a risk: the few to look at."""
        words = [word for risk in self.risks for word in risk.words]
        return may_hold(words, "text") | pl.col("is_toxic")


def policy_in(text: str, path: Path) -> Policy:
    """The policy in the `text` of the file `path`.

    Raises `GiveUp` that names the file, and the table which can't be understood.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GiveUp(f"the policy `{path}` is not valid TOML: {error}.") from error
    return Policy(tuple(_risk(name, table, path) for name, table in tables.items()))


def _risk(name: str, table: Any, path: Path) -> Risk:
    fields: Mapping[str, Any] = table if isinstance(table, dict) else {"": table}
    where = f"`[{name}]` of `{path}`"
    if strange := sorted(set(fields) - FIELDS):
        known = ", ".join(f"`{field}`" for field in sorted(FIELDS))
        raise GiveUp(f"{where} holds `{strange[0]}`, expected some of {known}.")
    words, is_toxic, to = fields.get("words", []), fields.get("toxic", False), fields.get("to")
    if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() for w in words):
        raise GiveUp(f"`words` of {where} is no list of words, expected one.")
    if not isinstance(is_toxic, bool):
        raise GiveUp(f"`toxic` of {where} is `{is_toxic}`, expected true or false.")
    if not isinstance(to, str) or not to.strip():
        raise GiveUp(f"`to` of {where} is missing, expected who takes over such comments.")
    names = {language: str(fields.get(language, name)) for language in ("de", "en")}
    return Risk(name, names, to.strip(), tuple(words), is_toxic)
