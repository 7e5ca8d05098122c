"""Words by which names are told: given names, and words that are written like a name and are none.

They stand in text files beside this one, by our own knowledge; lines that begin with # are notes.
"""

from functools import cache
from pathlib import Path


def words_of(name: str) -> frozenset[str]:
    """The words of the file `<name>.txt` beside this one, as they are written."""
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def given_names() -> frozenset[str]:
    """The given names that are known."""
    return words_of("given_names")


@cache
def no_names() -> frozenset[str]:
    """Words that open sentences, name days and ranks, or address somebody without naming him."""
    return words_of("no_names")


@cache
def no_surnames() -> frozenset[str]:
    """Words after a colleague's rank that are no name: `Kollege Computer`."""
    return words_of("no_surnames")


@cache
def public_figures() -> frozenset[str]:
    """Surnames that in comments mean somebody known to the public."""
    return words_of("public_figures")


@cache
def names_of_things() -> frozenset[str]:
    """Words after a name that make it one of a house, a firm or a product."""
    return words_of("names_of_things")
