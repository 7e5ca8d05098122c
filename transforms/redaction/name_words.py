"""Words by which names are told: given names, and words that are written like a name and are none.

They stand in text files beside this one, by our own knowledge; lines that begin with # are notes.
"""

from functools import cache
from pathlib import Path


def words_of(name: str) -> frozenset[str]:
    """The words of the file `<name>.txt` beside this one, as they are written."""
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def names_of(name: str) -> frozenset[str]:
    """The names of the file `<name>.txt` beside this one, parted by commas, in small letters."""
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    parts = (part for line in lines if not line.startswith("#") for part in line.split(","))
    return frozenset(part.strip().casefold() for part in parts) - {""}


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
def word_names() -> frozenset[str]:
    """Given names that are words, too: `Mark`, `Will`."""
    return words_of("word_names")


@cache
def public_surnames() -> frozenset[str]:
    """Surnames that by themselves mean somebody known to all, in small letters."""
    return frozenset(word.casefold() for word in words_of("public_surnames"))


@cache
def public_figures() -> frozenset[str]:
    """Full names of people known to the public, in small letters."""
    return names_of("public_figures")


@cache
def firms_like_people() -> frozenset[str]:
    """Names of firms and houses that look like those of people, in small letters."""
    return names_of("firms_like_people")


@cache
def names_of_things() -> frozenset[str]:
    """Words after a name that make it one of a house, a firm or a product."""
    return words_of("names_of_things")
