"""What people answered for training in, a file that the training of the model reads out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from flows.checkpoint import answered_heads
from flows.evaluate import GOLD_FIELDS
from flows.settings import load_settings
from flows.warehouse import frame, writing
from models.counted import Counted
from models.errors import GiveUp
from models.questions import HEADS_OF_MANY

FOR_TRAINING = """
    SELECT review.comment_id, review.head, review.label, review.is_chosen,
           input.text, input.post_text
    FROM classified.review AS review
    JOIN classified.input AS input USING (comment_id, input_hash)
    ANTI JOIN (SELECT comment_id FROM classified.review WHERE purpose = 'audit') AS audit
        ON audit.comment_id = review.comment_id
    WHERE review.purpose = 'training'
    QUALIFY row_number() OVER (
        PARTITION BY review.comment_id, review.head, review.label
        ORDER BY review.reviewed_at_utc, review.sheet, review.reviewer
    ) = 1
    ORDER BY review.comment_id
"""
"""Comments in their present wording that no audit has drawn; of several readers, who was first."""

YES_NO = {"yes": True, "no": False}


def export_reviews(file: Path) -> str:
    """Write one JSON line a comment, as `resonanz evaluate FILE` and the training read it.

    Heads that were not answered are left out, and topics where they are not the model's own.
    Raises `GiveUp` if nothing was reviewed for training.
    """
    settings = load_settings()
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        rows = frame(connection, FOR_TRAINING)
    if rows.is_empty():
        raise GiveUp(
            "No comment was reviewed for training yet: fill in the page `Training` of a review "
            "sheet, and take it in with `resonanz review import`."
        )
    lines = [*training_lines(rows, answered_heads(settings.classify))]
    file.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.write_text(content, encoding="utf-8")
    foreign = sum("topics" not in line for line in lines)
    left = f" {foreign:,} of them without topics." if foreign else ""
    return (
        f"{file}: {Counted(len(lines)):comment|comments} with people's answers.{left} The file "
        "holds texts of people: keep it where only those who train the model can read it."
    )


def training_lines(
    rows: pl.DataFrame, known: dict[str, tuple[str, ...]]
) -> Iterator[dict[str, Any]]:
    """One object a comment; `known` are the model's labels by head, empty for another's model."""
    for (_,), of_comment in rows.group_by("comment_id", maintain_order=True):
        first = of_comment.row(0, named=True)
        line: dict[str, Any] = {"text": first["text"], "post_text": first["post_text"]}
        for (head,), answers in of_comment.group_by("head", maintain_order=True):
            asked = set(answers["label"])
            if known and asked != set(known.get(str(head), ())):
                continue  # A taxonomy of one's own: its topics are not what the model can learn.
            given = answers.filter("is_chosen")["label"].sort().to_list()
            line[GOLD_FIELDS.get(str(head), str(head))] = gold(str(head), given)
        yield line


def gold(head: str, given: list[str]) -> list[str] | str | bool:
    """An answer as gold files write it."""
    if head in HEADS_OF_MANY:
        return given
    return YES_NO.get(given[0], given[0])
