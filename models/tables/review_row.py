"""The comments on each review sheet, and why each is on it."""

from models.contract import Column, Table
from models.tables.review import PURPOSES

REVIEW_ROW = Table(
    layer="ops",
    name="review_row",
    about="The comments on each review sheet. Why a comment was asked for stands here and not in "
    "the file, so that no change of a file can turn a picked comment into a drawn one.",
    grain=("sheet", "comment_id"),
    columns=(
        Column("sheet", "text", "the review sheet"),
        Column("comment_id", "text", "the comment"),
        Column("position", "count", "its place on the sheet, from 1"),
        Column("input_hash", "text", "hash of the comment's and the post's text, as then"),
        Column("purpose", "text", "why it is on the sheet", allowed=PURPOSES),
        Column(
            "drawn_share",
            "share",
            "chance that the draw had of taking it; null: it was picked, not drawn",
            optional=True,
        ),
        Column("digest", "text", "hash of what the sheet shows of it"),
    ),
)
