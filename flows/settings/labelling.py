"""Who says what a comment means: a model by `[classify]`, people by `[review]`."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from flows.keeping.promotions import Declared
from flows.settings.concern import Concern, home
from models.contract import ticked
from models.cores import cores
from models.hosts import THIS_MACHINE
from models.questions import HEADS, Language


class Classify(Concern):
    """Which model answers, and how it is run."""

    checkpoint: str = Field(default="models/checkpoint", description="a folder, or a Hub id")
    batch: int = Field(default=2000, gt=0, description="comments scored between two commits")
    threads: int = Field(default=0, ge=0, description="0: all cores")
    engine: Literal["here", "threads", "dask"] = Field(
        default="here", description="who reads: this process, threads of it, or Dask's workers"
    )
    workers: int = Field(default=0, ge=0, description="threads or processes; 0: one a core")
    dask_address: str = Field(
        default="", description="of a scheduler; empty: one of our own, on this machine"
    )
    labels: dict[str, str] = Field(default_factory=dict, description="its label -> our label")
    taxonomy: Path = Field(default=Path("taxonomy.toml"), description="the topics of the tables")

    @property
    def taxonomy_file(self) -> Path:
        """The file with the topics, absolute."""
        return home() / self.taxonomy.expanduser()

    @property
    def hands(self) -> int:
        """Workers that read on this machine."""
        return self.workers or cores()

    @property
    def threads_each(self) -> int:
        """Threads of each of several workers: together they have what one would have alone.

        Those of a scheduler elsewhere read a shard on one thread, as Dask counts.
        """
        if self.threads or self.dask_address:
            return self.threads or 1
        return max(1, cores() // self.hands)

    @field_validator("dask_address")
    @classmethod
    def _guarded(cls, address: str) -> str:
        name = urlsplit(address)
        is_near = name.scheme == "tcp" and name.hostname in THIS_MACHINE
        if address and not (name.hostname and name.port and (name.scheme == "tls" or is_near)):
            raise ValueError(
                f"`{address}` is no address to send comments to; write `tls://host:8786`, or "
                "`tcp://127.0.0.1:8786` for a scheduler on this machine"
            )
        return address

    @property
    def declared(self) -> Declared:
        """What is said of the checkpoint, as promotions remember it."""
        return Declared(self.checkpoint, self.labels)


class Review(Concern):
    """What people are asked to read, and who."""

    audit: int = Field(default=60, ge=0, description="comments of a sheet drawn at random")
    training: int = Field(default=20, ge=0, description="comments picked to teach the model")
    heads: tuple[str, ...] = Field(default=HEADS, min_length=1, description="what is asked")
    reviewers: tuple[str, ...] = Field(
        default=("analyst",), min_length=1, description="who gets a file of each sheet"
    )
    language: Language = Field(default="de", description="of the sheet's own words")

    @field_validator("heads")
    @classmethod
    def _known(cls, heads: tuple[str, ...]) -> tuple[str, ...]:
        if strange := [head for head in heads if head not in HEADS]:
            raise ValueError(f"`{strange[0]}` can't be asked, expected some of {ticked(HEADS)}")
        return heads
