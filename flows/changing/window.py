"""The shares of all comments of a window, in whole and by channel: estimated as in a publish."""

import duckdb
import polars as pl

from flows.publishing.shares import Estimator, estimate
from models.contract import Column, Table
from models.shares import SHARE_COLUMNS
from transforms.marts import sql_marts
from transforms.statements import Shares, Statement

WHOLE = "(all)"
"""The channel of all channels together."""

QUERY = f"""
    SELECT channel, comment_id FROM classified.dated WHERE is_audience
    UNION ALL
    SELECT '{WHOLE}' AS channel, comment_id FROM classified.dated WHERE is_audience
"""

CHANNEL = Column("channel", "text", f"where the audience was met; `{WHOLE}`: everywhere")


def asked_heads() -> list[Shares]:
    """The heads whose shares are published, each once."""
    published = [mart.shares for mart in sql_marts() if mart.shares]
    return [
        Shares(
            head,
            alike="channel",
            many=any(shares.many for shares in published if shares.head == head),
            with_none=any(shares.with_none for shares in published if shares.head == head),
        )
        for head in sorted({shares.head for shares in published})
    ]


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


def window_shares(connection: duckdb.DuckDBPyConnection, known: Estimator) -> pl.DataFrame:
    """One row per channel, head and label (`SHARE_COLUMNS`), by the models that answer now."""
    statements = [statement(shares) for shares in asked_heads()]
    found = estimate(connection, statements, known)
    return pl.concat([rows for rows, _ in found.values()]).sort("head", "channel", "label")
