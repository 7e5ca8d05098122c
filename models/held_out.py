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
"""Domain of the texts that are like those the model is for; others tell how far that matters."""

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
    """One head's probabilities and gold marks, both (texts, labels), and each text's domain."""

    labels: tuple[str, ...]
    probabilities: Numbers
    gold: Numbers
    domains: npt.NDArray[np.str_]

    def of(self, domain: str) -> "HeldOut":
        """The texts of one domain."""
        here = self.domains == domain
        return HeldOut(self.labels, self.probabilities[here], self.gold[here], self.domains[here])


def read_held_out(path: Path, model_version: str) -> dict[str, HeldOut]:
    """The held-out set of each head in the file at `path`.

    Empty where it was made with another model than `model_version`: its errors are not this one's.
    """
    rows = pl.read_parquet(path).filter(pl.col("model_version") == model_version)
    return {str(head): _held_out(part) for (head,), part in rows.group_by("head")}


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
                "gold": (held.gold > 0).tolist(),
            },
            schema=SCHEMA,
        )
        for head, held in sorted(heads.items())
    ]
    path = folder / FILE_NAME
    pl.concat(frames).write_parquet(path, compression="zstd", compression_level=19)
    return path


def _held_out(rows: pl.DataFrame) -> HeldOut:
    return HeldOut(
        labels=tuple(rows["labels"][0]),
        probabilities=np.array(rows["probabilities"].to_list(), dtype=np.float64),
        gold=np.array(rows["gold"].to_list(), dtype=np.float64),
        domains=np.array(rows["domain"].to_list()),
    )
