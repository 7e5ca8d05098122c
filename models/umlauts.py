"""German typed without umlauts, read as if it had them: `fuer Geraete` as `für Geräte`.

A phone set to English, an old form or a Swiss keyboard writes ae, oe, ue and ss. The vocabulary
knows a text's usual spelling better, and two spellings of one comment should get one answer. Which
letters to change is decided word by word by what the tokenizer's unigram model (Kudo 2018,
https://aclanthology.org/P18-1007) finds more probable, with a bonus for each pair of letters in a
text that is German by its small words: there `ae` and `oe` nearly always stand for an umlaut,
`ue` after a vowel (`neue`, `Steuer`) nearly never.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from typing import Any

Score = Callable[[str], float]
"""Logarithm of a word's probability."""

WRITTEN_OUT = {"ae": "ä", "oe": "ö", "ue": "ü", "ss": "ß"} | {
    "Ae": "Ä", "Oe": "Ö", "Ue": "Ü", "AE": "Ä", "OE": "Ö", "UE": "Ü"
}  # fmt: skip
GERMAN_BONUS = {"ae": 6.0, "oe": 6.0, "ue": 3.0, "ss": 1.0}
AFTER_VOWEL, OTHERWISE = -8.0, -2.0
"""What speaks against `ue` as an umlaut after a vowel, and against any in a text of no language."""
MOST_PLACES = 5
"""Places of a word that are tried; each doubles the spellings."""
SMALL_WORDS = frozenset((
    "und", "nicht", "ist", "das", "der", "ich", "eine", "einen", "auch", "mit", "auf", "wir",
    "sie", "noch", "aber", "wie", "fuer", "ueber", "für", "über", "kein", "keine", "schon", "nur",
    "oder", "wenn", "hat", "haben", "sind", "wird", "doch", "nein", "euch", "uns", "wer", "warum",
    "jetzt", "immer", "mehr", "nach", "vom", "zum", "zur", "ihr", "kann", "muss", "dass", "danke",
    "bitte", "endlich",
))  # fmt: skip
CACHED_WORDS = 50_000

_WORD = re.compile(r"\w*(?:[aou]e|[AOU][eE]|ss)\w*")
_PLACE = re.compile(r"[aou]e|[AOU][eE]|ss")
_ANY_WORD = re.compile(r"\w+")


def spellings(word: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every way to write `word` with umlauts, and each pair of letters changed with what precedes.

    Its own spelling comes first.
    """
    places = list(_PLACE.finditer(word))[:MOST_PLACES]
    for chosen in product((False, True), repeat=len(places)):
        parts, changed, at = [], [], 0
        for place, is_changed in zip(places, chosen, strict=True):
            parts.append(word[at : place.start()])
            parts.append(WRITTEN_OUT[place[0]] if is_changed else place[0])
            if is_changed:
                changed.append((place[0].lower(), word[: place.start()][-1:].lower()))
            at = place.end()
        yield "".join(parts) + word[at:], changed


def bonus(pair: str, before: str, is_german: bool) -> float:
    """How much more probable the umlaut is than the word's own probability says."""
    if pair == "ue" and before and before in "aeoqäöü":
        return AFTER_VOWEL
    return GERMAN_BONUS[pair] if is_german else OTHERWISE


def is_german(text: str) -> bool:
    """Whether one of the small German words occurs in `text`."""
    return not SMALL_WORDS.isdisjoint(_ANY_WORD.findall(text.lower()))


class Umlauts:
    """Restores umlauts; remembers the words it has decided."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self._word = lru_cache(CACHED_WORDS)(self._best)

    def _best(self, word: str, german: bool) -> str:
        """The most probable spelling of `word`, its own where two are equal."""
        found = [
            (self._score(spelling) + sum(bonus(*pair, german) for pair in changed), spelling)
            for spelling, changed in spellings(word)
        ]
        return max(found, key=lambda one: one[0])[1]

    def __call__(self, text: str) -> str:
        """`text` with its umlauts; it is its own normal form."""
        if not _WORD.search(text):
            return text
        german = is_german(text)
        return _WORD.sub(lambda found: self._word(found[0], german), text)


def umlauts_of(tokenizer: Any) -> Umlauts:
    """By the unigram model of `tokenizer` (a `tokenizers.Tokenizer`).

    Raises ValueError if it is of another kind.
    """
    model = json.loads(tokenizer.to_str())["model"]
    if model["type"] != "Unigram":
        raise ValueError(
            f"the tokenizer is a `{model['type']}`, expected `Unigram`, which has probabilities: "
            "take `umlauts` out of `config.json`"
        )
    scores = [score for _, score in model["vocab"]]
    unknown = min(scores) - 10

    def score(word: str) -> float:
        ids = tokenizer.encode(word, add_special_tokens=False).ids
        return float(sum(unknown if i == model["unk_id"] else scores[i] for i in ids))

    return Umlauts(score)
