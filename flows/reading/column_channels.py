"""Columns of a table and their links in, the channel that they give away out."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from flows.reading.column_names import plain_name
from transforms.canonical import CHANNEL_NAMES, CHANNEL_OF_HOST

CHANNEL_SIGNS = {
    **dict.fromkeys(("videoid", "videourl", "videotitle", "authorchannelid"), "youtube"),
    **dict.fromkeys(("tweetid", "tweettext", "tweet", "tweeturl", "inreplytostatusid"), "x"),
    **dict.fromkeys(("edithistorytweetids", "referencedtweets"), "x"),
}
"""Columns that only one channel's exports have."""

KNOWN_CHANNELS = frozenset((*CHANNEL_NAMES, *CHANNEL_NAMES.values(), *CHANNEL_OF_HOST.values()))


def channel_sign(
    header: Sequence[str], columns: Mapping[str, str], samples: Sequence[Mapping[str, object]]
) -> str:
    """The channel whose exports alone have such columns, or that all links lead to; "" if none."""
    names = [plain_name(column.split(".")[-1]) for column in header]
    names += [plain_name(column) for column in header]
    names += [plain_name(column.split(".")[0]) for column in header if "." in column]
    if found := next((channel for name, channel in CHANNEL_SIGNS.items() if name in names), None):
        return found
    links = [
        str(row[column])
        for field in ("permalink", "post_url", "comment_id", "post_id")
        if (column := columns.get(field))
        for row in samples
        if row.get(column)
    ]
    channels = {_channel_of_link(link) for link in links if ":" in link}
    return channels.pop() if len(channels) == 1 else ""


def _channel_of_link(link: str) -> str:
    if link.startswith("urn:li:"):
        return "linkedin"
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    return CHANNEL_OF_HOST.get(host.removeprefix("www.").removeprefix("m."), "")
