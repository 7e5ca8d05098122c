"""Several readers' answers in, how far they agree beyond chance out: Krippendorff's alpha."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from models.questions import HEADS_OF_MANY

COMMENT = ["comment_id", "input_hash"]


@dataclass(frozen=True)
class Agreement:
    """How far readers agree on a head.

    `alpha`: 1 is full agreement, 0 what chance gives; None where all gave one and the same answer,
    which says nothing of chance. Where several labels may apply, `alpha` is the mean over the
    labels that anyone used, each taken by itself as yes or no; `label_alphas` has them, and None
    for a label that no two were asked about, or all answered alike: it is not in the mean.
    `comment_count` comments were answered by two or more, `same_share` of them alike, as far as
    they were asked the same labels.
    """

    head: str
    alpha: float | None
    comment_count: int
    same_share: float
    label_alphas: dict[str, float | None] = field(default_factory=dict)


def agreements(reviews: pl.DataFrame) -> list[Agreement]:
    """The agreement on each head that two readers answered for the same comment and wording.

    `reviews` has `comment_id`, `input_hash`, `head`, `label`, `is_chosen`, `reviewer` and
    `reviewed_at_utc`; of a reader's several answers to one comment the first counts. Readers of
    different sheets may have been asked different labels, as after a change of topics: a comment
    for which they have none in common is not compared.
    """
    answer = [*COMMENT, "head", "reviewer"]
    is_first = pl.col("reviewed_at_utc") == pl.col("reviewed_at_utc").min().over(answer)
    first = reviews.filter(is_first).unique([*answer, "label"], keep="first")
    by_two = pl.col("reviewer").n_unique().over(*COMMENT, "head") > 1
    heads = first.filter(by_two).partition_by("head", as_dict=True)
    found = [agreement(str(head), rows) for (head,), rows in sorted(heads.items())]
    return [each for each in found if each.comment_count]


def agreement(head: str, rows: pl.DataFrame) -> Agreement:
    """The agreement on one head; each of its comments was answered by two readers or more."""
    of_many = head in HEADS_OF_MANY
    compared = asked_of_all(rows) if of_many else rows
    given = compared.group_by(*COMMENT, "reviewer").agg(
        answer=pl.col("label").filter(pl.col("is_chosen")).sort().str.join(" ")
    )
    same = given.group_by(COMMENT).agg(is_same=pl.col("answer").n_unique() == 1)
    share = float(same["is_same"].sum()) / max(same.height, 1)
    if not of_many:
        return Agreement(head, alpha(given), same.height, share)
    labels = label_alphas(rows)
    known = [value for value in labels.values() if value is not None]
    mean = float(np.mean(known)) if known else None
    return Agreement(head, mean, same.height, share, labels)


def asked_of_all(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of the labels that all readers of a comment were asked about."""
    readers = pl.col("reviewer").n_unique()
    return rows.filter(readers.over(*COMMENT, "label") == readers.over(COMMENT))


def label_alphas(rows: pl.DataFrame) -> dict[str, float | None]:
    """The agreement on each label that anyone used, as a question of yes or no."""
    used = rows.filter("is_chosen")["label"].unique().sort().to_list()
    answers = rows.select(*COMMENT, "reviewer", "label", answer=pl.col("is_chosen").cast(pl.String))
    return {label: alpha(answers.filter(label=label)) for label in used}


def alpha(answers: pl.DataFrame) -> float | None:
    """Krippendorff's alpha of nominal answers (`comment_id`, `input_hash`, `reviewer`, `answer`).

    Comments with one reader are left out, as they say nothing of agreement. None where no others
    are left, or all their answers are one and the same. Krippendorff (2019), Content Analysis,
    ch. 12.
    """
    import krippendorff

    answers = answers.filter(pl.col("reviewer").n_unique().over(COMMENT) > 1)
    values = sorted(answers["answer"].unique())
    if len(values) < 2:
        return None
    coded = answers.with_columns(
        code=pl.col("answer").replace_strict(values, range(len(values)), return_dtype=pl.Float64)
    )
    table = coded.pivot("reviewer", index=COMMENT, values="code").drop(COMMENT)
    return float(
        krippendorff.alpha(table.to_numpy().T.astype(np.float64), level_of_measurement="nominal")
    )
