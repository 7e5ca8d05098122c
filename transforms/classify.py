"""What a model or a language detector answered in, label rows out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from models.encoder import Encoder, Head, Reading
from models.engines import Floats
from models.tables.embedding import EMBEDDING
from models.tables.label import LABEL
from transforms.language import HEAD, language_version, languages
from transforms.similar import stored


@dataclass(frozen=True)
class Answers:
    """Label rows of some inputs, and the embeddings of those that ask for something."""

    labels: pl.DataFrame
    embeddings: pl.DataFrame = field(default_factory=EMBEDDING.empty)


Answer = Callable[[pl.DataFrame], Answers]
"""Inputs (`comment_id`, `input_hash`, `text`, `post_text`) -> what is said of them."""


def read_inputs(encoder: Encoder, inputs: pl.DataFrame, version: str) -> Answers:
    """What all heads say of `inputs`, from one pass of the encoder."""
    reading = encoder.read(inputs["text"].to_list(), inputs["post_text"].to_list())
    labels = pl.concat([label_rows(inputs, reading, head, version) for head in encoder.heads])
    return Answers(labels, embedding_rows(inputs, reading, labels, version))


def read_languages(inputs: pl.DataFrame) -> Answers:
    """In which language each of `inputs` is."""
    return Answers(language_rows(inputs, languages(inputs["text"].to_list())))


def label_rows(inputs: pl.DataFrame, reading: Reading, head: Head, version: str) -> pl.DataFrame:
    """One row per input and label of `head`, fit for `classified.label`, not stored so far.

    `inputs` has `comment_id` and `input_hash`, in the order of `reading`. Raises ValueError if the
    reading's shape is not (inputs, labels).
    """
    probability = reading.probabilities[head.name]
    expected = (inputs.height, len(head.labels))
    if probability.shape != expected:
        raise ValueError(f"head `{head.name}` scored {probability.shape}, expected {expected}")
    width = len(head.labels)
    return pl.DataFrame(
        {
            "comment_id": inputs["comment_id"].gather(np.arange(inputs.height).repeat(width)),
            "input_hash": inputs["input_hash"].gather(np.arange(inputs.height).repeat(width)),
            "head": pl.repeat(head.name, inputs.height * width, eager=True),
            "label": list(head.labels) * inputs.height,
            "probability": probability.astype(np.float64).ravel(),
            "is_chosen": chosen(probability, head).ravel(),
            "is_uncertain": is_uncertain(probability, head).repeat(width),
            "decided_by": deciding_column(reading, head, probability),
            "model_version": pl.repeat(version, inputs.height * width, eager=True),
            "labelled_at_utc": pl.repeat(None, inputs.height * width, eager=True),
        },
        schema=LABEL.schema(),
    )


def chosen(probability: Floats, head: Head) -> npt.NDArray[np.bool_]:
    """Which labels are the answer, (texts, labels), as `Head` says: over a cutoff, or likeliest."""
    if head.many:
        over: npt.NDArray[np.bool_] = probability >= np.asarray(head.cutoffs, dtype=np.float32)
        return over
    if len(head.labels) == 2 and head.cutoffs[1]:
        is_second = probability[:, 1] >= np.float32(head.cutoffs[1])
        return np.stack([~is_second, is_second], axis=1)
    best: npt.NDArray[np.bool_] = np.eye(len(head.labels), dtype=bool)[probability.argmax(axis=1)]
    return best


def is_uncertain(probability: Floats, head: Head) -> npt.NDArray[np.bool_]:
    """Which answers a person should look at, (texts,): the chosen one is too improbable.

    Where several labels may apply none is: each label has a cutoff of its own.
    """
    if head.many:
        return np.zeros(len(probability), dtype=bool)
    unsure: npt.NDArray[np.bool_] = probability.max(axis=1) < head.uncertain_below
    return unsure


def deciding_column(reading: Reading, head: Head, probability: Floats) -> list[str | None]:
    """The deciding sentences, beside the chosen sentiment of long comments; else null."""
    if head.name != "sentiment" or not reading.deciding:
        return [None] * probability.size
    is_chosen = chosen(probability, head)
    return [
        sentence if marked else None
        for sentence, marks in zip(reading.deciding, is_chosen, strict=True)
        for marked in marks
    ]


ASKING = (("needs_reply", "yes"), ("intent", "question"), ("intent", "request"))
"""Answers (head, label) of a comment that asks for something."""


def embedding_rows(
    inputs: pl.DataFrame, reading: Reading, labels: pl.DataFrame, version: str
) -> pl.DataFrame:
    """Rows of `classified.embedding` for the inputs that ask for something, by their `labels`."""
    if reading.embedding is None:
        return EMBEDDING.empty()
    is_asking = pl.any_horizontal(
        [(pl.col("head") == head) & (pl.col("label") == label) for head, label in ASKING]
    )
    asking = labels.filter("is_chosen", is_asking)["input_hash"].unique()
    vectors = stored(reading.embedding)
    return (
        inputs.select("input_hash", model_version=pl.lit(version))
        .with_columns(vector=pl.Series(vectors, dtype=pl.Array(pl.Int8, vectors.shape[1])))
        .filter(pl.col("input_hash").is_in(asking.implode()))
        .unique("input_hash", maintain_order=True)
        .cast(dict(EMBEDDING.schema()))  # type: ignore[arg-type]
    )


def language_rows(inputs: pl.DataFrame, answers: Sequence[tuple[str, float]]) -> pl.DataFrame:
    """The `language` rows of `inputs`: one chosen label each, fit for `classified.label`."""
    return pl.DataFrame(
        {
            "comment_id": inputs["comment_id"],
            "input_hash": inputs["input_hash"],
            "head": pl.repeat(HEAD, inputs.height, eager=True),
            "label": [code for code, _ in answers],
            "probability": [confidence for _, confidence in answers],
            "is_chosen": pl.repeat(True, inputs.height, eager=True),
            "is_uncertain": pl.repeat(False, inputs.height, eager=True),
            "decided_by": pl.repeat(None, inputs.height, dtype=pl.String, eager=True),
            "model_version": pl.repeat(language_version(), inputs.height, eager=True),
            "labelled_at_utc": pl.repeat(None, inputs.height, eager=True),
        },
        schema=LABEL.schema(),
    )
