"""What is published at once: the marts, and what is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from models.contract import Table
from models.questions import Language

Marts = Mapping[Table, pl.DataFrame]
"""Every mart's rows by its contract, in the mart's own order."""


@dataclass(frozen=True)
class Publication:
    """The marts, the facts that the manifest tells of them, and the language of those who read.

    `topic_names` are the topics' names in `language`, for people.
    """

    marts: Marts
    facts: Mapping[str, Any] = field(default_factory=dict)
    language: Language = "en"
    topic_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def for_all(self) -> "Publication":
        """What everybody may read: all but the work lists."""
        return self._of(is_work_list=False)

    @property
    def work_lists(self) -> "Publication":
        """What only those read who act on it."""
        return self._of(is_work_list=True)

    def with_facts(self, **facts: Any) -> "Publication":
        """The same with these facts beside the others."""
        return replace(self, facts={**self.facts, **facts})

    def _of(self, is_work_list: bool) -> "Publication":
        kept = {t: rows for t, rows in self.marts.items() if t.is_work_list is is_work_list}
        return replace(self, marts=kept)
