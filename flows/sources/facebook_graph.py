"""Answers of the Facebook Graph API, saved to disk, in; posts of a page and their comments out.

A file holds one answer, several as JSON lines, or an array of them. An answer is a page of `data`,
a single object, the objects by id that `?ids=` gives, or an error. Answers of a batch are an array
of {"code", "headers", "body"}, where the body is an answer as a text, or null where it took too
long.

Format: https://developers.facebook.com/docs/graph-api/results, v26.0, and .../batch-requests.
What `paging` holds, access tokens among it, is never taken over.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from flows.reading.api_pages import OPENING
from flows.reading.graph_objects import comment_of, post_of
from flows.reading.graph_places import (
    GraphObject,
    Kind,
    Place,
    ids_of_post,
    kind_of,
    nested_comments,
    place_of,
)
from flows.reading.json_values import object_in, text_in
from flows.reading.json_window import BrokenJson, Found, JsonWindow, open_text, utf_8_start
from flows.reading.landed import LandedFile, ReadingRules
from flows.sources.base import FileSource
from models.canonical import Comment, Record, Rejected

GRAPH_TIME = re.compile(rb'"created_time"\s*:\s*"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"')
"""The offset without a colon is Graph's own."""

ANY_TIME = re.compile(
    rb'"created_time"\s*:\s*(?:\d{10}\b|"\d{10}"|"\d{4}-\d\d-\d\dT[\d:]+(?:Z|[+-]))'
)
JOINED_ID = re.compile(rb'"id"\s*:\s*"\d+_\d+"')
"""Graph's own way to write ids, which makes up for times that were written in another way."""

GRAPH_FIELD = re.compile(rb'"(?:message|permalink_url|story|comments|from)"\s*:')
GRAPH_ERROR = re.compile(rb'"error"\s*:\s*\{[^{}]*"(?:fbtrace_id|type)"\s*:')
EMPTY_PAGE = re.compile(rb'\{\s*"data"\s*:\s*\[\s*\]\s*,\s*"(?:paging|summary)"\s*:')

BATCH = re.compile(
    rb'(?:\[\s*(?:null\s*,\s*)*)?\{\s*"code"\s*:\s*\d{3}\s*,\s*"(?:headers|body)"\s*:'
)
EMPTY_IN_BATCH = re.compile(rb'"body"\s*:\s*"' + EMPTY_PAGE.pattern)

OBJECT_ID = re.compile(r"\d+(?:_\d+)?")

POST_EDGES = frozenset(["feed", "posts", "published_posts", "tagged", "visitor_posts"])
"""Where the posts of a page are asked for."""


@dataclass(frozen=True)
class PageEnd:
    """An answer was read to its end; `kind` is what it says its objects are.

    `is_only_page`: it has cursors, but no page before or after it.
    """

    kind: Kind | None
    is_only_page: bool = False


Part = Found | PageEnd | BrokenJson
"""What a file is made of: the objects of an answer, then its end or the damage that it ends in."""


def recognise(sample: bytes) -> bool:
    """Whether it is JSON with Graph's way to write times, an empty page or an error of Graph's."""
    text = utf_8_start(sample)
    if not text.startswith((b"{", b"[")) or text.startswith(OPENING):
        return False
    if is_batch := BATCH.match(text):
        text = text.replace(rb"\\", b"").replace(b"\\", b"")
    if is_batch and EMPTY_IN_BATCH.search(text):
        return True
    has_time = GRAPH_TIME.search(text) or (ANY_TIME.search(text) and JOINED_ID.search(text))
    has_objects = has_time and GRAPH_FIELD.search(text)
    return bool(has_objects or EMPTY_PAGE.match(text) or GRAPH_ERROR.search(text[:4096]))


def read(landed: LandedFile, rules: ReadingRules) -> Iterator[Record]:
    """Yield each post, followed by the comments that stand in it, and each comment of its own.

    Of a file that is cut, the objects before the cut come through. A rejection that is all there
    is to a file is one of the file.
    """
    with open_text(landed.path) as file:
        records = _Reader(rules).records(_parts(JsonWindow(file)))
        first, second = next(records, None), next(records, None)
        if isinstance(first, Rejected) and not second:
            first = replace(first, position=0, reason="broken file")
        yield from filter(None, (first, second))
        yield from records


