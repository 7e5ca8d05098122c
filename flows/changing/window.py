"""The shares of all comments of a window, in whole and by channel: estimated as in a publish."""

from dataclasses import replace

import duckdb
import polars as pl

from flows.publishing.hearing import Heard, asked_heads
from flows.publishing.shares import Estimator, estimate
from models.contract import Column, Table
from models.shares import SHARE_COLUMNS
from transforms.statements import Shares, Statement

WHOLE = "(all)"
"""The channel of all channels together."""

QUERY = f"""
    SELECT channel, comment_id FROM classified.dated WHERE is_audience
    UNION ALL
    SELECT '{WHOLE}' AS channel, comment_id FROM classified.dated WHERE is_audience
"""

CHANNEL = Column("channel", "text", f"where the audience was met; `{WHOLE}`: everywhere")


def statement(shares: Shares) -> Statement:
    """The statement of one head's shares in the window."""
    table = Table(
        layer="mart",
        name=f"window_{shares.head}",
        about="Shares of all comments of a window.",
        grain=("channel", "head", "label"),
        columns=(CHANNEL, *SHARE_COLUMNS),
    )
    return Statement(table, QUERY, shares)


def window_shares(
    connection: duckdb.DuckDBPyConnection, heard: Heard, known: Estimator
) -> pl.DataFrame:
    """One row per channel, head and label (`SHARE_COLUMNS`), by the models that answer now.

    Of small channels, too: which of two sides hide one is for those to say who compare them.
    """
    statements = [statement(replace(shares, alike="channel")) for shares in asked_heads()]
    found = estimate(connection, heard, statements, replace(known, smallest=1))
    return pl.concat([rows for rows, _ in found.values()]).sort("head", "channel", "label")
