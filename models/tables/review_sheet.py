"""Review sheets: what people were asked to read, one row a sheet."""

from models.contract import Column, Table

REVIEW_SHEET = Table(
    layer="ops",
    name="review_sheet",
    about="Review sheets that were written for people to fill in. A copy of each lies beside the "
    "sheet's files, so that answers can be taken in after the warehouse was built anew.",
    grain=("sheet",),
    columns=(
        Column("sheet", "text", "its name"),
        Column("written_at_utc", "time", "when its rows were drawn"),
        Column("first_day", "day", "first day of the comments that it was drawn from"),
        Column("last_day", "day", "last day of them, in the reporting time zone"),
        Column("reviewers", "texts", "who got a file of it"),
        Column(
            "frame_count",
            "count",
            "comments of the audience in that period that these readers had not audited: what the "
            "draw could take",
        ),
        Column("audit_count", "count", "comments that were drawn at random"),
        Column("training_count", "count", "comments that were picked because the model was unsure"),
        Column("seed", "text", "decides the draw: the same for the same name"),
        Column("questions", "json", "heads and labels that it asks, with the words shown"),
        Column("models", "json", "which model had answered each head"),
        Column("digest", "text", "hash of all its rows: tells whether a file belongs to it"),
    ),
)
