"""The correction log: published numbers never change without a row that says so, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from models.contract import Column, Table
from transforms.canonical import naive_utc
from transforms.comparison import differences, moves

CORRECTION_LOG = Table(
    layer="mart",
    name="correction_log",
    about="Numbers that were published and have moved since: a row for each publish, table and "
    "period. Numbers of a period that was still running always move.",
    grain=("published_at_utc", "table_name", "period"),
    columns=(
        Column("published_at_utc", "time", "the publish that brought the new numbers"),
        Column("table_name", "text", "the table, for example `channel_weekly`"),
        Column("period", "text", "the day, week or month; `all`: the table has no periods"),
        Column("changed_count", "count", "rows whose numbers moved"),
        Column("added_count", "count", "rows that the period did not have before"),
        Column("removed_count", "count", "rows that the period does not have any more"),
        Column(
            "largest_move",
            "share",
            "the largest move of a share, 0 to 1; empty: no share moved",
            optional=True,
        ),
        Column("reason", "text", "what differs from the publish before"),
    ),
)

REASONS = {
    "clean.post": "posts were added or changed",
    "clean.comment": "comments came late, were edited or deleted",
    "clean.rejected_comment": "other records were rejected",
    "classified.label": "comments were labelled",
    "classified.audit": "people labelled more comments",
    "classified.segment": "comments were told apart by other parts of the audience",
    "ops.current_model": "another model or list of topics answers",
    "ops.erasure": "a person was erased",
    "marts": "another version of the tables",
    "settings": "the settings changed",
    "taxonomy": "topics were renamed",
    "held_out": "the model's errors were measured anew",
    "policy": "the policy for answers changed",
    "code": "tables are computed by other code",
    "files": "files are written by other code",
    "resonanz": "another version of Resonanz",
}
"""What a part of the state that differs means to a reader; unknown parts are named as they are."""

FOLLOWS_FROM_MODEL = frozenset(
    {"ops.current_model", "classified.label", "classified.text_profile", "held_out", "taxonomy"}
)
"""Parts of the state that differ because another model answers."""

OWN_TOPICS = "the model's own"

WITHOUT_NUMBERS = frozenset({"correction_log", "comments_to_answer", "evidence", "alert_evidence"})
"""Tables that are no published numbers: a log, and lists of single comments."""


def corrections(
    before: Mapping[str, pl.DataFrame],
    after: Mapping[Table, pl.DataFrame],
    reason: str,
    published_at: datetime,
) -> pl.DataFrame:
    """Rows of `correction_log` for every published period whose numbers moved.

    `before` are the marts of the last publish by name; `published_at` is aware.
    """
    published_at_utc = naive_utc(published_at)
    rows = [
        {
            "published_at_utc": published_at_utc,
            "table_name": table.name,
            "period": moved.period,
            "changed_count": moved.changed_count,
            "added_count": moved.added_count,
            "removed_count": moved.removed_count,
            "largest_move": moved.largest_move,
            "reason": reason,
        }
        for table, frame in after.items()
        if table.name in before and table.name not in WITHOUT_NUMBERS
        for moved in moves(table, before[table.name], frame)
        if moved.is_any
    ]
    return pl.DataFrame(rows, schema=CORRECTION_LOG.schema())


@dataclass(frozen=True)
class State:
    """What a publish rested on, part by part, and which version answered which head."""

    parts: Mapping[str, str]
    models: Mapping[str, str] = field(default_factory=dict)


def reason_of(before: State, after: State) -> str:
    """Why numbers moved between two states, in words; the manifest describes one.

    Where another model answers it is named, and what follows from that is not told again.
    """
    names = differences(before.parts, after.parts)
    changed = model_change(before.models, after.models)
    if changed:
        names = [name for name in names if name not in FOLLOWS_FROM_MODEL]
    found = [*changed, *(REASONS.get(name, f"`{name}` changed") for name in names)]
    return "; ".join(found) or "not known: the last publish does not say what it rested on"


def model_change(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The versions that answer in the place of others; of heads that both know."""
    pairs = [(before[head], after[head]) for head in sorted(before.keys() & after.keys())]
    split = [(old.rpartition("/"), new.rpartition("/")) for old, new in pairs]
    models = dict.fromkeys((old[2], new[2]) for old, new in split if old[2] != new[2])
    topics = dict.fromkeys((old[0], new[0]) for old, new in split if old[0] != new[0])
    return [f"model: `{old}` -> `{new}`" for old, new in models] + [
        f"topics: `{old or OWN_TOPICS}` -> `{new or OWN_TOPICS}`" for old, new in topics
    ]
