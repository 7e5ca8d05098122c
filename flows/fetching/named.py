"""An option of an account in, the names or ids in it out: people paste addresses as well."""

import re

from models.errors import GiveUp


def named(option: str, given: str, pattern: re.Pattern[str], expected: str) -> str:
    """The first group of `pattern` in what was given; raises `GiveUp` for anything else."""
    found = pattern.fullmatch(given.strip())
    if not found:
        raise GiveUp(f"the option `{option}` is `{given.strip()}`, expected {expected}.")
    return found[1]
