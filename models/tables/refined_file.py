"""Which landing files the clean tables hold, and how they were read."""

from models.contract import Column, Table

REFINED_FILE = Table(
    layer="ops",
    name="refined_file",
    about="Which landing files the clean tables hold, and how they were read.",
    grain=("landed_file",),
    columns=(
        Column("landed_file", "text", "path of the file below the landing folder"),
        Column("source", "text", "the reader that recognised it; `unrecognised` if none did"),
        Column("reading", "text", "fingerprint of reader and settings: another one reads it again"),
        Column(
            "note", "text", "what the reader guessed, for example a column mapping", optional=True
        ),
        Column("received_at_utc", "time", "when the file was received"),
        Column("post_count", "count", "posts kept"),
        Column("comment_count", "count", "comments kept"),
        Column("rejected_count", "count", "records rejected"),
        Column(
            "is_checked",
            "flag",
            "its comments went through the checks of rows; false or null: not yet",
            optional=True,
        ),
    ),
)
