"""An e-mail address in, its domain out, and of that only what the settings name.

Readers hand on domains, never addresses; tables hold only domains that a rule names.
"""

import re
from collections.abc import Iterable

ADDRESS = re.compile(
    r"(?:[^@]*<)?\s*[^@\s<>]+@(?P<domain>[^\W_](?:[\w-]*\.)+[^\W\d_]{2,})\.?\s*>?\s*", re.IGNORECASE
)
"""One address, alone or as `Anna <anna@example.org>`."""


def domain_of(address: str | None) -> str | None:
    """The domain of an address, in small letters; None for what is not one address."""
    found = ADDRESS.fullmatch(address) if address and "@" in address else None
    return found["domain"].casefold() if found else None


def known_domain(domain: str | None, named: Iterable[str]) -> str | None:
    """The narrowest of the domains `named` that `domain` is or lies below; None if there is none.

    To rules it tells as much as `domain` itself: what is met by the one is met by the other.
    """
    if not domain:
        return None
    return max((name for name in named if lies_in(domain, name)), key=len, default=None)


def lies_in(domain: str, named: str) -> bool:
    """Whether `domain` is `named` or below it."""
    return domain == named or domain.endswith(f".{named}")
