"""Which version's tables and views the warehouse has: one row."""

from models.contract import Column, Table

LAYOUT = Table(
    layer="ops",
    name="layout",
    about="Which version's tables and views the warehouse has: one row.",
    grain=("digest",),
    columns=(Column("digest", "text", "hash of all statements that made them"),),
)
