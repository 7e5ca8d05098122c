"""Where a token is, in; the token, out. Nothing here is ever written to a file or a log."""

import os
from typing import Any

from models.errors import GiveUp


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
    return str(block.get())
