"""How comments come in: `[sources]`, `[fetch]`, `[ingest]` and `[refine]`."""

from typing import Literal

from pydantic import Field, field_validator

from flows.reading.landed import ColumnMapping, ReadingRules
from flows.settings.concern import Concern, known_zone
from models.cores import cores


class Mapping(Concern):
    """How the columns of some table files are to be read."""

    match: str = Field(default="*", description="pattern of the file names it is for")
    channel: str | None = Field(default=None, description="where the audience was met")
    columns: dict[str, str] = Field(default_factory=dict, description="field -> column header")
    time_format: str | None = Field(default=None, description="strptime format of the time column")
    time_zone: str | None = Field(default=None, description="zone of times without an offset")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        return known_zone(name) if name else None


class Sources(Concern):
    """How files are read."""

    time_zone: str = Field(
        default="Europe/Berlin", description="assumed for times without an offset"
    )
    date_order: Literal["dmy", "mdy"] = Field(
        default="dmy", description="how an open 03/04/2025 is read"
    )
    owners: tuple[str, ...] = Field(default=(), description="whose comments are your own answers")
    mappings: tuple[Mapping, ...] = Field(default=(), description="column mappings of table files")
    _zone = field_validator("time_zone")(known_zone)

    def rules(self) -> ReadingRules:
        """These settings as the readers take them."""
        return ReadingRules(
            time_zone=self.time_zone,
            date_order=self.date_order,
            mappings=tuple(ColumnMapping(**mapping.model_dump()) for mapping in self.mappings),
        )


class Account(Concern):
    """An account of a platform's interface that is asked for comments."""

    source: str = Field(description="the source that asks, as `resonanz sources` lists it")
    name: str = Field(pattern=r"^[\w.-]+$", description="what you call it; its folder in landing")
    token: str | None = Field(default=None, description="`env:NAME` or `block:NAME`")
    channel: str | None = Field(default=None, description="where the audience was met")
    gateway: str | None = Field(
        default=None, description="address to ask at instead of the platform's own"
    )
    options: dict[str, str] = Field(default_factory=dict, description="what the source needs")


class Fetch(Concern):
    """Which platforms' interfaces are asked, and how often."""

    look_back_days: int = Field(
        default=30, ge=1, description="posts of so many days are asked again for late comments"
    )
    sweep_every_days: int = Field(
        default=7, ge=1, description="days between full sweeps, which notice what was deleted"
    )
    accounts: tuple[Account, ...] = Field(default=(), description="accounts that are asked")

    @field_validator("accounts")
    @classmethod
    def _distinct(cls, accounts: tuple[Account, ...]) -> tuple[Account, ...]:
        names = [account.name for account in accounts]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"two accounts are called `{repeated[0]}`; give each a name of its own"
            )
        return accounts


class Ingest(Concern):
    """How far an archive is unpacked: one that goes beyond was made to do harm."""

    most_bytes: int = Field(
        default=50_000_000_000, gt=0, description="bytes that one archive may unpack to"
    )
    most_members: int = Field(default=200_000, gt=0, description="files that it may hold")
    most_ratio: int = Field(default=200, gt=0, description="times its own size it may unpack to")


class Refine(Concern):
    """What is kept."""

    longest_text: int = Field(default=65535, gt=0, description="characters a comment may have")
    # Not shown, as the others are when it is asked whether a file would be read differently now.
    processes: int = Field(
        default=0,
        ge=0,
        le=3,
        repr=False,
        description="2: a large file is read in one and stored in another; 3: large tables are "
        "read, redacted and stored in one each; 0: as cores allow",
    )

    @property
    def hands(self) -> int:
        """Processes that work on one file."""
        return self.processes or (3 if cores() > 1 else 1)
