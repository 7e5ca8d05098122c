"""Which model answers which head now; older answers stay under their version."""

from models.contract import Column, Table

CURRENT_MODEL = Table(
    layer="ops",
    name="current_model",
    about="Which model answers which head now; older answers stay under their version.",
    grain=("head",),
    columns=(
        Column("head", "text", "the question: sentiment, topic, language, ..."),
        Column("model_version", "text", "the checkpoint whose answers count"),
    ),
)
