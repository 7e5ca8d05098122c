"""Bytes of a file in, the same bytes damaged out: cut, flipped, doubled, in another encoding."""

import random
import re
from collections.abc import Callable, Sequence

Chance = random.Random
"""Where all chance comes from: equal states give equal damage."""

Damage = Callable[[Chance, bytes], bytes]
"""Damages the content of a file; what it can't damage in its way it returns as it is."""

ODD_BYTES: Sequence[bytes] = (
    b"\x00",
    b"\x00" * 64,
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",  # half of a surrogate pair, as CESU-8 writes it
    b"\xf4\x90\x80\x80",  # above the last code point
    b"\xc0\xaf",  # a slash, overlong
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u0000",
    b'"',
    b"'",
    b"\\",
    b"\r",
    b"\n\n",
    b"\x1a",
    b"\x0c",
    b"\xe2\x80\xa8",  # line separator
    b",",
    b";",
    b"\t",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<?xml version='1.0'?>",
    b"&#0;",
    b"&#xD800;",
    b"&amp",
    b"null",
    b"NaN",
    b"1e999",
    b"-1e-999",
)

HUGE_NUMBERS: Sequence[bytes] = (
    b"0",
    b"-1",
    b"9" * 19,
    b"9" * 40,
    b"9" * 5000,  # more digits than Python turns into a number without being told to
    b"-" + b"9" * 25,
    b"18446744073709551616",
    b"9223372036854775808",
    b"253402300800",  # the first second of the year 10000
    b"-62135596801",  # the last one before the year 1
    b"1e308",
    b"1e400",
    b"0x7fffffff",
    b"1_000",
    b"00012",
    b"3.0000000000000000000000001",
    "٤٢".encode(),  # Arabic digits, which Python's `int` reads
    "²".encode(),  # a digit by `str.isdigit`, and no number
)

ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "cp037", "utf-7")

DEEPEST = 20_000
"""Brackets around a value: far beyond any parser's patience."""


def place(chance: Chance, content: bytes) -> int:
    """Anywhere in `content`."""
    return chance.randint(0, len(content))


def flip(chance: Chance, content: bytes) -> bytes:
    """Another value for a few bytes."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 64)) if content else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def truncate(chance: Chance, content: bytes) -> bytes:
    """The first bytes."""
    return content[: place(chance, content)]


def behead(chance: Chance, content: bytes) -> bytes:
    """The last bytes."""
    return content[place(chance, content) :]


def cut_out(chance: Chance, content: bytes) -> bytes:
    """All but some bytes in the middle."""
    start = place(chance, content)
    return content[:start] + content[start + chance.choice((1, 3, 20, 300)) :]


def double(chance: Chance, content: bytes) -> bytes:
    """A stretch of bytes once more, behind itself."""
    start = place(chance, content)
    end = start + chance.choice((1, 5, 50, 1000))
    return content[:end] + content[start:end] * chance.choice((1, 1, 30)) + content[end:]


def transplant(chance: Chance, content: bytes) -> bytes:
    """A stretch of bytes somewhere else."""
    start, target = place(chance, content), place(chance, content)
    piece = content[start : start + chance.choice((2, 10, 100, 1000))]
    return content[:target] + piece + content[target:]


def insert_odd(chance: Chance, content: bytes) -> bytes:
    """Bytes that end, begin or mean something in one format or another, where they don't belong."""
    for _ in range(chance.choice((1, 1, 4))):
        where = place(chance, content)
        content = content[:where] + chance.choice(ODD_BYTES) + content[where:]
    return content


def inflate_number(chance: Chance, content: bytes) -> bytes:
    """A number of another size, or of a kind that is none."""
    numbers = list(re.finditer(rb"-?\d+", content))
    if not numbers:
        return content
    number = chance.choice(numbers)
    return content[: number.start()] + chance.choice(HUGE_NUMBERS) + content[number.end() :]


def recode(chance: Chance, content: bytes) -> bytes:
    """The text in another encoding, or as if it had been read in a wrong one."""
    text = content.decode("utf-8", "replace")
    if chance.random() < 0.3:
        return content.decode("cp1252", "replace").encode()
    return text.encode(chance.choice(ENCODINGS), "replace")


def reline(chance: Chance, content: bytes) -> bytes:
    """Lines doubled, dropped, in another order, or with other ends."""
    lines = content.splitlines(keepends=True)
    if len(lines) < 2:
        return content
    way = chance.randrange(4)
    if way == 0:
        chance.shuffle(lines)
    elif way == 1:
        del lines[chance.randrange(len(lines))]
    elif way == 2:
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    else:
        end = chance.choice((b"\r", b"\n\r", b"\x85", b"\x00\n"))
        lines = [line.rstrip(b"\r\n") + end for line in lines]
    return b"".join(lines)


def nest(chance: Chance, content: bytes) -> bytes:
    """Brackets or tags without end, before a value."""
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>")))
    # Between 300 and 1,000 whether JSON can be read depends on how deep its reader stands: a test of
    # its own draws these depths, as Hypothesis needs what it repeats to go the same way.
    depth = chance.choice((50, 50, 1100, 1100, DEEPEST))
    places = [match.end() for match in re.finditer(rb"[:>,\[]", content)] or [0]
    where = chance.choice(places)
    tower = opening * depth + (b"1" + closing * depth if chance.random() < 0.5 else b"")
    return content[:where] + tower + content[where:]


def replace_whole(chance: Chance, content: bytes) -> bytes:
    """Nothing, noise, or the beginning of the file and then noise."""
    return chance.choice((b"", b"\x00" * 1000, content[:200])) + chance.randbytes(
        chance.choice((0, 10, 3000))
    )


BYTEWISE: Sequence[Damage] = (
    flip,
    truncate,
    behead,
    cut_out,
    double,
    transplant,
    insert_odd,
    inflate_number,
    recode,
    reline,
    nest,
    replace_whole,
)
"""What can happen to any file."""
