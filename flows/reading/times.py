"""Times as people and spreadsheets write them in, aware times out; nothing is guessed silently."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from models.canonical import TimePrecision

EARLIEST_YEAR, LATEST_YEAR = 1990, 2098
"""Outside lie the zero dates of tables and databases (1899, 1970) and "never" (2099, 9999)."""

MOST_REMEMBERED = 50_000
"""Cells whose time is kept: days and imported batches repeat, exact times hardly do."""

LONGEST_TIME = 80
"""Characters; what JavaScript prints with the full name of the zone is 64 long."""

EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no zones
"""Day 0 of most workbooks: Excel takes 1900 for a leap year."""

MAC_ZERO = datetime(1904, 1, 1)  # noqa: DTZ001 - see above
"""Day 0 of workbooks that were begun in old Excels for Mac."""

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("januar", "jänner", "jaenner", "january", "jan", "jän"),
            ("februar", "feber", "february", "feb"),
            ("märz", "maerz", "march", "mär", "mrz", "mar"),
            ("april", "apr"),
            ("mai", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov"),
            ("dezember", "december", "dez", "dec"),
        ],
        start=1,
    )
    for name in names
}
"""German, Austrian and English names of months."""

ZONE_HOURS = {
    **dict.fromkeys(("Z", "UTC", "GMT"), 0),
    **dict.fromkeys(("MEZ", "CET"), 1),
    **dict.fromkeys(("MESZ", "CEST"), 2),
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "PST": -8,
    "PDT": -7,
}
"""Zone names that mean one offset; others (IST, CST, BST) mean several and are not read."""

DATE = re.compile(
    r"(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})"
    r"(?:[T\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?"
    r"(?:\s*([AaPp])\.?\s?[Mm]\.?)?(?:\s*Uhr)?"
    r"\s*([A-Z]{1,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?)?",
    re.ASCII,
)
"""A date of three numbers, and perhaps a clock and a zone; minutes are never a single digit."""

SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})\b", re.ASCII)
AMERICAN_CLOCK = re.compile(r"/.*\d:\d\d.*\s[AP]M$", re.ASCII)
DATE_ONLY = re.compile(r"[^\d:]*\d{1,4}[^\d:]+\d{1,4}(?:[^\d:]+\d{2,4})?\s*", re.ASCII)
BASIC = re.compile(r"\d{8}T\d{4}(?:\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
"""The basic format of ISO 8601: `20251105T143000Z`."""

END_OF_DAY = re.compile(
    r"(?<=[T\s,])24(?=[:.]?00(?:[:.]?00(?:[.,]0+)?)?(?![\d:.,]|\s*[AaPp]\.?\s?[Mm]))", re.ASCII
)
"""The hour of a midnight that ends its day: `24:00` is ISO 8601, and no hour of `datetime`."""

COMPACT = re.compile(r"(?:19|20)\d{6}(?:\d{4}|\d{6})?", re.ASCII)
COMPACT_FORMATS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
NUMBER = re.compile(r"\d{5}(?:[.,]\d+)?|\d{9,19}(?:\.\d+)?", re.ASCII)

WEEKDAY = re.compile(r"^(?:mo|di|mi|do|fr|sa|so|tu|we|th|su)[a-z]*\.?,?\s+")
"""A day of the week, German or English, short or long; no month begins like one."""

FILLER = re.compile(r"(?:\s*,|\s+(?:um|at|den|the)\b|\s+-\s+|\s+(?:uhr|o'clock)\b|\s*\([^)]*\)$)")
NAMED_MONTH = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?[\s\-./]*(?P<month>[a-zä]+)\.?[\s\-./]*"
        r"(?P<year>\d{4}|\d{2})\b(?P<rest>.*)",
        r"(?P<month>[a-zä]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?P<year>\d{4})\b"
        r"(?P<rest>.*)",
        # X and `ctime` put the year last: `Wed Nov 05 21:30:39 +0000 2025`.
        r"(?P<month>[a-zä]+)\s+(?P<day>\d{1,2})(?P<rest>\s+\d{1,2}:\d\d:\d\d(?:\s+\S+)?)\s+"
        r"(?P<year>\d{4})",
        r"(?P<year>\d{4})[\s-]+(?P<month>[a-zä]+)[\s-]+(?P<day>\d{1,2})\b(?P<rest>.*)",
    )
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An aware time, how much of it was known, and the zone that was assumed, if one was."""

    at: datetime
    precision: TimePrecision
    zone_assumed: str | None


