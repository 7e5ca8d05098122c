"""Assemble the corpus of `data/corpus/` from batches as they were written, and read it as examples.

Batches whose name begins with `m` hold mentions: texts of the open web that answer no post.

A batch is JSON lines: a post, then its comments (`c` counts them, `p` is the parent's number);
fields that are false or empty may be left out. Assembled, every field is there and a column says
to which part a post belongs.
"""

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from models.preprocess import normalise
from models.training.datasets import Example, fingerprint, reviewed, rows_of

TEST_SHARE, VALIDATION_SHARE = 0.08, 0.08
SECOND = "second_reading.jsonl"
"""Labels of training comments by a second annotator, blind to the first."""


def part_of(post_id: str) -> str:
    """train, validation or test: decided by the post's name alone, so that new posts move none."""
    place = int(hashlib.sha256(post_id.encode()).hexdigest()[:8], 16) / 16**8
    if place < TEST_SHARE:
        return "test"
    return "validation" if place < TEST_SHARE + VALIDATION_SHARE else "train"


def post_row(line: dict[str, Any]) -> dict[str, Any]:
    """A post, all fields filled in."""
    return {
        "post_id": line["post"],
        "post_text": line["text"],
        "post_lang": line["lang"],
        "platform": line["platform"],
        "sector": line.get("sector", ""),
        "region": line.get("region", ""),
        "split": part_of(line["post"]),
    }


def comment_row(line: dict[str, Any], post: dict[str, Any]) -> dict[str, Any]:
    """A comment under `post`, all fields filled in."""
    post_id, parent = post["post_id"], line.get("p")
    return {
        "post_id": post_id,
        "comment_id": f"{post_id}c{line['c']:02d}",
        "parent_id": f"{post_id}c{parent:02d}" if parent else None,
        "by_owner": line.get("owner", False),
        "role": line.get("role", ""),
        "text": line["text"],
        "lang": line.get("lang", post["post_lang"]),
        "sentiment": line["sentiment"],
        "mixed": line.get("mixed", False),
        "stance": line["stance"],
        "intents": line["intents"],
        "needs_reply": line.get("needs_reply", False),
        "toxic": line.get("toxic", False),
        "topics": line.get("topics", []),
        "pii": line.get("pii", []),
        "split": post["split"],
    }


