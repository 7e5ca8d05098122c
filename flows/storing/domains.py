"""Stored domains of authors, brought to what the settings name now: no other may stay."""

from flows.settings import Settings
from flows.warehouse import frame, writing
from transforms.email_domains import known_domain

STORED = "SELECT DISTINCT email_domain FROM clean.comment WHERE email_domain IS NOT NULL"


def narrow_domains(settings: Settings) -> None:
    """Exchange each stored domain for the narrowest one of the rules that it lies in, or for none.

    A domain that was added is found by reading the files again.
    """
    named = settings.audience.email_domains
    with writing(settings.paths.warehouse, settings.warehouse) as connection:
        for old in frame(connection, STORED)["email_domain"].to_list():
            if (new := known_domain(old, named)) != old:
                connection.execute(
                    "UPDATE clean.comment SET email_domain = ? WHERE email_domain = ?", [new, old]
                )
