"""Texts as people also write them: without umlauts, in lower case, with a slip or a name in front.

A label does not depend on any of it, so the network sees a share of its examples this way.
"""

import random
from collections.abc import Iterable
from dataclasses import replace

from models.training.datasets import Example

WITHOUT_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)


def without_umlauts(text: str, _rng: random.Random) -> str:
    """`für Geräte` as `fuer Geraete`."""
    return text.translate(WITHOUT_UMLAUTS)


def in_lower_case(text: str, _rng: random.Random) -> str:
    """As on a phone."""
    return text.lower()


def with_slip(text: str, rng: random.Random) -> str:
    """Two neighbouring letters changed over, or one left out; short texts stay."""
    places = [at for at in range(1, len(text) - 2) if text[at : at + 2].isalpha()]
    if len(places) < 6:
        return text
    at = rng.choice(places)
    slip = text[at + 1] + text[at] if rng.random() < 0.5 else text[at + 1]
    return text[:at] + slip + text[at + 2 :]


def with_name(text: str, _rng: random.Random) -> str:
    """Somebody is spoken to."""
    return f"@user {text}"


SPELLINGS = (without_umlauts, without_umlauts, in_lower_case, with_slip, with_name)
"""Umlauts twice: the commonest of them in German, and without effect elsewhere."""


def respelt(examples: Iterable[Example], share: float, seed: int) -> list[Example]:
    """`examples`, about `share` of them in another spelling."""
    rng = random.Random(seed)
    return [
        replace(example, text=rng.choice(SPELLINGS)(example.text, rng))
        if rng.random() < share
        else example
        for example in examples
    ]
