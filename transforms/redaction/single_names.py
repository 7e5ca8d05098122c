"""Names of one word, where the text itself says whose they are: a colleague's, somebody's of a team.

A surname after `Kollege`, which says that it is one; a known given name after a word for a person
one has to do with (`unser Admin Jens`, `my colleague Sarah`) or before the team that he is of
(`Peter aus der IT`, `Sarah from HR`); a surname with an honorific that something is told of
(`Herr Meier hat`). A given name by itself names thousands, and stays.
"""

import re
from collections.abc import Iterator
from functools import cache

from transforms.redaction.name_words import (
    given_names,
    names_of_things,
    no_names,
    no_surnames,
)
from transforms.redaction.public import is_public
from transforms.redaction.span import Span

_UP = "A-ZÄÖÜÀ-ÖØ-ÞĆČĐŁŚŠŞŻŽİ"
_LOW = "a-zäöüßà-öø-ÿćčđęğıłńřśšşżž"
_WORD = rf"(?:(?:O['’]|Mac|Mc)?[{_UP}][{_LOW}]+(?:-[{_UP}][{_LOW}]+)*)"
_TITLE = r"(?:(?:Prof|Dr)\.? ){0,4}"

COLLEAGUE = re.compile(
    rf"\b[Kk]olleg(?:e|in|(?<=dem Kolleg)en|(?<=nem Kolleg)en|(?<=rem Kolleg)en) (?P<value>{_TITLE}{_WORD})(?![\w–-])"
)
"""`dem`, `meinem`, `unserem Kollegen`: of several colleagues what follows is no name."""

GERMAN_ROLES = (
    *("Chef", "Admin", "Praktikant", "Teamleiter", "Sachbearbeiter", "Techniker", "Nachbar", "Abteilungsleiter", "Projektleiter"),
    *("Chefin", "Praktikantin", "Teamleiterin", "Sachbearbeiterin", "Technikerin", "Nachbarin", "Abteilungsleiterin", "Azubi"),
    *("Projektleiterin", "Freundin", "Vermieter", "Vermieterin", "Betreuer", "Betreuerin", "Vorgesetzter", "Vorgesetzte"),
)  # fmt: skip
"""Without relatives: what stands behind them is as often a trade (`mein Opa Tischler`)."""

ENGLISH_ROLES = (
    *("colleague", "coworker", "co-worker", "teammate", "boss", "manager", "neighbour", "neighbor", "intern", "supervisor", "admin"),
    *("technician", "trainee", "assistant", "apprentice", "husband", "wife", "brother", "sister", "son", "daughter", "mum", "mom"),
    *("dad", "uncle", "aunt", "nephew", "niece", "friend", "landlord", "deskmate", "mate"),
)  # fmt: skip

ROLES = (
    *("Kollegen", "Chef", "Chefin", "Admin", "Administrator", "Azubi", "Praktikant", "Praktikantin", "Teamleiter", "Teamleiterin"),
    *("Sachbearbeiter", "Sachbearbeiterin", "Techniker", "Technikerin", "Hausmeister", "Nachbar", "Nachbarin", "Abteilungsleiter"),
    *("Abteilungsleiterin", "Projektleiter", "Projektleiterin", "Ansprechpartner", "Ansprechpartnerin", "Vorgesetzter", "Vorgesetzte"),
    *("Sohn", "Tochter", "Bruder", "Schwester", "Mann", "Freund", "Freundin", "Betriebsrat", "Vorgesetzten", "Vorarbeiter"),
    *("colleague", "coworker", "co-worker", "teammate", "boss", "manager", "neighbour", "neighbor", "intern", "supervisor"),
    *("admin", "technician", "trainee", "assistant", "apprentice", "husband", "wife", "brother", "sister", "son", "daughter"),
    *("ask", "asked", "frag", "fragt", "Frag", "Fragt", "Ask", "frag mal", "frag doch", "fragt mal", "Frag mal", "Frag doch", "Fragt mal"),
)  # fmt: skip
"""What stands before a given name by itself, as it is written."""

TEAMS = (
    r"(?:IT|EDV|HR|PR|QA|Personal|Buchhaltung|Buchhaltg|Einkauf|Vertrieb|Controlling|Marketing|Support|Helpdesk|Help|Service|Servicedesk|"
    r"Entwicklung|Produktion|Fertigung|Montage|Lager|Logistik|Versand|Recht|Revision|Rechenzentrum|Betriebsrat|Technik|Verwaltung|Kantine|"
    r"Poststelle|Werkstatt|Zentrale|Leitstelle|Personalabteilung|Abteilung|Nachtschicht|Frühschicht|Spätschicht|accounting|Accounting|finance|"
    r"Finance|sales|Sales|legal|Legal|operations|Operations|payroll|Payroll|procurement|Procurement|facilities|Facilities|security|Security|"
    r"engineering|Engineering|support|marketing|logistics|maintenance|the (?:IT|help ?desk|service ?desk|night shift|warehouse|front desk)|"
    rf"[{_UP}]\w*(?:abteilung|team|schicht|büro|stelle))\b"
)
OF_TEAM = re.compile(
    rf"\b(?P<value>{_WORD}) (?:aus (?:der|dem|unserer|unserem|eurer|eurem) |von der |vom |from |in |im |of ){TEAMS}"
)

