"""How numbers are told, and which: `[reporting]`, `[shares]`, `[gate]`, `[publish]`, `[alerts]`."""

from pydantic import Field, field_validator

from flows.settings.concern import Concern, known_zone
from models.cores import cores
from models.gate import Limits
from models.questions import Language


class Reporting(Concern):
    """How numbers are told."""

    time_zone: str = Field(
        default="Europe/Berlin", description="days, weeks and months are counted in it"
    )
    language: Language = Field(
        default="de", description="of what people read: workbook, dashboard, digest"
    )
    _zone = field_validator("time_zone")(known_zone)


class Shares(Concern):
    """How people's labels correct shares."""

    least_audits: int = Field(
        default=20, ge=5, description="audited authors that a correction needs"
    )
    audit_weeks: int = Field(
        default=8, ge=1, description="weeks whose audits correct a cell that has too few of its own"
    )


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


class Publish(Concern):
    """How states are published, and what is kept of them."""

    snapshots: int = Field(default=8, ge=1, description="published states kept, latest included")
    processes: int = Field(
        default=0,
        ge=0,
        le=2,
        description="2: a process beside it judges the tables and writes the workbook; "
        "1: one process does all; 0: as cores allow",
    )

    @property
    def hands(self) -> int:
        """Processes that work on one publish."""
        return self.processes or min(2, cores())


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
