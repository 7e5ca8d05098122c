"""Other ids under which the same post or comment arrives: by export, interface or scraper."""

from models.contract import Column, Table

ALIAS = Table(
    layer="ops",
    name="alias",
    about="Other ids under which the same post or comment arrives.",
    grain=("kind", "alias_id"),
    columns=(
        Column("kind", "text", "post or comment", allowed=("post", "comment")),
        Column("alias_id", "text", "the other id, written as `post_id` and `comment_id` are"),
        Column("id", "text", "the id under which it is kept: the one that came first"),
    ),
)
