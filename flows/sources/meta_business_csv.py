"""The content export of Meta Business Suite (CSV): posts and how many comments they have, no texts.

Columns come and go from month to month, so that they are found by name; the English names are
Meta's own, the German ones reconstructed. Its other export, a number of the page by day, holds no
posts: it is known by its three lines above the numbers, and refused.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from flows.reading.column_names import plain_name
from flows.reading.encodings import decoded_lines, decoded_sample
from flows.reading.graph_places import ids_of_post
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.times import TimeReader, observed_order
from flows.sources.base import FileSource
from models.canonical import Post, Record, Rejected

COLUMNS = {
    "id": "Post ID|Beitrags-ID|Beitrag-ID|ID des Beitrags",
    "page": "Page ID|Seiten-ID|ID der Seite",
    "account": "Account username|Konto-Benutzername|Benutzername des Kontos|Nutzername des Kontos",
    "account_id": "Account ID|Konto-ID",
    "title": "Title|Titel",
    "description": "Description|Beschreibung",
    "time": "Publish time|Veröffentlichungszeitpunkt|Veröffentlichungszeit|Veröffentlichungsdatum"
    "|Zeitpunkt der Veröffentlichung|Uhrzeit der Veröffentlichung|Veröffentlicht am",
    "link": "Permalink|Dauerlink|Dauerhafter Link|Permanentlink|Permanenter Link",
    "period": "Date|Datum",
    "comment": "Comments|Kommentare",
    "reaction": "Reactions|Reaktionen",
    "like": "Likes|„Gefällt mir“-Angaben|„Gefällt mir“|Gefällt-mir-Angaben",
    "share": "Shares|Geteilte Inhalte|Geteilt|Mal geteilt",
    "save": "Saves|Gespeicherte Beiträge|Speicherungen|Gespeichert",
    "view": "Views|Aufrufe",
    "impression": "Impressions|Impressionen",
    "reach": "Reach|Reichweite",
}
"""Field -> headers it goes by. `Data comment` is a remark on the data and no comment."""

FIELD_OF = {
    plain_name(name): field for field, names in COLUMNS.items() for name in names.split("|")
}
DELIMITERS = (",", ";", "\t")
SEPARATOR = re.compile(r"\ufeff?\"?sep=.\"?[;,\t]*\r?\n", re.IGNORECASE)
"""The line that tells Excel what separates the cells."""

NEEDED = frozenset({"id", "time", "link"})
COUNTS = ("impression", "like", "reach", "reaction", "save", "share", "view")

SERIES = re.compile(
    r'\ufeff?sep=,\r?\n"?[^",\r\n]+"?\r?\n"?[^",\r\n]+"?(?:,"?[^",\r\n]*"?)+\r?\n'
    r'"?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"?,'
)
"""A separator for Excel, the name of the number, a header, then days."""

COUNT = re.compile(r"\d{1,18}|\d{1,3}(?:,\d{3}){1,5}|\d{1,3}(?:\.\d{3}){1,5}", re.ASCII)
"""No more digits than a table's whole numbers have."""
ROUNDED = re.compile(r"\d+[.,]\d+E\+?\d+", re.IGNORECASE)

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Layout:
    """Where the fields stand in a row of `width` cells."""

    delimiter: str
    places: Mapping[str, int]
    width: int

    @property
    def platform(self) -> str:
        """Whose posts they are: only Instagram has accounts."""
        return "instagram" if self.places.keys() & {"account", "account_id"} else "facebook"


@dataclass(frozen=True)
class Row:
    """A row of the file; `is_open`: no line break follows, so that its last cell may be cut."""

    line: int
    cells: list[str]
    is_open: bool


class BrokenCsv(Exception):
    """The text is not CSV from this line on."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def recognise(sample: bytes) -> bool:
    """Whether the first line names a post, its time and its link, or it is a series by day."""
    text = decoded_sample(sample)
    return bool(_layout(text) or SERIES.match(text))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each post; times are those of the account, taken to be in the zone of the rules."""
    layout = _layout_of(landed.path)
    if not layout:
        yield _refused(landed.path)
        return
    times = TimeReader(rules.time_zone, _order(landed.path, layout))
    position = 0
    try:
        for row in _rows(landed.path, layout):
            position += 1
            yield _record(row, position, layout, times)
    except BrokenCsv as broken:
        detail = "a quote opens here and is never closed: the file may have been cut"
        yield Rejected(position=0, line=broken.line, reason="broken file", detail=detail)


def _layout_of(path: Path) -> Layout | None:
    with path.open("rb") as file:
        return _layout(decoded_sample(file.read(64 * 1024)))


def _layout(text: str) -> Layout | None:
    """How a file that starts so is laid out; None if it is no content export."""
    first = re.split(r"[\r\n]", SEPARATOR.sub("", text, count=1), maxsplit=1)[0]
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        fields = [FIELD_OF.get(plain_name(cell), "") for cell in cells]
        places = {field: place for place, field in reversed(list(enumerate(fields))) if field}
        if places.keys() >= NEEDED and places.keys() & {"page", "account", "account_id"}:
            return Layout(delimiter, places, len(cells))
    return None


