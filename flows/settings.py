"""Every knob, read once: `settings.toml`, overridden by `RESONANZ_*` of the environment."""

import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from flows.keeping.promotions import CHECKPOINTS, Declared, counting
from flows.reading.landed import ColumnMapping, ReadingRules
from models.contract import ticked
from models.errors import GiveUp
from models.gate import Limits
from models.questions import HEADS, Language
from transforms.email_domains import domain_of


def home() -> Path:
    """Where relative paths of the settings start: `RESONANZ_HOME`, or the project's folder."""
    return Path(os.environ.get("RESONANZ_HOME") or Path(__file__).parent.parent).resolve()


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Concern(BaseModel):
    """One table of `settings.toml`: immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def known_zone(name: str) -> str:
    """Return `name` if it is a time zone, else raise ValueError."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"`{name}` is not a time zone; write one like `Europe/Berlin`") from error
    return name


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


class Reporting(Concern):
    """How numbers are told."""

    time_zone: str = Field(
        default="Europe/Berlin", description="days, weeks and months are counted in it"
    )
    language: Language = Field(
        default="de", description="of what people read: workbook, dashboard, digest"
    )
    _zone = field_validator("time_zone")(known_zone)


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
        le=2,
        repr=False,
        description="2: large files are read in one and stored in another; 0: as cores allow",
    )

    @property
    def hands(self) -> int:
        """Processes that work on one file."""
        return self.processes or min(2, cores())


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
        is_near = name.scheme == "tcp" and name.hostname in LOCAL_HOSTS
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


class Reply(Concern):
    """How much time there is for answers, and what is not answered at all."""

    minutes_per_week: float = Field(default=90, ge=0, description="time there is for answers")
    minutes: dict[str, float] = Field(
        default={"question": 6, "request": 8, "reply": 10, "question mark": 6},
        description="what an answer takes, by what is asked for",
    )
    minutes_again: float = Field(
        default=1, ge=0, description="what pointing a like question at an answer takes"
    )
    oldest_days: int = Field(default=60, ge=0, description="older comments are left")
    alike: float = Field(
        default=0.97, ge=0, le=1, description="cosine from which two comments ask the same"
    )
    policy: Path = Field(default=Path("policy.toml"), description="what is routed, not answered")

    @property
    def policy_file(self) -> Path:
        """The file with the risks, absolute."""
        return home() / self.policy.expanduser()

    @field_validator("minutes")
    @classmethod
    def _complete(cls, minutes: dict[str, float]) -> dict[str, float]:
        expected = ("question", "request", "reply", "question mark")
        if set(minutes) != set(expected) or min(minutes.values()) <= 0:
            raise ValueError(f"expected minutes above 0 for each of {ticked(expected)}")
        return minutes


class Digest(Concern):
    """Where the weekly digest goes; nowhere but its folder unless something is named here."""

    smtp_host: str | None = Field(default=None, description="mail server; none: no mail")
    smtp_port: int = Field(default=587, gt=0, description="its port")
    smtp_encryption: Literal["starttls", "none"] = Field(
        default="starttls", description="none: only for a server on this machine"
    )
    smtp_user: str | None = Field(default=None, description="who signs in, if anybody must")
    smtp_password: str | None = Field(default=None, description="`env:NAME` or `block:NAME`")
    sender: str = Field(default="resonanz@localhost", description="sender of the mail")
    recipients: tuple[str, ...] = Field(default=(), description="who gets the mail")
    webhook: str | None = Field(default=None, description="`env:NAME` or `block:NAME`")

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.smtp_encryption == "none" and self.smtp_host not in LOCAL_HOSTS:
            raise ValueError("mail may go without encryption only to a server on this machine")
        return self


LOCAL_HOSTS = (None, "localhost", "127.0.0.1", "::1")
"""Servers that no network lies before."""


class Privacy(Concern):
    """What keeps authors unknown."""

    author_key_file: Path = Field(
        default=Path("~/.config/resonanz/author.key"), description="key of the authors' pseudonyms"
    )
    smallest_cell: int = Field(
        default=5, ge=1, description="people that a published number must be about"
    )

    landing: Literal["keep", "encrypt", "delete"] = Field(
        default="encrypt",
        description="files received: kept as they came, sealed, or deleted once they were read",
    )
    landing_key_file: Path = Field(
        default=Path("~/.config/resonanz/landing.key"), description="key of the sealed files"
    )