def batch_rows(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Posts and comments of one batch file; raises ValueError if it begins with a comment."""
    posts: list[dict[str, Any]] = []
    comments = []
    for line in rows_of(path):
        if "post" in line:
            posts.append(post_row(dict(line)))
        elif posts:
            comments.append(comment_row(dict(line), posts[-1]))
        else:
            raise ValueError(
                f"`{path}` begins with a comment, expected its post first: add the post's line"
            )
    return posts, comments


def without_copies(comments: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Drop training comments that nearly repeat one of the other parts, and repeats of long ones.

    Terse comments ("Top!") recur in life and stay wherever they are.
    """
    comments = list(comments)
    held_out = {fingerprint(c["text"]) for c in comments if c["split"] != "train"}
    seen: set[str] = set()
    for comment in comments:
        mark = fingerprint(comment["text"])
        is_copy = len(mark) > 20 and (
            mark in seen or (comment["split"] == "train" and mark in held_out)
        )
        seen.add(mark)
        if not is_copy:
            yield comment


def rows_beside(path: Path, key: str, told: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a file of the corpus, if there is one, but those whose `key` is in `told`."""
    known = set(told)
    rows = rows_of(path) if path.exists() else iter(())
    return [dict(row) for row in rows if row[key] not in known]


def assemble(batches: Iterable[Path], folder: Path) -> tuple[int, int]:
    """Write `posts.jsonl` and `comments.jsonl` into `folder`; returns how many of each.

    Posts that are there already stay, but for those that a batch tells anew.
    """
    posts: list[dict[str, Any]] = []
    comments: list[dict[str, Any]] = []
    for path in batches:
        more_posts, more_comments = batch_rows(path)
        posts += more_posts
        comments += more_comments
    told = [post["post_id"] for post in posts]
    posts = rows_beside(folder / "posts.jsonl", "post_id", told) + posts
    kept = list(without_copies(rows_beside(folder / "comments.jsonl", "post_id", told) + comments))
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("posts", posts), ("comments", kept)):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(posts), len(kept)


def mention_row(line: dict[str, Any], name: str) -> dict[str, Any]:
    """A mention, all fields filled in; its part is decided by its text alone."""
    return {
        "mention_id": name,
        "kind": line["kind"],
        "text": line["text"],
        "lang": line["lang"],
        "sentiment": line["sentiment"],
        "toxic": line.get("toxic", False),
        "split": part_of(fingerprint(line["text"])),
    }


def assemble_mentions(batches: Iterable[Path], folder: Path) -> int:
    """Write `mentions.jsonl` into `folder`, beside what is there; returns how many."""
    rows = [
        mention_row(dict(line), f"{path.stem}-{number:04d}")
        for path in batches
        for number, line in enumerate(rows_of(path), start=1)
    ]
    told = [row["mention_id"] for row in rows]
    rows = rows_beside(folder / "mentions.jsonl", "mention_id", told) + rows
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in without_copies(rows)]
    (folder / "mentions.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(lines)


def read_mentions(folder: Path, part: str) -> list[Example]:
    """Examples of one part of the mentions, which answer no post and carry two heads' labels."""
    return [
        Example(
            normalise(row["text"]),
            {"sentiment": (row["sentiment"],), "toxic": ("yes" if row["toxic"] else "no",)},
        )
        for row in rows_of(folder / "mentions.jsonl")
        if row["split"] == part
    ]


def read_tweets(folder: Path, part: str) -> list[Example]:
    """Examples of the invented tweets: all of them are learnt from, so other parts have none."""
    rows = rows_of(folder / "tweets.jsonl") if part == "train" else ()
    return [Example(normalise(row["text"]), {"sentiment": (row["sentiment"],)}) for row in rows]


def labels_of(row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The labels of a comment by head."""
    return {
        "sentiment": (row["sentiment"],),
        "topic": tuple(row["topics"]),
        "intent": tuple(row["intents"]),
        "stance": (row["stance"],),
        "needs_reply": ("yes" if row["needs_reply"] else "no",),
        "toxic": ("yes" if row["toxic"] else "no",),
    }


def second_readings(folder: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Labels by head of a second annotator, by the comment's id; none if there is no such file."""
    path = folder / SECOND
    if not path.exists():
        return {}
    return {row["comment_id"]: reviewed(row) for row in rows_of(path)}


def read_corpus(folder: Path, part: str) -> list[Example]:
    """Examples of one part of the corpus, every comment with its post, as two annotators read it.

    Only training comments were read twice: the others are measured on the first one's labels.
    """
    posts = {row["post_id"]: row["post_text"] for row in rows_of(folder / "posts.jsonl")}
    second = second_readings(folder) if part == "train" else {}
    return [
        Example(
            normalise(row["text"]),
            labels_of(dict(row)),
            normalise(posts[row["post_id"]]),
            second=second.get(row["comment_id"], {}),
        )
        for row in rows_of(folder / "comments.jsonl")
        if row["split"] == part
    ]


def read_golden(path: Path) -> list[Example]:
    """Examples of a golden file, whose comments carry their post's text. For measuring only."""
    return [
        Example(normalise(row["text"]), labels_of(dict(row)), normalise(row["post_text"]))
        for row in rows_of(path)
    ]


def main() -> None:
    """`python -m models.training.corpus BATCH... --out FOLDER`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("batches", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    batches = sorted(chosen.batches)
    posts, comments = assemble([b for b in batches if not b.name.startswith("m")], chosen.out)
    mentions = assemble_mentions([b for b in batches if b.name.startswith("m")], chosen.out)
    print(f"{posts} posts, {comments} comments, {mentions} mentions")


if __name__ == "__main__":
    main()