def _refused(path: Path) -> Rejected:
    with path.open("rb") as file:
        is_series = SERIES.match(decoded_sample(file.read(4096)))
    if is_series:
        detail = (
            "a number of the page by day, without posts; expected the content export: Insights > "
            "Content > Export data"
        )
        return Rejected(position=0, reason="unknown format", detail=detail)
    detail = "the header names no `Post ID`, `Publish time`, `Permalink` and page or account"
    return Rejected(position=0, reason="missing column", detail=detail, line=1)


def _order(path: Path, layout: Layout) -> str:
    """How 03/04/2025 is meant: as the column proves it, else month first, as Meta writes it."""
    place = layout.places["time"]
    cells: list[str] = []
    try:
        for row in _rows(path, layout):
            cells += row.cells[place : place + 1]
            if observed_order(cells[-1:]):
                return observed_order(cells[-1:]) or "mdy"
            cells = []
    except BrokenCsv:
        pass
    return "mdy"


def _rows(path: Path, layout: Layout) -> Iterator[Row]:
    """The rows below the header that are not blank; raises `BrokenCsv` where they end early."""
    lines, _ = decoded_lines(path.read_bytes())
    above = 1 if SEPARATOR.match(lines[0]) else 0
    reader = csv.reader(lines[above:], delimiter=layout.delimiter, strict=True)
    csv.field_size_limit(2**31 - 1)
    start = 1
    try:
        for cells in reader:
            if start > 1 and any(cell.strip() for cell in cells):
                is_last = above + reader.line_num == len(lines)
                yield Row(above + start, cells, is_last and not lines[-1].endswith("\n"))
            start = reader.line_num + 1
    except csv.Error:
        raise BrokenCsv(above + start) from None


def _record(row: Row, position: int, layout: Layout, times: TimeReader) -> Post | Rejected:
    if problem := _problem(row, layout):
        return Rejected(position=position, line=row.line, reason="broken record", detail=problem)
    if any("\x00" in cell for cell in row.cells):
        detail = "the row holds a NUL byte"
        return Rejected(
            position=position, line=row.line, reason="forbidden character", detail=detail
        )
    # Of a row that may be cut the last cell may be a part of what it was.
    known = row.cells[:-1] if row.is_open else row.cells
    cells = {
        field: known[place].strip()
        for field, place in layout.places.items()
        if place < len(known) and known[place].strip()
    }
    return _post(cells, position, layout.platform, times)


def _problem(row: Row, layout: Layout) -> str | None:
    if len(row.cells) != layout.width:
        return f"found {len(row.cells)} fields, expected {layout.width}"
    native = row.cells[layout.places["id"]].strip()
    if not native or (row.is_open and layout.places["id"] == layout.width - 1):
        return "a row without the id of its post"
    if ROUNDED.fullmatch(native):
        return f"the id `{native}` was rounded by a spreadsheet; do not save the file in Excel"
    return None


def _post(cells: Cells, position: int, platform: str, times: TimeReader) -> Post:
    full, link = cells["id"], cells.get("link")
    native, page = ids_of_post({"id": full})
    native = native or full
    created = times.read(cells.get("time"))
    counts = _counts(cells)
    return Post(
        platform=platform,
        site="",
        native_id=native,
        position=position,
        channel=platform,
        text=max(cells.get("title", ""), cells.get("description", ""), key=len) or None,
        url=link,
        author=cells.get("page") or cells.get("account") or page,
        created_at=created.at.astimezone(UTC) if created else None,
        created_at_raw=cells.get("time"),
        status="published",
        reported_comment_count=counts.pop("comment", None),
        reported_counts=json.dumps(counts, sort_keys=True) if counts else None,
        aliases=_aliases(cells, native, platform),
    )


def _counts(cells: Cells) -> dict[str, int]:
    """The counts of a post; none where the row is only about a day of it."""
    if re.search(r"\d", cells.get("period", "")):
        return {}
    wanted = {field: cells.get(field, "") for field in ("comment", *COUNTS)}
    return {
        field: int(re.sub(r"[.,]", "", cell))
        for field, cell in wanted.items()
        if COUNT.fullmatch(cell)
    }


def _aliases(cells: Cells, native: str, platform: str) -> tuple[str, ...]:
    """What the interface and the address call the post."""
    link = cells.get("link", "")
    if platform == "instagram":
        found = re.search(r"instagram\.com/(?:[^/]+/)?(?:p|reels?|tv)/([\w-]+)", link)
        return (found[1],) if found else ()
    linked, _ = ids_of_post({"permalink_url": link})
    page = cells.get("page")
    names = (f"{page}_{native}" if page else None, linked)
    return tuple(dict.fromkeys(name for name in names if name and name != native))


SOURCE = FileSource(
    name="meta_business_csv",
    about="Content export of Meta Business Suite: posts of a page and how many comments they have",
    how_to_get="business.facebook.com > Insights > Content > Export data, with the columns as they "
    "are; leave the file as it comes and do not save it in Excel.",
    recognise=recognise,
    read=read,
    version=2,
)
