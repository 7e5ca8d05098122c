"""What every published share carries: the corrected number, and how far to trust it."""

from models.contract import Column

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
    Column("method", "text", "how `share` and its interval were made; see docs/honest-numbers.md"),
    Column(
        "hidden_reason",
        "text",
        "why the numbers of this row are left out; null: not",
        optional=True,
    ),
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

ONE_ANSWER = ("sentiment", "stance")
"""Heads whose answers exclude each other: their shares are parts of one whole."""
