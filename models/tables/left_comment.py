"""Comments that left the tables, or of which a wording did, until models' words on them go, too."""

from models.contract import Column, Table

LEFT_COMMENT = Table(
    layer="ops",
    name="left_comment",
    about="Comments that left the tables, or of which a wording did: noted with that, until the "
    "next `classify` has dropped what models said of them.",
    grain=("comment_id",),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column("first_seen_at_utc", "time", "received for the first time: no label is older"),
    ),
)
