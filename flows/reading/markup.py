"""Texts of one column in, whether they are HTML out: decided for all of them, not for each."""

import re
from collections.abc import Iterable

TAG = (
    r"</?(?:a|b|blockquote|br|code|del|div|em|h[1-6]|i|img|li|ol|p|pre|s|span|strong|u|ul)\b[^<>]*>"
)
ENTITY = r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8}\d?);"

WRITTEN = re.compile(f"{TAG}|{ENTITY}", re.IGNORECASE)
BARE = re.compile(f"<(?!{TAG[1:]})(?!!--)|&(?!{ENTITY[1:]})", re.IGNORECASE)
"""A sign that HTML would have escaped: who writes `3 < 4` writes plain text."""


def are_html(texts: Iterable[str]) -> bool:
    """Whether some of the texts hold tags or entities, and none a sign that HTML would escape."""
    is_written = False
    for text in texts:
        if BARE.search(text):
            return False
        is_written = is_written or bool(WRITTEN.search(text))
    return is_written
