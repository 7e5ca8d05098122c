"""Words of a user's file in, what finds them in a text out."""

import re
from collections.abc import Sequence


def finder(words: Sequence[str]) -> re.Pattern[str] | None:
    """Finds one of `words` as a whole word in any case, `*` for any ending; None without words."""
    if not words:
        return None
    each = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)
