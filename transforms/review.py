"""A person's answers in, rows of `classified.review` out, and what they change of earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from models.questions import Question
from models.tables.review import REVIEW

Answers = Mapping[str, Mapping[str, frozenset[str]]]
"""Comment -> head -> the labels that were given; a head that was not answered is missing."""

GROUP = ["comment_id", "input_hash", "head"]


@dataclass(frozen=True)
class Change:
    """What taking in a sheet does: `rows` are added, the answers in `gone` (`GROUP`) are removed.

    Counted are answers: one comment and one head.
    """

    rows: pl.DataFrame
    gone: pl.DataFrame
    new_count: int
    replaced_count: int
    withdrawn_count: int

    @property
    def count(self) -> int:
        """Answers that are not as they were."""
        return self.new_count + self.replaced_count + self.withdrawn_count


def answer_rows(
    answers: Answers, asked: pl.DataFrame, questions: Sequence[Question], reviewer: str
) -> pl.DataFrame:
    """One row per answered comment and head for each of the head's labels.

    `asked` has the rows of `ops.review_row`; returned are the columns of `classified.review`
    without what the model had said and the time.
    """
    by_head = {question.head: question for question in questions}
    rows = [
        (comment_id, input_hash, head, label, label in given, purpose, share, sheet, reviewer)
        for comment_id, input_hash, purpose, share, sheet in asked.select(
            "comment_id", "input_hash", "purpose", "drawn_share", "sheet"
        ).iter_rows()
        for head, given in answers.get(comment_id, {}).items()
        for label in by_head[head].labels
    ]
    left_out = ("is_chosen_by_model", "model_version", "reviewed_at_utc")
    schema = {name: kind for name, kind in REVIEW.schema().items() if name not in left_out}
    return pl.DataFrame(rows, schema=schema, orient="row")


def beside_the_model(rows: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """`rows` of answers with what the model had said beside them, null where it had not.

    `said` has `comment_id`, `input_hash`, `head`, `label`, `is_chosen`, `model_version`.
    """
    theirs = said.rename({"is_chosen": "is_chosen_by_model"})
    return rows.join(theirs, on=[*GROUP, "label"], how="left")


def change(rows: pl.DataFrame, stored: pl.DataFrame, as_of: datetime | None) -> Change:
    """What `rows`, one reviewer's answers to one sheet, change of what is `stored` of it.

    `stored` holds the rows of `classified.review` of that reviewer and sheet for the comments of
    the file whose wording still holds. An answer that stays is left alone; one that replaces
    another keeps its time.
    """
    before, after = _given(stored), _given(rows)
    both = before.join(after, on=GROUP, how="inner", suffix="_now")
    replaced = both.filter(pl.col("given") != pl.col("given_now")).select(GROUP)
    withdrawn = before.join(after, on=GROUP, how="anti").select(GROUP)
    new = after.join(before, on=GROUP, how="anti").select(GROUP)
    first = stored.group_by(GROUP).agg(pl.col("reviewed_at_utc").min())
    added = (
        rows.join(pl.concat([new, replaced]), on=GROUP, how="semi")
        .join(first, on=GROUP, how="left")
        .with_columns(pl.col("reviewed_at_utc").fill_null(as_of).cast(pl.Datetime("us")))
    )
    return Change(
        added.select(REVIEW.column_names),
        pl.concat([replaced, withdrawn]),
        new.height,
        replaced.height,
        withdrawn.height,
    )


def _given(rows: pl.DataFrame) -> pl.DataFrame:
    """Each answer as one text: its labels, chosen ones marked."""
    mark = pl.col("label") + pl.when("is_chosen").then(pl.lit("+")).otherwise(pl.lit("-"))
    return rows.group_by(GROUP).agg(given=mark.sort().str.join(" "))
