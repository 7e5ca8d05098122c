"""Postal addresses of a text: street and number, with postcode and town where they follow."""

import re
from collections.abc import Iterator

from transforms.redaction.span import Span

UPPER = "A-ZÄÖÜÀ-ÖØ-Þ"
_STREET = r"(?:stra(?:ß|ss)e|str\.?|gasse|(?<!Rück)(?<!Um)(?<!Aus)(?<!Dienst)(?<!Hin)weg|allee|chaussee|damm)"
_PLACE = r"(?:platz|(?<![aeiou])ring|ufer|steig|stieg|pfad|hof|graben|markt|berg|wall|zeile|kamp|twiete|halde|rain|matte)"
"""Endings of streets that other words have, too: they need a town behind them."""
_NUMBER = r"(?!(?:19|20)\d\d\b)\d{1,4}(?: ?[a-h])?(?:[-/]\d{1,4}[a-h]?)?"
_POSTCODE = r"(?:(?:D|A|CH|DE|AT)-)?\d{4,5}"
_TOWN_NAME = rf" [{UPPER}][\w.-]+(?:[ -](?:[{UPPER}][\w.-]+|am|an der|bei|im|ob der))*(?<!\.)"
_TOWN = rf"{_POSTCODE}(?:{_TOWN_NAME})?"
_NAMED_TOWN = rf"{_POSTCODE}{_TOWN_NAME}"
_AFTER = rf"(?:,? (?:Top|Stiege|Tür|Whg\.?|Flat|Apt\.?) ?\w{{1,4}})?(?:\s?[,/–-]?\s(?:{_TOWN}|(?<=, )[{UPPER}][\w-]+(?: [{UPPER}][\w-]+)?))?"

GERMAN = re.compile(
    rf"(?<![\w-])(?:[{UPPER}][\w.-]*[ -]){{0,2}}[{UPPER}][\w.-]*?{_STREET} {_NUMBER}(?![\w%€:]|[.,]\d| (?:Uhr|Euro|€|Prozent|Jahre|Minuten|Stunden)){_AFTER}",
)
WITH_ENDING = re.compile(
    rf"(?<![\w-])(?:[{UPPER}][\w.-]*[ -]){{0,2}}[{UPPER}][\w.-]+?{_PLACE} {_NUMBER},? (?:{_TOWN}|(?<=, )[{UPPER}][\w-]+)"
)
SEPARATE = re.compile(
    rf"(?<![\w-])(?!D(?:ie|er|as|iese[rs]?) |(?:M|D|S)?[Ee]ine? )(?:[{UPPER}][\w-]+(?:er|-)? ?)(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|Gasse|Allee|Weg|Platz|Ring|Damm|Ufer) {_NUMBER}(?![\w%€:]|[.,]\d){_AFTER}",
)
AT_PLACE = re.compile(
    rf"\b(?:Am|Im|An der|An den|Auf dem|Auf der|Zum|Zur|In der|In den|Beim|Hinter der|Unter den|Vor dem) [{UPPER}][\w-]+(?: [{UPPER}][\w-]+)? {_NUMBER},? {_NAMED_TOWN}"
)
"""Streets that begin with a preposition: told from a sentence only by postcode and town."""

WITH_TOWN = re.compile(
    rf"(?<![\w-])[{UPPER}][\w-]+(?: [{UPPER}]?[\w-]+)? {_NUMBER}, "
    rf"(?!(?:19|20)\d\d\b(?! [{UPPER}])){_POSTCODE}(?:{_TOWN_NAME})?"
)
"""Any name of a street before a number, if a postcode follows that is no year."""

LIVING = re.compile(
    rf"\b(?:wohne?[nt]?|Adresse|Anschrift|address|live|living|gemeldet|Hausnummer)\b[^\n.!?]{{0,25}}?[: ]\s?(?P<value>(?:(?:Am|Im|An der|Zum|Zur|Auf der) )?[{UPPER}][\w-]+ {_NUMBER})(?![\w%€:]|[.,]\d)(?:, {_TOWN})?"
)
"""Any name and number that somebody says he lives at."""

