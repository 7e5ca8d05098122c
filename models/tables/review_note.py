"""What people wrote in the margin of a review sheet."""

from models.contract import Column, Table

REVIEW_NOTE = Table(
    layer="classified",
    name="review_note",
    about="What people wrote beside a comment on a review sheet.",
    grain=("comment_id", "input_hash", "reviewer", "sheet"),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column("input_hash", "text", "hash of what was read, as then"),
        Column("note", "text", "their words"),
        Column("sheet", "text", "the review sheet"),
        Column("reviewer", "text", "who wrote it, as the sheet says"),
    ),
)
