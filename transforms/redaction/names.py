"""Names of private persons in a text, by what stands around them; no dictionary of surnames.

A name is taken where the text itself says that it is one: after a word for a person (`Kollege`,
`my sister`), an introduction (`Name:`, `I'm`), an honorific, in a signature, beside a number or an
address of that person, or where a known given name stands before a second capitalised word. Not
taken are public figures, single given names, and whoever is only addressed (`Herr Krenn, ...`):
that is as a rule the author of the post, whose name stands above it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Literal

from transforms.redaction.name_words import (
    given_names,
    names_of_things,
    no_names,
    no_surnames,
    word_names,
)
from transforms.redaction.public import is_firm, is_public
from transforms.redaction.span import Span

_UP = "".join(chr(code) for code in range(0x41, 0x250) if chr(code).isupper())
_LOW = "".join(chr(code) for code in range(0x61, 0x250) if chr(code).islower())
_PART = rf"(?:(?:O['’]|Mac|Mc|Di|De)?[{_UP}][{_LOW}]+)"
_WORD = rf"(?:{_PART}(?:-{_PART})*)"
_INITIAL = rf"(?:[{_UP}]\.)"
_PARTICLE = r"(?:von|van|de|der|den|zu|zur|di|da|la|al|el|bin|ten|vom)"
_TITLE = r"(?:(?:Prof|Dr|Dipl\.-Ing|Ing|Mag|DI|med|jur)\b\.? ?){0,4}"
_FULL = rf"(?:{_WORD}|{_INITIAL})(?: {_INITIAL})?(?: {_PARTICLE}){{0,2}}(?: {_WORD}){{1,2}}(?!\w)"

FULL = re.compile(_FULL)
BEFORE_CUT = re.compile(rf"(?: {_PARTICLE})+$")
"""`Sabine vom Helpdesk`: what led to the word that is no name is none, either."""

RUN = re.compile(
    rf"(?<![\w@#/.-])(?:{_WORD}|{_INITIAL})(?: (?:{_PARTICLE} ){{0,2}}(?:{_WORD}|{_INITIAL}))+(?![\w@/])"
)
"""Capitalised words in a row: in German as often nouns as names, so what stands before them tells."""

SHORT_OR_LOUD = re.compile(
    rf"(?<![\w@#/.-])(?P<given>{_WORD}) (?P<surname>[A-HJ-UWYZ]\.(?=[,;:!?)]|$| [^{_UP}])|[{_UP}]{{4,}}(?:-[{_UP}]{{2,}})*)(?![\w-])(?! [{_UP}]{{2,}}\b)"
)
"""`Sabine K.`, `Hans MÜLLER`: no number of a king, and no word of a sentence that is shouted."""

LOUD_WORDS = frozenset(
    (
        *("NATO", "EDEKA", "IKEA", "LIDL", "ARTE", "NASA", "HTML", "JSON", "DSGVO", "GDPR", "LINUX", "NICHT", "NEIN"),
        *("DANKE", "BITTE", "IMMER", "NEVER", "VERDI", "BITKOM", "BMDS", "SAFE", "SCRUM"),
    )
)  # fmt: skip
"""What is written in capitals and no surname."""

_MASCULINE = "kollege sohn bruder vater mann opa onkel ehemann freund azubi praktikant sachbearbeiter ansprechpartner \
hausmeister teamleiter abteilungsleiter projektleiter mitarbeiter mitschüler patient lehrer administrator admin betriebsrat \
kunde schulleiter leiter techniker chef nachbar vormieter nachmieter mieter partner betreuer vermieter berater"
_FEMININE = (
    "kollegin tochter schwester mutter frau oma tante ehefrau freundin praktikantin sachbearbeiterin \
ansprechpartnerin hausmeisterin teamleiterin abteilungsleiterin projektleiterin mitarbeiterin mitschülerin patientin \
lehrerin administratorin betriebsrätin kundin schulleiterin leiterin technikerin chefin nachbarin vormieterin nachmieterin \
mieterin partnerin betreuerin vermieterin beraterin witwe"
)
_OTHERS = (
    "kollegen nachbarn kunden datenschutzbeauftragte datenschutzbeauftragter datenschutzbeauftragten vorgesetzte \
vorgesetzter vorgesetzten familie eheleute eintrag absender praktikanten azubis patienten"
)
_ENGLISH = (
    "colleague coworker co-worker boss manager neighbour neighbor son daughter brother sister mother father mum mom dad \
husband wife partner friend intern supervisor teammate landlord tenant patient teacher apprentice technician trainee assistant \
admin family doctor"
)
_OWNERS = ("my", "our", "your", "his", "her", "their", "the")

INTRODUCTIONS = (
    *f"{_MASCULINE} {_FEMININE} {_OTHERS}".split(),
    *(f"{owner} {word}" for owner in _OWNERS for word in _ENGLISH.split()),
    "name", "name ist", "name war", "name lautet", "name is", "heiße", "heisse", "heißt", "heisst",
    "zuständig ist", "zustaendig ist", "ansprechpartner ist", "ansprechpartnerin ist", "ansprechpartner bei uns", "ansprechpartnerin bei uns", "erreichbar ist",
    "under the name", "under the name of", "booking under", "account of", "in the name of", "on behalf of", "auf den namen",
    "im namen von", "lautend auf", "umschreiben auf", "bestellung von", "adresse von", "konto von", "vertrag von", "fall von",
    "caso di", "dossier", "übernimmt", "frag mal", "fragt mal", "fragen sie", "frag doch mal", "frag doch", "gez.", "gezeichnet",
    "vertretung macht", "vertretung ist", "vertrete hier", "in vertretung", "betreut von", "ehemals", "mädchenname",
    "kontakt", "contact", "attn", "z.hd.", "z. hd.", "zu händen", "signed", "nummer von", "mail von", "ask", "ask for", "asked for",
)  # fmt: skip
"""What stands before the name of a person, in small letters: a name of two words needs no more."""

WEAK_INTRODUCTIONS = (
    "ich bin",
    "ich bin der",
    "ich bin die",
    "i'm",
    "i’m",
    "i am",
    "called",
    "this is",
    "is that",
    "hier ist",
)
"""What may as well introduce a rank or a thing: the first word must be a known given name."""

GREETINGS = (
    "gruß", "gruss", "grüße", "gruesse", "grüsse", "grüßen", "gruessen", "grüssen", "grüßt sie", "grüßt euch", "grüsst sie",
    "grüßt sie herzlich", "grüßt", "hochachtungsvoll", "mfg", "vg", "lg", "bg", "hg", "regards", "wishes", "sincerely",
    "faithfully", "truly", "cheers", "thanks", "thank you", "danke", "merci", "vielen dank", "servus",
)  # fmt: skip
"""Words with which letters end, in small letters."""

OF_THINGS_TOO = frozenset(
    (
        *("partner", "leiter", "leiterin", "mitarbeiter", "mitarbeiterin", "kontakt", "contact", "patient", "patienten", "kunde"),
        *("kunden", "ehemals", "übernimmt", "eintrag", "dossier", "ask", "ask for", "asked for", "erreichbar ist", "zuständig ist"),
        *("thanks", "thank you", "danke", "merci", "vielen dank", "cheers", "vertrag von", "admin", "berater"),
        *(f"{owner} {word}" for owner in _OWNERS for word in ("partner", "admin", "patient", "family")),
    )
)  # fmt: skip
"""Of the introductions and greetings those that as often stand before a firm, a department or a
product (`Danke Deutsche Bahn`): the first word behind them must be a known given name."""

PLAIN_INTRODUCTIONS = tuple(word for word in INTRODUCTIONS if word not in OF_THINGS_TOO)
PLAIN_GREETINGS = tuple(word for word in GREETINGS if word not in OF_THINGS_TOO)

Told = Literal["by an introduction", "by a given name"]
"""Who is introduced or signs is private, even with the name of somebody known."""

OWN = re.compile(r"\s(?:ihre?|deine?|eure?r?)$")
"""`Gruß, Ihr Max Mustermann`."""
FROM_PLACE = re.compile(r"\baus (?:dem |der |den )?\w+$")
LONGEST_ADDITION = 40
"""Characters that may follow a signature: a department, a town."""
LOOK_BACK = 45
"""Characters before a name in which its introduction ends."""

TURNED = re.compile(rf"\b[Nn]ame:? (?P<value>{_WORD}, {_WORD})")
"""`Name: Müller, Anna`, as forms have it."""

NEAR = 100
"""Characters of a stretch: a name by itself between commas is looked for within one or two of them
from somebody's number, or another name."""

