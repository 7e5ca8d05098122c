"""A text in, its sentences out, as they stand in it."""

import re

BOUNDARY = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'»«)\]])\s+|(?<!\s)[^\S\n]*+\n\s*+")
"""After an end mark with a space, or at a line break; blanks are walked over once."""

FEWEST_LETTERS = 12
"""A shorter piece (`z. B.`, `Nr.`) belongs to the sentence that follows it."""


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order; pieces that are too short to be one are not parted."""
    found: list[str] = []
    start = 0
    for boundary in BOUNDARY.finditer(text):
        if len(text[start : boundary.start()].strip()) >= FEWEST_LETTERS:
            found.append(text[start : boundary.start()].strip())
            start = boundary.end()
    if last := text[start:].strip():
        found.append(last)
    return found
