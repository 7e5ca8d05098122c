"""Numbers that lead to a person's file: personnel, customer, contract, ticket, meter, booking."""

import re
from collections.abc import Iterator

from transforms.redaction.counts import LOOK_AHEAD, is_count
from transforms.redaction.span import Span

WORD = (
    r"(?:(?:vertragskonto|kundenkonto|personal|pers|mitarbeiter|mitglied(?:s)?|sch(?:ü|ue)ler|kunden?|kd|versicherungs|versicherten|vertrag(?:s)?|police|"
    r"ticket|tickets|vorgang(?:s)?|fall|akten|schaden(?:s)?|z(?:ä|ae)hler|matrikel|buchungs?|auftrag(?:s)?|bestell|"
    r"lieferanten|pass|ausweis|reisepass|personalausweis|f(?:ü|ue)hrerschein|karten?|kundenkarte|patienten|sendungs|"
    r"antrag(?:s)?|rechnung(?:s)?|mandats|bg|steuer|st|melde|anschluss|inventar|matr|benutzer|user|service)"
    r"(?:[-. ]{0,2}(?:nr|nummer|no|id|zeichen))?"
    r"|az|aktenzeichen|gesch(?:ä|ae)ftszeichen|gz|ref(?:erenz)?|zeichen|kennzeichen|kdnr|nr|"
    r"(?:customer|personnel|employee|staff|student|member(?:ship)?|patient|account|badge|case|ticket|ref(?:erence)?|file|"
    r"order|booking|policy|claim|invoice|contract|licen[cs]e|passport|meter|tracking|incident|request|mrn|matricola|dossier)"
    r"(?: ?(?:no|number|nr|id|ref|code|num))?)"
)

_BETWEEN = (
    r"\.?(?:\s?(?:with you|bei (?:euch|ihnen)))?[\s:#.=]{0,3}"
    r"(?:(?:ist|is|lautet|war|MRN|nr\.?|no\.?)[\s:]{1,2})?"
)

NAMED = re.compile(rf"(?<![\w-]){WORD}\b{_BETWEEN}$", re.IGNORECASE)
"""What stands before such a number and says what it is."""

_NO_MORE = r"(?![\w€$£%-])"
VALUE = re.compile(
    r"(?<![\w€$£.,/@-])(?P<prefix>[A-Z]{1,4} )?(?=[A-Za-z./-]*\d)[A-Za-z0-9]++(?>(?:[-/.]{1,2}[A-Za-z0-9]++)*)"
    rf"(?: \d{{2,}}+(?>(?:[-/][A-Z0-9]++)*){_NO_MORE}){{0,4}}{_NO_MORE}"
)
"""Letters and digits that may be such a number; nothing is tried twice, or `12-12-12-...` would take
hours. In groups of their own, as Python before 3.11.5 lets `(...)*+` swallow a sign too many."""

LOOK_BACK = 45
"""Characters before a number in which its name stands."""

INCIDENT = re.compile(r"\b(?P<value>(?:INC|REQ|RITM|CHG|SR|TKT|HD)[-# ]?\d{5,10})\b")
"""How ServiceNow and its like number tickets."""

FILE_NUMBER = re.compile(
    r"\b(?:Az|Aktenzeichen)\b[.: ]{1,3}(?P<value>\d{1,4} [A-Z]{1,3} \d+/\d\d)\b"
)
"""How German courts and authorities number their files."""

PLATE = re.compile(r"ennzeichen[: ]{1,2}(?P<value>[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2} ?\d{1,4})\b")
"""A German number plate (FZV, Anlage 4), named as one."""

PLATE_SHAPE = re.compile(
    r"(?<![\w-])(?P<value>(?!\w+-\w+ (?:19|20)\d\d\b)[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?|[A-Z]{1,2}-\d{1,6} ?[A-Z]{1,3}"
    r"|\d{2,3}-[A-Z]{1,2}-\d{1,6}|[A-Z]{2}\d{2} [A-Z]{3})(?![\w-])"
)
"""German, Austrian, Irish and British number plates."""

