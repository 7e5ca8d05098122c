"""Answers of a WordPress blog's REST interface, saved as files, in; its posts and comments out.

Format: https://developer.wordpress.org/rest-api/reference/comments/ and .../posts/. Ids, authors
and texts become what `wordpress_api` makes of them. An answer does not name its blog: that is told
by the links in it, and where these were not asked for by the host alone. E-mail, IP, address and
picture of commenters are in it and are never taken over.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from flows.reading.api_pages import LandedPage
from flows.reading.json_values import JsonObject, object_in, objects_in, text_in
from flows.reading.json_window import utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.reading.saved_answers import saved_records
from flows.reading.wordpress_objects import read_page
from flows.sources.base import FileSource
from models.canonical import Record

OPENING = re.compile(rb'(?:\[\s*)?\{\s*"(?!resonanz_page")\w+"\s*:')
BOTH = (
    re.compile(rb'"id"\s*:\s*\d+\s*[,}]'),
    re.compile(rb'"date(?:_gmt)?"\s*:\s*"\d{4}-\d\d-\d\dT'),
    re.compile(rb'"(?:content|title)"\s*:\s*\{\s*"(?:rendered|raw)"\s*:'),
)
COMMENT = re.compile(rb'"post"\s*:\s*\d+\s*[,}]')
POST = re.compile(rb'"(?:slug|modified_gmt|comment_status|ping_status)"\s*:\s*"')
FAILURE = re.compile(rb'\{\s*"code"\s*:\s*"rest_\w+"\s*,\s*"message"\s*:')
"""How the interface says that it does not answer."""

ERROR_CODE = re.compile(r"\w{1,60}")
"""What its codes look like; a `code` that is anything else may be what somebody wrote."""

ROUTE = re.compile(r"(?:/index\.php|/)?\?rest_route=/wp/v2/.*|/[^/?]+/wp/v2/.*")
"""What stands behind a blog's address in the address of an object of it."""


def recognise(sample: bytes) -> bool:
    """Whether it is JSON with the fields of a comment or a post, or a refusal of the interface."""
    text = utf_8_start(sample)
    if FAILURE.match(text):
        return True
    is_answer = OPENING.match(text) and all(sign.search(text) for sign in BOTH)
    return bool(is_answer and (COMMENT.search(text) or POST.search(text)))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each comment or post as the file has them."""
    yield from saved_records(landed.path, read_page, _page, rules)


def _page(item: JsonObject, line: int) -> LandedPage | str:
    """The answer that an object would have come in; whose posts comments answer, it never says."""
    code = text_in(item, "code")
    if "id" not in item and code:
        shown = code if ERROR_CODE.fullmatch(code) else "unknown"
        return f"the blog refused to answer (`{shown}`): there are no comments in this file"
    about = {"kind": "comments" if "post" in item else "posts", "site": _site(item)}
    return LandedPage([item], about | {"authors": {}}, line=line)


def _site(item: JsonObject) -> str:
    """Host and path of the blog, as its export has it."""
    own = next(iter(objects_in(object_in(item, "_links"), "self")), {})
    blog, found, _ = ROUTE.sub("\n", unquote(text_in(own, "href") or "")).partition("\n")
    try:
        parts = urlsplit(blog if found else text_in(item, "link") or "")
        return f"{parts.hostname or ''}{parts.path.rstrip('/') if found else ''}"
    except ValueError:
        return ""


SOURCE = FileSource(
    name="wordpress_rest",
    about="Saved answers of a WordPress blog's REST interface: its comments or its posts",
    how_to_get="Open the blog's address with `/wp-json/wp/v2/comments?per_page=100&post=` and the "
    "post's number behind it, and save what the browser shows as a file.",
    recognise=recognise,
    read=read,
    version=2,
)
