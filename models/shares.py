"""What every published share carries: the corrected number, and how far to trust it."""

from models.contract import Column, SmallCells, Table
from models.errors import ContractBroken

HIDDEN_REASON = Column(
    "hidden_reason",
    "text",
    "why the numbers of this row are left out; null: not",
    optional=True,
)
"""Stands in every published table that counts comments; see docs/small-cells.md."""

HIDDEN_METHOD = "hidden"
"""What a share that is left out says of how it was made."""

SHARE_COLUMNS = (
    Column("head", "text", "the question: sentiment, stance, topic or intent"),
    Column("label", "text", "the answer whose share this is"),
    Column("share_raw", "share", "plain share of what the model chose, 0 to 1", optional=True),
    Column(
        "share",
        "share",
        "the share after correction of the model's errors, each author counted once, 0 to 1",
        optional=True,
    ),
    Column("ci_low", "share", "lower end of the 95 % interval of `share`", optional=True),
    Column("ci_high", "share", "upper end of the 95 % interval of `share`", optional=True),
    Column(
        "comment_count", "count", "comments of the audience that were read: the n", optional=True
    ),
    Column("author_count", "count", "different people among them", optional=True),
    Column(
        "audit_count", "count", "comments that people labelled and that correct it", optional=True
    ),
    Column(
        "uncertain_share", "share", "share of comments that the model was unsure of", optional=True
    ),
    Column(
        "method",
        "text",
        "how `share` and its interval were made: ppi (whose audits), emq (what the comments are "
        "like) or raw; see docs/honest-numbers.md",
    ),
    HIDDEN_REASON,
)
"""Columns of every share, in this order, after the columns that say of what it is the share."""

NET_COLUMNS = (
    Column(
        "net_sentiment",
        "score",
        "(positive - negative) / all that were read, -1 to 1: corrected share of positive comments "
        "less that of negative ones; neutral ones count in the n",
        optional=True,
    ),
    Column("net_low", "score", "lower end of the 95 % interval of `net_sentiment`", optional=True),
    Column("net_high", "score", "upper end of the 95 % interval of `net_sentiment`", optional=True),
)
"""Columns of the net sentiment, in this order."""

MOOD_COLUMNS = (
    Column("negative", "share", "corrected share of negative comments, 0 to 1", optional=True),
    Column("negative_low", "share", "lower end of its 95 % interval", optional=True),
    Column("negative_high", "share", "upper end of its 95 % interval", optional=True),
    Column("neutral", "share", "corrected share of neutral comments", optional=True),
    Column("positive", "share", "corrected share of positive comments", optional=True),
    Column("positive_low", "share", "lower end of its 95 % interval", optional=True),
    Column("positive_high", "share", "upper end of its 95 % interval", optional=True),
    Column(
        "comment_count", "count", "comments of the audience that were read: the n", optional=True
    ),
    Column("author_count", "count", "different people among them", optional=True),
    Column("hidden_reason", "text", "why the numbers are left out; null: not", optional=True),
)
"""Columns of a row that has all answers of a cell side by side."""

ONE_ANSWER = ("sentiment", "stance")
"""Heads whose answers exclude each other: their shares are parts of one whole."""


def is_of_shares(table: Table) -> bool:
    """Whether the rows of `table` are shares."""
    return set(table.column_names).issuperset(column.name for column in SHARE_COLUMNS)


def small_cells_of(table: Table) -> SmallCells:
    """Whose comments the rows of `table` count; raises `ContractBroken` if it does not say.

    A share tells about the comments of its cell: all of the grain but the question and the answer.
    """
    if table.small_cells:
        return table.small_cells
    if is_of_shares(table):
        return SmallCells(cell=tuple(name for name in table.grain if name not in ("head", "label")))
    raise ContractBroken(
        f"`{table.full_name}` does not say whose comments it counts: declare `[small_cells]` in "
        'its header, with `cell = [...]`, or `exempt = "why it needs none"`'
    )


def tells_of_people(column: Column, small_cells: SmallCells) -> bool:
    """Whether `column` holds a number about the people of a cell, or a flag that bounds one."""
    numbers = ("count", "share", "score", "flag")
    return column.kind in numbers and column.name not in small_cells.open
