"""What each stage did, each time it ran."""

from models.contract import Column, Table

RUN = Table(
    layer="ops",
    name="run",
    about="What each stage did, each time it found work.",
    grain=("stage", "finished_at_utc"),
    columns=(
        Column("stage", "text", "ingest, refine, classify, publish, ..."),
        Column("finished_at_utc", "time", "when it ended"),
        Column("rows_in", "count", "records it was given"),
        Column("rows_out", "count", "records it handed on"),
        Column("rejected_count", "count", "records it rejected, with reasons"),
        Column("note", "text", "the same as one sentence"),
    ),
)
