"""The same comment by interface, export and scraper: one comment, whichever comes first."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.reading.api_pages import page_line
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import recognise
from flows.storing.store import store
from flows.warehouse import prepare
from transforms.canonical import Origin

MONDAY = datetime(2025, 11, 10, 8, tzinfo=UTC)
TEXT = "Die Cloud ist gut, aber wer zahlt den Umzug?"
Take = Callable[[str], None]


def page(source: str, about: dict[str, Any], *bodies: Any) -> str:
    return "".join(f"{page_line(source, body, about, None, None)}\n" for body in bodies)


def opaque(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FACEBOOK_API = page(
    "facebook_api",
    {"edge": "comments", "page": "7", "post": "7_122"},
    {"data": [{"id": "122_345", "message": TEXT, "created_time": "2025-11-03T09:00:00+0000"}]},
)
FACEBOOK_GRAPH = json.dumps(
    {
        "data": [
            {
                "id": "7_122",
                "message": "Umzug",
                "created_time": "2025-11-03T08:00:00+0000",
                "permalink_url": "https://www.facebook.com/7/posts/122/",
                "comments": {
                    "data": [
                        {
                            "id": "122_345",
                            "message": TEXT,
                            "created_time": "2025-11-03T09:00:00+0000",
                        }
                    ]
                },
            }
        ]
    }
)
APIFY = json.dumps(
    [
        {
            "facebookUrl": "https://www.facebook.com/stadtwerke/posts/122",
            "commentUrl": "https://www.facebook.com/stadtwerke/posts/122?comment_id=345",
            "id": opaque("comment:122_345"),
            "feedbackId": opaque("feedback:122_345"),
            "date": "2025-11-03T09:00:00.000Z",
            "text": TEXT,
            "profileId": "1000",
            "profileName": "Jule",
            "likesCount": "1",
            "commentsCount": 0,
            "comments": [],
            "threadingDepth": 0,
            "facebookId": "122",
            "postTitle": "Umzug",
            "inputUrl": "https://www.facebook.com/stadtwerke/posts/122",
        }
    ]
)
EXPORTCOMMENTS = (
    ',,"Name (click to view profile)","Profile ID",Date,Likes,Comment,"(view source)"\n'
    f'1,,Jule,"ID: 1000",03/11/25 09:00:00,1,"{TEXT}",'
    '"https://www.facebook.com/stadtwerke/posts/122?comment_id=345"\n'
)
YOUTUBE_API = page(
    "youtube_api",
    {"video": "nH4f3nCl0ud", "channel": "UCnord", "text": "plain"},
    {
        "items": [
            {
                "kind": "youtube#comment",
                "id": "UgxA.9xQ1",
                "snippet": {
                    "parentId": "UgxA",
                    "textDisplay": TEXT,
                    "publishedAt": "2025-11-03T09:00:00Z",
                    "updatedAt": "2025-11-03T09:00:00Z",
                },
            }
        ]
    },
)
TAKEOUT = (
    "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Post ID,Video ID,"
    "Comment Text,Top-Level Comment ID\n"
    "UgxA.9xQ1,UCnord,2025-11-03T09:00:00+00:00,0,UgxA,,nH4f3nCl0ud,"
    f'"{{""text"":""{TEXT}""}}",UgxA\n'
)
WORDPRESS_API = page(
    "wordpress_api",
    {"kind": "comments", "site": "blog.example.de", "authors": {"5": "1"}},
    [
        {
            "id": 9,
            "post": 5,
            "parent": 0,
            "author": 0,
            "author_name": "Jule",
            "date_gmt": "2025-11-03T09:00:00",
            "content": {"rendered": f"<p>{TEXT}</p>"},
            "status": "approved",
            "type": "comment",
        }
    ],
)
WXR = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Blog</title><link>https://blog.example.de</link>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://blog.example.de</wp:base_site_url>
<wp:base_blog_url>https://blog.example.de</wp:base_blog_url>
<item><title>Umzug</title><link>https://blog.example.de/umzug</link><dc:creator>it</dc:creator>
<content:encoded><![CDATA[Umzug]]></content:encoded><wp:post_id>5</wp:post_id>
<wp:post_date>2025-11-03 09:00:00</wp:post_date>
<wp:post_date_gmt>2025-11-03 08:00:00</wp:post_date_gmt>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<wp:comment><wp:comment_id>9</wp:comment_id><wp:comment_author>Jule</wp:comment_author>
<wp:comment_date>2025-11-03 10:00:00</wp:comment_date>
<wp:comment_date_gmt>2025-11-03 09:00:00</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{TEXT}]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type>
<wp:comment_parent>0</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id></wp:comment>
</item></channel></rss>
"""
X_API = page(
    "x_api",
    {"asked": "answers", "owner": "77", "root": "1985200000000000001"},
    {
        "data": [
            {
                "id": "1985300000000000001",
                "text": TEXT,
                "author_id": "77",
                "created_at": "2025-11-03T09:00:00.000Z",
                "referenced_tweets": [{"type": "replied_to", "id": "1985200000000000001"}],
            }
        ]
    },
)
X_ARCHIVE = "window.YTD.tweets.part0 = " + json.dumps(
    [
        {
            "tweet": {
                "id": "1985300000000000001",
                "id_str": "1985300000000000001",
                "full_text": TEXT,
                "created_at": "Mon Nov 03 09:00:00 +0000 2025",
                "favorite_count": "1",
                "retweet_count": "0",
                "in_reply_to_status_id": "1985200000000000001",
                "in_reply_to_status_id_str": "1985200000000000001",
                "in_reply_to_user_id": "5",
                "entities": {"user_mentions": [], "urls": []},
                "lang": "de",
            }
        }
    ]
)
REDDIT_COMMENT = {
    "id": "c1",
    "link_id": "t3_p1",
    "parent_id": "t3_p1",
    "author": "jule",
    "body": TEXT,
    "created_utc": 1762160400,
    "score": 1,
    "subreddit": "nordhafen",
    "permalink": "/r/nordhafen/comments/p1/umzug/c1/",
}
REDDIT_API = page(
    "reddit_api",
    {"kind": "comments", "post": "p1"},
    [
        {"kind": "Listing", "data": {"children": []}},
        {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": REDDIT_COMMENT}]}},
    ],
)
REDDIT_DUMP = (
    json.dumps(REDDIT_COMMENT | {"subreddit_id": "t5_x", "retrieved_on": 1762170000}) + "\n"
)
LINKEDIN_API = page(
    "linkedin_api",
    {"asked": "comments", "owner": "urn:li:organization:2", "post": "urn:li:share:70"},
    {
        "elements": [
            {
                "id": "7391800000000000000",
                "commentUrn": "urn:li:comment:(urn:li:activity:7391739456123904001,"
                "7391800000000000000)",
                "object": "urn:li:activity:7391739456123904001",
                "actor": "urn:li:person:Ab",
                "message": {"text": TEXT},
                "created": {"time": 1762160400123},
                "lastModified": {"time": 1762160400123},
            }
        ]
    },
)
LINKEDIN_EXPORT = (
    "Date,Link,Message\n2025-11-03 09:00:00,https://www.linkedin.com/feed/update/"
    f'urn%3Ali%3Aactivity%3A7391739456123904001,"{TEXT}"\n'
)
LINKEDIN_SHARE_EXPORT = LINKEDIN_EXPORT.replace("activity%3A7391739456123904001", "share%3A70")
STATUS = "https://nordhafen.social/users/it/statuses/115490000000000200"
MASTODON_API = page(
    "mastodon_api",
    {"site": "nordhafen.social", "owner": "1", "post": "115490000000000100"},
    [
        {
            "id": "115490000000000200",
            "uri": STATUS,
            "url": "https://nordhafen.social/@it/115490000000000200",
            "created_at": "2025-11-03T09:00:00.000Z",
            "in_reply_to_id": "115490000000000100",
            "account": {"id": "1", "acct": "it"},
            "content": f"<p>{TEXT}</p>",
            "visibility": "public",
        }
    ],
)
PUBLIC = ["https://www.w3.org/ns/activitystreams#Public"]
MASTODON_OUTBOX = json.dumps(
    {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "outbox.json",
        "type": "OrderedCollection",
        "totalItems": 1,
        "orderedItems": [
            {
                "id": f"{STATUS}/activity",
                "type": "Create",
                "actor": "https://nordhafen.social/users/it",
                "published": "2025-11-03T09:00:00Z",
                "to": PUBLIC,
                "cc": [],
                "object": {
                    "id": STATUS,
                    "type": "Note",
                    "inReplyTo": "https://nordhafen.social/users/it/statuses/115490000000000100",
                    "published": "2025-11-03T09:00:00Z",
                    "url": "https://nordhafen.social/@it/115490000000000200",
                    "attributedTo": "https://nordhafen.social/users/it",
                    "to": PUBLIC,
                    "cc": [],
                    "content": f"<p>{TEXT}</p>",
                },
            }
        ],
    }
)
PAIRS = {
    "facebook": (FACEBOOK_API, FACEBOOK_GRAPH, APIFY, EXPORTCOMMENTS),
    "youtube": (YOUTUBE_API, TAKEOUT),
    "wordpress": (WORDPRESS_API, WXR),
    "x": (X_API, X_ARCHIVE),
    "reddit": (REDDIT_API, REDDIT_DUMP),
    "linkedin": (LINKEDIN_API, LINKEDIN_EXPORT),
    "mastodon": (MASTODON_API, MASTODON_OUTBOX),
}


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection)
        yield connection


