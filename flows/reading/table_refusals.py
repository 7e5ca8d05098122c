"""The columns of a table in, why its texts are nobody's comments out: letters, people, own posts.

What people export of themselves holds tables of contacts and of private messages, which have texts
and times as comments do. A mapping in the settings is believed: who writes one has looked.
"""

import re
from collections.abc import Mapping, Sequence

from flows.reading.column_names import plain_name
from flows.reading.table_types import BrokenTable

RECIPIENTS = frozenset(
    {"to", "an", "recipient", "recipients", "recipientname", "recipientprofileurls", "empfaenger"}
)
"""Columns, as `plain_name` has them, of tables whose texts were written to one person."""

PERSON = {
    "firstname": r"firstname|vorname|givenname",
    "lastname": r"lastname|nachname|familienname|surname",
    "email": r"e?mail|e?mailaddress|e?mailadresse|emails",
    "phone": r".*(?:phone|telefon|fax|mobil|mobile|handy)(?:number|nummer)?\d?",
    "company": r"company|companyname|firma|firmenname|unternehmen|organi[sz]ation",
    "position": r"jobtitle|position|funktion|berufsbezeichnung|title",
    "address": r".*(?:address|adresse|strasse|street|postcode|zipcode|plz|wohnort)",
    "birth": r"birthday|birthdate|dateofbirth|geburtstag|geburtsdatum",
}
"""What a table tells of a person -> its columns, as `plain_name` has them."""

CONTACT = frozenset({"phone", "company", "position", "address", "birth"})
"""What nobody is asked for with a comment."""

METRICS = frozenset(
    {"impressions", "impressionen", "reach", "reichweite", "clicks", "klicks", "totalclicks"}
    | {"ctr", "klickrate", "engagementrate", "interaktionsrate", "totalinteractions", "follows"}
)
"""What is counted of posts, and of no comment."""

MANY = 4
"""Facts about a person from which on a table is one of people."""

SAID = re.compile(r"comment|kommentar|feedback|meinung|opinion|review|rueckmeldung|answer|antwort")
"""What is in the name of a column that holds comments even in a table of people."""


def require_comments(header: Sequence[str], columns: Mapping[str, str]) -> None:
    """Raise `BrokenTable` where the column taken for the text holds no comments.

    `columns` is field -> column, as it was guessed.
    """
    names = [plain_name(column) for column in header]
    if addressed := next((name for name in names if name in RECIPIENTS), None):
        raise BrokenTable(
            "private message",
            f"a table of messages to somebody: it has a column `{addressed}`; if it holds "
            "comments, name its columns in `settings.toml` under `[[sources.mappings]]`",
        )
    if "commentstatus" in names and "pingstatus" in names:
        raise BrokenTable(
            "missing column",
            "a list of WordPress's posts, not of their comments: save `/wp-json/wp/v2/comments`",
        )
    is_said = SAID.search(plain_name(columns.get("text", "")))
    if len(METRICS.intersection(names)) >= 2 and not is_said:
        raise BrokenTable(
            "missing column",
            "a table of posts and their numbers, in which no column is plainly one of comments; if "
            "there is one, name it in `settings.toml` under `[[sources.mappings]]`",
        )
    told = {
        fact
        for fact, pattern in PERSON.items()
        if any(re.fullmatch(pattern, name) for name in names)
    }
    is_of_people = len(told) >= MANY and bool(told & CONTACT)
    if is_of_people and not is_said:
        raise BrokenTable(
            "missing column",
            "a table of people, in which no column is plainly one of comments; if there is one, "
            "name it in `settings.toml` under `[[sources.mappings]]`",
        )
