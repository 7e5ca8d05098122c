"""What answers, by reference: this travels to a worker, which loads it there."""

from dataclasses import dataclass
from functools import partial
from importlib.metadata import version as installed
from typing import Self

from flows.checkpoint import current_version, load_current
from flows.settings import Classify
from models.errors import GiveUp
from transforms.classify import Answer, read_inputs, read_languages
from transforms.language import language_version

PACKAGES = ("resonanz", "onnxruntime", "tokenizers", "transformers", "numpy", "polars")
"""What answers depend on, beside the checkpoint."""


def installed_here() -> tuple[tuple[str, str], ...]:
    """The versions of `PACKAGES` on this machine."""
    return tuple((name, installed(name)) for name in PACKAGES)


@dataclass(frozen=True)
class CheckpointLoader:
    """Loads the checkpoint that answers as `version`, wherever it is called.

    A worker on another machine must find the same files under `checkpoint` and have the same
    `packages`, else it refuses: its answers could be others.
    """

    checkpoint: str
    labels: tuple[tuple[str, str], ...]
    threads: int
    version: str
    packages: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, settings: Classify, version: str) -> Self:
        """The checkpoint that the settings name."""
        labels = tuple(sorted(settings.labels.items()))
        return cls(settings.checkpoint, labels, settings.threads, version, installed_here())

    def __call__(self) -> Answer:
        """The checkpoint, ready to read; raises `GiveUp` if it can't be loaded, or is another."""
        require_alike(self.packages)
        settings = Classify(
            checkpoint=self.checkpoint, labels=dict(self.labels), threads=self.threads
        )
        if (found := current_version(settings)) != self.version:
            raise GiveUp(
                f"The checkpoint `{self.checkpoint}` of a worker is `{found}`, expected "
                f"`{self.version}`: copy the same folder to every machine."
            )
        return partial(read_inputs, load_current(settings), version=self.version)


@dataclass(frozen=True)
class LanguageLoader:
    """Loads the language detector that answers as `version`, wherever it is called."""

    version: str

    def __call__(self) -> Answer:
        """The detector; raises `GiveUp` if it is another one."""
        if (found := language_version()) != self.version:
            raise GiveUp(
                f"The language detector of a worker is `{found}`, expected `{self.version}`: "
                "install the same versions on every machine (`constraints.txt`)."
            )
        return read_languages


def require_alike(expected: tuple[tuple[str, str], ...]) -> None:
    """Raise `GiveUp` if a package here has another version than where the run was started."""
    for (name, wanted), (_, found) in zip(expected, installed_here(), strict=True):
        if found != wanted:
            raise GiveUp(
                f"A worker has `{name}` {found}, expected {wanted} as where the run was started: "
                "install the same versions on every machine (`constraints.txt`)."
            )