class Segment(Concern):
    """A rule that says which part of the audience a comment is from; any condition will do."""

    name: str = Field(pattern=r"^\w[\w &/.-]*$", description="what you call this part")
    channels: tuple[str, ...] = Field(default=(), description="made on one of these channels")
    groups: tuple[str, ...] = Field(
        default=(), description="made in a community, team, channel or site called like this"
    )
    email_domains: tuple[str, ...] = Field(
        default=(), description="by an address of this domain, or one below it"
    )
    authors_file: Path | None = Field(
        default=None, description="by somebody on the list in this file"
    )

    @field_validator("email_domains")
    @classmethod
    def _domains(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(
            name.strip().removeprefix("*.").removeprefix("@").casefold() for name in names
        )
        if strange := [name for name in plain if domain_of(f"somebody@{name}") != name]:
            raise ValueError(f"`{strange[0]}` is no domain; write one like `example.org`")
        return plain

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.channels or self.groups or self.email_domains or self.authors_file):
            raise ValueError(
                f"`{self.name}` has no condition; name `channels`, `groups`, `email_domains` or an "
                "`authors_file`"
            )
        return self

    @property
    def list_file(self) -> Path | None:
        """The file with the list of authors, absolute."""
        return home() / self.authors_file.expanduser() if self.authors_file else None


class Audience(Concern):
    """The parts of the audience that tables tell apart; without rules there are none."""

    default: str = Field(default="public", description="the part of whoever no rule is met by")
    segments: tuple[Segment, ...] = Field(default=(), description="rules; the first one met counts")

    @property
    def email_domains(self) -> tuple[str, ...]:
        """Every domain that a rule names: of no other it is stored that an author is from it."""
        return tuple(sorted({name for rule in self.segments for name in rule.email_domains}))


class Retention(Concern):
    """Days that things are kept, counted from when they were last received; 0: without end."""

    landing: int = Field(default=0, ge=0, description="files received, and archives set aside")
    comments: int = Field(
        default=0, ge=0, description="texts and pseudonyms of comments; labels and counts stay"
    )
    posts: int = Field(
        default=0, ge=0, description="texts and pseudonyms of posts that are not your own"
    )
    versions: int = Field(default=365, ge=0, description="earlier wordings of edited comments")
    rejected: int = Field(default=365, ge=0, description="reasons why records were rejected")
    reviews: int = Field(default=0, ge=0, description="what people said of comments; sheets")
    runs: int = Field(default=730, ge=0, description="what each run did")
    snapshots: int = Field(default=0, ge=0, description="published states but the latest; letters")


class Warehouse(Concern):
    """On what the warehouse lies, and how it is used."""

    engine: Literal["duckdb", "ducklake"] = Field(
        default="duckdb", description="one file, or a lake of Parquet files for several writers"
    )
    catalogue: str = Field(
        default="",
        repr=False,
        description="of the lake: `postgres:dbname=...`; empty: a file in the data folder",
    )
    files: str = Field(
        default="", description="of the lake: folder or `s3://bucket/prefix`; empty: data/lake"
    )
    memory: str = Field(default="1GB", description="what DuckDB may use")
    wait_seconds: int = Field(
        default=30, ge=0, description="patience while another run holds the file"
    )


class Shares(Concern):
    """How people's labels correct shares."""

    least_audits: int = Field(
        default=20, ge=5, description="audited authors that a correction needs"
    )
    audit_weeks: int = Field(
        default=8, ge=1, description="weeks whose audits correct a cell that has too few of its own"
    )


class Publish(Concern):
    """What is kept of published states."""

    snapshots: int = Field(default=8, ge=1, description="published states kept")


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


