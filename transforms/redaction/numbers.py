"""Bank accounts, cards, tax and social insurance numbers, and numbers of files on a person."""

import re
from collections.abc import Iterator

from transforms.redaction.span import Span

IBAN = re.compile(
    r"\b[A-Z]{2} ?\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,4})?\b",
    re.IGNORECASE,
)
"""ISO 13616 by its shape: one with a typing error is as personal as one whose checksum is right."""

IBAN_LENGTH = {
    "DE": 22, "AT": 20, "CH": 21, "LI": 21, "LU": 20, "NL": 18, "BE": 16, "FR": 27, "IT": 27,
    "ES": 24, "IE": 22, "GB": 22, "PL": 28, "DK": 18, "SE": 24, "NO": 15, "FI": 18, "CZ": 24,
    "SK": 24, "HU": 28, "PT": 25, "SI": 19, "HR": 21, "RO": 24, "BG": 22, "GR": 27, "EE": 20,
    "LV": 21, "LT": 20, "MT": 31, "CY": 28, "TR": 26,
}  # fmt: skip
"""Characters of an IBAN by country (registry of ISO 13616)."""

BIC = re.compile(
    r"\b(?:BIC|SWIFT(?:[ -]?code)?)\b[\s:]{0,3}(?P<value>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b",
    re.IGNORECASE,
)
"""ISO 9362: without its word before it, it is any word in capitals."""

ACCOUNT = re.compile(
    r"\b(?:Konto(?:nr|nummer|-Nr)?|Kto(?:-?Nr)?|BLZ|Bankleitzahl|sort code)\b\.?[\s.:]{0,3}(?P<value>\d[\d ]{4,14}\d)",
    re.IGNORECASE,
)

SORT_CODE = re.compile(r"\bsort ?code\b[\s.:]{0,3}(?P<value>\d\d-\d\d-\d\d)\b", re.IGNORECASE)
"""Six digits in pairs, as British banks print them."""

BIRTH = re.compile(
    r"\b(?:geb(?:oren)?\.?(?: am)?|geburtsdatum|born(?: on)?|date of birth|dob)[:\s]{1,2}(?P<value>\d{1,4}[./-]\d{1,2}[./-]\d{2,4})",
    re.IGNORECASE,
)
"""A day of birth that is called one."""

CARD = re.compile(r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,3})?(?![\w-])")

OFFICIAL = re.compile(
    r"(?<![\w.-])(?:\d{2} ?\d{6} ?[A-Z] ?\d{3}|756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}"
    r"|\d{2} ?\d{3} ?\d{3} ?\d{3}|\d{4}[ /-]?\d{6}|\d{3}-\d{2}-\d{4}|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"
    r"|\d{2,3}/\d{3}/\d{4,5}|\d{7}[A-W][A-IW]?|[A-Z]{5}\d{4}[A-Z]|\d{4} ?\d{4} ?\d{4}|[XYZ]?-?\d{7,8}-?[A-Z]"
    r"|[12] ?\d\d ?\d\d ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d\d)?|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]|\d{9,11}"
    r"|[A-Z] ?\d{9}|DE ?\d{9}|ATU ?\d{8}|CHE[ -]?\d{3}[ .]?\d{3}[ .]?\d{3}|GB ?\d{3} ?\d{4} ?\d{2})(?![\w-])"
)
"""Shapes of German, Austrian, Swiss, British, American, Irish, Indian, Spanish, French and Italian
tax, value added tax, pension and health insurance numbers, and of those of most other countries:
nine to eleven digits."""

OFFICIAL_WORD = re.compile(
    r"\b(?:steuer|tax|tin|idnr|identifikationsnummer|sozialvers\w*|versicherungs\w*|rentenvers\w*|rvnr|kvnr|krankenvers\w*|krankenkasse\w*|gesundheitskarte|versichert\w*|ust-?id\w*|uid|vat|svnr|sv-?nr|sv|ahv|nhs|ni|nino"
    r"|national insurance|ssn|social security|insurance|e-?card|ppsn?|pan|aadha?ar|utr|dni|nie|nif|nir|s(?:é|e)cu\w*|codice fiscale|pesel|bsn|oib|personnummer|cpr)\b[^\n]{0,25}$|steuer\S{0,20}[^\n]{0,12}$",
    re.IGNORECASE,
)


MANY_DIGITS = re.compile(r"\d(?:[ \u00a0./A-Za-z-]{0,6}\d){5}")
"""Cheap to look for: no number of these kinds but India's PAN has fewer than six digits."""


NUMBER_SIGNS = (r"\d(?:[ \x{a0}./A-Za-z-]{0,6}\d){5}|PAN",)
"""The same for texts by the thousand."""


def find_numbers(text: str) -> Iterator[Span]:
    """Every bank account, card and official number of `text`."""
    if not MANY_DIGITS.search(text) and "PAN" not in text:
        return
    for match in IBAN.finditer(text):
        if end := iban_end(match[0]):
            yield Span(match.start(), match.start() + end, "bank")
    for pattern in (BIC, ACCOUNT, SORT_CODE):
        for match in pattern.finditer(text):
            yield Span(match.start("value"), match.end("value"), "bank")
    for match in BIRTH.finditer(text):
        yield Span(match.start("value"), match.end("value"), "official_number")
    for match in CARD.finditer(text):
        if is_card(match[0]):
            yield Span(match.start(), match.end(), "card")
    for match in OFFICIAL.finditer(text):
        if is_official(match[0], text[max(0, match.start() - 40) : match.start()]):
            yield Span(match.start(), match.end(), "official_number")


def iban_end(candidate: str) -> int | None:
    """Where the IBAN that `candidate` begins with ends; None if there is none."""
    length = IBAN_LENGTH.get(candidate[:2].upper())
    if not length or sum(sign.isdigit() for sign in candidate) < 10:
        return None
    seen = 0
    for place, sign in enumerate(candidate, start=1):
        seen += sign.isalnum()
        if seen == length:
            return place
    return len(candidate) if seen >= length - 4 else None  # mistyped, or cut off


def is_card(candidate: str) -> bool:
    """Whether the check digit is that of a payment card (ISO/IEC 7812, Luhn)."""
    from stdnum import luhn

    digits = re.sub(r"\D", "", candidate)
    return 13 <= len(digits) <= 19 and luhn.is_valid(digits)


def is_official(candidate: str, before: str) -> bool:
    """Whether the number is named as one, or is of a shape or check digit that others hardly have."""
    from stdnum.ch import ssn as swiss

    if re.fullmatch(r"\d{2} ?\d{6} ?[A-Z] ?\d{3}", candidate):
        return True  # a German pension insurance number: nothing else is written so
    return bool(OFFICIAL_WORD.search(before)) or (
        candidate.startswith("756") and bool(swiss.is_valid(candidate.replace(" ", ".")))
    )
