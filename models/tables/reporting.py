"""How numbers are told: one row, from the settings of the last publish."""

from models.contract import Column, Table

REPORTING = Table(
    layer="ops",
    name="reporting",
    about="How numbers are told: one row, from the settings of the last publish.",
    grain=("time_zone",),
    columns=(Column("time_zone", "text", "days, weeks and months are counted in this zone"),),
)
