"""Times of WordPress, which it tells in UTC and in the blog's own zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """A time in UTC, as it was written, and the zone that was assumed for it, if one was."""

    at: datetime | None
    raw: str | None
    zone_assumed: str | None = None


def moment_of(universal: str | None, local: str | None, zone: str) -> Moment:
    """The time that `universal` tells, else `local` in `zone`.

    Drafts and hand-made files have 0000-00-00 in the former.
    """
    if at := aware(universal, "UTC"):
        return Moment(at, universal)
    if at := aware(local, zone):
        return Moment(at, local, zone)
    return Moment(None, universal or local)


def aware(text: str | None, zone: str) -> datetime | None:
    """The time in UTC of a text that names no zone, as one of `zone`; None if it is no time."""
    try:
        moment = datetime.fromisoformat(text or "")
        placed = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return placed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
