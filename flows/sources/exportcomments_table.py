"""Tables of ExportComments.com (CSV or Excel): the comments of one post on any of its platforms.

Format: https://exportcomments.com; files of 2021 to 2024. Above the header stands where the
comments are from. Rows are only numbered, anew in every export, and an answer by a second number;
the id of a comment is in a column of some platforms, in the address that a cell leads to of others.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, takewhile
from pathlib import Path
from typing import Literal

from flows.reading.comment_links import NOWHERE, CommentLink, comment_link
from flows.reading.encodings import decoded_sample, text_lines
from flows.reading.fixed_table import FixedRow, column_names, fixed_rows, times_of
from flows.reading.json_values import packed
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.table_entries import count_of, raw_text, somebody
from flows.reading.table_rows import is_workbook
from flows.reading.times import TimeReader
from flows.reading.workbook_parts import links_by_row, texts_in
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

TEXTS = ("comment", "tweettext", "text")
NEEDS = frozenset({"date"})
SIGNS = (
    frozenset({"nameclicktoviewprofile", "comment", "date"}),
    frozenset({"viewsource", "comment", "date", "likes"}),
    frozenset({"username", "profileid", "comment", "userverified", "commenturl", "date"}),
)
"""Columns that only its files have together, by platform and year."""

OTHER_PLATFORM = "exportcomments"
"""What is put for a platform that the file does not name."""

PLATFORM_SIGNS = {
    "ishearted": "youtube",
    "userverified": "instagram",
    "tweettext": "x",
    "uniqueid": "tiktok",
    "livevideotimestamp": "facebook",
}
"""Columns that the tables of one platform alone have."""

FACEBOOK_PROFILE = re.compile(r"ID:\s*\d+")
"""How the tables of Facebook write the id of a profile."""

TITLE = "exportcomments.com"
SOURCE_LABEL = "source url"
LONGEST_TITLE = 2_000
"""Characters in which the rows above the header are looked for."""

ADDRESS = re.compile(r"https?://[^\s\",;]+")
INLINED = re.compile(r"\[(PHOTO|VIDEO|GIF|STICKER)\]\s*https?://\S+")
"""What stands in a text for a picture."""

YES = frozenset({"true", "yes", "1"})
LABELS = {"ishearted": "hearted", "ispinned": "pinned"}


IdBasis = Literal["native", "permalink", "hash"]


@dataclass
class Sheet:
    """What is known of a file, and which rows went before."""

    source: str | None
    post: str | None
    platform: str | None
    links: dict[int, list[str]]
    times: TimeReader
    top: str | None = None
    """Id of the last comment that is no answer."""
    alike: Counter[str] = field(default_factory=Counter)


def recognise(sample: bytes) -> bool:
    """Whether it has the columns of such a table, or says above them whose it is."""
    names = column_names(sample)
    if any(sign <= names for sign in SIGNS):
        return True
    return "date" in names and bool(names & set(TEXTS)) and _title_of(sample)


def _title_of(sample: bytes) -> bool:
    """Whether the maker's name stands above the header."""
    if is_workbook(sample):
        return any(text.strip().casefold() == TITLE for text in texts_in(sample))
    first = decoded_sample(sample)[:LONGEST_TITLE].lstrip().removeprefix('"')
    return first.casefold().startswith(TITLE)


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield the post that the file is about, then each row as a comment."""
    rows = fixed_rows(landed.path, NEEDS)
    first = next(rows, None)
    if first is None:
        return
    sheet = _sheet(landed.path, first, rules)
    if sheet.post and not isinstance(first, Rejected):
        yield _post(sheet, sheet.post)
    for row in chain([first], rows):
        yield row if isinstance(row, Rejected) else _comment(row, sheet)


def _sheet(path: Path, first: FixedRow | Rejected, rules: ReadingRules) -> Sheet:
    """What the rows above the header and the first comment tell of the post."""
    links = links_by_row(path)
    source = _source(path, links, first.line or 1)
    about = comment_link(source)
    times = times_of(path, rules.time_zone, "dmy")
    sheet = Sheet(source, None, about.platform, links, times)
    own = NOWHERE if isinstance(first, Rejected) else _link(first, sheet)
    status = about.comment if about.platform == "x" else None  # there a post is one as well
    sheet.post = own.post or about.post or status or source
    by_columns = None if isinstance(first, Rejected) else _platform_of_columns(first)
    sheet.platform = own.platform or about.platform or by_columns
    return sheet


def _platform_of_columns(row: FixedRow) -> str | None:
    """The platform whose tables alone have such columns, where no address tells it."""
    profile = row.text("profileid") or ""
    if "nameclicktoviewprofile" in row.cells and FACEBOOK_PROFILE.fullmatch(profile):
        return "facebook"
    return next((name for sign, name in PLATFORM_SIGNS.items() if sign in row.cells), None)


def _source(path: Path, links: dict[int, list[str]], first_row: int) -> str | None:
    """The address of the post, from the rows above the header."""
    above = (link for row in sorted(links) if row < first_row for link in links[row])
    with path.open("rb") as file:
        sample = file.read(SAMPLE_SIZE)
    if is_workbook(sample):
        stored = list(texts_in(sample))
        texts: Iterator[str] = chain(_after_label(stored), above, _above_header(stored))
    else:
        texts = iter(text_lines(decoded_sample(sample))[: first_row - 1])
    found = (ADDRESS.search(text) for text in texts if "exportcomments.com/" not in text)
    return next((address[0] for address in found if address), None)


def _after_label(texts: list[str]) -> list[str]:
    """The text that follows the label of the source, in the order in which texts are stored."""
    labels = [n for n, text in enumerate(texts) if text.casefold().startswith(SOURCE_LABEL)]
    return texts[labels[0] : labels[0] + 2] if labels else []


def _above_header(texts: list[str]) -> Iterator[str]:
    """The texts that are stored before the header's, if they lead to a known platform."""
    above = takewhile(lambda text: text.strip().casefold() != "date", texts)
    return (text for text in above if comment_link(text).platform)


