"""What people read in their own language: one TOML file a language, the same keys in each."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.counted import Counted
from models.questions import Language

THOUSANDS: Mapping[Language, str] = {"de": ".", "en": ","}
"""What stands between groups of three digits."""


def written(count: int, language: Language) -> Counted:
    """A whole number as people of `language` write it; texts may ask for its noun."""
    return Counted(count, THOUSANDS[language])


@cache
def wording(language: Language) -> Mapping[str, Any]:
    """The texts of `language`, by their section: `wording("de")["card"]["title"]`."""
    text = (Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