def _parts(window: JsonWindow) -> Iterator[Part]:
    """The parts of a file, in its order; after damage, from the next answer on."""
    is_damaged = False
    if not window.peek():
        yield BrokenJson("the file is empty", 1)
    while window.peek():
        if is_damaged and any(map(window.takes, ",]}")):
            continue  # of the array that the damage was in
        try:
            yield from _answers(window)
        except BrokenJson as error:
            is_damaged = True
            yield error
            window.skip_document()


def _answers(window: JsonWindow) -> Iterator[Part]:
    """The parts of the next answer, or of the array of answers that comes next."""
    if window.peek() != "[":
        yield from _answer(window)
        return
    for _ in window.elements():
        if window.peek() == "n":
            line = window.found().line
            yield BrokenJson("an answer of a batch is missing: it took Graph too long", line)
        else:
            yield from _answer(window)


def _answer(window: JsonWindow, kind: Kind | None = None) -> Iterator[Part]:
    """The objects of one answer, then its end; an answer that holds none is an object itself.

    `kind` is that of the objects, where it is known.
    """
    line = window.line()
    fields: dict[str, Any] = {}
    is_page = is_stray = False
    for key in window.members():
        opening = window.peek()
        if key == "data" and opening == "[":
            is_page = True
            yield from (window.found() for _ in window.elements())
        elif OBJECT_ID.fullmatch(key) and opening == "{":
            is_page = True
            yield from _answer(window, kind)
        elif key in POST_EDGES and opening == "{" and not kind:
            is_page = True
            yield from _answer(window, "post")
        else:
            found = window.found()
            fields[key], is_stray = found.value, is_stray or found.has_stray_bytes
    if not is_page and _is_of_batch(fields):
        yield from _body(fields["body"], line)
        return
    if not is_page or _is_error(fields):
        yield Found(fields, line, is_stray)
    paging = object_in(fields, "paging")
    is_only_page = "cursors" in paging and not paging.keys() & {"next", "previous"}
    yield PageEnd(kind or _kind_of_page(fields), is_only_page)


def _is_of_batch(fields: GraphObject) -> bool:
    return isinstance(fields.get("code"), int) and isinstance(fields.get("body"), str)


def _body(body: str, line: int) -> Iterator[Part]:
    """The parts of an answer that stands as a text in a batch; all of it is in one line."""
    try:
        for part in _answers(JsonWindow(io.StringIO(body))):
            yield replace(part, line=line) if isinstance(part, Found) else part
    except BrokenJson as error:
        yield BrokenJson(f"the body of an answer in a batch: {error.detail}", line)


def _kind_of_page(fields: GraphObject) -> Kind | None:
    """What an answer says its objects are: by the path of its next page, or by its summary."""
    for name in ("next", "previous"):
        address = text_in(object_in(fields, "paging"), name) or ""
        edge = address.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        if edge == "comments":
            return "comment"
        if edge in POST_EDGES:
            return "post"
    is_of_comments = object_in(fields, "summary").keys() & {"can_comment", "order"}
    return "comment" if is_of_comments else None