@dataclass
class TimeReader:
    """Reads one column of times: `order` is that of 03/04/2025, `own_format` is `strptime`'s.

    `day_zero` is the day that bare day numbers of its file count from.
    """

    zone: str
    order: str = "dmy"
    own_format: str | None = None
    day_zero: datetime = EXCEL_ZERO
    _place: ZoneInfo = field(init=False)
    _known: dict[str, Moment | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._place = ZoneInfo(self.zone)

    def read(self, cell: object) -> Moment | None:
        """The time in `cell`, a text, number or time; None if it is none."""
        if isinstance(cell, str):
            return self._remembered(cell.strip())
        if isinstance(cell, datetime):
            return self._placed(cell, _precision_of(cell))
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            found = from_number(cell, self.day_zero)
            return self._placed(found, _precision_of(found))
        return None

    def _remembered(self, text: str) -> Moment | None:
        if not text:
            return None
        if text in self._known:
            return self._known[text]
        try:
            found = self._parsed(text)
        except (ValueError, OverflowError):
            found = None
        precision: TimePrecision = "day" if found and self._is_day(text, found) else "exact"
        moment = self._placed(found, precision)
        if len(self._known) < MOST_REMEMBERED:
            self._known[text] = moment
        return moment

    def _parsed(self, text: str) -> datetime | None:
        if self.own_format:
            return datetime.strptime(text, self.own_format)  # noqa: DTZ007 - placed in a zone later
        if END_OF_DAY.search(text):
            begun = self._parsed(END_OF_DAY.sub("00", text))
            return begun + timedelta(days=1) if begun else None
        if text[4:5] == "-" == text[7:8] or BASIC.fullmatch(text):
            try:
                # Java adds the name of the zone: `2025-11-05T14:30:00Z[UTC]`.
                return datetime.fromisoformat(text.partition("[")[0])
            except ValueError:
                pass
        if found := DATE.fullmatch(text):
            return _of_numbers(found, self.order)
        if COMPACT.fullmatch(text):
            return datetime.strptime(text, COMPACT_FORMATS[len(text)])  # noqa: DTZ007 - see above
        if NUMBER.fullmatch(text):
            return from_number(float(text.replace(",", ".")), self.day_zero)
        found = DATE.fullmatch(_with_numeric_month(text))
        return _of_numbers(found, self.order) if found else None

    def _is_day(self, text: str, found: datetime) -> bool:
        if found.hour or found.minute or found.second:
            return False
        if self.own_format:
            return not re.search(r"%[HIMScXT]", self.own_format)
        return bool(DATE_ONLY.fullmatch(text) or re.fullmatch(r"\d{5}|\d{8}", text))

    def _placed(self, moment: datetime | None, precision: TimePrecision) -> Moment | None:
        """`moment` in its zone; of an hour that the clock runs through twice the first is meant."""
        if moment is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            return None
        if moment.tzinfo:
            return Moment(moment, precision, None)
        return Moment(moment.replace(tzinfo=self._place), precision, self.zone)


def time_reader(
    samples: Iterable[object],
    zone: str,
    date_order: str,
    own_format: str | None = None,
    day_zero: datetime = EXCEL_ZERO,
) -> TimeReader:
    """A reader for the column that `samples` come from.

    `03/04/2025` alone may be March or April: the column decides where one of its values can be
    read only one way, else `date_order` does.
    """
    return TimeReader(zone, observed_order(samples) or date_order, own_format, day_zero)


def observed_order(samples: Iterable[object]) -> str | None:
    """`dmy` or `mdy`, whichever more values like 24/12/2025 prove; None if it stays open.

    Where none proves anything, a clock with a capital AM or PM is American: those who write
    day/month with a clock of 12 hours (Australia, India) write am and pm
    (https://cldr.unicode.org, en-US, en-AU, en-IN).
    """
    day_first = month_first = 0
    is_american = False
    for sample in samples:
        if isinstance(sample, str) and (found := SLASHED.match(sample.strip())):
            day_first += int(found[1]) > 12
            month_first += int(found[3]) > 12
            is_american = is_american or bool(AMERICAN_CLOCK.search(sample))
    if day_first == month_first:
        return "mdy" if is_american and not day_first else None
    return "dmy" if day_first > month_first else "mdy"


def has_open_order(samples: Iterable[object]) -> bool:
    """Whether there are values like 03/04/2025, and none that proves how they are meant."""
    cells = [cell for cell in samples if isinstance(cell, str)]
    slashed = any(SLASHED.match(cell.strip()) for cell in cells)
    return slashed and observed_order(cells) is None


def is_timely(cell: object) -> bool:
    """Whether a cell is a time by its looks alone; a bare number never is."""
    if isinstance(cell, datetime):
        return True
    if not isinstance(cell, str) or len(cell) > LONGEST_TIME or cell.strip().isdigit():
        return False
    if NUMBER.fullmatch(cell.strip()):
        return False
    return any(ANY_ORDER[order].read(cell) for order in ("dmy", "mdy"))


def is_day(cell: object) -> bool:
    """Whether a cell names a day and no clock: its clock may stand in another column."""
    if isinstance(cell, datetime):
        return not (cell.hour or cell.minute or cell.second)
    if isinstance(cell, int | float):
        return float(cell).is_integer()
    return isinstance(cell, str) and bool(DATE_ONLY.fullmatch(cell.strip()))


def _precision_of(typed: datetime | None) -> TimePrecision:
    """How much is known of a time that its file types: days are typed as midnights of no zone."""
    is_clockless = typed is not None and typed.tzinfo is None and is_day(typed)
    return "day" if is_clockless else "exact"


def from_number(value: float, day_zero: datetime = EXCEL_ZERO) -> datetime | None:
    """The time of an Excel day number, or of seconds, milli-, micro- or nanoseconds since 1970.

    The ranges of the five do not touch within the years that can be meant.
    """
    if 30_000 <= value + (day_zero - EXCEL_ZERO).days < 75_000:
        return excel_serial(value, day_zero)
    for unit in (1, 10**3, 10**6, 10**9):
        if 6e8 <= value / unit < 4.1e9:
            return datetime.fromtimestamp(value / unit, UTC)
    return None


def excel_serial(value: float, day_zero: datetime = EXCEL_ZERO) -> datetime:
    """The naive time, to the second, of an Excel day number."""
    return day_zero + timedelta(seconds=round(value * 86_400))


def _of_numbers(found: re.Match[str], order: str) -> datetime | None:
    first, mark, second, third, hour, minute, seconds, fraction, half, zone = found.groups()
    if len(first) == 4 and len(third) <= 2:
        year, month, day = first, second, third
    elif len(first) <= 2 and len(third) in (2, 4):
        # Dots are only ever put between day, month and year.
        is_month_first = order == "mdy" and mark != "."
        year, month, day = (third, first, second) if is_month_first else (third, second, first)
    else:
        return None
    place = _offset(zone) if zone else None
    if zone and place is None:
        return None
    return datetime(
        _full_year(year),
        int(month),
        int(day),
        _hour(int(hour or 0), half),
        int(minute or 0),
        int(seconds or 0),
        int((fraction or "0")[:6].ljust(6, "0")),
        place,
    )


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < 69 else 1900)


def _hour(hour: int, half: str | None) -> int:
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half in "Pp" else 0)


def _offset(zone: str) -> tzinfo | None:
    if zone in ZONE_HOURS:
        return timezone(timedelta(hours=ZONE_HOURS[zone]))
    found = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", zone)
    if not found:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-ahead if found[1] == "-" else ahead)


def _with_numeric_month(text: str) -> str:
    """`Mittwoch, 5. November 2025 um 14:30 Uhr` -> `2025-11-5 14:30`; other texts as they are."""
    plain = WEEKDAY.sub("", text.casefold())
    plain = " ".join(FILLER.sub(" ", plain).split())
    for pattern in NAMED_MONTH:
        found = pattern.fullmatch(plain)
        if found and (month := MONTHS.get(found["month"])):
            return f"{_full_year(found['year'])}-{month}-{found['day']}{found['rest'].upper()}"
    return plain.upper()


ANY_ORDER = {order: TimeReader("UTC", order) for order in ("dmy", "mdy")}
"""Readers to ask whether something is a time at all."""
