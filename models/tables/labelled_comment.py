"""Which wordings of which comments a model has labelled: what `classified.label` says, in short."""

from models.contract import Column, Table

LABELLED_COMMENT = Table(
    layer="ops",
    name="labelled_comment",
    about="Which wordings of which comments a model has labelled: one row where `classified.label` "
    "has dozens, so that a run need not look through those. Written with the labels, and made anew "
    "from them where the counts of the two differ.",
    grain=("comment_id", "input_number", "model_version"),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column(
            "input_number",
            "count",
            "number made of `input_hash`, which is what the model read: numbers are found faster",
        ),
        Column("model_version", "text", "the checkpoint, detector or list of topics that answered"),
        Column("label_count", "count", "rows of `classified.label` that say what it answered"),
        Column(
            "labelled_at_utc",
            "time",
            "when these rows were stored, which is where they are looked for; null: not known",
            optional=True,
        ),
    ),
)
