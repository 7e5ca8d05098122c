"""Every wording that a comment has had: edits are visible only this way on most platforms."""

from models.contract import Column, Table

COMMENT_VERSION = Table(
    layer="clean",
    name="comment_version",
    about="Every wording that a comment has had, and when it was seen; it goes with the comment.",
    grain=("comment_id", "text_hash"),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column("text_hash", "text", "first 32 hex digits of the SHA-256 of `text`"),
        Column("text", "text", "the wording, plain"),
        Column("first_seen_at_utc", "time", "received in a file for the first time"),
        Column("last_seen_at_utc", "time", "received in a file for the last time"),
        Column("landed_file", "text", "the landing file that it was read from last"),
    ),
)
