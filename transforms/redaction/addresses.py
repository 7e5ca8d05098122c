"""Postal addresses of a text: street and number, with postcode and town where they follow."""

import re
from collections.abc import Iterator

from transforms.redaction.counts import LOOK_AHEAD, is_count, numbered
from transforms.redaction.small_streets import find_small_streets
from transforms.redaction.span import Span

UPPER = "A-ZÄÖÜÀ-ÖØ-Þ"
_STREET = r"(?:(?:stra(?:ß|ss)e|str\.?|gasse|allee)(?: (?:Haus)?[Nn](?:umme)?r\.?)?|(?<!Rück)(?<!Um)(?<!Aus)(?<!Dienst)(?<!Hin)weg|chaussee|damm)"
_PLACE = r"(?:platz|(?<![aeiou])ring|ufer|steig|stieg|pfad|hof|graben|markt|berg|wall|zeile|kamp|twiete|halde|rain|matte)"
"""Endings of streets that other words have, too: they need a town behind them."""
_NUMBER = r"(?!(?:19|20)\d\d\b)\d{1,4}(?: ?[a-h])?(?:[-–/]\d{1,4}[a-h]?){0,3}"
"""Word makes a dash of the hyphen in `10-12`; in Vienna house, stair and door are `1/2/3`."""
_POSTCODE = r"(?:(?:D|A|CH|DE|AT)-)?\d{4,5}"
_TOWN_NAME = rf" [{UPPER}][\w.-]+(?:[ -](?:[{UPPER}][\w.-]+|am|an der|bei|im|ob der))*(?<!\.)"
_TOWN = rf"{_POSTCODE}(?:{_TOWN_NAME})?"
_AFTER = rf"(?:(?:,? |/)(?:Top|Stiege|Tür|Whg\.?|Flat|Apt\.?) ?\w{{1,4}}){{0,3}}(?:\s?[,/–-]?\s(?:{_TOWN}|(?<=, )[{UPPER}][\w-]+(?: [{UPPER}][\w-]+)?))?"

GERMAN = re.compile(
    rf"(?<![\w-])(?:[{UPPER}][\w.-]*[ -]){{0,2}}[{UPPER}][\w.-]*?{_STREET}(?: |(?<=str\.)){_NUMBER}(?![\w%€:]|[.,]\d| (?:Uhr|Euro|€|Prozent|Jahre|Minuten|Stunden)){_AFTER}",
)
WITH_ENDING = re.compile(
    rf"(?<![\w-])(?:[{UPPER}][\w.-]*[ -]){{0,2}}[{UPPER}][\w.-]+?{_PLACE} {_NUMBER},? (?:{_TOWN}|(?<=, )[{UPPER}][\w-]+)"
)
SEPARATE = re.compile(
    rf"(?<![\w-])(?!D(?:ie|er|as|iese[rs]?) |(?:M|D|S)?[Ee]ine? )(?:[{UPPER}](?:[\w-]|\.-)+(?:er|-)? ?)(?:(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|Gasse|Allee)(?: (?:Haus)?[Nn](?:umme)?r\.?)?|Weg|Platz|Ring|Damm|Ufer)(?: |(?<=tr\.)){_NUMBER}(?![\w%€:]|[.,]\d){_AFTER}",
)
"""A point belongs to the name before a hyphen only (`St.-Georg-Straße`), else it ends a sentence."""

_AT = "(?:Am|Im|An der|An den|Auf dem|Auf der|Zum|Zur|In der|In den|Beim|Hinter der|Unter den|Vor dem)"
_OF = r"(?:Stra(?:ß|ss)e|Platz|Allee|Weg|Ring|Ufer) de[rs]"

AT_PLACE = re.compile(
    rf"\b(?:{_AT}|{_OF}) (?P<street>[{UPPER}][\w-]+(?: [{UPPER}][\w-]+)?) {_NUMBER},? (?P<postcode>{_POSTCODE}){_TOWN_NAME}"
)
"""Streets that begin with a preposition: told from a sentence only by postcode and town."""

_OLD = "(?:Alt|Neu|Groß|Gross|Klein|Hoh|Lang|Ober|Unter|Grün|Weiß|Rot|Schwarz)en"
_SPOT = (
    "(?:Anger|Bach|Bahnhof|Berg|Brauerei|Brücke|Brunnen|Damm|Deich|Dorf|Feld|Festplatz|Fischmarkt|Forsthaus|Friedhof|Garten|Gärten|Graben"
    "|Gut|Hafen|Hof|Holz|Kamp|Kaserne|Kirche|Markt|Mühle|Post|Rathaus|Schlachthof|Schloss|Schloß|Schmiede|Schule|See|Sportplatz|Stadtmauer"
    "|Steig|Teich|Tor|Turm|Ufer|Wald|Wall|Wasserturm|Weg|Weiher|Weinberg|Ziegelei|Zollhaus)"
)
_TREES = "(?:Birken|Buchen|Eichen|Erlen|Eschen|Kastanien|Kiefern|Linden|Pappeln|Platanen|Tannen|Ulmen|Weiden)"
_HONOURED = (
    r"(?:\d{1,2}\. ?(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)"
    r"|(?:Deutschen |Nationalen )?Einheit|(?:Bundes|Volks)?[Rr]epublik|Freiheit|Demokratie|Jugend|Kosmonauten|Luftbrücke|(?:Vereinten )?Nationen"
    r"|Befreiung|Völkerfreundschaft|Pariser Kommune|Solidarität|Opfer des Faschismus|Menschenrechte|Friedens|Göttinger Sieben|Weißen Rose)"
)
NAMED = re.compile(
    rf"(?<![\w-])(?:{_AT} {_OLD} {_SPOT}|Unter den {_TREES}|{_OF} {_HONOURED}) "
    rf"(?P<number>{_NUMBER})(?![\w%€:]|[.,]\d){_AFTER}"
)
"""Streets of several words that no sentence writes so: `Am Alten Markt` would have a small letter,
and who walks Unter den Linden or on the Straße des 17. Juni counts nothing of them."""