BESIDE = 25
"""Characters between a name and a number that are still those of one person."""

WORDS = re.compile(r"\S+")
_HONORIFIC = (
    r"(?:Familie|Fam\.|Herrn?|Hrn?\.?|Frau|Fr\.|Mr\.?|Mrs\.?|Ms\.?|Miss|Monsieur|Madame|Signora?)"
)
HONORIFIC = re.compile(rf"\b(?P<word>{_HONORIFIC}) (?P<value>{_TITLE}(?:{_FULL}|{_WORD}))")
NEVER_SPOKEN_TO = frozenset({"Herrn", "Hrn.", "Hrn", "Familie", "Fam."})
"""Honorifics of people who are told of, whatever stands before."""

HONORIFICS = re.compile(r"Fam(?:ilie|\.)|H(?:er)?r|Fr(?:au|\.)|M(?:r|s|iss|on|ad)|Signor")
"""Cheap to look for: without one of these there is no honorific."""

TITLED = re.compile(rf"\b(?P<value>(?:Prof|Dr)\.(?: (?:Prof|Dr|med|jur|Ing)\.){{0,4}} {_FULL})")
ABOUT = re.compile(
    r"\b(?:d(?:er|ie|en|em|es|e)|unser(?:e[mnrs]?)?|euer|eure[mnrs]?|ein(?:e[mnrs]?)?|von|bei|beim|mit|f(?:ü|ue)r|an|und|durch|über|zu|gegen|"
    r"nur|statt|wegen|to|from|with|by|about|for|ask(?:ed)?|and|that|of|frag(?:t|en)?(?: doch)?(?: mal)?|heißt|that's)\s$"
)
"""Words before an honorific that speak about somebody rather than to him."""

