"""What people said of own comments in, the current model's quality on them out, with intervals."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from flows.evaluate import as_table, shown
from flows.settings import load_settings
from flows.warehouse import frame, use_time_zone, writing
from models.errors import GiveUp
from models.evaluate import HeadQuality, Marks, measure
from models.questions import HEADS

FEWEST = 10
"""Comments of a language or channel that are measured; of fewer, an interval would not hold."""

TOLD = """
    SELECT
        said.comment_id, said.head, said.label, said.is_chosen AS gold, said.drawn_share,
        answer.is_chosen AS found, answer.model_version,
        dated.channel, coalesce(spoken.label, 'unknown') AS language
    FROM said
    JOIN classified.dated AS dated USING (comment_id)
    LEFT JOIN classified.current_label AS answer USING (comment_id, head, label)
    LEFT JOIN classified.current_label AS spoken
        ON spoken.comment_id = said.comment_id AND spoken.head = 'language' AND spoken.is_chosen
"""

SAID = {
    "audit": "FROM classified.audit",
    "training": """
        SELECT comment_id, head, label, is_chosen, drawn_share
        FROM classified.review SEMI JOIN classified.input USING (comment_id, input_hash)
        WHERE purpose = 'training'
        QUALIFY row_number() OVER (
            PARTITION BY comment_id, head, label ORDER BY reviewed_at_utc, sheet, reviewer
        ) = 1
    """,
}
"""What people said of comments in their present wording; of several readers, who was first."""

TITLES = {
    "audit": "Comments drawn at random: what the model is worth on yours",
    "training": "Comments picked for training, where the model was unsure: harder than yours are",
}


@dataclass(frozen=True)
class Measured:
    """Quality over all comments of a part, and over those of one language or channel.

    `unanswered_count` comments were reviewed, but the current model has not answered for them.
    """

    whole: HeadQuality
    groups: dict[str, dict[str, HeadQuality | int]]
    unanswered_count: int


def evaluate_reviews(as_json: bool) -> str:
    """Quality of the current answers on reviewed comments, as text; raises `GiveUp` without any."""
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        use_time_zone(connection, settings.reporting.time_zone)
        told = {
            part: frame(connection, f"WITH said AS ({query}) {TOLD}")
            for part, query in SAID.items()
        }
    found = {part: dict(measured(rows)) for part, rows in told.items() if rows.height}
    if not any(found.values()):
        raise GiveUp(
            "No reviewed comment has an answer of the current model: write a sheet with "
            "`resonanz review sample`, take it in with `resonanz review import`, and run "
            "`resonanz classify`."
        )
    versions = sorted({v for rows in told.values() for v in rows["model_version"].drop_nulls()})
    if as_json:
        return json.dumps(as_objects(versions, found), ensure_ascii=False)
    parts = [part_text(part, heads) for part, heads in found.items() if heads]
    return "\n\n".join([f"Model {', '.join(versions)}", *parts])


def measured(rows: pl.DataFrame) -> Iterator[tuple[str, Measured]]:
    """Each head that was reviewed and answered, with its quality."""
    for head in HEADS:
        of_head = rows.filter(pl.col("head") == head)
        answered = of_head.filter(pl.col("found").is_not_null().any().over("comment_id"))
        if answered.is_empty():
            continue
        missing = of_head["comment_id"].n_unique() - answered["comment_id"].n_unique()
        groups: dict[str, dict[str, HeadQuality | int]] = {
            by: {
                str(value): quality(head, part)
                if (count := part["comment_id"].n_unique()) >= FEWEST
                else count
                for (value,), part in sorted(answered.group_by(by))
            }
            for by in ("language", "channel")
        }
        yield head, Measured(quality(head, answered), groups, missing)


def quality(head: str, rows: pl.DataFrame) -> HeadQuality:
    """The quality on some comments, each weighed by how many it stands for."""
    labels = rows["label"].unique().sort().to_list()
    shares = rows.group_by("comment_id").agg(pl.col("drawn_share").first()).sort("comment_id")
    weights = (1 / shares["drawn_share"].fill_null(1.0)).to_numpy()
    gold, found = (marks(rows, column, labels) for column in ("gold", "found"))
    return measure(head, labels, gold, found, weights)


def marks(rows: pl.DataFrame, column: str, labels: list[str]) -> Marks:
    """(comments, labels), by id: what `column` says; a label that was not asked counts as no."""
    table = rows.pivot("label", index="comment_id", values=column).sort("comment_id")
    return np.asarray(table.select(pl.col(labels).fill_null(False)).to_numpy(), dtype=bool)


def part_text(part: str, heads: dict[str, Measured]) -> str:
    """All heads of one part as text."""
    tables = [head_text(measured) for measured in heads.values()]
    return "\n\n".join([TITLES[part], *tables])


def head_text(measured: Measured) -> str:
    """One head: the whole, then languages and channels."""
    lines = [as_table(measured.whole, None)]
    for by, groups in measured.groups.items():
        width = max(12, *(len(name) for name in groups))
        lines.append(f"  {by:<{width}}  {'accuracy':<19}  {'macro-F1':<19}  texts")
        lines += [f"  {name:<{width}}  {group_text(each)}" for name, each in groups.items()]
    if measured.unanswered_count:
        lines.append(
            f"  {measured.unanswered_count:,} reviewed comments have no answer of the current "
            "model yet: run `resonanz classify`."
        )
    return "\n".join(lines)


def group_text(each: HeadQuality | int) -> str:
    """The numbers of a language or channel, or that they are too few."""
    if isinstance(each, int):
        return f"{'too few to tell':<40}  {each:>5,}"
    return f"{shown(each.accuracy)}  {shown(each.macro_f1)}  {each.text_count:>5,}"


def as_objects(versions: list[str], found: dict[str, dict[str, Measured]]) -> dict[str, Any]:
    """The same for programs."""
    parts = {
        part: {
            head: asdict(measured.whole)
            | {"unanswered_count": measured.unanswered_count}
            | {
                by: {
                    name: asdict(each) if isinstance(each, HeadQuality) else {"text_count": each}
                    for name, each in groups.items()
                }
                for by, groups in measured.groups.items()
            }
            for head, measured in heads.items()
        }
        for part, heads in found.items()
    }
    return {"models": versions, **parts}
