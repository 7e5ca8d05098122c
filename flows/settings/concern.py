"""A table of `settings.toml`, and what the values of several of them must be."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict


class Concern(BaseModel):
    """One table of `settings.toml`: immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def home() -> Path:
    """Where relative paths of the settings start: `RESONANZ_HOME`, or the project's folder."""
    return Path(os.environ.get("RESONANZ_HOME") or Path(__file__).parents[2]).resolve()


def known_zone(name: str) -> str:
    """Return `name` if it is a time zone, else raise ValueError."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"`{name}` is not a time zone; write one like `Europe/Berlin`") from error
    return name
