"""What can be taken in and what each source needs, as lines for a person; one cheap trial call."""

from datetime import UTC, datetime
from itertools import islice

from flows.fetch import State, chosen, errand_of, source_of
from flows.settings import Settings, load_settings
from flows.sources.base import ApiSource, FileSource, all_sources
from flows.warehouse import frame, writing

Seen = dict[str, str]
"""Source -> when it last gave something, and how."""


def catalogue() -> str:
    """Every source: what it is, how to get at it, when it last ran."""
    settings = load_settings()
    seen = last_runs(settings)
    sources = all_sources().values()
    files = [source for source in sources if not isinstance(source, ApiSource)]
    interfaces = [source for source in sources if isinstance(source, ApiSource)]
    return "\n".join(
        [
            "Files (drop them in the inbox, also zipped):",
            *(entry(source, seen) for source in files),
            "",
            "Interfaces (name an account under `[[fetch.accounts]]` in settings.toml):",
            *(entry(source, seen) for source in interfaces),
        ]
    )


def entry(source: FileSource, seen: Seen) -> str:
    """A source in a few lines."""
    lines = [f"  {source.name}", f"    {source.about}.", f"    {source.how_to_get}"]
    if isinstance(source, ApiSource):
        token = source.token or "none needed"
        optional = " (optional)" if source.token and source.is_token_optional else ""
        lines.append(f"    Token{optional}: {token}.")
        for name, about in source.options.items():
            must = "needed" if name in source.needs else "optional"
            lines.append(f"    `{name}` ({must}): {about}.")
    lines.append(f"    Last: {seen.get(source.name, 'never')}")
    return "\n".join(lines)


def last_runs(settings: Settings) -> Seen:
    """When each source last gave a file or was asked; empty where there is no warehouse yet."""
    if not settings.paths.warehouse.exists():
        return {}
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        files = frame(
            connection,
            "SELECT source, max(received_at_utc) AS at, sum(comment_count)::BIGINT AS comments "
            "FROM ops.refined_file GROUP BY source",
        ).to_dicts()
        accounts = frame(connection, "FROM ops.fetch_state ORDER BY fetched_at_utc").to_dicts()
    seen = {f["source"]: f"{f['at']:%Y-%m-%d %H:%M} UTC, {f['comments']:,} comments" for f in files}
    for row in accounts:
        told = f"{row['fetched_at_utc']:%Y-%m-%d %H:%M} UTC, `{row['account']}` {row['note']}"
        seen[row["source"]] = told
    return seen


def check(name: str) -> str:
    """Ask the account `name` for one answer; one sentence on what came.

    Raises what asking raises: `GiveUp` for a bad token or option, `TryAgain` if nobody answers.
    Nothing lands.
    """
    settings = load_settings()
    account = chosen(settings.fetch.accounts, [name])[0]
    source = source_of(account)
    errand = errand_of(account, State({}), datetime.now(UTC), False, settings)
    pages = list(islice(source.pages(errand), 1))
    found = "it answers" if pages else "it answers, with nothing to take in"
    return f"`{name}` ({source.name}): {found}; token and options are good."