HAS_TEAM = (" aus d", " aus u", " aus e", " vo", " from ", " im ", " in ")
"""Cheap to look for."""

TOLD_OF = re.compile(
    rf"\b(?:Herr|Hr\.?|Frau|Fr\.|Mr\.?|Mrs\.?|Ms\.?) (?P<value>{_TITLE}{_WORD})(?=,? (?:aus (?:der|dem|unserer)|vo[mn] (?:der )?{TEAMS}|from {TEAMS}|hat(?:te)?|sagt(?:e)?|"
    r"meint(?:e)?|sitzt|saß|arbeitet|kümmert|wollte|konnte|kam|rief|schrieb|erklärte|behauptete|was|said|told|called|works|wrote|refused)\b)"
)
"""A verb in the third person behind a name: told of, not spoken to."""


@cache
def single_name_signs() -> tuple[str, ...]:
    """A text without any of these holds nothing that `find_single_names` would find."""
    given = "|".join(sorted(given_names()))
    return (
        rf"olleg(?:e|in|en) [{_UP}]",
        r"(?:Herr|Hr\.?|Frau|Fr\.|Mr\.?|Mrs\.?|Ms\.?) ",
        rf"(?:^|[^a-zA-Z0-9_])(?:{given})(?:-[^ ]*)? (?:aus|von|vom|from|in|im|of) ",
        rf" (?:{'|'.join((*GERMAN_ROLES, *ENGLISH_ROLES))}) [{_UP}]",
        rf"(?:{'|'.join(ROLES)}) (?:{given})",
    )


def find_single_names(text: str) -> Iterator[Span]:
    """Every name of one word in `text` whose owner the text itself tells."""
    if "olleg" in text:
        for match in COLLEAGUE.finditer(text):
            if is_surname(match["value"]):
                yield Span(match.start("value"), match.end("value"), "name")
    if "Hr" in text or "Herr" in text or "Fr" in text or "M" in text:
        for match in TOLD_OF.finditer(text):
            if is_surname(match["value"]) and not is_public(match["value"].split()[-1:]):
                yield Span(match.start("value"), match.end("value"), "name")
    if any(hint in text for hint in HAS_TEAM):
        for match in OF_TEAM.finditer(text):
            if match["value"].split("-")[0] in given_names():
                yield Span(match.start("value"), match.end("value"), "name")
    for match in OWN.finditer(text):
        group = "value" if match["value"] else "english"
        if is_surname(match[group]):
            yield Span(match.start(group), match.end(group), "name")
    yield from find_after_role(text)


OWN = re.compile(
    rf"\b(?:[Mm]eine?|[Uu]nsere?|[Dd]eine?|[Ee]uere?|[Ee]ure?|[Ii]hre?|[Ss]eine?) (?:neue[rs]? |alte[rs]? |liebe[rs]? )?(?:{'|'.join(GERMAN_ROLES)}) (?P<value>{_WORD})(?![\w–-])"
    rf"|\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir) (?:new |old |dear |former )?(?:{'|'.join(ENGLISH_ROLES)}) (?P<english>{_WORD})(?![\w–-])"
)
"""Somebody's `Nachbarin Gundula`, `my colleague Bea`: what follows is a name, whether known or not."""

AFTER_ROLE = re.compile(rf" (?<=[rntmdbseflgk] )(?P<value>{_WORD})(?![\w-])")
"""A capitalised word behind another one: whether that is a role is looked up. It begins with a
blank, which is found fast; to look for each of the roles first would take longer."""


def find_after_role(text: str) -> Iterator[Span]:
    """A known given name after a word for somebody one has to do with."""
    for match in AFTER_ROLE.finditer(text):
        name = match["value"]
        if name.split("-")[0] not in given_names():
            continue
        before = text[max(0, match.start() - 19) : match.start()]
        role = next((role for role in ROLES if before.endswith(role)), None)
        if role and not before[: -len(role)][-1:].isalnum():
            yield Span(match.start("value"), match.end(), "name")


def is_surname(value: str) -> bool:
    """Whether a capitalised word after `Kollege` or an honorific is somebody's name."""
    last = value.split()[-1]
    return last not in no_names() and last not in no_surnames() and last not in names_of_things()
