"""A file's content in, the same with its structure bent out: fields gone, doubled, of another type.

The result is well-formed as a rule: what stumbles over it is not the parser but what comes after.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from benchmarks.fuzzing.damage import BYTEWISE, HUGE_NUMBERS, Chance, Damage
from benchmarks.fuzzing.odd_texts import odd_text

Container = list[Any] | dict[str, Any]

ODD_VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 10**30, -(10**19), 2**63, 1e308, 0.5, float("nan"), float("inf"), "", " ", "\x00", "\ud800",
    "null", "0", "-1", "1e400", "²", "2025-02-30", "2025-13-45T99:99:99Z", "9999-12-31T23:59:59-23:59", "0000-00-00",
    "0001-01-01T00:00:00+14:00", "/Date(1e999)/", "https://[", "https://[::1", "//", "urn:li:", "urn:li:comment:(,)", "at://", "javascript:alert(1)",
    "99999999999999999999", [], {}, [[]], [None], {"": None}, [{}], {"id": None}, {"id": {}}, [[[[["a"]]]]],
)  # fmt: skip
"""What may stand where something else is expected."""

XML_ELEMENT = re.compile(
    rb"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>(?:<!\[CDATA\[.*?\]\]>|[^<]*)</\1>", re.S
)
XML_TAG = re.compile(rb"</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>")
JSON_KEY = re.compile(rb'"\w+"\s*:')


def odd_value(chance: Chance) -> Any:
    """A value of any type."""
    return odd_text(chance) if chance.random() < 0.3 else chance.choice(ODD_VALUES)


def places(root: Any) -> list[tuple[Container, Any]]:
    """Every (container, key) below `root`."""
    found: list[tuple[Container, Any]] = []
    waiting = [root]
    while waiting:
        here = waiting.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here))
        for key in keys:
            found.append((here, key))
            if isinstance(here[key], list | dict):
                waiting.append(here[key])
    return found


def bend(chance: Chance, root: Any) -> None:
    """Change one place below `root`: delete, retype, rename, double, or swap with another one."""
    found = places(root)
    if not found:
        return
    container, key = chance.choice(found)
    way = chance.randrange(5)
    if way == 0:
        del container[key]
    elif way == 1:
        container[key] = odd_value(chance)
    elif way == 2 and isinstance(container, dict):
        container[odd_text(chance)[:40]] = container.pop(key)
    elif way == 3 and isinstance(container, list):
        container.extend([container[key]] * chance.choice((1, 20)))
    else:
        other, its_key = chance.choice(found)
        # By value: a tree that held itself could not be written.
        container[key] = json.loads(json.dumps(other[its_key]))


def bend_json(chance: Chance, content: bytes) -> bytes:
    """A document of JSON, or some lines of JSON lines, with one to five places changed."""
    prefix, text = parted(content)
    try:
        root = json.loads(text)
    except ValueError:
        return bend_lines(chance, content)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        bend(chance, root)
    return prefix + written(chance, root)


def bend_lines(chance: Chance, content: bytes) -> bytes:
    """JSON lines with some lines changed."""
    lines = content.splitlines()
    for _ in range(chance.choice((1, 1, 3)) if lines else 0):
        number = chance.randrange(len(lines))
        try:
            root = json.loads(lines[number])
        except ValueError:
            continue
        if isinstance(root, list | dict):
            bend(chance, root)
        lines[number] = written(chance, root)
    return b"\n".join(lines) + b"\n"


def parted(content: bytes) -> tuple[bytes, bytes]:
    """What stands before the JSON of an archive of X (`window.YTD.tweets.part0 = [...`), and it."""
    start = re.match(rb"window\.[\w.]+ = ", content)
    return (start[0], content[start.end() :]) if start else (b"", content)


def written(chance: Chance, root: Any) -> bytes:
    """JSON on one line, with escapes or without; half characters can only be escaped."""
    if chance.random() < 0.5:
        try:
            return json.dumps(root, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            pass
    return json.dumps(root).encode()


def double_key(chance: Chance, content: bytes) -> bytes:
    """A key of a JSON object twice, with another value."""
    keys = list(JSON_KEY.finditer(content))
    if not keys:
        return content
    key = chance.choice(keys)
    again = key[0] + json.dumps(odd_value(chance)).encode() + b","
    return content[: key.start()] + again + content[key.start() :]


def bend_xml(chance: Chance, content: bytes) -> bytes:
    """An element gone, doubled, filled with something else, or a tag gone or renamed."""
    way = chance.randrange(6)
    found = list((XML_ELEMENT if way < 4 else XML_TAG).finditer(content))
    if not found:
        return content
    element = chance.choice(found)
    before, after = content[: element.start()], content[element.end() :]
    if way == 0:
        return before + after
    if way == 1:
        return before + element[0] * chance.choice((2, 50)) + after
    if way == 2:
        value = str(odd_value(chance)).encode("utf-8", "surrogatepass")
        name = element[1]
        return before + b"<" + name + b">" + value + b"</" + name + b">" + after
    if way == 3:
        other = chance.choice(found)[0]
        return before + element[0].replace(b"</", other + b"</", 1) + after
    if way == 4:
        return before + after
    return before + element[0].replace(b":", b"_") + element[0] + after


def bend_csv(chance: Chance, content: bytes) -> bytes:
    """A table with cells changed, columns gone, doubled or renamed, lines longer or shorter."""
    text = content.decode("utf-8-sig", "replace").replace("\x00", "")
    separator = max(",;\t|", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        return content
    if not rows:
        return content
    for _ in range(chance.choice((1, 1, 2, 5))):
        bend_rows(chance, rows)
    target = io.StringIO()
    sign = chance.choice((separator, separator, separator, *",;\t|"))
    is_quoted = chance.random() < 0.5
    dialect = csv.unix_dialect if is_quoted else csv.excel
    csv.writer(target, dialect, delimiter=sign).writerows(rows)
    return target.getvalue().encode("utf-8", "surrogatepass")


def bend_rows(chance: Chance, rows: list[list[str]]) -> None:
    """One change to a table."""
    row = chance.choice(rows)
    way = chance.randrange(6)
    if not row or way == 0:
        row.append(str(odd_value(chance)))
    elif way == 1:
        row[chance.randrange(len(row))] = str(odd_value(chance))
    elif way == 2:
        del row[chance.randrange(len(row))]
    elif way == 3:
        rows[0][chance.randrange(len(rows[0]) or 1) :] = [chance.choice(rows[0] or [""])]
    elif way == 4:
        column = chance.randrange(len(row))
        for other in rows:
            if column < len(other):
                other[column] = str(odd_value(chance))
    else:
        rows.insert(chance.randrange(len(rows)), chance.choice(([], [""], list(rows[0]))))


def bend_workbook(chance: Chance, content: bytes) -> bytes:
    """A workbook with one of its parts damaged, gone or doubled."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return content
    name = chance.choice(sorted(parts))
    way = chance.randrange(4)
    if way == 0:
        del parts[name]
    elif way == 1:
        parts[name] = bend_xml(chance, parts[name])
    elif way == 2:
        parts[name] = chance.choice(BYTEWISE)(chance, parts[name])
    else:
        parts[name] = re.sub(
            rb'(?<=")\d+(?=")', lambda _: chance.choice(HUGE_NUMBERS)[:30], parts[name], count=3
        )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, inner in parts.items():
            archive.writestr(part, inner)
    return target.getvalue()


