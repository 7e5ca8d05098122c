"""Where the data lies: `[paths]`."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from flows.keeping.promotions import CHECKPOINTS
from flows.settings.concern import Concern, home


class Paths(Concern):
    """Where the data lies."""

    data: Path = Field(
        default=Path("data"), description="inbox, landing, warehouse and published files"
    )

    @model_validator(mode="after")
    def _openable(self) -> Self:
        # DuckDB takes what follows a `?` for options, and writes its log beside another name.
        if "?" in str(self.root):
            raise ValueError(
                f"DuckDB can't work in `{self.root}`: found a `?` in its path, expected none; "
                "rename that folder, or let `data` name another one"
            )
        return self

    @property
    def root(self) -> Path:
        """The data folder, absolute."""
        return (home() / self.data.expanduser()).resolve()

    @property
    def inbox(self) -> Path:
        """Files dropped here are taken in by the next run; a subfolder's name is their channel."""
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        """Every file ever received, untouched."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that belongs to the flows."""
        return self.root / "warehouse.duckdb"

    @property
    def lake(self) -> Path:
        """The Parquet files of the warehouse, if it is a lake and lies here."""
        return self.root / "lake"

    @property
    def lake_catalogue(self) -> Path:
        """What is known of these files, if no database server keeps it."""
        return self.root / "lake.ducklake"

    @property
    def runs(self) -> Path:
        """Whose turn it is, and how the last run of each stage ended."""
        return self.root / "runs"

    @property
    def reviews(self) -> Path:
        """Review sheets for people to fill in."""
        return self.root / "reviews"

    @property
    def models(self) -> Path:
        """Promoted checkpoints and topics, and reports of those that were tried."""
        return self.root / "models"

    @property
    def checkpoints(self) -> Path:
        """Promoted checkpoints; they hold no comment and nobody's name."""
        return self.models / CHECKPOINTS

    @property
    def published(self) -> Path:
        """What people open, in `latest/`."""
        return self.root / "published"

    @property
    def publish_history(self) -> Path:
        """How many comments each published state rests on; only its owner reads it."""
        return self.root / "publish_history.json"
