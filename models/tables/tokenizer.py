"""With which tokenizer a checkpoint reads: those with the same one count the same of a text."""

from models.contract import Column, Table

TOKENIZER = Table(
    layer="ops",
    name="tokenizer",
    about="With which tokenizer a checkpoint reads: those with the same one count the same of a "
    "text. A row for each checkpoint that texts were profiled for.",
    grain=("model_version",),
    columns=(
        Column("model_version", "text", "the checkpoint"),
        Column("tokenizer", "text", "first 32 hex digits of the SHA-256 of its tokenizer's files"),
    ),
)
