"""How much of what is marked as personal the redaction takes out, and how much else it touches.

    python -m benchmarks.redaction [--misses] [--touched N]

Recall is that of the marks (`pii`) of the corpus and, where it lies beside the project, of the
golden comments: a span is gone if its letters are not in the redacted text any more; gone to the
word if none of its words of three letters and no run of four digits is. Comments without a mark
count as touched if anything but an @-mention was taken out of them; the share with mentions is
printed beside it. Sets of real comments, which have no marks, are read as if they had none to tell
how often the rules strike, and never copied.
"""

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from transforms.redact import personal_spans, redact

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
MARKED = {
    "corpus": ROOT / "data/corpus/comments.jsonl",
    "golden, development part": SHARED / "golden/development.jsonl",
}
UNMARKED = {
    "newspaper comments (million_posts)": SHARED / "datasets/million_posts/all.jsonl.gz",
    "newspaper threads on IT": SHARED
    / "datasets/threads_derstandard2019/threads_it_subset.jsonl.gz",
    "blog threads on software": SHARED
    / "datasets/threads_haacked/threads_management_subset.jsonl.gz",
    "Facebook comments (GermEval 2021)": SHARED / "datasets/germeval2021/train.jsonl.gz",
}


@dataclass
class Score:
    """What one set came to."""

    spans: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    strictly_gone: int = 0
    unmarked: int = 0
    touched: int = 0
    touched_or_mentioned: int = 0
    misses: list[tuple[str, str]] = field(default_factory=list)
    strikes: list[tuple[str, str]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Print the table."""
    options = argument_parser().parse_args()
    for name, file in (MARKED | UNMARKED).items():
        if not file.exists():
            print(f"{name}: not here")
            continue
        show(name, score(comments(file)), options.misses, options.touched)


def argument_parser() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="show the marked spans that stayed")
    parser.add_argument("--touched", type=int, default=0, help="show so many touched places a set")
    return parser


def score(rows: Iterable[tuple[str, list[str]]]) -> Score:
    """Read comments with their marks."""
    result = Score()
    for text, marks in rows:
        spans = personal_spans(text)
        if marks:
            count_marks(result, text, marks)
            continue
        result.unmarked += 1
        others = [span for span in spans if span.kind != "mention"]
        result.touched += bool(others)
        result.touched_or_mentioned += bool(spans)
        result.kinds.update({span.kind for span in spans})
        result.strikes += [(s.kind, text[max(0, s.start - 40) : s.end + 15]) for s in others]
    return result


def count_marks(result: Score, text: str, marks: list[str]) -> None:
    """Take note of which marked spans of `text` its redacted text still has."""
    left = redact(text).text
    for mark in marks:
        kind = kind_of(mark)
        result.spans[kind] += 1
        if mark in left:
            result.misses.append((mark, text))
        else:
            result.gone[kind] += 1
        pieces = re.findall(r"[^\W\d_]{3,}|\d{4,}", mark)
        result.strictly_gone += mark not in left and not any(
            re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", left) for piece in pieces
        )


def kind_of(mark: str) -> str:
    """What a marked span looks like, to tell recall by kind."""
    if "@" in mark:
        return "e-mail"
    digits = sum(sign.isdigit() for sign in mark)
    if re.match(r"[A-Z]{2}\d\d", mark) and digits > 12:
        return "IBAN"
    if re.search(r"[a-zäöü]{3}", mark):
        return "address" if digits else "name"
    return "phone" if re.match(r"\+|0|\d{3}-\d{3,4}", mark) and digits > 6 else "number"


def comments(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Text and marks of every comment of a file, whose lines are comments or threads of them."""
    with (
        gzip.open(file, "rt", encoding="utf-8")
        if file.suffix == ".gz"
        else file.open(encoding="utf-8") as lines
    ):
        for line in lines:
            row = json.loads(line)
            for one in row.get("comments") or [row]:
                text = one.get("text") or one.get("body") or ""
                if isinstance(text, str) and text:
                    yield text, one.get("pii") or []


def show(name: str, result: Score, with_misses: bool, strikes: int) -> None:
    """One block of the table."""
    spans, gone = result.spans.total(), result.gone.total()
    print(f"\n{name}")
    if spans:
        by_kind = ", ".join(
            f"{kind} {result.gone[kind]}/{n}" for kind, n in result.spans.most_common()
        )
        print(f"  spans gone        {gone}/{spans} = {gone / spans:.1%} ({by_kind})")
        strictly = result.strictly_gone
        print(f"  gone to the word  {strictly}/{spans} = {strictly / spans:.1%}")
    share, wide = result.touched / result.unmarked, result.touched_or_mentioned / result.unmarked
    told = f"{result.touched}/{result.unmarked} = {share:.2%}"
    print(f"  unmarked touched  {told}, with @-mentions {wide:.2%}")
    print(f"  by kind           {dict(result.kinds.most_common())}")
    if with_misses:
        for mark, text in result.misses:
            print(f"    stayed: {mark!r} in {text[:150]!r}")
    for kind, place in random.Random(7).sample(result.strikes, min(strikes, len(result.strikes))):
        print(f"    {kind}: {place!r}")


if __name__ == "__main__":
    main()