@dataclass
class _Reader:
    """Turns objects to records; remembers posts by id, and objects that could be either kind."""

    rules: ReadingRules
    positions: Iterator[int] = field(default_factory=lambda: count(1))
    pages: dict[str, str | None] = field(default_factory=dict)
    """Page by post."""
    waiting: list[Found] = field(default_factory=list)
    """Posts or comments: the end of their page says which."""
    seen: set[Kind] = field(default_factory=set)
    """What the other objects of the page are."""

    def records(self, parts: Iterator[Part]) -> Iterator[Record]:
        """The posts and comments that the parts of a file hold, and what of it cannot be used."""
        for part in parts:
            if isinstance(part, Found):
                yield from self._of_object(part)
            elif isinstance(part, PageEnd):
                yield from self._undecided(part)
                self.seen = set()
            else:
                self.seen = set()
                yield from self._cut()
                yield self._rejected(part.detail, part.line)

    def _of_object(self, found: Found) -> Iterator[Record]:
        if problem := _problem(found):
            yield self._rejected(problem, found.line)
        elif kind := kind_of(found.value, self.pages):
            self.seen.add(kind)
            yield from self._of_kind(kind, found)
        else:
            self.waiting.append(found)

    def _undecided(self, page: PageEnd) -> Iterator[Record]:
        """The objects that waited for what their page says, or the others on it.

        An edge holds posts or comments, never both. In doubt it is of comments where somebody
        other than the page is named, or where it has neither a page before nor one after it: the
        posts of a page are more than one answer holds.
        """
        waiting, self.waiting = self.waiting, []
        kind = page.kind or (next(iter(self.seen)) if len(self.seen) == 1 else None)
        has_author = any("from" in found.value for found in waiting)
        in_doubt: Kind = "comment" if has_author or page.is_only_page else "post"
        for found in waiting:
            yield from self._of_kind(kind or in_doubt, found)

    def _cut(self) -> Iterator[Rejected]:
        """The objects that waited for the end of a page that never came."""
        waiting, self.waiting = self.waiting, []
        for found in waiting:
            detail = "a post or a comment: only the end of its page, which is missing, says which"
            yield self._rejected(detail, found.line)

    def _of_kind(self, kind: Kind, found: Found) -> Iterator[Record]:
        if kind == "comment":
            yield from self._comments([found.value], Place(line=found.line))
        else:
            yield from self._post(found)

    def _post(self, found: Found) -> Iterator[Record]:
        """A post, then the comments that stand in it."""
        native_id, page = ids_of_post(found.value)
        if not native_id:
            yield self._rejected("a post without `id`", found.line)
            return
        self.pages[native_id] = page
        yield post_of(found.value, native_id, next(self.positions), self.rules)
        yield from self._comments(nested_comments(found.value), Place(native_id, page))

    def _comments(self, values: list[GraphObject], above: Place) -> Iterator[Comment]:
        """Comments, each followed by its answers, however deep these are nested."""
        waiting = [(value, above) for value in reversed(values)]
        while waiting:
            value, above = waiting.pop()
            place = place_of(value, above, self.pages)
            comment = comment_of(value, place, next(self.positions), self.rules)
            below = Place(place.post, place.page, comment.native_id)
            yield comment
            waiting += [(answer, below) for answer in reversed(nested_comments(value))]

    def _rejected(self, detail: str, line: int) -> Rejected:
        return Rejected(
            position=next(self.positions), reason="broken record", detail=detail, line=line
        )


def _problem(found: Found) -> str | None:
    """Why an object is neither a post nor a comment; None if it is one of them."""
    if found.has_stray_bytes:
        return "bytes that are not UTF-8 in an object"
    value = found.value if isinstance(found.value, dict) else {}
    if _is_error(value):
        return _told_without_message(value["error"])
    if not value.keys() & {"id", "message", "permalink_url"}:
        return "an object that is neither a post nor a comment"
    return None


def _is_error(value: GraphObject) -> bool:
    return isinstance(value.get("error"), dict)


def _told_without_message(error: GraphObject) -> str:
    """Type and code of an error only: its message can hold a token."""
    name, code = error.get("type"), error.get("code")
    shown = name if isinstance(name, str) and re.fullmatch(r"\w{1,40}", name) else "unknown"
    number = code if isinstance(code, int) else "unknown"
    return f"an error of the Graph API instead of data: type `{shown}`, code {number}"


SOURCE = FileSource(
    name="facebook_graph",
    about="Answers of the Facebook Graph API for a page: posts and their comments",
    how_to_get="Ask the Graph API with a token of the page for `/{page}/posts?fields=id,message,"
    "created_time,from,comments{id,message,created_time,from,parent,like_count,comment_count}` and "
    "save each answer as it comes, one a line or one a file.",
    recognise=recognise,
    read=read,
    holds_tokens=True,
    version=4,
)