class Gate(Concern):
    """What the gate before publish tolerates."""

    warn_after_days: int = Field(
        default=14,
        ge=0,
        description="age of the newest comment or file that is told of",
    )
    fail_after_days: int = Field(
        default=0, ge=0, description="days after which nothing is published; 0: never"
    )
    trailing_weeks: int = Field(default=8, ge=1, description="weeks that make what is usual")
    fewest_usual: int = Field(
        default=10, ge=1, description="comments of a usual week below which no volume is judged"
    )
    most_times_usual: float = Field(
        default=5.0, gt=1, description="times the usual comments above which a week is told of"
    )
    most_loss: float = Field(
        default=0.5, ge=0, le=1, description="share of the published comments that may be gone"
    )
    least_labelled: float = Field(
        default=0.9, ge=0, le=1, description="share of the comments that must have a sentiment"
    )

    def limits(self, smallest_cell: int) -> Limits:
        """These settings as the gate takes them, beside the people that a cell needs."""
        return Limits(**self.model_dump(), smallest_cell=smallest_cell)


class Alerts(Concern):
    """When a change is worth an alert."""

    trailing_weeks: int = Field(default=4, ge=1, description="weeks that a week is compared with")
    least_comments: int = Field(
        default=20,
        ge=1,
        description="comments without which there is no alert of a share, in the week and in those "
        "before each; of a volume there is none if both have fewer",
    )
    false_alert_share: float = Field(
        default=0.05, gt=0, lt=1, description="share of the alerts that may be chance"
    )


class Status(Concern):
    """From when on `resonanz status` finds something wrong; 0: never."""

    hours_since_publish: float = Field(
        default=26, ge=0, description="hours since the tables were last brought up to date"
    )
    hours_since_fetch: float = Field(
        default=26, ge=0, description="hours since the account asked longest ago was asked"
    )
    days_since_comment: float = Field(
        default=14, ge=0, description="days since the newest comment was written"
    )
    least_free_gb: float = Field(
        default=2, ge=0, description="gigabytes that must be free where the data lies"
    )


class Notify(Concern):
    """Who is told when a scheduled run fails, or does not start."""

    webhook: str | None = Field(default=None, description="`env:NAME` or `block:NAME`")
    late_minutes: float = Field(
        default=30, gt=0, description="minutes that a run may start late before it is told of"
    )


class Settings(BaseSettings):
    """All settings; read-only."""

    model_config = SettingsConfigDict(
        env_prefix="RESONANZ_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    paths: Paths = Paths()
    reporting: Reporting = Reporting()
    sources: Sources = Sources()
    fetch: Fetch = Fetch()
    ingest: Ingest = Ingest()
    refine: Refine = Refine()
    classify: Classify = Classify()
    reply: Reply = Reply()
    digest: Digest = Digest()
    privacy: Privacy = Privacy()
    audience: Audience = Audience()
    retention: Retention = Retention()
    warehouse: Warehouse = Warehouse()
    shares: Shares = Shares()
    gate: Gate = Gate()
    publish: Publish = Publish()
    review: Review = Review()
    alerts: Alerts = Alerts()
    status: Status = Status()
    notify: Notify = Notify()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=home() / "settings.toml")
        return init_settings, env_settings, file


def load_settings() -> Settings:
    """The settings, with the checkpoint that was promoted since they were written, if one was.

    Raises `GiveUp` that names the key which can't be understood.
    """
    declared = declared_settings()
    models = declared.paths.models
    promoted = counting(models, declared.classify.declared)
    if promoted is None or not promoted.folder:
        return declared
    place = {"checkpoint": str(models / promoted.folder), "labels": dict(promoted.labels)}
    classify = declared.classify.model_copy(update=place)
    return declared.model_copy(update={"classify": classify})


def declared_settings() -> Settings:
    """What `settings.toml` and the environment say; raises `GiveUp` as `load_settings`."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"`{'.'.join(str(part) for part in problem['loc'])}`: {problem['msg']}"
            for problem in error.errors()
        )
        raise GiveUp(f"The settings can't be read: {problems}") from error
    except SettingsError as error:
        # The value is not shown: it may be a secret that was meant for another name.
        raise GiveUp(
            f"A variable `RESONANZ_*` of the environment can't be read: {error}."
        ) from None
    except ValueError as error:
        raise GiveUp(f"`{home() / 'settings.toml'}` is not valid TOML: {error}") from error