CAR = re.compile(
    r"kennzeichen|\b(?:auto|wagen|dienstwagen|pkw|kfz|parkplatz|parkhaus|tiefgarage|car|van|plate|reg|parking)\b",
    re.IGNORECASE,
)
"""What a text with a number plate speaks of; without it there are versions and articles."""

METER = re.compile(r"\b(?P<value>1[A-Z]{3}\d{4} ?\d{3} ?\d{3}|1[A-Z]{3}\d{10})\b")
"""A German meter's id (DIN 43863-5)."""

STANDARDS = re.compile(r"^(?:ISO|DIN|EN|IEC|RFC|CVE|KB|EU|BSI|NIS)\b", re.IGNORECASE)

FEWEST_DIGITS = 4
"""Shorter numbers count contracts and tickets; those that identify a person are longer."""

NUMBER_WORD = re.compile(r"(?:nr|nummer|number|num|no|id|zeichen)\b", re.IGNORECASE)
"""A name that has one of these in it is followed by a number, whatever stands behind."""

THOUSANDS = re.compile(r"\d{1,3}(?:[.']\d{3})+")
"""How counts are written, and files hardly ever."""

MANY = re.compile(r"\b(?:tickets|kunden)[\s:]{1,3}$", re.IGNORECASE)
"""Names of several: what follows is how many, if another word says more of them."""

STATE = re.compile(
    r" (?:offen|geschlossen|erledigt|gelöst|open|closed|solved|seit|in|since|last|dieses|diese|this)\b"
)


REFERENCE_SIGNS = (
    rf"(?i:{WORD}{_BETWEEN})\n?(?:[A-Z]{{1,4}} )?[A-Za-z./-]*\d",
    r"(?:INC|REQ|RITM|CHG|SR|TKT|HD)[-# ]?\d{5}",
    r"(?:Az|Aktenzeichen)[.: ]{1,3}\d",
    r"ennzeichen[: ]{1,2}[A-ZÄÖÜ]",
    r"1[A-Z]{3}\d{4}",
    r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d|[A-Z]-\d|\d{2}-[A-Z]{1,2}-\d|[A-Z]{2}\d{2} [A-Z]{3}",
)
"""A text without any of these holds nothing that `find_references` would find."""


def find_references(text: str) -> Iterator[Span]:
    """Every number of `text` that is named as one of a person's file, with 4 digits or more."""
    for match in VALUE.finditer(text):
        if is_reference(match[0]):
            for start in {match.start(), match.end("prefix") if match["prefix"] else match.start()}:
                before = text[max(0, start - LOOK_BACK) : start]
                named = NAMED.search(before)
                if named and not counts(named[0], match[0], text[match.end() :][:LOOK_AHEAD]):
                    yield Span(start, match.end(), "reference")
    for pattern in (INCIDENT, FILE_NUMBER, PLATE, METER):
        for match in pattern.finditer(text):
            yield Span(match.start("value"), match.end("value"), "reference")
    for match in PLATE_SHAPE.finditer(text) if CAR.search(text) else ():
        yield Span(match.start("value"), match.end("value"), "reference")


def is_reference(value: str) -> bool:
    """Whether `value` may identify somebody's file: it is no year, date, standard or round sum."""
    digits = sum(sign.isdigit() for sign in value)
    is_code = value.isalnum() and len(value) >= 5 and value.isupper() and 2 <= digits < len(value)
    if not (digits >= FEWEST_DIGITS or is_code):
        return False
    if re.fullmatch(
        r"(?:19|20)\d\d(?:[/-](?:19|20)?\d\d)?|\d{1,3}(?:\.000)+|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d\d-\d\d",
        value,
    ):
        return False
    return not STANDARDS.match(value)


def counts(name: str, value: str, after: str) -> bool:
    """Whether `value`, between a `name` such as `Ticket` and what stands `after` it, is a count."""
    if NUMBER_WORD.search(name):
        return False
    is_several = MANY.search(name) and STATE.match(after)
    return bool(THOUSANDS.fullmatch(value) or is_several or is_count(after))