_SEGMENT = re.compile(
    rf"(?:^|(?<=[,;:.()\n–!?\"„])|(?<=name |Name ))\s{{0,3}}(?P<value>{_TITLE}(?:{_FULL}|{_INITIAL} {_WORD}))(?=\s{{0,3}}(?:$|[,;:.()\n–!?\"“]))"
)
_SURNAME_TITLED = re.compile(
    rf"(?:\b(?:Familie|Herrn?|Frau) |\b(?=Dr\.|Prof\.))(?P<value>{_TITLE}{_WORD})"
)


def _any_of(words: Iterable[str]) -> str:
    """A pattern for `words`, however they are written in capitals, `ss` also as `ß`."""
    folded = (re.escape(word.casefold()).replace(r"\ ", " ") for word in words)
    return f"(?i:{'|'.join(sorted({word.replace('ss', '(?:ss|ß)') for word in folded}))})"


@cache
def name_signs() -> tuple[str, ...]:
    """A text without any of these holds nothing that `find_names` would find by itself."""
    given = "|".join(sorted(given_names()))
    return (
        rf"(?:^|[^a-zA-Z0-9_@#/.-])(?:{given})(?:-[^ ]*)? (?:{_PARTICLE} ){{0,2}}[{_UP}]",
        rf'{_BEFORE}{_any_of(INTRODUCTIONS)}[ \n"„“»,:–-]+[{_UP}]',
        rf"{_BEFORE}{_any_of(GREETINGS)}[^a-zA-Z0-9]",
        rf"(?:Prof|Dr)\. |{_HONORIFIC} |[Nn]ame:? [{_UP}]",
    )


_BEFORE = "(?:^|[^a-zA-Z0-9äöüÄÖÜß])"
"""What may stand before a word: everything but most letters and digits."""


def find_names(text: str, others: Sequence[Span]) -> Iterator[Span]:
    """Every name of a private person in `text`, where `others` found other data of persons."""
    for run in RUN.finditer(text):
        yield from names_in_run(text, run)
    for match in SHORT_OR_LOUD.finditer(text):
        if is_short_or_loud(match["given"], match["surname"]):
            yield Span(match.start(), match.end(), "name")
    yield from find_honoured(text)
    for match in TURNED.finditer(text) if "ame" in text else ():
        yield from name_in(text, match.start("value"), match.end("value"))
    near = {block for span in others if tells_of_somebody(span) for block in blocks_of(span)}
    for pattern in (_SEGMENT, _SURNAME_TITLED) if near else ():
        for match in pattern.finditer(text):
            if match.start("value") // NEAR in near:
                words = plain_words(match["value"])
                if not is_public(words) or is_beside(*match.span("value"), others):
                    yield from name_in(text, *match.span("value"))


def is_short_or_loud(given: str, surname: str) -> bool:
    """Whether an initial or a word in capitals behind a known given name is a private surname."""
    if given.split("-")[0] not in given_names() or given in word_names():
        return False
    things = no_names() | no_surnames() | names_of_things()
    is_word = surname in LOUD_WORDS or surname in things or surname.title() in things
    return not is_word and not is_public([given, surname])


