"""Deletions after which the warehouse has to be written anew: empty once it is."""

from models.contract import Column, Table

DELETION = Table(
    layer="ops",
    name="deletion",
    about="What was deleted and may still lie on disk: noted with the deletion, gone once the "
    "warehouse is written anew. A row that stays tells of a run that ended in between; the next "
    "`retention` or `erase` makes up for it.",
    grain=("stage",),
    columns=(
        Column("stage", "text", "what deleted, the last time"),
        Column("deleted_at_utc", "time", "when it did, the last time"),
    ),
)
