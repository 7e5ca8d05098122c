"""What a saved answer of the Graph API tells of the token that asked for it: nothing lands."""

import json
from pathlib import Path

import pytest

from flows.landing.tokens import cleared, holds_token, without_tokens
from flows.sources.facebook_graph import SOURCE
from models.canonical import Comment
from tests.cut_files import reader

TOKEN = "EAABs3cret|t0ken"
LINK = f"https://graph.facebook.com/v26.0/7_1/comments?access_token={TOKEN}&limit=25&after=QVF"
ANSWER = {
    "data": [
        {
            "id": "1_2",
            "message": "access_token ist ein Wort",
            "created_time": "2025-11-03T09:00:00+0000",
        }
    ],
    "paging": {"next": LINK},
}


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(ANSWER).encode(),
        json.dumps(ANSWER, indent=2).encode("utf-16"),
        json.dumps(ANSWER).replace("&", "\\u0026").encode(),
        json.dumps(ANSWER).replace("=", "%3D").replace("|", "%7C").encode(),
        json.dumps(ANSWER | {"access_token": TOKEN}).encode(),
        json.dumps([{"code": 200, "body": json.dumps(ANSWER | {"access_token": TOKEN})}]).encode(),
    ],
    ids=["as it is", "by PowerShell", "escaped", "in an address", "as a field", "in a batch"],
)
def test_a_token_is_taken_out_and_the_comment_stays(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "page.json"
    file.write_bytes(raw)
    with without_tokens(file, tmp_path / "landing") as clean:
        found = clean.read_bytes()
        assert not holds_token(clean)
    encoding = "utf-16" if raw.startswith(b"\xff\xfe") else "utf-8"
    assert "s3cret" not in found.decode(encoding)
    records_of = reader(SOURCE, "page.json")
    assert records_of(found) == records_of(raw)
    assert any(isinstance(one, Comment) for one in records_of(found))


def test_a_file_without_a_token_is_not_copied(tmp_path: Path) -> None:
    file = tmp_path / "page.json"
    for raw in (b"", json.dumps({"data": ANSWER["data"]}).encode(), cleared(LINK.encode())):
        file.write_bytes(raw)
        with without_tokens(file, tmp_path) as same:
            assert same == file


def test_a_file_that_is_cut_within_a_character_is_no_error() -> None:
    raw = LINK.encode("utf-16")[:-1]
    found = cleared(raw)
    assert TOKEN.encode("utf-16-le") not in found
    assert found[-1:] == raw[-1:]
