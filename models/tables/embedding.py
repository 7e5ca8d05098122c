"""Embeddings of comments that ask for something: they find questions that are alike."""

from models.contract import Column, Table

EMBEDDING = Table(
    layer="classified",
    name="embedding",
    about="Embeddings of comments that ask for an answer, so that like questions can be grouped. "
    "Others have none: at 384 bytes a comment they would outweigh everything else.",
    grain=("input_hash", "model_version"),
    columns=(
        Column("input_hash", "text", "hash of what was read: the comment's and the post's text"),
        Column("model_version", "text", "the checkpoint that answered"),
        Column("vector", "vector", "the embedding, of length 1, each number times 400"),
    ),
)