def _post(sheet: Sheet, native_id: str) -> Post:
    """The post that the file is about; its address may give it another id than its comments do."""
    names = (comment_link(sheet.source).post, sheet.source)
    return Post(
        platform=sheet.platform or OTHER_PLATFORM,
        site="",
        native_id=native_id,
        position=1,
        channel=sheet.platform,
        url=sheet.source,
        aliases=tuple(name for name in names if name and name != native_id),
    )


def _comment(row: FixedRow, sheet: Sheet) -> Comment:
    link = _link(row, sheet)
    native = link.comment or row.text("commentid", "tweetid")
    raw = raw_text(row.cells.get("date"))
    moment = sheet.times.read(row.cells.get("date"))
    identity = native or _derived(row, sheet, raw)
    is_answer = row.text("column2", "subid", "subno") is not None
    parent = link.parent or (sheet.top if is_answer else None)
    sheet.top = sheet.top if is_answer else identity
    text = row.words(*TEXTS)
    return Comment(
        platform=link.platform or OTHER_PLATFORM,
        site="",
        position=row.position,
        line=row.line,
        native_id=identity,
        id_basis=_basis(row, native),
        channel=link.platform,
        post_native_id=link.post or sheet.post,
        parent_native_id=parent,
        reply_semantics="two_level",
        author=_author(row),
        author_name=somebody(row.text("nameclicktoviewprofile", "name", "username")),
        text=INLINED.sub("", text).strip() or None if text else None,
        created_at=moment.at if moment else None,
        created_at_raw=raw,
        created_tz_assumed=moment.zone_assumed if moment else None,
        time_precision=moment.precision if moment else "exact",
        status="published",
        like_count=count_of(row.cells.get("likes")),
        attachments=packed([{"type": f.lower(), "url": None} for f in INLINED.findall(text or "")]),
        platform_labels=packed(_labels(row)),
        permalink=_address(row, sheet),
        aliases=link.aliases,
    )


def _basis(row: FixedRow, native: str | None) -> IdBasis:
    if row.text("commentid", "tweetid"):
        return "native"
    return "permalink" if native else "hash"


def _address(row: FixedRow, sheet: Sheet) -> str | None:
    """Where the comment can be read: in a cell of its own, or where a cell leads to."""
    written = row.text("commenturl", "viewsource", "tweeturl")
    if written and ADDRESS.match(written):
        return written
    links = [link for link in sheet.links.get(row.line or 0, []) if comment_link(link).comment]
    return links[-1] if links else None


def _link(row: FixedRow, sheet: Sheet) -> CommentLink:
    link = comment_link(_address(row, sheet))
    return link if link.platform else CommentLink(sheet.platform, sheet.post)


def _author(row: FixedRow) -> str | None:
    """The id of a profile, without the word that stands before it so that Excel keeps it."""
    profile = row.text("profileid", "authorid", "uniqueid", "username")
    name = profile.removeprefix("ID:").strip() if profile else None
    return somebody(name or row.text("nameclicktoviewprofile", "name"))


def _derived(row: FixedRow, sheet: Sheet, raw: str | None) -> str:
    """An id of who said what when: the number of its row is another one in the next export."""
    what = [sheet.post, _author(row), raw, row.words(*TEXTS)]
    digest = hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    sheet.alike[digest] += 1
    times = sheet.alike[digest]
    return f"h-{digest}" if times == 1 else f"h-{digest}-{times}"


def _labels(row: FixedRow) -> dict[str, bool]:
    return {
        label: True
        for column, label in LABELS.items()
        if (row.text(column) or "").casefold() in YES
    }


SOURCE = FileSource(
    name="exportcomments_table",
    about="Table of ExportComments.com: the comments of one post, from Facebook, Instagram, "
    "YouTube, X and others",
    how_to_get="On exportcomments.com paste the address of the post, start the export and download "
    "it, best as Excel: only there every comment leads to its place.",
    recognise=recognise,
    read=read,
    version=4,
)
