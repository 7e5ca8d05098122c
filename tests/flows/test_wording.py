import re
from collections.abc import Mapping
from typing import Any

import pytest

from flows.wording import wording
from models.counted import Counted
from models.questions import Language


def shape(texts: Mapping[str, Any]) -> object:
    """The keys of `texts`, and how many entries lists have."""
    return {
        key: shape(value)
        if isinstance(value, Mapping)
        else len(value)
        if isinstance(value, list)
        else sorted(re.split("[}:]", part)[0] for part in value.split("{")[1:])
        for key, value in texts.items()
    }


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    assert shape(wording("de")) == shape(wording("en"))


def texts_of(texts: Mapping[str, Any]) -> list[str]:
    """Every text below `texts`."""
    found = []
    for value in texts.values():
        some = texts_of(value) if isinstance(value, Mapping) else value
        found += [some] if isinstance(some, str) else some
    return found


PLURALS = re.compile(
    r"\b1 (?:comments|posts|people|records|rows|own answers|weeks|months|topics|channels|parts"
    r"|Kommentare|Beiträge|Menschen|Datensätze|Zeilen|eigene Antworten|Wochen|Monate|Themen"
    r"|Kanäle|Teile)\b"
)


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_text_puts_a_plural_behind_one(language: Language) -> None:
    counted = [text for text in texts_of(wording(language)) if "|" in text]
    assert counted
    for text in counted:
        gaps = {re.split("[}:]", part)[0] for part in text.split("{")[1:]}
        told = text.format(**dict.fromkeys(gaps, Counted(1)))
        assert not PLURALS.search(told), told
