"""Files as other versions, languages and spreadsheets write them: who claims each, what it gives.

All are invented, by what is known of the formats. Each is also cut anywhere.
"""

import json
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reading.landed import SAMPLE_SIZE
from flows.sources.base import all_sources
from models.canonical import Comment, Rejected
from tests.cut_files import reader, specific_sources

BOM = "\ufeff"
LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3A"


def mojibake(text: str) -> str:
    """How Meta writes text: each byte of UTF-8 as a character."""
    return text.encode().decode("latin-1")


SAID = {"timestamp": 1762160400, "comment": mojibake("Schöne Grüße 👍"), "author": mojibake("Jörg")}
GROUP_COMMENT = {
    "timestamp": 1762160400,
    "data": [{"comment": SAID | {"group": "IT"}}],
    "title": "",
}
REEL = {
    "Comment": {"value": mojibake("Schön")},
    "Media Owner": {"value": "stadt"},
    "Time": {"timestamp": 1762160400},
}
TWEET = {
    "id_str": "1985300000000000001",
    "full_text": "@cio Ja &amp; nein &lt;3",
    "created_at": "Mon Nov 03 09:00:00 +0000 2025",
    "in_reply_to_status_id_str": "1985200000000000001",
    "entities": {},
}
VIVA_HEADER = (
    "id;replied_to_id;thread_id;group_id;group_name;in_private_group;in_private_conversation;"
    "sender_id;sender_name;body;created_at;deleted_at;neu"
)
TAKEOUT = "Channel ID,Comment Create Timestamp,Price,Comment ID,Parent Comment ID,Video ID,"


@dataclass(frozen=True)
class Variant:
    """A file, its source, how many comments and rejections it gives, and one of its texts."""

    content: str
    source: str
    comments: int
    rejected: int = 0
    text: str | None = None
    encoding: str = "utf-8"

    @property
    def raw(self) -> bytes:
        return self.content.encode(self.encoding)


VARIANTS = {
    "linkedin of 2021, lines without quotes": Variant(
        f"Date,Link,Message\n2021-03-01 10:00:00,{LINK}activity%3A6772000000000000000,Hallo Welt\n"
        "zweite Zeile, mit Komma\n\n2021-03-02 10:00:00,"
        f"{LINK}ugcPost%3A6772000000000000001,Ende\n",
        "linkedin_export",
        2,
        text="Hallo Welt\nzweite Zeile, mit Komma",
    ),
    "linkedin with escaped quotes, a new column and both line ends": Variant(
        f"{BOM}Date,Link,Message\r\n2025-11-03 09:00:00,{LINK}activity%3A7391739456123904001,"
        '"Er sagte \\"gut\\", dann\nneue Zeile"\r\n'
        f"2025-11-04 09:00:00 UTC,{LINK}groupPost%3A63688-7391739456123904002,kurz\n",
        "linkedin_export",
        2,
        text='Er sagte "gut", dann\nneue Zeile',
    ),
    "linkedin posts, each line in quotes": Variant(
        "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\r\n"
        f'2025-11-03 09:00:00,{LINK}share%3A7391739456123904001,"Zeile eins""\n""\n""Zeile drei",'
        ",,MEMBER_NETWORK\r\n",
        "linkedin_export",
        0,
    ),
    "facebook download, groups": Variant(
        json.dumps({"group_comments_v2": [GROUP_COMMENT]}),
        "facebook_dyi",
        1,
        text="Schöne Grüße 👍",
    ),
    "instagram download, reels": Variant(
        json.dumps({"comments_reels_comments": [{"string_map_data": REEL}]}),
        "instagram_dyi",
        1,
        text="Schön",
    ),
    "x archive, part 12, with a byte order mark": Variant(
        f"{BOM}window.YTD.tweets.part12=\n{json.dumps([{'tweet': TWEET}])}",
        "x_archive",
        1,
        text="@cio Ja & nein <3",
    ),
    "takeout since 2024, with Windows line ends": Variant(
        f"{BOM}{TAKEOUT}Comment Text\r\nUCx,2024-07-02T03:04:05.1+00:00,0,Ugx1.abc,Ugx1,vid1,"
        '"{""text"":""Zeile 1\nZeile 2""},{""text"":"" Ende""}"\r\n',
        "youtube_takeout",
        1,
        text="Zeile 1\nZeile 2 Ende",
    ),
    "viva engage, saved by a spreadsheet as UTF-16": Variant(
        f"{VIVA_HEADER}\r\n100;null;100;7;IT;false;FALSE;1;Ada;Die Cloud;2025/11/03 08:00:00 +0000;"
        ";x\r\n101;100;100;7;IT;false;false;2;Bo;Gut;2025-11-03 08:00:00 UTC;null;\r\n"
        "102;100;100;;;false;true;2;Bo;geheim;2025-11-03T08:00:00Z;;\r\n",
        "viva_engage",
        1,
        1,
        text="Gut",
        encoding="utf-16",
    ),
    "exportcomments, with lines above the header": Variant(
        "ExportComments.com\nSource URL,https://www.facebook.com/stadtwerke/posts/122\n\n"
        ',,"Name (click to view profile)","Profile ID",Date,Likes,"Live video timestamp",Comment,'
        '"(view source)"\n1,,Jule,"ID: 1000",03/12/25 06:24:13,0,,"Hallo",view\n',
        "exportcomments_table",
        1,
        text="Hallo",
    ),
    "hacker news items, one gone": Variant(
        '{"id":1,"type":"story","by":"a","time":1762160400,"title":"T","descendants":1,"kids":[2]}\n'
        '{"id":2,"type":"comment","by":"b","time":1762160400,"text":"a &amp; b","parent":1}\n'
        "null\n",
        "hackernews_file",
        1,
        1,
        text="a &amp; b",
    ),
    "slack, a thread and an edit": Variant(
        json.dumps(
            [
                {
                    "type": "message",
                    "user": "U1",
                    "text": "Hallo",
                    "ts": "1762160400.000100",
                    "thread_ts": "1762160400.000100",
                },
                {
                    "type": "message",
                    "user": "U2",
                    "text": "Ja &amp; <https://x.example|Link>",
                    "ts": "1762160500.000200",
                    "thread_ts": "1762160400.000100",
                    "edited": {"user": "U2", "ts": "1762160600.000000"},
                },
            ]
        ),
        "slack_export",
        1,
        text="Ja & Link",
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_known_and_read_in_full(name: str) -> None:
    variant = VARIANTS[name]
    assert specific_sources(variant.raw) == [variant.source]
    found = reader(all_sources()[variant.source], "file")(variant.raw)
    kinds = Counter(type(one).__name__ for one in found)
    assert (kinds["Comment"], kinds["Rejected"]) == (variant.comments, variant.rejected)
    comments = [one for one in found if isinstance(one, Comment)]
    assert all(one.created_at for one in comments)
    assert variant.text is None or variant.text in [one.text for one in comments]


@pytest.mark.parametrize("name", VARIANTS)
@settings(max_examples=25, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True))
def test_a_variant_cut_anywhere_tells_no_wrong_text(name: str, where: float) -> None:
    variant = VARIANTS[name]
    source, raw = all_sources()[variant.source], variant.raw
    cut = raw[: int(where * len(raw))]
    if not source.recognise(cut[:SAMPLE_SIZE]):
        return
    records_of = reader(source, "file")
    whole = {one.text for one in records_of(raw) if isinstance(one, Comment)}
    found = records_of(cut)
    assert {one.text for one in found if isinstance(one, Comment)} <= whole
    assert sum(isinstance(one, Rejected) for one in found) <= variant.rejected + 1
