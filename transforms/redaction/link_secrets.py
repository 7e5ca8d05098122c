"""What opens something: secrets in links, and keys of services wherever they stand in a text."""

import re
from collections.abc import Iterator

from transforms.redaction.span import Span

LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)

BARE_LINK = re.compile(
    r"(?<![\w@./:-])(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24}(?::\d{1,5})?/[^\s<>\"]+"
)
"""A link without its scheme, of a host and at least the beginning of a path."""

PARAMETER = re.compile(r"(?<=[?&#;])(?P<name>[\w.\[\]%-]{1,64}+)=(?P<value>[^&#\s]+)")

OPENS = re.compile(
    r"token|secret|passw|passcode|kennwort|pwd|sess(?:ion|id)|signature|credential|e-?mail(?!ing)|invit|reset|jwt|username"
    r"|(?:auth|access|verif\w{0,8}|activation|confirm\w{0,5}|login|sso)_?code"
    r"|(?<![a-z])(?:code|sig|sid|auth|user|uid|mail|pw|ticket|access|otp|pin|tan)(?:_?id)?(?![a-z])|key(?![a-z])",
    re.IGNORECASE,
)
"""A name of a parameter which says that its value opens something or names somebody."""

OPENS_NOTHING = re.compile(
    r"(?:lang|language|country|zip|post|postal|area|colou?r|error|status|product|promo|coupon|bar|qr|source|campaign)_?code"
    r"|(?:mon|tur|hot|short)key",
    re.IGNORECASE,
)

_ODD = (
    r"(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}"
    r"|(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,})"
)
"""A UUID (RFC 9562), or letters and digits that no words with hyphens are."""

PATH = re.compile(rf"/(?P<name>[\w-]{{1,64}}+)(?=/(?P<value>{_ODD})(?:$|[/?&#.,!)]))")
"""Two parts of a path, the second of which may be too odd for a page's name."""

OPENING_PATH = re.compile(
    r"reset|passwor|invit|einlad|activat|aktivier|verif|confirm|unsubscri|magic|token|session|recover|signup",
    re.IGNORECASE,
)
"""A part of a path behind which a secret stands: `/reset-password/3f0e1b52-...`."""

WEBHOOK = re.compile(
    r"(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks"
    r"|webhook\.office\.com/webhookb2)/(?P<value>[^\s?#<>\"]+)"
)
"""Who has such an address may write into a channel."""

USERINFO = re.compile(r"(?<=://)[^/\s@]+:[^/\s@]+(?=@)")
"""`user:password@` of a link (RFC 3986, 3.2.1)."""

LONG_SECRET = re.compile(
    r"(?<=[/=])(?<!/commit/)(?<!/commits/)(?<!/tree/)(?<!/blob/)(?<!/raw/)(?<!/d/)(?<!/compare/)"
    r"(?:eyJ[\w-]+\.[\w-]+\.[\w-]*|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,})(?=$|[/?&#.,!)])"
)
"""A JSON web token (RFC 7519), or a run of letters and digits too long to be a name of a page; but
no state of a repository, and no document of Google's, which its link names in public."""

GIST = re.compile(r"gist\.github\.com/")

ENCODED_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+-]{1,64}%40[\w-]{1,63}(?:\.[\w-]{2,63}){1,5}", re.IGNORECASE
)
"""An address whose `@` is written as links need it (RFC 3986, 2.1)."""

KEY = re.compile(
    r"(?<![A-Za-z0-9_-])(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{20,255}"
    r"|A(?:KI|SI)A[0-9A-Z]{16}(?![A-Za-z0-9])|xox[abeoprs]-[A-Za-z0-9-]{10,255}|sk-[A-Za-z0-9_-]{20,255}|AIza[A-Za-z0-9_-]{35}"
    r"|eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{0,1000})"
)
"""Keys of GitHub, GitLab, Amazon, Slack, OpenAI, Google, and JSON web tokens: each says what it is."""

SECRET_SIGNS = (
    r"gh[pousr]_|github_pat_|glpat-|A(?:KI|SI)A[0-9A-Z]|xox[abeoprs]-|sk-[A-Za-z0-9_-]{20}|AIza|eyJ[A-Za-z0-9_-]{10}",
    r"\.[a-zA-Z]{2,24}(?::\d{1,5})?/[^ ]",
)
"""A text without any of these and without links holds nothing that `find_secrets` would find."""


def without_links(text: str) -> str:
    """`text`, as long as before, with blanks for its links: their numbers are names of pages."""
    if "://" not in text and "www." not in text:
        return text
    return LINK.sub(lambda link: " " * len(link[0]), text)


def find_secrets(text: str) -> Iterator[Span]:
    """What in `text` opens something, and who is named in its links; the rest of a link stays."""
    for match in KEY.finditer(text):
        yield Span(match.start(), match.end(), "link_secret")
    if "://" in text or "www." in text:
        for link in LINK.finditer(text):
            yield from secrets_of(link)
    if "/" in text:
        for link in BARE_LINK.finditer(text):
            yield from secrets_of(link)


def secrets_of(link: re.Match[str]) -> Iterator[Span]:
    """The secrets of one link."""
    text, (start, end) = link.string, link.span()
    for match in PARAMETER.finditer(text, start, end):
        if OPENS.search(OPENS_NOTHING.sub("", match["name"])):
            yield Span(match.start("value"), match.end("value"), "link_secret")
    for match in PATH.finditer(text, start, end):
        if OPENING_PATH.search(match["name"]):
            yield Span(match.start("value"), match.end("value"), "link_secret")
    for match in WEBHOOK.finditer(text, start, end):
        yield Span(match.start("value"), match.end("value"), "link_secret")
    public = (USERINFO,) if GIST.search(link[0]) else (USERINFO, LONG_SECRET)
    for pattern in public:
        for match in pattern.finditer(text, start, end):
            yield Span(match.start(), match.end(), "link_secret")
    for match in ENCODED_EMAIL.finditer(text, start, end):
        yield Span(match.start(), match.end(), "email")
