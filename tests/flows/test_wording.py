from collections.abc import Mapping
from typing import Any

from flows.wording import wording


def shape(texts: Mapping[str, Any]) -> object:
    """The keys of `texts`, and how many entries lists have."""
    return {
        key: shape(value)
        if isinstance(value, Mapping)
        else len(value)
        if isinstance(value, list)
        else sorted(part.split("}")[0] for part in value.split("{")[1:])
        for key, value in texts.items()
    }


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    assert shape(wording("de")) == shape(wording("en"))
