"""An option of an account in, the names or ids in it out: people paste addresses as well."""

import re

from models.errors import GiveUp


class NotThere(GiveUp):
    """The platform does not know what an option names; told when all else was asked for."""


def named(option: str, given: str, pattern: re.Pattern[str], expected: str) -> str:
    """The first group of `pattern` in what was given; raises `GiveUp` for anything else."""
    found = pattern.fullmatch(given.strip())
    if not found:
        raise GiveUp(f"the option `{option}` is `{given.strip()}`, expected {expected}.")
    return found[1]


def named_all(option: str, given: str, pattern: re.Pattern[str], expected: str) -> list[str]:
    """The same of each part between commas; every name once, in the order given."""
    parts = (part for part in given.split(",") if part.strip())
    return list(dict.fromkeys(named(option, part, pattern, expected) for part in parts))
