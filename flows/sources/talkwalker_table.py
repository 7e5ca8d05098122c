"""Exports of Talkwalker (CSV or Excel): results of a search, wherever they were found.

Format: https://developer.talkwalker.com, the fields of a result, as columns with dots. A comment is
marked in `tags_internal` and names what it stands under in `parent_url`.
"""

from collections.abc import Iterator

from flows.reading.fixed_table import FixedRow, column_names, fixed_rows, times_of
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.mentions import Mention, records_of
from flows.reading.table_entries import raw_text, somebody
from flows.reading.times import TimeReader
from flows.sources.base import FileSource
from models.canonical import Record, Rejected

TOOL = "talkwalker"
NEEDS = frozenset({"url", "published", "content"})
SIGNS = (
    NEEDS | {"extraauthorattributesname", "sourcetype"},
    NEEDS | {"extraauthorattributesid"},
    NEEDS | {"extrasourceattributesname", "sourcetype"},
)

ARTICLES = ("ONLINENEWS", "ONLINE_NEWS", "BLOG", "PRESS", "NEWSPAPER", "MAGAZINE")
"""How source types begin whose texts are written by editors, not by the audience."""

COUNTS = "articleextendedattributes"
LIKE_NAMES = tuple(
    f"{COUNTS}{name}"
    for name in ("twitterlikes", "facebooklikes", "instagramlikes", "youtubelikes", "likes")
)
REPLY_NAMES = (f"{COUNTS}numcomments",)


def recognise(sample: bytes) -> bool:
    """Whether it is a table with the dotted columns of its results."""
    names = column_names(sample)
    return any(sign <= names for sign in SIGNS)


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each article as a post, everything else as a comment."""
    times = times_of(landed.path, rules.time_zone, rules.date_order)
    posts: set[str] = set()
    for row in fixed_rows(landed.path, NEEDS):
        if isinstance(row, Rejected):
            yield row
        else:
            yield from records_of(_mention(row, times), posts)


def _mention(row: FixedRow, times: TimeReader) -> Mention:
    url, above = row.text("url"), row.text("parenturl")
    is_comment = "iscomment" in (row.text("tagsinternal") or "").casefold()
    is_article = (row.text("sourcetype") or "").upper().startswith(ARTICLES)
    published = row.cells.get("published")
    return Mention(
        tool=TOOL,
        position=row.position,
        line=row.line,
        url=url,
        raw_time=raw_text(published),
        moment=times.read(published),
        is_post=is_article and not is_comment,
        text=row.words("content", "contentsnippet"),
        title=row.text("title"),
        author=somebody(row.text("extraauthorattributesid", "extraauthorattributesname")),
        author_name=somebody(
            row.text("extraauthorattributesname", "extraauthorattributesshortname")
        ),
        language=row.text("lang"),
        like_count=row.count(*LIKE_NAMES),
        reply_count=row.count(*REPLY_NAMES),
        thread=above if above != url else None,
    )


SOURCE = FileSource(
    name="talkwalker_table",
    about="Export of Talkwalker (CSV or Excel): results from all networks that a search found",
    how_to_get="In Talkwalker open the results of the project, choose Export > Results as CSV or "
    "Excel, with all fields, and download it.",
    recognise=recognise,
    read=read,
    version=2,
)
