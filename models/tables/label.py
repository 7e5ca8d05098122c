"""What a model said of a comment: one row per comment, head and label."""

from models.contract import Column, Table

LABEL = Table(
    layer="classified",
    name="label",
    about="What a model said of a comment: one row per comment, head and label. Answers are never "
    "changed; a new model or a new wording adds rows. They go with their comment, and `decided_by` "
    "with the wording that it is a piece of.",
    grain=("comment_id", "input_hash", "head", "label", "model_version"),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column(
            "input_hash", "text", "hash of what the model read: the comment's and the post's text"
        ),
        Column("head", "text", "the question: sentiment, topic, language, ..."),
        Column("label", "text", "an answer to it"),
        Column("probability", "share", "how probable the model finds this answer, 0 to 1"),
        Column("is_chosen", "flag", "the model's answer (several may be, for topics and intents)"),
        Column(
            "is_uncertain",
            "flag",
            "the chosen answer is too improbable to rely on; null: not recorded",
            optional=True,
        ),
        Column(
            "decided_by",
            "text",
            "of a comment longer than the model's window, the sentence that speaks most for the "
            "chosen sentiment",
            optional=True,
        ),
        Column("model_version", "text", "name and content hash of the checkpoint that answered"),
        Column(
            "labelled_at_utc",
            "time",
            "when this was stored; null: by an earlier version of Resonanz, or by hand",
            optional=True,
        ),
    ),
)
