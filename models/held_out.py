"""What a checkpoint said of texts whose labels are known: numbers to correct its shares by.

`held_out.parquet` lies beside a checkpoint and holds probabilities and gold marks, never a text.
`python -m models.training.held_out` writes it. A checkpoint without one can't be corrected unless
people label some of its comments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

FILE_NAME = "held_out.parquet"
HOME = "home"
"""Domain of the texts that are like those the model is for, read with their posts."""
ALONE = "alone"
"""The same texts, read without their posts: of many comments the post is not known."""
MENTIONS = "mentions"
"""Texts of the open web that answer no post: news, adverts, service messages, small talk."""

SCHEMA = pl.Schema(
    {
        "model_version": pl.String(),
        "head": pl.String(),
        "domain": pl.String(),
        "labels": pl.List(pl.String()),
        "probabilities": pl.List(pl.Float32()),
        "gold": pl.List(pl.Boolean()),
    }
)

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HeldOut:
    """One head's probabilities and gold marks, both (texts, labels), and each text's domain.

    Gold marks are not a number where nobody knows them: then only what the model says matters.
    Texts have the same order under every head. A domain is a kind of texts, or a source of that
    kind: `home`, `tweets/sb10k`.
    """

    labels: tuple[str, ...]
    probabilities: Numbers
    gold: Numbers
    domains: npt.NDArray[np.str_]

    def of(self, domain: str) -> "HeldOut":
        """The texts of one domain."""
        return self.at(self.domains == domain)

    def at(self, places: npt.NDArray[np.bool_]) -> "HeldOut":
        """Some of the texts."""
        return HeldOut(
            self.labels, self.probabilities[places], self.gold[places], self.domains[places]
        )

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which texts have gold marks, (texts,)."""
        return np.asarray(~np.isnan(self.gold).any(axis=1))

    @property
    def kinds(self) -> npt.NDArray[np.str_]:
        """The kind of each text, (texts,)."""
        return np.asarray(np.strings.partition(self.domains, "/")[0])


def read_held_out(path: Path, model_version: str) -> dict[str, HeldOut]:
    """The held-out set of each head in the file at `path`.

    Empty where it was made with another model than `model_version`: its errors are not this one's.
    """
    rows = pl.read_parquet(path).filter(pl.col("model_version") == model_version)
    heads = rows.group_by("head", maintain_order=True)
    return {str(head): _held_out(part) for (head,), part in heads}


def write_held_out(heads: Mapping[str, HeldOut], folder: Path, model_version: str) -> Path:
    """Write the file beside the checkpoint in `folder`; equal input gives an equal file."""
    frames = [
        pl.DataFrame(
            {
                "model_version": [model_version] * len(held.gold),
                "head": [head] * len(held.gold),
                "domain": held.domains.tolist(),
                "labels": [list(held.labels)] * len(held.gold),
                "probabilities": held.probabilities.round(3).tolist(),
                "gold": _marks(held),
            },
            schema=SCHEMA,
        )
        for head, held in sorted(heads.items())
    ]
    path = folder / FILE_NAME
    pl.concat(frames).write_parquet(path, compression="zstd", compression_level=19)
    return path


def _marks(held: HeldOut) -> list[list[bool] | None]:
    """Gold marks as the file has them: null where nobody knows them."""
    return [
        marks if is_known else None
        for marks, is_known in zip((held.gold > 0).tolist(), held.known.tolist(), strict=True)
    ]


def _held_out(rows: pl.DataFrame) -> HeldOut:
    unknown = [float("nan")] * len(rows["labels"][0])
    marks = [unknown if marks is None else marks for marks in rows["gold"].to_list()]
    return HeldOut(
        labels=tuple(rows["labels"][0]),
        probabilities=np.array(rows["probabilities"].to_list(), dtype=np.float64),
        gold=np.array(marks, dtype=np.float64),
        domains=np.array(rows["domain"].to_list()),
    )
