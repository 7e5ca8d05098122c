"""Texts in, which finders have to look at each of them out: at most texts none has to.

A finder takes Python some microseconds a text, and one text of ten holds something. So each finder
names signs: patterns of which one is in every text in which it finds something. They are looked for
in all texts at once, by Polars, whose regular expressions read a text once from left to right and
know no look-around (https://docs.rs/regex/latest/regex/#syntax): a sign is what a finder's pattern
is without its conditions on what stands around, and so is met more often.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, get_args

import polars as pl

from transforms.redaction.addresses import ADDRESS_SIGNS
from transforms.redaction.contact import CONTACT_SIGNS, PHONE_SIGNS
from transforms.redaction.link_secrets import without_links
from transforms.redaction.names import name_signs
from transforms.redaction.network import NETWORK_SIGNS
from transforms.redaction.numbers import NUMBER_SIGNS
from transforms.redaction.references import REFERENCE_SIGNS
from transforms.redaction.single_names import single_name_signs

NumberFinder = Literal["phones", "numbers", "network", "references", "addresses"]
WordFinder = Literal["contacts", "names", "single names"]
Finder = NumberFinder | WordFinder

ALL_FINDERS: frozenset[Finder] = frozenset((*get_args(NumberFinder), *get_args(WordFinder)))

ODD = (
    r"[\x{130}\x{131}\x{149}\x{17f}\x{1f0}\x{1e96}-\x{1e9e}\x{212a}\x{fb00}-\x{fb06}\x{1c}-\x{1f}]"
)
"""Signs that Python and Polars see differently: letters of which Python makes ASCII ones when it
folds case, and separators that are blanks to Python alone. What holds one is looked at in full."""

DIGIT = r"\d"

SHORT = 1_200
"""Characters of a sign; those with all given names have ten thousand."""


def finders_for(texts: Sequence[str]) -> dict[int, set[Finder]]:
    """Place in `texts` -> the finders that may find something there; places with none are left out."""
    found: defaultdict[int, set[Finder]] = defaultdict(set)
    words = [without_links(text) for text in texts]
    for place, (text, word) in enumerate(zip(texts, words, strict=True)):
        if word != text:
            found[place].add("contacts")  # whatever its links hold
    read = _series(words).to_frame("text").with_row_index("place")
    seen = read.with_columns(odd=_holds(ODD), digit=_holds(DIGIT)).with_columns(
        *_word_signs().values()
    )
    for place in seen.filter("odd")["place"]:
        found[place] |= ALL_FINDERS
    numbered = seen.filter("digit").with_columns(*_number_signs().values())
    for table, names in ((seen, _word_signs()), (numbered, _number_signs())):
        for name in names:
            for place in table.filter(name)["place"]:
                found[place].add(name)
    return found


def _series(texts: Sequence[str]) -> pl.Series:
    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeEncodeError:  # half a character, as JSON can write it
        whole = [t.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for t in texts]
        return pl.Series(whole, dtype=pl.String)


def _holds(*signs: str) -> pl.Expr:
    """Whether a text holds one of `signs`.

    Long ones are looked for one after the other: together they take far longer. The short ones are
    one pattern, as Polars keeps 32 that it has compiled, and compiles more again at every call.
    """
    short = "|".join(sign for sign in signs if len(sign) <= SHORT)
    patterns = [*filter(None, (short,)), *(sign for sign in signs if len(sign) > SHORT)]
    return pl.any_horizontal(pl.col("text").str.contains(pattern) for pattern in patterns)


def _named(signs: Mapping[Any, tuple[str, ...]]) -> dict[Any, pl.Expr]:
    return {name: _holds(*of_finder).alias(name) for name, of_finder in signs.items()}


@cache
def _word_signs() -> Mapping[WordFinder, pl.Expr]:
    return _named(
        {
            "contacts": CONTACT_SIGNS,
            "names": name_signs(),
            "single names": single_name_signs(),
        }
    )


@cache
def _number_signs() -> Mapping[NumberFinder, pl.Expr]:
    """Those of numbers, which are looked for where there is a digit at all."""
    return _named(
        {
            "phones": PHONE_SIGNS,
            "numbers": NUMBER_SIGNS,
            "network": NETWORK_SIGNS,
            "references": REFERENCE_SIGNS,
            "addresses": ADDRESS_SIGNS,
        }
    )
