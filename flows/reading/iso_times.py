"""Times as machines write them (ISO 8601) in, times in UTC out; no zone is assumed silently."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.reading.times import END_OF_DAY


@dataclass(frozen=True)
class WrittenTime:
    """A time in UTC, as it was written, and the zone that was assumed for it, if one was."""

    at: datetime | None
    raw: str | None
    zone_assumed: str | None = None


def moment_of(raw: str | None) -> datetime | None:
    """The UTC time that a text in ISO 8601 with an offset tells; None where it is none."""
    try:
        moment = _told(raw or "")
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def aware(text: str | None, zone: str) -> datetime | None:
    """The time in UTC of a text, as one of `zone` if it names none; None if it is no time."""
    try:
        moment = _told(text or "")
        placed = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return placed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def placed(raw: str | None, zone: str) -> WrittenTime:
    """The time that `raw` tells; it is in `zone`, and says so, where it names none."""
    if at := moment_of(raw):
        return WrittenTime(at, raw)
    at = aware(raw, zone)
    return WrittenTime(at, raw, zone if at else None)


def _told(text: str) -> datetime:
    """The time of a text in ISO 8601, its `24:00` the end of a day; `ValueError` for others."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        begun = END_OF_DAY.sub("00", text)
        if begun == text:
            raise
        return datetime.fromisoformat(begun) + timedelta(days=1)
