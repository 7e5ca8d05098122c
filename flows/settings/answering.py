"""What people do with the numbers: they answer by `[reply]` and get the letter of `[digest]`."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from flows.settings.concern import Concern, home
from models.contract import ticked
from models.hosts import THIS_MACHINE


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
        if self.smtp_encryption == "none" and self.smtp_host not in (None, *THIS_MACHINE):
            raise ValueError("mail may go without encryption only to a server on this machine")
        return self
