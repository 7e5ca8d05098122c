"""Words of a user's file in, what finds them in a text out."""

import re
from collections.abc import Sequence

import polars as pl

PLAIN = "[!-)+-~]+"
"""Characters that a text holds as a word has them, or in the other case: ASCII but ` ` and `*`."""

LIKE_ASCII = ("ſ", "\u212a", "İ", "ı")
"""Letters that stand for an `s`, a `k` (as the sign of Kelvin) or an `i` where case is ignored."""


def finder(words: Sequence[str]) -> re.Pattern[str] | None:
    """Finds one of `words` as a whole word in any case, `*` for any ending; None without words."""
    if not words:
        return None
    each = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)


def may_hold(words: Sequence[str], column: str) -> pl.Expr:
    """False of texts in which `finder` finds none of `words`; true of some of these, too.

    It asks for a plain part of each word, wherever it stands, in a fiftieth of the time.
    """
    parts = [max(re.findall(PLAIN, word), key=len, default="") for word in words]
    if not parts:
        return pl.lit(False)
    return pl.col(column).str.contains_any([*parts, *LIKE_ASCII], ascii_case_insensitive=True)
