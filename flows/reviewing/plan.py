"""What a person asked for in, which comments of which days are to be judged by whom out."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from flows.settings import Concern, Settings
from flows.settings.named_files import read_taxonomy
from models.errors import GiveUp
from models.questions import (
    HEADS,
    LANGUAGES,
    NONE_OF_THEM,
    Language,
    Question,
    fixed_questions,
    topic_question,
)
from transforms.answered import word
from transforms.periods import last_whole_week


class Order(Concern):
    """What a person asked for; what is left out is taken from the settings."""

    name: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    audit: int | None = Field(default=None, ge=0)
    training: int | None = Field(default=None, ge=0)
    heads: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    language: Language | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be drawn, and for whom."""

    name: str
    first_day: date
    last_day: date
    audit: int
    training: int
    questions: tuple[Question, ...]
    reviewers: tuple[str, ...]
    language: Language


def planned(order: Order, settings: Settings, as_of: datetime) -> Plan:
    """The order with what it left open filled in; raises `GiveUp` if it can't be met."""
    review = settings.review
    first, last = period_of(order, settings.reporting.time_zone, as_of)
    is_week = first.weekday() == 0 and last - first == timedelta(days=6)
    name = order.name or (f"{first:%G-W%V}" if is_week else f"{first}_{last}")
    reviewers = tuple(dict.fromkeys(order.reviewers or review.reviewers))
    for part in (name, *reviewers):
        require_name(part)
    return Plan(
        name=name,
        first_day=first,
        last_day=last,
        audit=review.audit if order.audit is None else order.audit,
        training=review.training if order.training is None else order.training,
        questions=questions_of(order.heads or review.heads, settings),
        reviewers=reviewers,
        language=order.language or review.language,
    )


def period_of(order: Order, time_zone: str, as_of: datetime) -> tuple[date, date]:
    """First and last day: as ordered, or the last ISO week that is over in `time_zone`."""
    if order.first_day is None and order.last_day is None:
        monday = last_whole_week(as_of.astimezone(ZoneInfo(time_zone)).date())
        return monday, monday + timedelta(days=6)
    if order.first_day is None or order.last_day is None:
        raise GiveUp("A period has two ends: give both `--from` and `--to`, or neither.")
    if order.last_day < order.first_day:
        raise GiveUp(
            f"The period ends on {order.last_day}, before it begins on {order.first_day}: "
            "exchange `--from` and `--to`."
        )
    return order.first_day, order.last_day


def require_name(name: str) -> None:
    """Raise `GiveUp` if a sheet's or reader's name can't be part of a file's name."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise GiveUp(
            f"`{name}` can't be part of a file's name: use letters, digits, `.`, `-` and `_`."
        )


def questions_of(heads: tuple[str, ...], settings: Settings) -> tuple[Question, ...]:
    """The questions for `heads`, in the order of the sheet; topics are those of the taxonomy.

    Raises `GiveUp` if two topics would read the same.
    """
    file = settings.classify.taxonomy_file
    topics = topic_question(topic.choice() for topic in read_taxonomy(file).topics)
    for language in LANGUAGES:
        titles = [NONE_OF_THEM[language], *(c.title(language) for c in topics.choices)]
        words = [word(title) for title in titles]
        if twice := [title for title in titles if words.count(word(title)) > 1]:
            raise GiveUp(
                f"`{file}` gives two topics the answer `{twice[0]}` in `{language}`: give each a "
                "name of its own."
            )
    known = {**fixed_questions(), "topic": topics}
    return tuple(known[head] for head in HEADS if head in heads)
