"""The folders of a run, as the command line names them."""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The folders of a run."""

    data: Path
    corpus: Path
    encoder: Path
    work: Path
    out: Path
    start: Path | None = None
    stages: tuple[str, ...] | None = None
    between: tuple[Path, ...] = ()
    beside: tuple[Path, ...] = ()


def arguments(words: Iterable[str] | None = None, description: str | None = None) -> Places:
    """The folders named on the command line, or in `words`; `description` is what its help says."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=description)
    for name in ("data", "corpus", "encoder", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--stages", nargs="*", help="stages to fit; default: the last")
    parser.add_argument("--between", type=Path, nargs="+", help="earlier runs' states")
    parser.add_argument("--beside", type=Path, nargs="+", help="other runs' folders")
    chosen = vars(parser.parse_args(None if words is None else list(words)))
    lists = {name: chosen[name] for name in ("stages", "between", "beside")}
    given = {name: tuple(value) for name, value in lists.items() if value is not None}
    if given and chosen["start"] is None:
        parser.error(f"`--{min(given)}` is about runs from a checkpoint, which `--start` names")
    if "beside" in given and given.get("stages") == ():
        parser.error("`--beside` is about the end of a stage, and `--stages` names none")
    return Places(**{name: value for name, value in chosen.items() if name not in lists}, **given)
