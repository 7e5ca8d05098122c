"""A value that nobody could read in, its shape out: what may be shown of it where people look on.

Where the columns of a row are shifted, a name or a comment stands in the place of its time.
"""

import re

import polars as pl

SIGNS = ((r"\d", "9"), (r"[^\W\d_]", "x"))
"""What every digit, and what every letter, is shown as; Python and Polars both read these."""

KEY = "(9: a digit, x: a letter)"
"""How to read a shape, for whoever meets one."""

LONGEST_SHAPE = 40
"""Characters; what JavaScript writes of a time is told from a sentence by then."""


def shape_of(value: str) -> str:
    """`32.13.2025` -> `99.99.9999`: the format of a value, and nothing that it says."""
    shape = value[:LONGEST_SHAPE]
    for sign, shown in SIGNS:
        shape = re.sub(sign, shown, shape)
    return shape


def shapes(values: pl.Expr) -> pl.Expr:
    """The same of a column of texts."""
    shape = values.str.slice(0, LONGEST_SHAPE)
    for sign, shown in SIGNS:
        shape = shape.str.replace_all(sign, shown)
    return shape
