"""What was taken in, and how far readers agree, as lines for a person."""

from collections import Counter
from collections.abc import Mapping, Sequence

from flows.reviewing.checked import Checked
from models.counted import Counted
from models.questions import Question
from models.tables.review import PURPOSES
from transforms.agreement import Agreement

PART = {"audit": "drawn at random", "training": "picked for training"}


def import_lines(checked: Checked, questions: Sequence[Question]) -> list[str]:
    """What is left to answer, by part of the sheet, and which rows were not there or not taken in.

    Rows that are not there may be so on purpose, or because a page was lost: a person can tell.
    """
    lines = []
    for purpose in PURPOSES:
        if gone := checked.missing.filter(purpose=purpose).height:
            lines.append(
                f"{Counted(gone):comment|comments} {PART[purpose]} {'is' if gone == 1 else 'are'} "
                f"on the sheet but not in this file: what was answered of "
                f"{'it' if gone == 1 else 'them'} earlier stays"
            )
        ids = checked.asked.filter(purpose=purpose)["comment_id"].to_list()
        if not ids:
            continue
        missing = Counter(
            question.head
            for comment_id in ids
            for question in questions
            if question.head not in checked.answers.get(comment_id, {})
        )
        begun = sum(comment_id in checked.answers for comment_id in ids)
        left = ", ".join(f"{head} {count:,}" for head, count in missing.items())
        told = f"{begun:,} of {len(ids):,} comments {PART[purpose]} are answered"
        lines.append(f"{told}; still open: {left}" if left else told)
        if left and begun and purpose == "audit":
            lines.append("Answer these in full: shares bend if the hard ones are left out.")
    lines += [
        f"row {row.number} of page `{row.page}`: the comment or its post was edited since, is "
        "gone, or stands in another row, too; its answers were not taken in"
        for row in checked.stale
    ]
    return lines


def agreement_lines(found: Sequence[Agreement]) -> list[str]:
    """Krippendorff's alpha by head, as an aligned table."""
    if not found:
        return ["No comment has been answered by two readers yet."]
    lines = [f"{'agreement':<12} {'alpha':>6}  {'alike':>5}  comments"]
    for each in found:
        lines.append(
            f"{each.head:<12} {number(each.alpha):>6}  {each.same_share:>5.0%}  "
            f"{each.comment_count:>8,}{mean_over(each.label_alphas)}"
        )
    lines.append(
        "alpha: 1 is full agreement, 0 is chance; 0.8 is good, below 0.67 nothing should rest on it"
        " (Krippendorff)."
    )
    return lines


def mean_over(alphas: Mapping[str, float | None]) -> str:
    """Of which labels an alpha is the mean; nothing where there is one question only."""
    if not alphas:
        return ""
    unknown = ", ".join(label for label, alpha in alphas.items() if alpha is None)
    return "  mean over its labels" + (f"; of these have none: {unknown}" if unknown else "")


def number(value: float | None) -> str:
    """A number, or why there is none."""
    return "-" if value is None else f"{value:.2f}"
