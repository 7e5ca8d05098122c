"""Which inputs models have labelled, under whatever comment: what is looked through first."""

from models.contract import Column, Table

LABELLED_INPUT = Table(
    layer="ops",
    name="labelled_input",
    about="Which inputs models have labelled, under whatever comment and by whichever model: one "
    "number each, which is less to look through than `ops.labelled_comment`. Written with it, and "
    "made anew with it. A number may stand here twice.",
    grain=("input_number", "note_count"),
    columns=(
        Column(
            "input_number",
            "count",
            "number made of `input_hash`, which is what the model read: numbers are found faster",
        ),
        Column(
            "note_count",
            "count",
            "rows of `ops.labelled_comment` that were there before the first on this input: it "
            "stands behind them",
        ),
    ),
)
