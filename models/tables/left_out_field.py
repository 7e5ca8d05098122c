"""Fields of received files that hold personal data and were left at the door, counted."""

from models.contract import Column, Table

KINDS = ("email", "ip", "avatar", "phone", "birth", "real_name")

LEFT_OUT_FIELD = Table(
    layer="ops",
    name="left_out_field",
    about="Fields of received files that hold personal data and were left at the door, counted.",
    grain=("landed_file", "kind"),
    columns=(
        Column("landed_file", "text", "the landing file"),
        Column("kind", "text", "what the field holds", allowed=KINDS),
        Column("field_count", "count", "fields of the file that held such a value"),
    ),
)
