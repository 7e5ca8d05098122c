"""Flow: the latest publish -> the weekly digest, written, and sent where that is configured."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.letter.content import Letter, as_html, as_markdown, letter_of
from flows.letter.sending import call_webhook, mail_of, send_mail
from flows.publish import topic_names
from flows.publishing.history import OWNER_ONLY
from flows.publishing.publication import Publication
from flows.publishing.snapshots import OPENED_BY_OWNER, Snapshot, latest_snapshot
from flows.running.report import StageReport
from flows.running.retry import RETRY_DELAYS, may_recover
from flows.running.stage import stage
from flows.running.watched import show_page
from flows.settings import Digest, Settings, load_settings
from flows.wording import wording
from models.errors import GiveUp
from transforms.marts import published_tables
from transforms.periods import last_whole_week

SENT = "sent.json"

TOLD = {
    "evidence": (
        "month = (SELECT max(month) FROM mart.topic_sentiment_monthly WHERE share IS NOT NULL)"
    ),
    "comments_to_answer": "decision = 'answer'",
}
"""What a letter tells of the lists of single comments, which may be millions."""

Send = Callable[[Letter, Digest], None]


@flow(name="digest")
@stage("digest")
def digest(again: bool = False, as_of: datetime | None = None) -> StageReport:
    """Write the digest of the last week that is over, and send it once; `again` sends it once more.

    Raises `GiveUp` if nothing is published, or a server refuses what it is sent.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    today = moment.astimezone(ZoneInfo(settings.reporting.time_zone)).date()
    letter = letter_of(
        publication_of(settings),
        wording(settings.reporting.language)["digest"],
        whole=f"{last_whole_week(today):%G-W%V}",
    )
    folder = settings.paths.published / "digest" / letter.week.replace("–", "none")
    write(letter, folder)
    # Whoever sees the runs need not be one who answers.
    show_page("digest", as_markdown(replace(letter, quotes_questions=False)), letter.title)
    sent = [] if again else already_sent(folder)
    ways = {name: send for name, send in ways_to_send(settings.digest).items() if name not in sent}
    for name, send in ways.items():
        deliver(send, letter, settings.digest)
        sent.append(name)
        (folder / SENT).write_text(json.dumps({"ways": sent, "at": moment.isoformat()}) + "\n")
    told = f"sent by {' and '.join(ways)}" if ways else "written"
    report = StageReport("digest", 1, 1, 0, f"week {letter.week} {told}: {folder}")
    report.log(get_run_logger())
    return report


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=may_recover,
)
def deliver(send: Send, letter: Letter, settings: Digest) -> None:
    """Send a letter one way; tried again where that may help."""
    send(letter, settings)


def ways_to_send(settings: Digest) -> dict[str, Send]:
    """What the settings name: mail, webhook, both or none."""
    ways: dict[str, Send] = {}
    if settings.smtp_host and settings.recipients:
        ways["mail"] = by_mail
    if settings.webhook:
        ways["webhook"] = by_webhook
    return ways


def by_mail(letter: Letter, settings: Digest) -> None:
    """Send a letter as a mail."""
    send_mail(mail_of(letter.title, as_markdown(letter), as_html(letter), settings), settings)


def by_webhook(letter: Letter, settings: Digest) -> None:
    """Post a letter to a channel."""
    call_webhook(as_markdown(letter), settings)


def publication_of(settings: Settings) -> Publication:
    """What is published now, as far as a letter tells of it; raises `GiveUp` if nothing is."""
    snapshot: Snapshot | None = latest_snapshot(settings.paths.published)
    if snapshot is None:
        raise GiveUp("Nothing is published yet, so there is no digest. Run `resonanz daily`.")
    rows = snapshot.marts(where=TOLD)
    marts = {table: rows[name] for name, table in published_tables().items() if name in rows}
    return Publication(marts, snapshot.manifest, settings.reporting.language, topic_names(settings))


def write(letter: Letter, folder: Path) -> None:
    """Write the letter as Markdown and as HTML, where only this account reads it.

    It quotes comments that wait for an answer, which lie in no file for all (decision 22).
    """
    folder.mkdir(parents=True, exist_ok=True)
    for closed in (folder.parent, folder):
        closed.chmod(OPENED_BY_OWNER)
    for name, text in (("digest.md", as_markdown(letter)), ("digest.html", as_html(letter))):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(OWNER_ONLY)


def already_sent(folder: Path) -> list[str]:
    """The ways in which this week's digest has gone out."""
    try:
        return list(json.loads((folder / SENT).read_text())["ways"])
    except (OSError, ValueError, KeyError):
        return []
