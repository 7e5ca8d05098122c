"""Where a token is, in; the token, out. Nothing here is ever written to a file or a log."""

import base64
import json
import os
from typing import Any
from urllib.parse import quote, quote_plus

from models.errors import GiveUp

SHORTEST_SECRET = 8
"""Characters: what is shorter may be a word."""


def secret(reference: str) -> str:
    """The value that `reference` points to: `env:NAME` or `block:NAME` (a Prefect Secret block).

    Raises `GiveUp` if there is none, or if `reference` looks like the secret itself.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        return _from_environment(name)
    if kind == "block" and name:
        return _from_block(name)
    # The reference is not shown: somebody may have pasted the token.
    raise GiveUp(
        "a `token` of `[[fetch.accounts]]` is neither `env:NAME` nor `block:NAME`: put the token "
        "into the environment or a Prefect Secret block, and its name into `settings.toml`."
    )


def without(text: str, token: str | None) -> str:
    """`text` with every spelling of the token, also of the secret half of a pair, as `***`."""
    for spelling in spellings(token) if token else ():
        text = text.replace(spelling, "***")
    return text


def spellings(token: str) -> list[str]:
    """How a platform may repeat a token: as it is, in an address, in JSON, in a `Basic` header."""
    pair, _, half = token.partition(":")
    parts = [token, base64.b64encode(token.encode()).decode()]
    if pair and len(half) >= SHORTEST_SECRET:
        parts.append(half)
    written = (
        quote,
        quote_plus,
        lambda part: quote(part, safe=""),
        lambda part: json.dumps(part)[1:-1],
    )
    found = set(parts) | {write(part) for part in parts for write in written}
    return sorted(found, key=len, reverse=True)


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise GiveUp(f"the environment has no `{name}`: set it to the token of the account.")
    return value


def _from_block(name: str) -> str:
    from prefect.blocks.system import Secret

    try:
        block: Any = Secret.load(name, _sync=True)  # type: ignore[call-arg]
    except ValueError as error:
        raise GiveUp(
            f"Prefect has no Secret block `{name}`: make one (`prefect block create secret`), "
            "or name another in `settings.toml`."
        ) from error
    value = str(block.get()).strip()
    if not value:
        raise GiveUp(f"Prefect's Secret block `{name}` is empty: set it to the token.")
    return value
