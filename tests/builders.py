"""Builders of rows and records: a test says only the fields it is about."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from flows.publishing.publication import Publication
from flows.publishing.snapshots import seal, write_exports
from models.canonical import Comment
from models.tables.comment import COMMENT
from models.tables.post import POST

Row = dict[str, object]
NOON = datetime(2025, 11, 3, 12, 0)
RECEIVED = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)


def comment_row(comment_id: str = "c1", **fields: object) -> Row:
    """A row of `clean.comment`: an ordinary comment of the audience, but for `fields`."""
    row: Row = dict.fromkeys(COMMENT.column_names)
    row |= {
        "comment_id": comment_id,
        "platform": "blog",
        "site": "",
        "channel": "blog",
        "id_basis": "native",
        "aliases": [],
        "kind": "comment",
        "post_id": "p1",
        "root_id": comment_id,
        "depth": 0,
        "reply_semantics": "tree",
        "author_key": f"author of {comment_id}",
        "is_owner": False,
        "text": f"text of {comment_id}",
        "text_hash": f"hash of {comment_id}",
        "created_at_utc": NOON,
        "time_precision": "exact",
        "status": "published",
        "first_seen_at_utc": NOON,
        "last_seen_at_utc": NOON,
        "landed_file": "file.csv",
        "position": 1,
    }
    return row | fields


def post_row(post_id: str = "p1", **fields: object) -> Row:
    """A row of `clean.post`, but for `fields`."""
    row: Row = dict.fromkeys(POST.column_names)
    row |= {
        "post_id": post_id,
        "platform": "blog",
        "site": "",
        "channel": "blog",
        "native_id": post_id,
        "aliases": [],
        "kind": "post",
        "title": f"Title of {post_id}",
        "time_precision": "exact",
        "status": "published",
        "first_seen_at_utc": NOON,
        "last_seen_at_utc": NOON,
        "landed_file": "file.csv",
        "position": 1,
    }
    return row | fields


def label_row(
    comment_id: object,
    head: object,
    label: object,
    probability: object = 0.9,
    *,
    input_hash: str,
    model_version: str = "m@1",
    labelled_at_utc: object = None,
) -> Row:
    """A row of `classified.label`."""
    return {
        "comment_id": comment_id,
        "input_hash": input_hash,
        "head": head,
        "label": label,
        "probability": probability,
        "is_chosen": float(str(probability)) >= 0.5,
        "model_version": model_version,
        "labelled_at_utc": labelled_at_utc,
    }


def review_row(
    comment_id: object, head: object, label: object, is_chosen: object = True, **fields: object
) -> Row:
    """A row of `classified.review`, of a random draw of half of all comments, but for `fields`."""
    row: Row = {
        "comment_id": comment_id,
        "head": head,
        "label": label,
        "is_chosen": is_chosen,
        "is_chosen_by_model": is_chosen,
        "model_version": "m@1",
        "purpose": "audit",
        "drawn_share": 0.5,
        "sheet": "s1",
        "reviewer": "anna",
        "reviewed_at_utc": NOON,
    }
    return row | fields


def sheet_row(sheet: str, first_day: date, last_day: date, frame_count: int) -> Row:
    """A row of `ops.review_sheet`, of a draw from `frame_count` comments of these days."""
    return {
        "sheet": sheet,
        "written_at_utc": NOON,
        "first_day": first_day,
        "last_day": last_day,
        "reviewers": ["anna"],
        "frame_count": frame_count,
        "audit_count": frame_count,
        "training_count": 0,
        "seed": "s",
        "questions": "[]",
        "models": "{}",
        "digest": "d",
    }


def comment(position: int = 1, **fields: object) -> Comment:
    """A canonical comment as a reader yields it, but for `fields`."""
    known: Row = {
        "platform": "blog",
        "site": "example.org",
        "position": position,
        "native_id": f"n{position}",
        "text": f"Text number {position}",
        "created_at": RECEIVED,
        "created_at_raw": "2025-11-10T08:00:00Z",
    }
    return Comment(**(known | fields))  # type: ignore[arg-type]


def write_snapshot(
    publication: Publication, state: Mapping[str, str], name: str, published: Path
) -> Path:
    """A snapshot that nobody has judged."""
    return seal(write_exports(publication, name, published), publication, state)
