"""Which part of the audience a comment is from, by the rules of the settings."""

from models.contract import Column, Table

BASES = ("channel", "group", "email domain", "author list", "default")
"""What a rule can go by, the plainest first, and what is left where no rule is met."""

SEGMENT = Table(
    layer="classified",
    name="segment",
    about="Which part of the audience each comment is from, by the rules under `[audience]`; empty "
    "where there are none. Derived anew before each publish.",
    grain=("comment_id",),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column("segment", "text", "the part of the audience, as the settings call it"),
        Column("basis", "text", "what the rule that was met went by", allowed=BASES),
    ),
)
