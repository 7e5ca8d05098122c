"""What a checkpoint answers: its heads, and how the network's outputs become their probabilities.

Our own checkpoints list their heads in `config.json` under `resonanz`. Any other
sequence-classification checkpoint has one head, and its labels are mapped to ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.engines import Floats
from models.questions import HEADS, HEADS_OF_MANY

Marks = npt.NDArray[np.bool_]

SENTIMENTS = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Head:
    """A question that a checkpoint answers.

    `many`: several labels may apply, each chosen where its probability reaches its cutoff.
    Otherwise the likeliest label is chosen, or, of two labels of which the second has a cutoff
    above 0, the second where it reaches that; and an answer less probable than `uncertain_below`
    is one that a person should look at.
    """

    name: str
    labels: tuple[str, ...]
    many: bool
    cutoffs: tuple[float, ...]
    uncertain_below: float = 0.0


@dataclass(frozen=True)
class Answer:
    """How an output becomes a head: logits / temperature, then `merge` (theirs, ours).

    `is_each_alone`: the network says of each of its labels by itself whether it applies. A head of
    which only one label may apply takes the likeliest of them, and they share 1.

    Comments without their post come from other places than those with it (tweets, forums), where
    the network is less often right than it believes: they have a temperature of their own.
    """

    head: Head
    output: str
    temperature: float
    temperature_alone: float
    merge: Floats
    is_each_alone: bool

    def probabilities(self, logits: Floats, has_post: Marks) -> Floats:
        """Probabilities (texts, labels) of logits (texts, the network's labels).

        `has_post` (texts,) says which texts were read with their posts.
        """
        temperatures = np.where(has_post, self.temperature, self.temperature_alone)[:, None]
        scaled = logits.astype(np.float64) / temperatures
        if self.is_each_alone:
            each = 1 / (1 + np.exp(-np.clip(scaled, -60, 60)))
            merged = (each[:, :, None] * self.merge).max(axis=1)
            parts = 1 if self.head.many else merged.sum(axis=1, keepdims=True)
            return np.asarray(merged / parts, dtype=np.float32)
        exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        shares = exponents / exponents.sum(axis=1, keepdims=True)
        return np.asarray(shares @ self.merge, dtype=np.float32)


def own_answers(settings: Mapping[str, Any], folder: Path) -> list[Answer]:
    """The answers that our own checkpoint lists; raises ValueError if an entry is incomplete."""
    try:
        return [_own_answer(entry) for entry in settings["heads"]]
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"`config.json` of checkpoint `{folder}` lists its heads incompletely under `resonanz` "
            f"({error!r}), expected `name`, `labels`, `many`, `temperature`, `cutoffs` of each: "
            "export the checkpoint again"
        ) from error


def _own_answer(entry: Mapping[str, Any]) -> Answer:
    labels = tuple(entry["labels"])
    unsure = entry.get("uncertain_below", 0.0)
    head = Head(entry["name"], labels, entry["many"], tuple(entry["cutoffs"]), unsure)
    warm = entry["temperature"]
    alone = entry.get("temperature_alone", warm)
    return Answer(head, head.name, warm, alone, np.eye(len(labels), dtype=np.float32), head.many)


def foreign_answer(
    config: Mapping[str, Any], labels: Mapping[str, str] | None, head: str, folder: Path
) -> Answer:
    """The one answer of another sequence-classification checkpoint.

    `labels` maps its labels to ours; several may map to one: their probabilities add up, or, where
    it says of each by itself whether it applies, the largest counts. Raises ValueError if a label
    has no place, or fewer than two are left of a head that has one answer.
    """
    named = sorted(config.get("id2label", {}).items(), key=lambda item: int(item[0]))
    theirs = [str(name) for _, name in named]
    ours = mapped_labels(theirs, labels, head, folder)
    kept = [label for label in SENTIMENTS if label in ours]
    if head != "sentiment":
        kept = list(dict.fromkeys(ours))
    merge = np.zeros((len(theirs), len(kept)), dtype=np.float32)
    merge[np.arange(len(theirs)), [kept.index(label) for label in ours]] = 1
    is_each_alone = config.get("problem_type") == "multi_label_classification"
    many = is_each_alone and (head in HEADS_OF_MANY or head not in HEADS)
    if not many and len(kept) < 2:
        raise ValueError(
            f"checkpoint `{folder}` tells no labels of head `{head}` apart: found {_quoted(kept)}, "
            "expected two or more: name a checkpoint that does"
        )
    cutoffs = (0.5 if many else 0.0,) * len(kept)
    return Answer(Head(head, tuple(kept), many, cutoffs), "logits", 1.0, 1.0, merge, is_each_alone)


def mapped_labels(
    theirs: Sequence[str], labels: Mapping[str, str] | None, head: str, folder: Path
) -> list[str]:
    """Our label for each of `theirs`, by `labels`, or by its own name in lower case without one.

    Raises ValueError if one has none, or if it is no sentiment and `head` is `sentiment`.
    """
    if not theirs:
        raise ValueError(
            f"`config.json` of checkpoint `{folder}` has no `id2label`, expected the names of its "
            "labels: name a sequence-classification checkpoint"
        )
    mapping = {label: label.lower() for label in theirs} if labels is None else labels
    ours = [mapping.get(label, "") for label in theirs]
    known = SENTIMENTS if head == "sentiment" else tuple(label for label in ours if label)
    strange = [label for label, our in zip(theirs, ours, strict=True) if our not in known]
    if strange:
        raise ValueError(
            f"checkpoint `{folder}` has labels without a place in head `{head}`: "
            f"found {_quoted(strange)}, expected each to stand for one of {_quoted(known)}; "
            f'map them, such as labels = {{"{strange[0]}" = "{(known or ("...",))[0]}"}}'
        )
    return ours


def _quoted(names: Sequence[str]) -> str:
    """Names in backticks, for a message."""
    return ", ".join(f"`{name}`" for name in names) or "(none is mapped)"