def take_in(connection: duckdb.DuckDBPyConnection, files: tuple[str, ...], folder: Path) -> None:
    """Read and store what each file holds, an hour apart."""
    for number, content in enumerate(files):
        path = folder / f"{number}.file"
        path.write_text(content, encoding="utf-8")
        at = MONDAY + timedelta(hours=number)
        source = recognise(path)
        assert source
        records = source.read(LandedFile(path, path.name, at), ReadingRules(time_zone="UTC"))
        origin = Origin(f"{number}", at, None, frozenset(), b"k" * 32)
        tally = store(connection, records, origin, 65535)
        assert len(tally.comments) == 1, source.name


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(order, id=f"{platform}-{number}")
        for platform, found in PAIRS.items()
        for number, order in enumerate(permutations(found, 2))
    ]
    + [pytest.param(PAIRS["facebook"], id="facebook-all")],
)
def test_a_comment_that_comes_several_ways_is_one_on_one_post(
    files: tuple[str, ...], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    take_in(warehouse, files, tmp_path)
    rows = warehouse.execute("SELECT comment_id, post_id, text FROM clean.comment").fetchall()
    assert len(rows) == 1, rows
    assert rows[0][2] == TEXT
    again = warehouse.execute("SELECT count(*) FROM clean.comment_version").fetchone()
    assert again == (1,), "one wording, whichever way it came"


@pytest.mark.parametrize("files", [*permutations((LINKEDIN_API, LINKEDIN_SHARE_EXPORT))])
def test_an_export_that_names_the_post_as_the_interface_was_asked_meets_it(
    files: tuple[str, ...], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    take_in(warehouse, files, tmp_path)
    assert warehouse.execute("SELECT count(*) FROM clean.comment").fetchone() == (1,)


def test_a_download_without_any_id_does_not_meet_the_interface(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    said = {"timestamp": 1762160400, "comment": TEXT, "author": "Jule"}
    entry = {"timestamp": 1762160400, "data": [{"comment": said}], "title": "Jule commented."}
    take_in(warehouse, (FACEBOOK_API, json.dumps({"comments_v2": [entry]})), tmp_path)
    assert warehouse.execute("SELECT count(*) FROM clean.comment").fetchone() == (2,)
