"""Which checkpoint was made to answer, and when: the file that stands over the settings.

`data/models/promotions.json` is the history, the latest last. A promotion counts as long as the
settings name what they named when it was made: whoever edits them afterwards has decided anew.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from models.errors import GiveUp

FILE_NAME = "promotions.json"

CHECKPOINTS = "checkpoints"
"""The folder of the kept checkpoints, below `data/models`."""


@dataclass(frozen=True)
class Declared:
    """What the settings say of the checkpoint under `[classify]`."""

    checkpoint: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Promotion:
    """A checkpoint, with the mapping of its labels, in the place of what the settings named.

    `name` is the version that was promoted, with the topics' where they are not the model's own;
    `instead_of` the one that answered before. `folder` is where the checkpoint is kept, below
    `data/models`; "" if only the topics changed, and the settings name the checkpoint.
    """

    promoted_at: datetime
    name: str
    instead_of: str
    folder: str
    labels: Mapping[str, str]
    settings: Declared

    @property
    def checkpoint_version(self) -> str:
        """The version of the checkpoint's answers."""
        return self.name.rpartition("/")[2]


def read_promotions(models: Path) -> tuple[Promotion, ...]:
    """Every promotion, the latest last; raises `GiveUp` if the file can't be understood."""
    path = models / FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_promotion(entry) for entry in content)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise GiveUp(
            f"`{path}` can't be read as the list of promoted models ({type(error).__name__}): put "
            "back a copy, or delete it, and the checkpoint of `settings.toml` answers again."
        ) from error


def counting(models: Path, declared: Declared) -> Promotion | None:
    """The promotion that stands over the settings; None if there is none, or they were edited."""
    known = read_promotions(models)
    return known[-1] if known and known[-1].settings == declared else None


def add_promotion(promotion: Promotion, models: Path) -> None:
    """Let `promotion` be the latest, whole or not at all."""
    entries = [asdict(one) for one in (*read_promotions(models), promotion)]
    content = json.dumps(entries, default=datetime.isoformat, indent=2, ensure_ascii=False)
    models.mkdir(parents=True, exist_ok=True)
    partial = models / f".{FILE_NAME}.{os.getpid()}.partial"
    partial.write_text(f"{content}\n", encoding="utf-8")
    partial.replace(models / FILE_NAME)


def _promotion(entry: dict[str, object]) -> Promotion:
    at, declared = datetime.fromisoformat(str(entry["promoted_at"])), entry["settings"]
    whole = entry | {"promoted_at": at, "settings": Declared(**declared)}  # type: ignore[arg-type]
    return Promotion(**whole)  # type: ignore[arg-type]
