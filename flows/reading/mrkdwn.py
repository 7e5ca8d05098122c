"""A message as Slack writes it (mrkdwn) in, its text without markup of links and names out.

Format: https://docs.slack.dev/messaging/formatting-message-text
"""

import re

REFERENCE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
"""A link, a mention or a date between angle brackets; real ones are written `&lt;` and `&gt;`."""

SOMEBODY = "@user"
"""What is put where a person is mentioned: neither a name nor an id that leads to one."""

ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}

Span = tuple[int, int]
"""Offset and length of a mention, in characters of the text."""


def from_mrkdwn(raw: str) -> tuple[str, list[Span]]:
    """The text that `raw` shows, and where it mentions somebody; marks like *bold* stay."""
    text, mentions, end = "", [], 0
    for found in REFERENCE.finditer(raw):
        text += _unescaped(raw[end : found.start()])
        shown = _shown(found[1], found[2] or "")
        if found[1].startswith("@"):
            mentions.append((len(text), len(shown)))
        text += shown
        end = found.end()
    return text + _unescaped(raw[end:]), mentions


def _shown(target: str, label: str) -> str:
    """What a reader sees of a reference."""
    if target.startswith("@"):
        return SOMEBODY
    if target.startswith("#"):
        return f"#{label or 'channel'}"
    if target.startswith("!date^"):
        return _unescaped(label)
    if target.startswith("!subteam^"):
        return "@group"
    if target.startswith("!"):
        return f"@{target[1:]}"
    return _unescaped(label or target)


def _unescaped(text: str) -> str:
    return re.sub("&(?:lt|gt|amp);", lambda found: ESCAPED[found[0]], text)
