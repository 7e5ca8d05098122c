"""Landing files whose comments a model has labelled, all of them."""

from models.contract import Column, Table

LABELLED_FILE = Table(
    layer="ops",
    name="labelled_file",
    about="Landing files whose comments a model has labelled, all of them: a run need not look for "
    "unlabelled ones among these. A row goes when the file is read again, or when the words of a "
    "post change that its comments stand below.",
    grain=("landed_file", "model_version"),
    columns=(
        Column("landed_file", "text", "path of the file below the landing folder"),
        Column("model_version", "text", "the checkpoint, detector or list of topics that answered"),
    ),
)