def bend_parquet(chance: Chance, content: bytes) -> bytes:
    """A Parquet file with a column gone, renamed or of another type."""
    import polars as pl

    frame = pl.read_parquet(io.BytesIO(content))
    name = chance.choice(frame.columns)
    way = chance.randrange(4)
    if way == 0:
        frame = frame.drop(name)
    elif way == 1:
        frame = frame.rename({name: f"{name}_"})
    elif way == 2:
        values = [odd_text(chance).encode("utf-8", "replace").decode() for _ in range(len(frame))]
        frame = frame.with_columns(pl.Series(name, values))
    else:
        kind = chance.choice(OTHER_TYPES)
        frame = frame.with_columns(pl.Series(name, [kind[1]] * len(frame), dtype=kind[0]))
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def other_types() -> Sequence[tuple[Any, Any]]:
    """Types of a column, each with a value of it."""
    import datetime

    import polars as pl

    moment = datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)
    return (
        (pl.Int64, -(2**63)),
        (pl.UInt64, 2**64 - 1),
        (pl.Float64, float("nan")),
        (pl.Boolean, True),
        (pl.Binary, b"\xff\x00"),
        (pl.Date, moment.date()),
        (pl.Datetime("ns"), datetime.datetime(2200, 1, 1)),  # noqa: DTZ001
        (pl.Datetime("ms", "UTC"), moment),
        (pl.Duration, datetime.timedelta(days=-9)),
        (pl.Time, datetime.time(1)),
        (pl.Null, None),
        (pl.List(pl.Int64), [1, 2]),
        (pl.Struct({"a": pl.String}), {"a": "b"}),
        (pl.Categorical, "a"),
    )


OTHER_TYPES = other_types()

XML_BOMBS: Sequence[bytes] = (
    b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">',
)


def declare(chance: Chance, content: bytes) -> bytes:
    """XML with a document type before its root, and a use of what it declares."""
    root = re.search(rb"<[A-Za-z]", content)
    start = root.start() if root else 0
    rest = content[start:]
    if chance.random() < 0.5:
        rest = rest.replace(b"</", chance.choice((b"&b;</", b"&d;</", b"&nbsp;</")), 3)
    return content[:start] + chance.choice(XML_BOMBS) + rest


def several(chance: Chance, content: bytes, ways: Sequence[Damage]) -> bytes:
    """One to three kinds of damage, one after the other."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = chance.choice(ways)(chance, content)
    return content


STRUCTURAL: dict[str, tuple[Damage, ...]] = {
    ".json": (bend_json, bend_json, double_key),
    ".js": (bend_json, bend_json, double_key),
    ".jsonl": (bend_json, bend_json, double_key),
    ".xml": (bend_xml, bend_xml, declare),
    ".csv": (bend_csv, bend_csv),
    ".xlsx": (bend_workbook, bend_workbook),
    ".parquet": (bend_parquet,),
}
"""What can happen to a file by its ending, beside what can happen to any."""


def damaged(chance: Chance, content: bytes, ending: str) -> bytes:
    """`content` of a file with this `ending`, with its bytes or, as often, its structure damaged."""
    structural = STRUCTURAL.get(ending, ())
    if structural and chance.random() < 0.6:
        content = chance.choice(structural)(chance, content)
        return content if chance.random() < 0.8 else chance.choice(BYTEWISE)(chance, content)
    return several(chance, content, BYTEWISE)
