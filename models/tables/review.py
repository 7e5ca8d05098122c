"""What people said of a comment when asked: one row per comment, head, label and reader."""

from models.contract import Column, Table

PURPOSES = ("audit", "training")
"""Audit rows were drawn at random and may correct shares; training rows were picked and may not."""

REVIEW = Table(
    layer="classified",
    name="review",
    about="What people said of a comment, beside what the model had said. A head that was answered "
    "has a row for each of its labels, so that `none of them` can be told from `not asked`. "
    "Rows of purpose `training` were picked because the model was unsure: they never feed a share.",
    grain=("comment_id", "input_hash", "head", "label", "reviewer", "sheet"),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column(
            "input_hash",
            "text",
            "hash of what was read: the comment's and the post's text, as then",
        ),
        Column("head", "text", "the question: sentiment, topic, ..."),
        Column("label", "text", "an answer to it"),
        Column("is_chosen", "flag", "the person's answer"),
        Column(
            "is_chosen_by_model",
            "flag",
            "the model's answer when the sheet was written; null: it had not answered",
            optional=True,
        ),
        Column(
            "model_version",
            "text",
            "the checkpoint that had answered; null: none had",
            optional=True,
        ),
        Column("purpose", "text", "why the comment was on the sheet", allowed=PURPOSES),
        Column(
            "drawn_share",
            "share",
            "chance that an audit draw had of taking the comment; null: it was picked, not drawn",
            optional=True,
        ),
        Column("sheet", "text", "the review sheet that asked"),
        Column("reviewer", "text", "who answered, as the sheet says"),
        Column(
            "reviewed_at_utc",
            "time",
            "when the answer was first taken in; a correction keeps it, so that who answered first "
            "stays first",
        ),
    ),
)
