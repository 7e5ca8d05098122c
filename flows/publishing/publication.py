"""What is published at once: the marts, and what is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from models.contract import Table

Marts = Mapping[Table, pl.DataFrame]
"""Every mart's rows by its contract, in the mart's own order."""


@dataclass(frozen=True)
class Publication:
    """The marts, the facts that the manifest tells of them, and the language of those who read.

    `topic_names` are the topics' names in `language`, for people.
    """

    marts: Marts
    facts: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    topic_names: Mapping[str, str] = field(default_factory=dict)
