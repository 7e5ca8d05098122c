"""Whom and what erasures took out, as keyed hashes: so that no later file brings it back."""

from models.contract import Column, Table

ERASURE = Table(
    layer="ops",
    name="erasure",
    about="Whom and what an erasure took out, as keyed hashes, so that a later file does not bring "
    "it back. Nobody can be named from it.",
    grain=("kind", "keyed_hash"),
    columns=(
        Column("kind", "text", "what was erased", allowed=("author", "comment")),
        Column("keyed_hash", "text", "pseudonym of the author, or keyed hash of the `comment_id`"),
        Column("erased_at_utc", "time", "when it was erased"),
        Column(
            "effect",
            "json",
            "rows and files that the erasure changed, and published numbers that moved",
            optional=True,
        ),
    ),
)
