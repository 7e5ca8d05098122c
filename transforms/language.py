"""Texts in, the language each is written in out, or "und" where a text is too short to tell."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

HEAD = "language"

UNDETERMINED = "und"
"""ISO 639-2 for "undetermined"."""

SURE = 0.5
"""Confidence below which a guess is none: one-word comments spread over all languages."""

SERVED = ("DE", "EN", "FR", "IT", "ES", "PT", "NL")
"""ISO 639-1 codes told apart; every further one makes short texts harder to place."""

LONGEST_READ = 600
"""Characters that are looked at: more do not change the answer, only the time it takes."""


DECIMALS = 6
"""Of a confidence: lingua adds up in an order of its own, so that the last digits are chance."""


def language_version() -> str:
    """Name and version of what answers, as labels carry it."""
    return f"lingua@{version('lingua-language-detector')}"


def languages(texts: Sequence[str]) -> list[tuple[str, float]]:
    """(code, confidence 0 to 1) for each text, in order."""
    if not texts:
        return []
    answers = _detector().compute_language_confidence_values_in_parallel(
        [text[:LONGEST_READ] for text in texts]
    )
    return [_surest(answer) for answer in answers]


@cache
def _detector() -> Any:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code) for code in SERVED]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def _surest(answer: Any) -> tuple[str, float]:
    best = answer[0]
    value = round(float(best.value), DECIMALS)
    if value < SURE:
        return UNDETERMINED, round(1 - value, DECIMALS)
    return best.language.iso_code_639_1.name.lower(), value
