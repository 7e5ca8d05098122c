"""Weeks and months as tables name them in, as people name them out; German or English."""

from collections.abc import Mapping
from datetime import date, timedelta

from models.questions import Language

WEEK: Mapping[Language, str] = {
    "de": "KW {number} ({first} bis {last})",
    "en": "week {number} ({first} to {last})",
}
MONTHS: Mapping[Language, tuple[str, ...]] = {
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def week_told(week: str, language: Language) -> str:
    """An ISO week such as `2025-W48`, with its first day and its last."""
    first = date.fromisoformat(f"{week}-1")
    last = first + timedelta(days=6)
    return WEEK[language].format(
        number=first.isocalendar().week,
        first=day_told(first, language, is_whole=first.year < last.year),
        last=day_told(last, language),
    )


def day_told(day: date, language: Language, is_whole: bool = True) -> str:
    """A day as it stands in a sentence, with its year or without."""
    if language == "de":
        return f"{day:%d.%m.%Y}" if is_whole else f"{day:%d.%m.}"
    month = MONTHS[language][day.month - 1][:3]
    return f"{day.day} {month} {day.year}" if is_whole else f"{day.day} {month}"


def last_whole_week(today: date) -> date:
    """The Monday of the last ISO week that is over."""
    return today - timedelta(days=today.weekday() + 7)


def month_told(month: str, language: Language) -> str:
    """A month such as `2025-11`."""
    year, _, number = month.partition("-")
    return f"{MONTHS[language][int(number) - 1]} {year}"
