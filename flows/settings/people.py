"""Whose comments they are, and what of people is kept: `[audience]`, `[privacy]`, `[retention]`."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from flows.settings.concern import Concern, home
from transforms.email_domains import domain_of


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
