"""Flow: platforms' interfaces -> the landing folder, from where each account's last run ended."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.fetching.gateway import Through
from flows.fetching.left import PostsLeft
from flows.fetching.named import NotThere
from flows.fetching.secrets import secret, without
from flows.fetching.session import QuotaEnded, Session
from flows.keys.landing import seal_key
from flows.landing.files import land_news
from flows.landing.workspace import clear_leftovers, workspace
from flows.reading.api_pages import page_line
from flows.running.report import StageReport
from flows.running.stage import stage
from flows.settings import Account, Settings, load_settings
from flows.sources.base import ApiSource, Errand, Page, api_sources
from flows.warehouse import frame, merge, writing
from models.counted import Counted
from models.errors import GiveUp, ResonanzError, TryAgain
from models.tables.fetch_state import FETCH_STATE
from transforms.canonical import aware_utc, naive_utc

PAGES_A_FILE = 200
"""Pages that land together, where a source says nothing else: what a crash can cost."""

NOT_AS_EXPECTED = (
    LookupError,
    TypeError,
    AttributeError,
    ValueError,
    OverflowError,
    RecursionError,
)
"""What code raises that meets something else than the platform's documents say."""


@dataclass(frozen=True)
class State:
    """Where an account stands: a row of `ops.fetch_state`."""

    memory: dict[str, Any]
    swept_at: datetime | None = None
    wait_until: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What asking one account came to; `error` is what ended it before its end."""

    account: str
    page_count: int
    note: str
    error: ResonanzError | None = None


@flow(name="fetch")
@stage("fetch", "ops.fetch_state")
def fetch(
    names: Sequence[str] = (),
    is_full_sweep: bool = False,
    as_of: datetime | None = None,
    again_since: datetime | None = None,
) -> StageReport:
    """Ask the accounts `names` (all without any) for what is new; safe to run twice.

    With `again_since`, they are asked for everything since then, as if they had never been asked.

    An account that fails does not keep the others from being asked; the error is raised at the end.
    A platform's limit is not an error: the next run goes on from there.
    """
    settings, moment = load_settings(), as_of or datetime.now(UTC)
    clear_leftovers(settings.paths.landing)
    outcomes = [
        fetch_account(account, is_full_sweep, moment, settings, again_since)
        for account in chosen(settings.fetch.accounts, names)
    ]
    pages = sum(outcome.page_count for outcome in outcomes)
    lines = tuple(f"`{outcome.account}`: {outcome.note}" for outcome in outcomes)
    note = (
        f"{Counted(len(outcomes)):account|accounts} asked, {Counted(pages):answer|answers} landed"
    )
    report = StageReport("fetch", len(outcomes), pages, 0, note, lines)
    report.log(get_run_logger())
    raise_worst({outcome.account: outcome.error for outcome in outcomes if outcome.error})
    return report


@task(cache_policy=NO_CACHE, task_run_name="fetch {account.name}")
def fetch_account(
    account: Account,
    is_full_sweep: bool,
    moment: datetime,
    settings: Settings,
    again_since: datetime | None = None,
) -> Outcome:
    """Ask one account and land its pages; what landed before an error stays, and is remembered."""
    state = state_of(account, settings)
    if state.wait_until and state.wait_until > moment:
        until = f"{state.wait_until:%Y-%m-%d %H:%M}"
        return Outcome(account.name, 0, f"not asked: the platform wants no calls until {until} UTC")
    sweep = is_full_sweep or (not again_since and sweep_is_due(state, moment, settings))
    try:
        source = source_of(account)
        errand = errand_of(account, state, moment, sweep, settings)
        if again_since:
            errand = replace(errand, look_back=again_since, memory={})
    except ResonanzError as error:
        return Outcome(account.name, 0, f"not asked: {error}", error)
    run = Run(account, source, settings, errand, state, is_again=again_since is not None)
    try:
        run.ask()
    except QuotaEnded as ended:
        run.remember("stopped at the platform's limit", wait_until=ended.until, is_over=True)
        return Outcome(account.name, run.page_count, f"{run.told}; {ended} The next run goes on.")
    except (NotThere, PostsLeft) as error:  # else each run would be a full sweep
        run.remember(f"complete but for posts ({error})", run.errand.now, is_over=True)
        return Outcome(account.name, run.page_count, f"{run.told}; {error}", error)
    except ResonanzError as error:
        run.remember(f"ended by an error ({error})")
        return Outcome(account.name, run.page_count, f"{run.told}; {error}", error)
    return Outcome(account.name, run.page_count, run.told)


class Run:
    """One account being asked: pages go to a file that lands when it is full or the pages end.

    If it is asked `is_again`, what was known of it stays until the run is over: an error on the way
    would else leave the account as if it had never been asked, and X charges for each post anew.
    """

    def __init__(
        self,
        account: Account,
        source: ApiSource,
        settings: Settings,
        errand: Errand,
        state: State,
        is_again: bool,
    ) -> None:
        self.account, self.source, self.settings = account, source, settings
        self.errand, self.state, self.is_again = errand, state, is_again
        self.memory = dict(state.memory)
        self.page_count = 0
        self.waiting: list[Page] = []

    @property
    def told(self) -> str:
        """The run in a few words."""
        kind = "full sweep, " if self.errand.is_full_sweep else ""
        return f"{kind}{Counted(self.page_count):answer|answers}"

    def ask(self) -> None:
        """Land every page; those before an error land before it is raised."""
        is_complete = False
        try:
            for page in self.source.pages(self.errand):
                self.land_if_full()
                self.waiting.append(page)
                if self.source.pages_a_file:  # at once: an answer may have been paid for
                    self.land_if_full()
            is_complete = True
        except PostsLeft:
            # Else each run would sweep all posts anew, for as long as one of them is refused.
            is_complete = True
            raise
        except NOT_AS_EXPECTED as error:
            raise not_as_expected(self.source, error) from None
        finally:
            self.land()
            # At once: were the end of a sweep forgotten after its last page, it would begin anew.
            swept_at = self.errand.now if is_complete else None
            note = "complete" if is_complete else "under way"
            self.remember(note, swept_at, is_over=is_complete)

    def land_if_full(self) -> None:
        """Land the waiting pages if they fill a file; those of a post that is swept stay in one."""
        most = self.source.pages_a_file or PAGES_A_FILE
        is_end = any(page.is_end or page.completes is not None for page in self.waiting[-1:])
        if len(self.waiting) >= most and (is_end or not self.errand.is_full_sweep):
            self.land()
            self.remember("under way")

    def land(self) -> None:
        """Write the waiting pages to a file, land it, and know how far that was."""
        if lines := list(self.lines()):
            self.land_lines(lines)
        for page in self.waiting:
            if page.memory is not None:
                self.memory = dict(page.memory)
        self.page_count += len(lines)
        self.waiting = []

    def land_lines(self, lines: Sequence[str]) -> None:
        """Write `lines` to a file, and land it."""
        landing = self.settings.paths.landing
        with workspace(landing) as work:
            file = work / f"{self.account.name}.pages.jsonl"
            # Half an emoji, which JSON can write and UTF-8 can't hold, lands as a question mark.
            file.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
            now = datetime.now(UTC)
            key = seal_key(self.settings.privacy)
            land_news(file, self.source.name, self.account.channel, now, landing, key)

    def lines(self) -> Iterator[str]:
        """The waiting pages as lines, without the token wherever the platform repeated it."""
        is_sweep, token = self.errand.is_full_sweep, self.errand.token
        moment = self.errand.now.isoformat() if is_sweep else None
        for page in (page for page in self.waiting if page.body is not None):
            completes = page.completes if is_sweep else None
            line = page_line(self.source.name, page.body, dict(page.about), moment, completes)
            yield without(line, token)

    def remember(
        self,
        note: str,
        swept_at: datetime | None = None,
        wait_until: datetime | None = None,
        is_over: bool = False,
    ) -> None:
        """Write where the account stands.

        A full sweep that is not at its end counts as none, so that the next run goes on with it.
        A run `is_over` at its end, or at a limit, from which the next one goes on.
        """
        if not self.errand.is_full_sweep:
            swept_at = self.state.swept_at
        is_as_before = self.is_again and not is_over
        row = {
            "account": self.account.name,
            "source": self.source.name,
            "memory": json.dumps(self.state.memory if is_as_before else self.memory),
            "fetched_at_utc": naive_utc(self.errand.now),
            "swept_at_utc": naive_utc(swept_at),
            "wait_until_utc": naive_utc(wait_until),
            "note": f"{note}: {self.told}",
        }
        with writing(self.settings.paths.warehouse, self.settings.warehouse) as connection:
            merge(connection, FETCH_STATE, pl.DataFrame([row], schema=FETCH_STATE.schema()))


def not_as_expected(source: ApiSource, error: Exception) -> GiveUp:
    """What to tell of an answer that code stumbled over.

    The message of `error` can hold what people wrote: its type, or a missing key, is told.
    """
    told = repr(error) if isinstance(error, KeyError) else type(error).__name__
    return GiveUp(
        f"`{source.name}` answers in a shape that is not expected ({told}); what came before it "
        "has landed. Has the interface changed?"
    )


def chosen(accounts: Sequence[Account], names: Sequence[str]) -> list[Account]:
    """The accounts called `names`, all without any; raises `GiveUp` for a name that none has."""
    known = {account.name: account for account in accounts}
    if strange := [name for name in names if name not in known]:
        listed = ", ".join(f"`{name}`" for name in known) or "none"
        raise GiveUp(f"no account is called `{strange[0]}`; `settings.toml` has {listed}.")
    return [known[name] for name in names] if names else list(accounts)


def source_of(account: Account) -> ApiSource:
    """The source of an account; raises `GiveUp` if there is none, or an option is wrong."""
    source = api_sources().get(account.source)
    if not source:
        listed = ", ".join(f"`{name}`" for name in sorted(api_sources()))
        raise GiveUp(
            f"account `{account.name}` names the source `{account.source}`, expected one of "
            f"{listed}."
        )
    if missing := [name for name in source.needs if not account.options.get(name, "").strip()]:
        raise GiveUp(
            f"account `{account.name}` has no option `{missing[0]}`: {source.options[missing[0]]}."
        )
    if strange := sorted(set(account.options) - set(source.options)):
        listed = ", ".join(f"`{name}`" for name in source.options)
        raise GiveUp(
            f"account `{account.name}` has the option `{strange[0]}`; `{source.name}` knows "
            f"{listed}."
        )
    if source.token and not source.is_token_optional and not account.token:
        raise GiveUp(f"account `{account.name}` has no `token`: {source.token}.")
    return source


def errand_of(
    account: Account, state: State, moment: datetime, is_full_sweep: bool, settings: Settings
) -> Errand:
    """What the run asks of the account; raises `GiveUp` if its token is missing."""
    return Errand(
        options=account.options,
        token=secret(account.token) if account.token else None,
        connect=Through(account.gateway) if account.gateway else Session,
        memory=state.memory,
        look_back=moment - timedelta(days=settings.fetch.look_back_days),
        now=moment,
        is_full_sweep=is_full_sweep,
    )


def state_of(account: Account, settings: Settings) -> State:
    """Where the account stands; at its beginning if it was never asked, or of another source."""
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        rows = frame(
            connection,
            "FROM ops.fetch_state WHERE account = ? AND source = ?",
            [account.name, account.source],
        ).to_dicts()
    if not rows:
        return State({})
    row = rows[0]
    return State(
        json.loads(row["memory"]), aware_utc(row["swept_at_utc"]), aware_utc(row["wait_until_utc"])
    )


def sweep_is_due(state: State, moment: datetime, settings: Settings) -> bool:
    """Whether the last full sweep is too long ago; the first run of an account is one."""
    if not state.swept_at:
        return True
    return moment - state.swept_at >= timedelta(days=settings.fetch.sweep_every_days)


def raise_worst(errors: Mapping[str, ResonanzError]) -> None:
    """Raise one error for those of accounts: `GiveUp` if a person must act, else `TryAgain`."""
    if not errors:
        return
    text = " ".join(
        str(error) if f"`{name}`" in str(error) else f"`{name}`: {error}"
        for name, error in errors.items()
    )
    if any(not isinstance(error, TryAgain) for error in errors.values()):
        raise GiveUp(text)
    raise TryAgain(text)
