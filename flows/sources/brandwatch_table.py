"""Exports of Brandwatch (CSV or Excel): mentions of a query, wherever they were made.

Format: https://consumer-research-help.brandwatch.com, "Exporting mentions". Above the header stands
what was asked for, with the zone of the times. The whole texts of X are withheld; what is quoted of
them comes instead.
"""

import re
from collections.abc import Iterator

from flows.reading.encodings import decoded_sample
from flows.reading.fixed_table import FixedRow, column_names, fixed_rows, times_of
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.mentions import Mention, records_of
from flows.reading.table_entries import raw_text, somebody
from flows.reading.table_rows import is_workbook
from flows.reading.times import TimeReader
from flows.reading.workbook_parts import texts_in
from flows.sources.base import FileSource
from models.canonical import Record, Rejected

TOOL = "brandwatch"
NEEDS = frozenset({"queryname", "date", "url", "pagetype"})
TEXTS = frozenset({"snippet", "fulltext"})

ZONE = re.compile(r"\d\d:\d\d:\d\d (UTC|GMT) \d{4}")
"""In the rows `From:` and `To:` above the header; other zones are left to the settings."""

LONGEST_PREAMBLE = 4_000
"""Characters in which the zone is looked for."""

ARTICLES = frozenset({"news", "blog"})
LIKES = ("likes", "xlikes", "twitterlikes", "facebooklikes", "instagramlikes", "linkedinlikes")
REPLIES = ("comments", "facebookcomments", "instagramcomments", "xreplies", "twitterreplycount")


def recognise(sample: bytes) -> bool:
    """Whether it is a table with the columns of its mentions."""
    names = column_names(sample)
    return names >= NEEDS and bool(names & TEXTS)


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each mention that begins a thread, and each article, as a post, others as comments."""
    with landed.path.open("rb") as file:
        sample = file.read(SAMPLE_SIZE)
    zone = "UTC" if _is_utc(sample) else rules.time_zone
    times = times_of(landed.path, zone, rules.date_order)
    posts: set[str] = set()
    for row in fixed_rows(landed.path, NEEDS):
        if isinstance(row, Rejected):
            yield row
        else:
            yield from records_of(_mention(row, times), posts)


def _is_utc(sample: bytes) -> bool:
    texts = texts_in(sample) if is_workbook(sample) else [decoded_sample(sample)[:LONGEST_PREAMBLE]]
    return any(ZONE.search(text) for text in texts)


def _mention(row: FixedRow, times: TimeReader) -> Mention:
    entry = (row.text("threadentrytype") or "").casefold()
    page = (row.text("pagetype") or "").casefold()
    thread = row.text("threadurl") or row.text("threadid")
    url = row.text("url", "originalurl")
    begins = entry == "post" and thread in (None, url, row.text("threadid"))
    date = row.cells.get("date")
    return Mention(
        tool=TOOL,
        position=row.position,
        line=row.line,
        url=url,
        raw_time=raw_text(date),
        moment=times.read(date),
        is_post=begins or (not entry and page in ARTICLES),
        kind="review" if page == "review" else "comment",
        text=row.words("fulltext", "snippet"),
        title=row.text("title"),
        author=somebody(row.text("author")),
        author_name=somebody(row.text("fullname")),
        language=row.text("language"),
        like_count=row.count(*LIKES),
        reply_count=row.count(*REPLIES),
        thread=thread if thread != url else None,
        thread_author=somebody(row.text("threadauthor")),
        answered=row.text("replyto"),
    )


SOURCE = FileSource(
    name="brandwatch_table",
    about="Export of Brandwatch (CSV or Excel): mentions from all networks that a query found",
    how_to_get="In Brandwatch Consumer Research open the query's mentions, choose Export > "
    "Mentions as CSV or Excel, with all columns, and download it.",
    recognise=recognise,
    read=read,
    version=3,
)
