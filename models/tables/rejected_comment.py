"""A record that was received but could not be used, and why."""

from models.canonical import REASONS
from models.contract import Column, Table

REJECTED_COMMENT = Table(
    layer="clean",
    name="rejected_comment",
    about="A record that was received but could not be used, and why.",
    grain=("landed_file", "position"),
    columns=(
        Column("landed_file", "text", "the landing file that holds it, untouched"),
        Column(
            "position", "count", "its place among that file's records, from 1; 0: the whole file"
        ),
        Column(
            "line",
            "count",
            "the line it starts in, from 1, where the file has lines",
            optional=True,
        ),
        Column("reason", "text", "why it was rejected", allowed=REASONS),
        Column("detail", "text", "what was found, what was expected"),
        Column("channel", "text", "where the audience was met, if known", optional=True),
        Column("received_at_utc", "time", "when the file was received"),
    ),
)
