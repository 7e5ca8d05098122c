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
    labels that anyone used, each taken by itself as yes or no; `label_alphas` has them.
    `comment_count` comments were answered by two or more, `same_share` of them alike.
    """

    head: str
    alpha: float | None
    comment_count: int
    same_share: float
    label_alphas: dict[str, float | None] = field(default_factory=dict)


def agreements(reviews: pl.DataFrame) -> list[Agreement]:
    """The agreement on each head that two readers answered for the same comment and wording.

    `reviews` has `comment_id`, `input_hash`, `head`, `label`, `is_chosen`, `reviewer` and
    `reviewed_at_utc`; of a reader's several answers to one comment the first counts.
    """
    answer = [*COMMENT, "head", "reviewer"]
    is_first = pl.col("reviewed_at_utc") == pl.col("reviewed_at_utc").min().over(answer)
    first = reviews.filter(is_first).unique([*answer, "label"], keep="first")
    by_two = pl.col("reviewer").n_unique().over(*COMMENT, "head") > 1
    heads = first.filter(by_two).partition_by("head", as_dict=True)
    return [agreement(str(head), rows) for (head,), rows in sorted(heads.items())]


def agreement(head: str, rows: pl.DataFrame) -> Agreement:
    """The agreement on one head; each of its comments was answered by two readers or more."""
    given = rows.group_by(*COMMENT, "reviewer").agg(
        answer=pl.col("label").filter(pl.col("is_chosen")).sort().str.join(" ")
    )
    same = given.group_by(COMMENT).agg(is_same=pl.col("answer").n_unique() == 1)
    share = float(same["is_same"].sum()) / same.height
    if head not in HEADS_OF_MANY:
        return Agreement(head, alpha(given), same.height, share)
    labels = label_alphas(rows)
    known = [value for value in labels.values() if value is not None]
    mean = float(np.mean(known)) if known else None
    return Agreement(head, mean, same.height, share, labels)


def label_alphas(rows: pl.DataFrame) -> dict[str, float | None]:
    """The agreement on each label that anyone used, as a question of yes or no."""
    used = rows.filter("is_chosen")["label"].unique().sort().to_list()
    answers = rows.select(*COMMENT, "reviewer", "label", answer=pl.col("is_chosen").cast(pl.String))
    return {label: alpha(answers.filter(label=label)) for label in used}


def alpha(answers: pl.DataFrame) -> float | None:
    """Krippendorff's alpha of nominal answers (`comment_id`, `input_hash`, `reviewer`, `answer`).

    None where all answers are one and the same. Krippendorff (2019), Content Analysis, ch. 12.
    """
    import krippendorff

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