def blocks_of(span: Span) -> range:
    """The stretches of a text, `NEAR` characters each, in which and beside which `span` lies."""
    return range(span.start // NEAR - 1, span.end // NEAR + 2)


def is_beside(start: int, end: int, others: Iterable[Span]) -> bool:
    """Whether another piece of somebody's data stands next to what lies from `start` to `end`."""
    return any(
        0 <= max(start - span.end, span.start - end) <= BESIDE
        for span in others
        if tells_of_somebody(span) and span.kind != "name"
    )


def tells_of_somebody(span: Span) -> bool:
    """Whether a private person's name may well stand beside what was found."""
    return span.kind not in ("mention", "link_secret")


def names_in_run(text: str, run: re.Match[str]) -> Iterator[Span]:
    """The name that capitalised words in a row hold, if what stands before or in them tells so."""
    starts = [
        run.start() + word.start() for word in WORDS.finditer(run[0]) if word[0] not in no_names()
    ]
    for start in starts:
        name = FULL.match(text, start)
        told = how_told(text, name) if name else None
        if name and told:
            words = plain_words(name[0])
            is_spared = is_public(words) if told == "by a given name" else is_firm(words)
            if not is_spared:
                yield from name_in(text, start, name.end())
            return


def how_told(text: str, name: re.Match[str]) -> Told | None:
    """What makes two capitalised words a name: what stands before them, or the first of them."""
    first, *rest = name[0].split()
    if first in no_surnames():
        return None
    is_given = first.split("-")[0] in given_names()
    start = name.start()
    before = text[max(0, start - LOOK_BACK) : start].rstrip(' \n"„“»,:–-').casefold()
    if ends_with(before, INTRODUCTIONS if is_given else PLAIN_INTRODUCTIONS):
        return "by a given name" if ends_with(before, ("frau",)) else "by an introduction"
    if ends_with(greeting_before(text, start), GREETINGS if is_given else PLAIN_GREETINGS):
        return "by an introduction" if is_last(text, name.end()) else None
    if not is_given:
        return None
    if ends_with(before, WEAK_INTRODUCTIONS):
        return "by an introduction"
    surname = next((word for word in rest if word[0].isupper() and word[-1] != "."), "")
    if not surname or surname in no_surnames() or (first in word_names() and surname in no_names()):
        return None
    return "by a given name"


def greeting_before(text: str, start: int) -> str:
    """What stands before a signature, in small letters, without the place it comes from."""
    before = text[max(0, start - LOOK_BACK) : start].casefold()
    words = before.rstrip(" \n,–-")
    if "\n" in before[len(words) :]:  # a line that ends is followed by the signature
        words = words.rstrip(" .!,")
    return OWN.sub("", FROM_PLACE.sub("", words)).rstrip(" ,")


def ends_with(before: str, words: tuple[str, ...]) -> bool:
    """Whether `before` ends with one of `words`, as whole words."""
    if not before.endswith(words):
        return False
    return any(before.endswith(word) and not before[: -len(word)][-1:].isalnum() for word in words)


def is_last(text: str, end: int) -> bool:
    """Whether a signature that ends at `end` ends its text or line, rather than being greeted."""
    rest = text[end:].strip(" \t.!,")
    return not rest or rest.startswith("\n") or len(rest) < LONGEST_ADDITION


def find_honoured(text: str) -> Iterator[Span]:
    """Names behind an honorific: full ones, and surnames of whom the text speaks about."""
    for match in TITLED.finditer(text) if "Dr" in text or "Prof" in text else ():
        yield from name_in(text, match.start("value"), match.end("value"))
    for match in HONORIFIC.finditer(text) if HONORIFICS.search(text) else ():
        words = plain_words(match["value"])
        if is_public(words[:1]) or is_public(words):
            continue
        is_full = len(words) > 1 and words[1] not in no_names()
        before = text[max(0, match.start() - 20) : match.start()]
        is_about = (
            match["word"] in NEVER_SPOKEN_TO
            or ABOUT.search(before)
            or ends_with(before.rstrip(" ,:").casefold(), INTRODUCTIONS)
        )
        if is_full or (is_about and words):
            end = (
                match.end("value")
                if is_full
                else match.start("value") + len(first_part(match["value"]))
            )
            yield from name_in(text, match.start("value"), end)


def name_in(text: str, start: int, end: int) -> Iterator[Span]:
    """The name of a private person that `text[start:end]` begins with, if it is one."""
    value = text[start:end]
    words = plain_words(value)
    if not words or words[0] in no_names():
        return
    cut = next((word for word in words[1:] if word in no_names()), None)
    if cut:
        value = BEFORE_CUT.sub("", value[: value.index(f" {cut}")])
    following = re.match(r"[ -](\w+)", text[start + len(value) :])
    if {value.split()[-1], following[1] if following else ""} & names_of_things():
        return
    yield Span(start, start + len(value.rstrip()), "name")


def plain_words(value: str) -> list[str]:
    """The words of a name without titles and particles."""
    return [
        word
        for word in value.split()
        if word[0].isupper()
        and not re.fullmatch(r"(?:Prof|Dr|Dipl\.-Ing|Ing|Mag|DI|Familie)\.?", word)
    ]


def first_part(value: str) -> str:
    """Titles and first word of a name."""
    found = re.match(rf"{_TITLE}{_WORD}", value)
    return found[0] if found else value
