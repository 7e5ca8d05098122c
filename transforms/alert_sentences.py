"""A row of `change_weekly` that is an alert in, a sentence for a person out; German or English."""

from collections.abc import Mapping
from typing import Any, Literal

from models.counted import Counted
from models.questions import Language
from transforms.periods import week_told

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "overall": "All comments",
        "channel": "Channel {item}",
        "topic": "Topic {item}",
        "post": "Post {item}",
        "share": "{where}, {week}: {label} ({head}) {moved} from {before} to {now} "
        "({comment_count:comment|comments} of {author_count:person|people}; "
        "{comment_count_before:comment|comments} before).",
        "volume": "{where}, {week}: {comment_count:comment|comments}, {moved} from {mean} a week "
        "before ({change}).",
        "up": "up",
        "down": "down",
        "interval": "{value} % [{low} to {high}]",
    },
    "de": {
        "overall": "Alle Kommentare",
        "channel": "Kanal {item}",
        "topic": "Thema {item}",
        "post": "Beitrag {item}",
        "share": "{where}, {week}: {label} ({head}) {moved} von {before} auf {now} "
        "({comment_count:Kommentar|Kommentare} von {author_count:Person|Personen}; davor "
        "{comment_count_before:Kommentar|Kommentare}).",
        "volume": "{where}, {week}: {comment_count:Kommentar|Kommentare}, {moved} von {mean} je "
        "Woche davor ({change}).",
        "up": "gestiegen",
        "down": "gesunken",
        "interval": "{value} % [{low} bis {high}]",
    },
}
"""What the sentences are made of."""

COUNTS = ("comment_count", "author_count", "comment_count_before")
"""Columns that stand before a noun."""

NAMES: dict[str, str] = {
    "sentiment": "Stimmung",
    "stance": "Haltung",
    "intent": "Absicht",
    "topic": "Thema",
    "negative": "negativ",
    "neutral": "neutral",
    "positive": "positiv",
    "support": "dafür",
    "oppose": "dagegen",
    "unclear": "unklar",
    "question": "Frage",
    "request": "Bitte",
    "suggestion": "Vorschlag",
    "praise": "Lob",
    "criticism": "Kritik",
    "experience": "Erfahrung",
    "other": "anderes",
}
"""German names of questions and answers; others keep theirs."""


def alert_sentence(
    alert: Mapping[str, Any], language: Language = "en", names: Mapping[str, str] | None = None
) -> str:
    """Say what has changed, from what to what with intervals, and on how many comments that rests.

    `alert` is a row of `change_weekly` with `is_alert`; `names` tells what people call a topic or
    a post.
    """
    words, known = WORDS[language], names or {}
    values: dict[str, Any] = {
        **alert,
        **{name: Counted(alert[name], "") for name in COUNTS if alert.get(name) is not None},
        "where": words[alert["scope"]].format(item=known.get(alert["item"], alert["item"])),
        "week": week_told(alert["week"], language),
        "moved": words[alert["direction"]],
        "head": named(alert["head"], language),
        "label": known.get(alert["label"]) or named(alert["label"], language),
    }
    if alert["head"] == "volume":
        mean = alert["comment_count_before"] / alert["week_count_before"]
        ends = (alert["difference"], alert["difference_low"], alert["difference_high"])
        values["change"] = interval(*ends, language, sign="+")
        return words["volume"].format(**values | {"mean": decimal(mean, language)})
    values["now"] = interval(alert["share"], alert["ci_low"], alert["ci_high"], language)
    values["before"] = interval(
        alert["share_before"], alert["ci_low_before"], alert["ci_high_before"], language
    )
    return words["share"].format(**values)


def interval(
    value: float, low: float, high: float, language: Language, sign: Literal["-", "+"] = "-"
) -> str:
    """A share with its interval, in whole per cent; `sign` "+" marks what is above zero, too."""
    numbers = {"value": value, "low": low, "high": high}
    parts = {name: f"{100 * number:{sign}.0f}" for name, number in numbers.items()}
    return WORDS[language]["interval"].format(**parts)


def decimal(value: float, language: Language) -> str:
    """A number with at most one decimal, as the language writes it."""
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language == "de" else text


def named(name: str, language: Language) -> str:
    """A question or an answer, as a person would say it."""
    return NAMES.get(name, name) if language == "de" else name
