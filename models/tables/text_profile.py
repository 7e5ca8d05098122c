"""What can be counted of a comment's text: how long it is, and how strange to the model."""

from models.contract import Column, Table

TEXT_PROFILE = Table(
    layer="classified",
    name="text_profile",
    about="What can be counted of a comment's text: how long it is, and how strange to the model. "
    "The drift watch reads it; rows are never changed, a new wording or tokenizer adds rows.",
    grain=("comment_id", "text_hash", "model_version"),
    columns=(
        Column("comment_id", "text", "the comment"),
        Column("text_hash", "text", "first 32 hex digits of the SHA-256 of its text"),
        Column("character_count", "count", "characters of the text"),
        Column("emoji_count", "count", "emojis in it, each of a joined family counted"),
        Column("token_count", "count", "tokens that the model's tokenizer makes of it"),
        Column("unknown_count", "count", "of these, tokens that the model does not know"),
        Column(
            "model_version",
            "text",
            "the checkpoint whose tokenizer counted; it holds for all with the same one",
        ),
    ),
)
