"""A member's export of LinkedIn in (Comments.csv or Shares.csv), own comments and posts out.

There is no specification. `Date` is UTC. A file that a spreadsheet has saved anew, or with other
columns, is read as the table that it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path

from flows.reading.encodings import decoded_sample, text_lines
from flows.reading.fixed_table import FixedRow, column_names, fixed_rows, times_of
from flows.reading.landed import SAMPLE_SIZE, LandedFile, ReadingRules
from flows.reading.linkedin_lines import (
    COMMENTS_HEADER,
    LONGEST_PREAMBLE,
    SHARE_END,
    SHARES_HEADER,
    START,
    Lines,
    begins,
    broken_record,
    export_lines,
    field_text,
    records_in,
    skip_to_header,
    unwrapped,
)
from flows.reading.linkedin_objects import (
    CHANNEL,
    PLATFORM,
    VISIBILITIES,
    comment_urns_in,
    moment_of_comment,
    moment_of_urn,
    post_urn_in,
    said_alias,
)
from flows.reading.table_rows import is_workbook
from flows.reading.times import TimeReader
from flows.reading.workbook_parts import texts_in
from flows.sources.base import FileSource
from models.canonical import Comment, Post, Record, Rejected

COMMENT_COLUMNS = frozenset({"date", "link", "message"})
SHARE_COLUMNS = frozenset({"date", "sharelink", "sharecommentary"})
"""What a spreadsheet leaves of the headers, in whatever order and beside whatever else."""

UNSAID = timedelta(seconds=2)
"""By how much the time in an id and the one that the export tells may differ."""


@dataclass(frozen=True)
class Said:
    """When and where a comment was made, and the line it stands in."""

    line: int
    raw_date: str | None
    at: datetime | None
    link: str


def recognise(sample: bytes) -> bool:
    """Whether a header of the export comes first, and a record of LinkedIn's below it, if any."""
    lines = [line.strip() for line in text_lines(decoded_sample(sample))]
    for number, line in enumerate(lines[:LONGEST_PREAMBLE]):
        if COMMENTS_HEADER.fullmatch(line) or SHARES_HEADER.fullmatch(line):
            rest = [below for below in lines[number + 1 :] if below]
            return not rest or any("linkedin.com/" in below for below in rest)
    names = column_names(sample)
    is_export = names >= COMMENT_COLUMNS or names >= SHARE_COLUMNS
    if not is_export or is_workbook(sample):
        return is_export and "linkedin.com/" in "\n".join(texts_in(sample))
    return any("linkedin.com/" in line for line in lines)


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each comment, the first below a post after the post, or each post of the file."""
    positions = count(1)
    for record in _untouched(landed) or _saved_anew(landed, rules):
        position = 0 if isinstance(record, Rejected) and record.line is None else next(positions)
        yield _placed(record, position)


def _untouched(landed: LandedFile) -> Iterator[Record] | None:
    """The records of a file as LinkedIn wrote it; None if it is something else."""
    numbered = enumerate(export_lines(landed.path), start=1)
    is_shares = skip_to_header(numbered)
    first = next(((number, line) for number, line in numbered if line.strip()), None)
    if is_shares is None or (first and not begins(first[1]) and first[1].endswith("\n")):
        return None
    return _records_of(chain([first] if first else [], numbered), is_shares)


def _records_of(numbered: Iterator[tuple[int, str]], is_shares: bool) -> Iterator[Record]:
    seen = set[str]()
    for lines in records_in(numbered):
        if isinstance(lines, Rejected):
            yield lines
        elif is_shares:
            yield _share(lines)
        else:
            yield from _comment(lines, seen)


def _saved_anew(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """The records of a file that a spreadsheet has saved, by the names of its columns."""
    rows = list(fixed_rows(landed.path, frozenset({"date"})))
    if rows and isinstance(rows[-1], FixedRow) and not _is_ended(landed.path):
        detail = "the file ends within this record: it may have been cut"
        line = rows[-1].line
        rows[-1] = Rejected(position=0, line=line, reason="broken record", detail=detail)
    dates = [row.cells.get("date") for row in rows if isinstance(row, FixedRow)]
    times = times_of(landed.path, "UTC", rules.date_order, dates)
    seen = set[str]()
    for row in rows:
        if isinstance(row, Rejected):
            yield row
        elif "sharelink" in row.cells:
            yield _share_of_row(row, times)
        else:
            raw = row.text("date")
            found = times.read(row.cells.get("date"))
            said = Said(row.line or 0, raw, found.at if found else None, row.text("link") or "")
            yield from _comment_on_post(said, (row.words("message") or "").strip(), seen)


def _share_of_row(row: FixedRow, times: TimeReader) -> Post | Rejected:
    found, urn = times.read(row.cells.get("date")), post_urn_in(row.text("sharelink") or "")
    if not urn:
        detail = "a post without a URN in `ShareLink`"
        return Rejected(position=0, line=row.line, reason="broken record", detail=detail)
    text, visibility = row.words("sharecommentary") or "", row.text("visibility") or ""
    return _post(urn, found.at if found else None, row.text("date"), text, visibility)


def _is_ended(path: Path) -> bool:
    """Whether the last line of a file has a line break, as what spreadsheets write has."""
    content = path.read_bytes()
    return is_workbook(content[:SAMPLE_SIZE]) or content.rstrip(b"\x00")[-1:] in (b"\n", b"\r")


def _comment(lines: Lines, seen: set[str]) -> Iterator[Post | Comment | Rejected]:
    """The comment, after its post if `seen` does not have that yet."""
    start = START.match(lines.text)
    assert start  # of `_unreadable`
    text = field_text(lines.text[start.end() :], lines.is_last, has_escapes=True)
    if text is None:
        yield broken_record(lines, "a quote opens in this record and is never closed")
        return
    link = start["link"] or start["undated"] or ""
    said = Said(lines.line, start["date"], _moment(start["date"]), link)
    yield from _comment_on_post(said, text, seen)


def _comment_on_post(said: Said, text: str, seen: set[str]) -> Iterator[Post | Comment]:
    """The comment, after its post if `seen` does not have that yet."""
    link, at = said.link, said.at
    post = post_urn_in(link)
    if post and post not in seen:
        seen.add(post)
        yield _post_of_link(post)
    native_id, parent = _ids(link, at)
    yield Comment(
        platform=PLATFORM,
        site="",
        position=0,
        line=said.line,
        native_id=native_id,
        id_basis="permalink" if native_id else "hash",
        channel=CHANNEL,
        post_native_id=post or link or None,
        parent_native_id=parent,
        reply_semantics="two_level" if parent else "unknown",
        is_owner=True,
        text=text or None,
        created_at=at,
        created_at_raw=said.raw_date,
        status="published",
        permalink=link or None,
        aliases=tuple(filter(None, [said_alias(post, at, text)])),
    )


def _ids(link: str, at: datetime | None) -> tuple[str | None, str | None]:
    """The ids of the comment and of the one it answers, where the address tells them.

    An address that names one comment may mean the one that is answered: the time in it tells.
    """
    own = parent = None
    for urn in comment_urns_in(link):
        made = moment_of_comment(urn)
        if at and made and abs(made - at) <= UNSAID:
            own = urn
        else:
            parent = parent or urn
    return own, parent


def _post_of_link(urn: str) -> Post:
    """All that a comment tells of its post: where it is, and when it was made."""
    at = moment_of_urn(urn)
    return Post(
        platform=PLATFORM,
        site="",
        native_id=urn,
        position=0,
        channel=CHANNEL,
        url=f"https://www.linkedin.com/feed/update/{urn}/",
        created_at=at,
        time_precision="derived_from_id",
    )


def _share(lines: Lines) -> Post | Rejected:
    start, end = START.match(lines.text), SHARE_END.search(lines.text)
    assert start  # of `_unreadable`
    # Of a post without a text, its end shares the comma with its start.
    end = end or SHARE_END.search(lines.text, start.end() - 1)
    link = start["link"] or start["undated"]
    urn = post_urn_in(link or "")
    text = field_text(lines.text[start.end() : end.start()], is_last=False) if end else None
    if not end or text is None:
        return broken_record(
            lines, "a post whose text does not end, expected `Visibility` behind it"
        )
    if not urn:
        return broken_record(lines, "a post without a URN in `ShareLink`")
    return _post(urn, _moment(start["date"]), start["date"], text, end["visibility"])


def _post(urn: str, at: datetime | None, raw_date: str | None, text: str, visibility: str) -> Post:
    return Post(
        platform=PLATFORM,
        site="",
        native_id=urn,
        position=0,
        channel=CHANNEL,
        text=unwrapped(text) or None,
        url=f"https://www.linkedin.com/feed/update/{urn}/",
        created_at=at,
        created_at_raw=raw_date,
        status="published",
        visibility=VISIBILITIES.get(visibility),
    )


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat((text or "").removesuffix(" UTC")).replace(tzinfo=UTC)
    except ValueError:
        return None


def _placed(record: Record, position: int) -> Record:
    record.position = position
    return record


SOURCE = FileSource(
    name="linkedin_export",
    about="Own comments and posts from a member's data export of LinkedIn",
    how_to_get="LinkedIn > Settings & Privacy > Data privacy > Get a copy of your data > the "
    "larger archive; drop the zip, or `Comments.csv` and `Shares.csv` from it, into the inbox.",
    recognise=recognise,
    read=read,
    version=5,
)
