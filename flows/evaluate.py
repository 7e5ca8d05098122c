"""A file of gold labels in, the current model's quality on it out, as a table or as JSON."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from flows.checkpoint import current_version, load_current
from flows.reading.encodings import text_lines
from flows.reading.json_rows import json_value
from flows.settings import load_settings
from models.encoder import Head, Reading
from models.errors import GiveUp
from models.evaluate import Certainty, Estimate, HeadQuality, Marks, certainty, measure
from transforms.classify import chosen

GOLD_FIELDS = {"topic": "topics", "intent": "intents"}
"""Where gold files keep the labels of heads that may have several."""

YES_NO = ("no", "yes")

Gold = dict[str, Any]
"""One line of a gold file."""


def evaluate_file(file: Path, as_json: bool) -> str:
    """Quality of the current checkpoint on `file`, as text; raises `GiveUp` for a bad file."""
    settings = load_settings().classify
    gold = read_gold(file)
    encoder = load_current(settings)
    posts = [entry.get("post") or entry.get("post_text") for entry in gold]
    reading = encoder.read([entry["text"] for entry in gold], posts)
    qualities = [
        (quality, head_certainty(head, gold, reading))
        for head in encoder.heads
        if (quality := head_quality(head, gold, reading))
    ]
    if not qualities:
        fields = ", ".join(f"`{field_of(head)}`" for head in encoder.heads)
        raise GiveUp(f"`{file}` has no gold labels; expected some of {fields} on its lines.")
    if as_json:
        heads = [asdict(q) | {"certainty": asdict(c) if c else None} for q, c in qualities]
        content = {"model": current_version(settings), "heads": heads}
        return json.dumps(content, ensure_ascii=False)
    tables = [as_table(quality, worth) for quality, worth in qualities]
    return "\n\n".join([f"Model {current_version(settings)}", *tables])


def read_gold(file: Path) -> list[Gold]:
    """The lines of a gold file; raises `GiveUp` naming the first line that can't be used."""
    try:
        lines = text_lines(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise GiveUp(f"`{file}` can't be read: {error}") from error
    gold = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            gold.append(gold_entry(json_value(line)))
        except (ValueError, RecursionError) as error:
            raise GiveUp(f"`{file}`, line {number} is not JSON.") from error
        except GiveUp as error:
            raise GiveUp(f"`{file}`, line {number}: {error}") from None
    if not gold:
        raise GiveUp(f"`{file}` has no lines, expected one JSON object a line.")
    return gold


def gold_entry(value: object) -> Gold:
    """A line of a gold file; raises `GiveUp` if it has no text, or a post that is none."""
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise GiveUp("expected an object with a string `text`.")
    for field in ("post", "post_text"):
        if not isinstance(value.get(field), str | None):
            found = type(value[field]).__name__
            raise GiveUp(f"`{field}` is {found}, expected a string.")
    return value


def head_quality(head: Head, gold: list[Gold], reading: Reading) -> HeadQuality | None:
    """The quality of `head` on the lines that have gold labels for it; None if none has."""
    places, marks = gold_marks(head, gold)
    if not places:
        return None
    found: Marks = chosen(reading.probabilities[head.name][places], head)
    return measure(head.name, head.labels, marks, found)


def head_certainty(head: Head, gold: list[Gold], reading: Reading) -> Certainty | None:
    """What the probabilities of `head` are worth; None if several of its labels may apply."""
    places, marks = gold_marks(head, gold)
    if head.many or not places or not (marks.sum(axis=1) == 1).all():
        return None
    probabilities = reading.probabilities[head.name][places].astype(np.float64)
    return certainty(probabilities, marks, head.uncertain_below)


def gold_marks(head: Head, gold: list[Gold]) -> tuple[list[int], Marks]:
    """The lines that have gold labels of `head`, and their labels (lines, labels)."""
    field = field_of(head)
    places = [place for place, entry in enumerate(gold) if entry.get(field) is not None]
    marks = np.zeros((len(places), len(head.labels)), dtype=bool)
    for row, place in enumerate(places):
        labels = gold_labels(gold[place][field], field, place + 1)
        if not head.many and len(labels) != 1:
            raise GiveUp(
                f"Record {place + 1}: `{field}` has {len(labels)} labels, expected one; leave the "
                "field out where nobody knows it."
            )
        for label in labels:
            marks[row, label_place(label, head, field)] = True
    return places, marks


def field_of(head: Head) -> str:
    """The gold field with the labels of `head`."""
    return GOLD_FIELDS.get(head.name, head.name)


def gold_labels(value: object, field: str, record: int) -> list[str]:
    """The labels in a gold field: a list, one label, or true and false."""
    if isinstance(value, bool):
        return [YES_NO[value]]
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(label, str) for label in value):
        return value
    raise GiveUp(
        f"Record {record}: `{field}` is a {type(value).__name__}, expected a label, a list of "
        "labels, true or false."
    )


def label_place(label: str, head: Head, field: str) -> int:
    """The column of `label`; raises `GiveUp` for one that the model does not know."""
    if label not in head.labels:
        known = ", ".join(f"`{name}`" for name in head.labels)
        raise GiveUp(f"`{field}` holds `{label}`, which the model does not know; it has {known}.")
    return head.labels.index(label)


def as_table(quality: HeadQuality, certainty: Certainty | None) -> str:
    """One head's quality as aligned text."""
    width = max(12, *(len(label.label) for label in quality.labels))
    lines = [
        f"{quality.head} ({quality.text_count:,} texts)",
        f"  {'accuracy':<{width}}  {shown(quality.accuracy)}",
        f"  {'macro-F1':<{width}}  {shown(quality.macro_f1)}",
        f"  {'micro-F1':<{width}}  {shown(quality.micro_f1)}",
        *certainty_lines(certainty, width),
        f"  {'label':<{width}}  {'F1':<19}  precision  recall  gold",
    ]
    lines += [
        f"  {label.label:<{width}}  {shown(label.f1)}  {label.precision:>9.3f}  "
        f"{label.recall:>6.3f}  {label.gold_count:>4,}"
        for label in quality.labels
    ]
    return "\n".join(lines)


def certainty_lines(certainty: Certainty | None, width: int) -> list[str]:
    """What the probabilities are worth, as lines of a head's table."""
    if certainty is None:
        return []
    return [
        f"  {'calibration':<{width}}  {certainty.calibration_error:.3f} expected error",
        f"  {'at 80 %':<{width}}  {certainty.accuracy_at_80:.3f} accuracy of the surest 80 %",
        f"  {'certain':<{width}}  {certainty.certain_accuracy:.3f} accuracy of the "
        f"{certainty.certain_share:.0%} that are not flagged as uncertain",
    ]


def shown(estimate: Estimate) -> str:
    """A number with its interval, for example `0.712 (0.650-0.771)`."""
    return f"{estimate.value:.3f} ({estimate.low:.3f}-{estimate.high:.3f})"
