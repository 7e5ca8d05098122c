"""E-mail addresses, telephone numbers and @-mentions of a text, and what its links tell."""

import re
from collections.abc import Iterator

from transforms.redaction.link_secrets import SECRET_SIGNS, find_secrets
from transforms.redaction.span import Span

EMAIL = re.compile(
    r"(?<![\w.+@'-])[\w.+'-]+(?:@|\s?[(\[{<](?:at|ät|a)[)\]}>]\s?)[\w-]+"
    r"(?:(?:\.|\s?[(\[{<](?:dot|punkt|\.)[)\]}>]\s?)[\w-]+)+",
    re.IGNORECASE,
)
"""RFC 5322's dot-atoms, and the two ways in which people hide an address from machines."""

SPACED_EMAIL = re.compile(r"(?<![\w.+@'-])[\w.+'-]{2,64} ?@ [\w-]{2,63}(?:\.[\w-]{2,63}){1,4}\b")
"""With a blank behind the `@`, against machines or by a hasty thumb; before it, it is a mention."""

HALF_SPOKEN_EMAIL = re.compile(
    r"(?<![\w.+@'-])(?=[\w.+-]{0,64}[a-z])\w{1,64}[._+\d][\w.+-]{0,64} (?:at|ät|AT) [\w-]{2,63}(?:\.[\w-]{2,63}){1,4}\b"
)
"""`anna.berg at firma.example`: before `at` stands no word of a sentence."""

SPOKEN_EMAIL = re.compile(
    r"(?<!\w)[\w.-]{1,64}+(?: (?:punkt|dot|minus) \w{1,64}+){0,4} (?:at|ät) [\w-]{1,64}+"
    r"(?: (?:punkt|dot) \w{2,12}\b){1,3}",
    re.IGNORECASE,
)
"""An address as it is said aloud: of a few words, none longer than a local part (RFC 5321) may be."""

DOT_WORD = re.compile(r" (?:punkt|dot) ", re.IGNORECASE)
HIDDEN_AT = re.compile(r"[(\[{<](?:at|ät|a)[)\]}>]", re.IGNORECASE)
"""Cheap to look for."""

MENTION = re.compile(
    r"(?<![\w.+/@-])@(?=[^\W\d]|\d*[^\W\d])\w[\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?(?<![.-])"
)
"""A handle as platforms write it, with the server of the Fediverse behind it where it has one."""

PHONE = re.compile(
    r"(?<![\w.,/#€$£–-])(?:\+|00)?\(?\d(?:[ \u00a0./()‐‑–-]{0,3}\d){5,14}(?![\w€$£%]|[.,:]\d|\s?(?:€|Euro|EUR|USD|Uhr)\b)"
)
"""Six to fifteen digits in groups (ITU-T E.164 allows fifteen): to be judged by `is_phone`."""

CALLING = re.compile(
    r"\b(?:tel(?:efon)?(?:nr|nummer)?|mobil(?:e|nummer)?|handy(?:nr|nummer)?|fon|phone|cell|fax|app"
    r"|durchwahl|whats?app|telegram|signal|r(?:ü|ue)ckruf\w*|anruf\w*|zur(?:ü|ue)ck|ruf\w*|anrufen|call(?:ing)?|ring|rang|text|sms"
    r"|erreich\w*|meld\w*|nummer|number|unter|contact|kontakt|rappel\w*|dial)\b[^\d\n]{0,25}$",
    re.IGNORECASE,
)
"""Words before a number that make it one to call."""

DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d")
TIMES = re.compile(
    r"(?:[01]?\d|2[0-4])[.:][0-5]\d\s?[/–-]\s?(?:[01]?\d|2[0-4])[.:][0-5]\d"  # 08.00-17.00
    r"|\d{1,2}\.\d{1,2}\.?(?:\d{2,4})?\s?[/–-]\s?\d{1,2}\.\d{1,2}(?:\.\d{2,4})?"  # 01.02.-03.02.2025
)
"""From one time or day to another; the last point of a day is not part of what was found."""

REGIONS = ("DE", "AT", "CH", "GB", "IE", "FR", "US")
"""Countries whose way of writing a number without its country code is understood."""

FEWEST_NATIONAL_DIGITS = 8
"""With fewer a number with a leading zero is as often an article or a build."""

CONTACT_SIGNS = (
    r"@",
    r"[(\[{<](?i:at|ät|a)[)\]}>]",
    r" (?:at|ät|AT) [^ .]+\.[^ ]",
    r" (?i:punkt|dot) ",
    *SECRET_SIGNS,
)
"""A text without any of these and without links holds nothing that `find_contacts` would find."""

PHONE_SIGNS = (r"\d(?:[ \x{a0}./()‐‑–-]{0,3}\d){5}",)
"""A text without these holds nothing that `find_phones` would find."""


def find_contacts(text: str) -> Iterator[Span]:
    """Every e-mail address, link secret and @-mention of `text`."""
    if "@" in text or HIDDEN_AT.search(text):
        for match in EMAIL.finditer(text):
            yield Span(match.start(), match.end(), "email")
        for match in SPACED_EMAIL.finditer(text) if "@" in text else ():
            yield Span(match.start(), match.end(), "email")
        for match in MENTION.finditer(text):
            yield Span(match.start(), match.end(), "mention")
    if " at " in text or " ät " in text or " AT " in text:
        for match in HALF_SPOKEN_EMAIL.finditer(text):
            yield Span(match.start(), match.end(), "email")
    if DOT_WORD.search(text):
        for match in SPOKEN_EMAIL.finditer(text):
            yield Span(match.start(), match.end(), "email")
    yield from find_secrets(text)


def find_phones(text: str) -> Iterator[Span]:
    """Every telephone number of `text` that is written as one, or that one is asked to call."""
    for match in PHONE.finditer(text):
        if is_phone(match[0], text[max(0, match.start() - 45) : match.start()]):
            yield Span(match.start(), match.end(), "phone")


def is_phone(number: str, before: str) -> bool:
    """Whether `number`, which follows `before`, is a telephone number rather than a date or sum."""
    digits = sum(sign.isdigit() for sign in number)
    if DATE.fullmatch(number) or TIMES.fullmatch(number):
        return False
    if CALLING.search(before):
        return (digits >= 7 and not number.startswith(("19", "20"))) or digits >= 9
    if number.startswith("+"):
        return is_possible(number)
    if re.fullmatch(r"(?:1[ .-])?\(?\d{3}\)?[ .‑–-]\d{3}[ .‑–-]\d{4}", number):
        return True  # the North American way
    return (
        number.lstrip("(").startswith("0")
        and digits >= FEWEST_NATIONAL_DIGITS
        and not re.fullmatch(r"0+\d?", number)
        and is_possible(number)
    )


def is_possible(number: str) -> bool:
    """Whether a plan of one of the `REGIONS` has numbers of this length."""
    import phonenumbers

    for region in REGIONS:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            return True
    return False