ENGLISH = re.compile(
    r"(?<![\w.,-])\d{1,4}[a-z]?,? (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Road|Rd|Lane|Ln|Close|Avenue|Ave|Drive|Dr|Court|Ct|"
    r"House|Way|Terrace|Gardens|Crescent|Grove|Square|Place|Boulevard|Blvd|Row|Hill|Park|Mews|Quay|Meadows|Heights|Rise|Walk|View(?=, [A-Z]))\b\.?"
    r"(?:, (?:Flat|Apt\.?|Unit) ?\w{1,4})?(?:, [A-Z][\w-]+(?: [A-Z][a-z][\w-]+)?)?(?:,? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|,? [A-Z]{2} \d{5}\b)?"
)
POSTCODE_GB = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
"""A British postcode is shared by fifteen households."""


WORD_AND_NUMBER = re.compile(r"(?<!\w)(\w++)\.? (?=\d)")
ENDINGS = (
    "straße", "strasse", "str", "gasse", "weg", "allee", "chaussee", "damm", "platz", "ring", "ufer", "steig", "stieg",
    "pfad", "hof", "graben", "markt", "berg", "wall", "zeile", "kamp", "twiete", "halde", "rain", "matte",
)  # fmt: skip
"""Cheap to look for: without one before a number there is no street that is told by its ending."""

MONTH = re.compile(
    r"(?:(?:on|of|since|am|vom) )?(?:Jan(?:uary?)?|Feb(?:ruary?)?|M(?:ar(?:ch)?|ärz?)|Apr(?:il)?|Ma[iy]|Jun[ei]?|Jul[iy]?"
    r"|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?)\.? ",
    re.IGNORECASE,
)


ADDRESS_SIGNS = (
    rf"(?i:{'|'.join(ENDINGS)})\.? \d",
    rf"(?:Am|Im|An der|An den|Auf dem|Auf der|Zum|Zur|In der|In den|Beim|Hinter der|Unter den|Vor dem) [{UPPER}][^ ]+(?: [{UPPER}][^ ]+)? \d",
    r" \d{1,4}(?: ?[a-h])?(?:[-/]\d{1,4}[a-h]?)?, (?:(?:D|A|CH|DE|AT)-)?\d{4}",
    r"\d[a-z]?,? (?:[A-Z][^ ]+ ){1,3}(?:Street|St|Road|Rd|Lane|Ln|Close|Avenue|Ave|Drive|Dr|Court|Ct|House|Way|Terrace|Gardens|Crescent"
    r"|Grove|Square|Place|Boulevard|Blvd|Row|Hill|Park|Mews|Quay|Meadows|Heights|Rise|Walk|View)",
    r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}",
    rf"(?:wohn|Adresse|Anschrift|address|live|living|gemeldet|Hausnummer)[^\n.!?]{{0,30}}[: ]\s?(?:(?:Am|Im|An der|Zum|Zur|Auf der) )?[{UPPER}][^ ]+ \d",
)
"""A text without any of these holds nothing that `find_addresses` would find."""


def find_addresses(text: str) -> Iterator[Span]:
    """Every postal address of `text`; a street without a number and a town alone are none."""
    german = (GERMAN, WITH_ENDING, SEPARATE) if has_ending(text) else ()
    for pattern in (*german, AT_PLACE, WITH_TOWN, ENGLISH, POSTCODE_GB):
        for match in pattern.finditer(text):
            if not MONTH.match(match[0]):
                yield Span(match.start(), match.end(), "address")
    for match in LIVING.finditer(text):
        yield Span(match.start("value"), match.end(), "address")


def has_ending(text: str) -> bool:
    """Whether a word that ends as streets do stands before a number."""
    return any(match[1].casefold().endswith(ENDINGS) for match in WORD_AND_NUMBER.finditer(text))
