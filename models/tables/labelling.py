"""How many labels were stored at a time, and how many notes on them: so both can be counted."""

from models.contract import Column, Table

LABELLING = Table(
    layer="ops",
    name="labelling",
    about="How many labels were stored at a time, and how many rows of `ops.labelled_comment` with "
    "them. Their sums say whether the two tables are as they were left, without a look at them.",
    grain=("noted_at_utc", "label_count", "note_count"),
    columns=(
        Column("noted_at_utc", "time", "when they were stored"),
        Column("label_count", "count", "rows of `classified.label`"),
        Column("note_count", "count", "rows of `ops.labelled_comment`"),
    ),
)
