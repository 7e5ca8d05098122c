"""What can be taken in and what each source needs, as lines for a person; one cheap trial call."""

import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from flows.fetch import NOT_AS_EXPECTED, State, chosen, errand_of, not_as_expected, source_of
from flows.settings import Account, Settings, load_settings
from flows.sources.base import ApiSource, FileSource, all_sources
from flows.warehouse import exists, frame, writing
from models.errors import GiveUp, TryAgain

WIDEST = 100
"""Columns; longer lines are hard to read."""

EXAMPLE = """\
  [[fetch.accounts]]
  source = "youtube_api"
  name = "our-channel"               # what you call it
  token = "env:YOUTUBE_KEY"          # where the token is, never the token
  options = { channel = "@nordhafen" }
"""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """What the warehouse knows: per source its last file, per account how its last run ended.

    `unknown` says why it was not asked.
    """

    files: Mapping[str, Row] = field(default_factory=dict)
    accounts: Mapping[str, Row] = field(default_factory=dict)
    unknown: str = ""


def catalogue() -> str:
    """Every source: what it is, how to get at it, when it last ran; wrapped for the terminal."""
    settings = load_settings()
    seen = last_runs(settings)
    sources = all_sources().values()
    files = [source for source in sources if not isinstance(source, ApiSource)]
    interfaces = [source for source in sources if isinstance(source, ApiSource)]
    return "\n".join(
        [
            *wrapped(
                f"{len(files)} kinds of files and {len(interfaces)} interfaces. More on each, for "
                "people who do it for the first time: docs/sources/<name>.md"
            ),
            *([f"Last runs: {seen.unknown}"] if seen.unknown else []),
            "",
            *wrapped("FILES: drop them in the inbox as they come, then run `resonanz daily`."),
            *(line for source in files for line in entry(source, seen, settings)),
            "",
            *wrapped(
                "INTERFACES: name an account in settings.toml, then `resonanz sources check NAME`."
            ),
            "",
            EXAMPLE.rstrip("\n"),
            *(line for source in interfaces for line in entry(source, seen, settings)),
        ]
    )


def entry(source: FileSource, seen: Seen, settings: Settings) -> Iterator[str]:
    """A source in a few lines."""
    yield ""
    yield source.name
    yield from wrapped(f"{source.about}.", "  ")
    yield from wrapped(source.how_to_get, "  ")
    if not isinstance(source, ApiSource):
        yield f"  Last: {told_of_file(seen, source.name)}"
        return
    if source.token:
        optional = " (optional)" if source.is_token_optional else ""
        yield from wrapped(f"Token{optional}: {source.token}.", "  ")
    else:
        yield "  Token: none needed."
    for name, about in source.options.items():
        must = "needed" if name in source.needs else "optional"
        yield from wrapped(f"`{name}` ({must}): {about}.", "  ")
    yield from accounts_of(source, seen, settings)


def accounts_of(source: ApiSource, seen: Seen, settings: Settings) -> Iterator[str]:
    """A line on each account of a source: when it was asked last, and how that ended."""
    accounts = [one for one in settings.fetch.accounts if one.source == source.name]
    for account in accounts:
        yield from wrapped(f"Account `{account.name}`: {told_of_account(seen, account)}", "  ")
    if not accounts:
        yield f"  Last: {told_of_file(seen, source.name)}; no account in settings.toml"


def told_of_account(seen: Seen, account: Account) -> str:
    """When an account was asked last, and how that ended."""
    row = seen.accounts.get(account.name)
    if not row or row["source"] != account.source:
        return "unknown" if seen.unknown else "never asked"
    told = f"asked {row['fetched_at_utc']:%Y-%m-%d %H:%M} UTC, {row['note']}"
    wait = row["wait_until_utc"]
    return f"{told}; waits until {wait:%Y-%m-%d %H:%M} UTC" if wait else told


def told_of_file(seen: Seen, source: str) -> str:
    """When a source last gave something, and how much."""
    row = seen.files.get(source)
    if not row:
        return "unknown" if seen.unknown else "never"
    return f"{row['at']:%Y-%m-%d %H:%M} UTC; {row['comments']:,} comments so far"


def wrapped(text: str, indent: str = "") -> list[str]:
    """`text` in lines that fit the terminal; addresses and names stay whole."""
    width = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  " if indent else "",
        break_long_words=False,
        break_on_hyphens=False,
    )


def last_runs(settings: Settings) -> Seen:
    """When each source last gave a file, and each account was asked; nothing without a warehouse.

    While another run holds the warehouse nothing is known: a list is not worth waiting for.
    """
    if not exists(settings.paths.warehouse, settings.warehouse):
        return Seen()
    at_once = settings.warehouse.model_copy(update={"wait_seconds": 1})
    try:
        with writing(settings.paths.warehouse, at_once) as connection:
            files = frame(
                connection,
                "SELECT source, max(received_at_utc) AS at, sum(comment_count)::BIGINT AS comments "
                "FROM ops.refined_file GROUP BY source",
            ).to_dicts()
            accounts = frame(connection, "FROM ops.fetch_state").to_dicts()
    except TryAgain:
        return Seen(unknown="not known, because another run is under way")
    return Seen(by(files, "source"), by(accounts, "account"))


def by(rows: Sequence[Row], name: str) -> dict[str, Row]:
    """`rows` by what stands in `name`."""
    return {str(row[name]): row for row in rows}


def check(name: str) -> str:
    """Ask the account `name` for one answer; one sentence on what came.

    Raises what asking raises: `GiveUp` for a bad token or option, `TryAgain` if nobody answers.
    Nothing lands.
    """
    settings = load_settings()
    account = account_called(name, settings)
    source = source_of(account)
    errand = errand_of(account, State({}), datetime.now(UTC), False, settings)
    try:
        pages = list(islice(source.pages(errand), 1))
    except NOT_AS_EXPECTED as error:
        raise not_as_expected(source, error) from None
    found = "it answers" if pages else "it answers, with nothing to take in"
    return f"`{name}` ({source.name}): {found}; token and options are good."


def account_called(name: str, settings: Settings) -> Account:
    """The account called `name`; a `GiveUp` says what to do with the name of a source."""
    source = all_sources().get(name)
    if not source or name in {account.name for account in settings.fetch.accounts}:
        return chosen(settings.fetch.accounts, [name])[0]
    if not isinstance(source, ApiSource):
        raise GiveUp(f"`{name}` reads files: there is no token to try. Drop a file in the inbox.")
    of_it = [f"`{one.name}`" for one in settings.fetch.accounts if one.source == name]
    accounts = f"yours of it: {', '.join(of_it)}" if of_it else "none of it is in settings.toml yet"
    raise GiveUp(
        f"`{name}` is a source; `check` takes the name of an account ({accounts}). How to name "
        f"one: docs/sources/{name}.md."
    )
