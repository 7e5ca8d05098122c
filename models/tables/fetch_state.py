"""Where each account of a platform's interface stands: what the next fetch goes on from."""

from models.contract import Column, Table

FETCH_STATE = Table(
    layer="ops",
    name="fetch_state",
    about="Where each account of a platform's interface stands.",
    grain=("account",),
    columns=(
        Column("account", "text", "name of the account in the settings"),
        Column("source", "text", "the source that asks"),
        Column("memory", "json", "what the source wants to know in its next run"),
        Column("fetched_at_utc", "time", "when it was asked last", optional=True),
        Column("swept_at_utc", "time", "when a full sweep of it began that ended", optional=True),
        Column("wait_until_utc", "time", "until when the platform wants no calls", optional=True),
        Column("note", "text", "how its last run ended"),
    ),
)