WITH_TOWN = re.compile(
    rf"(?<![\w-])(?P<street>[{UPPER}][\w-]+(?: [{UPPER}]?[\w-]+)?) {_NUMBER}, "
    rf"(?P<postcode>(?!(?:19|20)\d\d\b){_POSTCODE})(?:{_TOWN_NAME})?"
)
"""Any name of a street before a number, if a postcode follows that is no year; whether both are
rather counts (`Windows 11, 4500 Geräte`) is up to `is_postal`."""

LIVING = re.compile(
    rf"\b(?:wohne?[nt]?|Adresse|Anschrift|address|live|living|gemeldet|Hausnummer)\b[^\n.!?]{{0,25}}?[: ]\s?(?P<value>(?:(?:Am|Im|An der|Zum|Zur|Auf der) )?[{UPPER}][\w-]+ {_NUMBER})(?![\w%€:]|[.,]\d)(?:, {_TOWN})?"
)
"""Any name and number that somebody says he lives at."""

ENGLISH = re.compile(
    r"(?<![\w.,-])\d{1,4}[a-zA-CEF]?,? (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Road|Rd|Lane|Ln|Close|Avenue|Ave|Drive|Dr|Court|Ct|"
    r"House|Way|Terrace|Gardens|Crescent|Grove|Square|Place|Boulevard|Blvd|Row|Hill|Park|Mews|Quay|Meadows|Heights|Rise|Walk|View(?=, [A-Z]))\b\.?"
    r"(?:, (?:Flat|Apt\.?|Unit) ?\w{1,4})?(?:, [A-Z][\w-]+(?: [A-Z][a-z][\w-]+)?)?(?:,? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|,? [A-Z]{2} \d{5}\b)?"
)
POSTCODE_GB = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
"""A British postcode is shared by fifteen households."""


WORD_AND_NUMBER = re.compile(
    r"(?<!\w)(\w++)(?:\. ?| )(?:(?:Haus)?[Nn](?:umme)?r\.? )?(?=\d)", re.IGNORECASE
)
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
    rf"(?i:{'|'.join(ENDINGS)})(?:\. ?| )(?:(?:Haus)?[Nn](?:umme)?r\.? )?\d",
    rf"{_AT} [{UPPER}][^ ]+(?: [{UPPER}][^ ]+)? \d",
    rf"{_OF} [^ ]+ (?:[^ ]+ ){{0,2}}\d",
    r" \d{1,4}(?: ?[a-h])?(?:[-–/]\d{1,4}[a-h]?){0,3}, (?:(?:D|A|CH|DE|AT)-)?\d{4}",
    r"\d[a-zA-CEF]?,? (?:[A-Z][^ ]+ ){1,3}(?:Street|St|Road|Rd|Lane|Ln|Close|Avenue|Ave|Drive|Dr|Court|Ct|House|Way|Terrace|Gardens|Crescent"
    r"|Grove|Square|Place|Boulevard|Blvd|Row|Hill|Park|Mews|Quay|Meadows|Heights|Rise|Walk|View)",
    r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}",
    rf"(?:wohn|Adresse|Anschrift|address|live|living|gemeldet|Hausnummer)[^\n.!?]{{0,30}}[: ]\s?(?:(?:Am|Im|An der|Zum|Zur|Auf der) )?[{UPPER}][^ ]+ \d",
)
"""A text without any of these holds nothing that `find_addresses` would find."""


def find_addresses(text: str) -> Iterator[Span]:
    """Every postal address of `text`; a street without a number and a town alone are none."""
    german = (GERMAN, WITH_ENDING, SEPARATE) if has_ending(text) else ()
    for pattern in (*german, ENGLISH, POSTCODE_GB):
        for match in pattern.finditer(text):
            if not MONTH.match(match[0]):
                yield Span(match.start(), match.end(), "address")
    for pattern in (AT_PLACE, WITH_TOWN):
        for match in pattern.finditer(text):
            if is_postal(match) and not MONTH.match(match[0]):
                yield Span(match.start(), match.end(), "address")
    for match in NAMED.finditer(text):
        if not is_count(match.string[match.end("number") :][:LOOK_AHEAD]):
            yield Span(match.start(), match.end(), "address")
    if german:
        yield from find_small_streets(text)
    for match in LIVING.finditer(text):
        yield Span(match.start("value"), match.end(), "address")


def is_postal(match: re.Match[str]) -> bool:
    """Whether what has the shape of street, number and postcode speaks of none of the things that
    are numbered and counted."""
    words = re.findall(r"\w+", match["street"])
    behind = match.string[match.end("postcode") : match.end("postcode") + LOOK_AHEAD]
    return numbered().isdisjoint(words) and not is_count(behind)


def has_ending(text: str) -> bool:
    """Whether a word that ends as streets do stands before a number."""
    return any(match[1].casefold().endswith(ENDINGS) for match in WORD_AND_NUMBER.finditer(text))
