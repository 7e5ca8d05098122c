"""Invented comments as a German Excel writes them to CSV: the same seed gives the same file."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

POSTS = 500
AUTHORS = 20_000
REPLY_SHARE = 0.3
REPEATED_SHARE = 0.1
OWN_SHARE = 0.02
FIRST_POST = datetime(2024, 1, 8, 9, 0)  # noqa: DTZ001 - a spreadsheet's times have no zone
DAYS = 730

HEADER = (
    "Kommentar-ID",
    "Antwort auf",
    "Beitrags-ID",
    "Beitragstitel",
    "Kanal",
    "Autor",
    "Erstellt am",
    "Kommentartext",
    "Gefällt mir",
    "Eigene Antwort",
)
CHANNELS = ("facebook", "linkedin", "intranet", "youtube", "x")
REPEATED = (
    "Danke!",
    "Super 👍",
    "Endlich!",
    "Genau so ist es.",
    "Sehr gut",
    "Nein danke",
    "Wer bezahlt das?",
    "+1",
    "Großartig, weiter so!",
    "Was kostet das denn?",
    "Schon wieder?",
    "🎉🎉🎉",
)
SOUP = (
    "und die der das nicht ist es wir ihr sie auch noch nur schon immer wieder aber weil wenn dann "
    "mit ohne für gegen von zu im am beim aus auf bei seit nach vor über unter zwischen endlich "
    "leider wirklich eigentlich vielleicht bestimmt natürlich sicher sehr kaum nie oft gestern "
    "heute morgen Umstellung Server Wolke Rechenzentrum Passwort Anmeldung Datenschutz Sicherheit "
    "Drucker Kennwort Störung Ausfall Ticket Hotline Schulung Kollegen Führung Vorstand Projekt "
    "Kosten Budget Lizenzen Anbieter Vertrag Migration Schnittstelle Altsystem Buchhaltung Lager "
    "Telefon Videokonferenz Notebook Bildschirm Homeoffice Büro Netzwerk Leitung Glasfaser App "
    "Portal Formular Antrag Rechnung Bericht Auswertung Zahlen Qualität Modell KI Chatbot "
    "Automatisierung Roboter Personal Stellen Fachkräfte Betriebsrat Mitbestimmung Strategie Ziel "
    "Fahrplan Verzögerung Fehler Test Freigabe Version Update Neustart langsam schnell teuer "
    "billig einfach kompliziert verständlich unklar hilfreich nutzlos stabil peinlich gelungen "
    "mutig spät funktioniert hakt dauert fehlt klappt nervt hilft spart kostet lohnt ändert "
    "verbessert verschlechtert warum wann wie wer Größe Übung Ämter"
)
WORDS = tuple(SOUP.split())
ENDS = (".", ".", ".", ".", "!", "!", "?", "?", " 👍", "")


@dataclass
class Thread:
    """One post and what was said below it so far."""

    post_id: str
    title: str
    channel: str
    moment: datetime
    comment_ids: list[str] = field(default_factory=list)


def write_comments(path: Path, count: int, seed: int = 1) -> None:
    """Write `count` comments on up to 500 posts, by up to 20,000 authors, to `path`.

    Three of ten are replies, one of ten has a text that many have, two of a hundred are the
    owner's own answers. Lengths are log-normal: half below some 70 characters, few above 1,000.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows(rows(count, random.Random(seed)))


def rows(count: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    """The rows of such a file, in the order in which they were made below each post."""
    threads = [thread(number, chance) for number in range(POSTS)]
    # Few posts draw most of the comments, and few authors write many.
    weights = [1 / (rank + 10) for rank in range(POSTS)]
    for number, chosen in enumerate(chance.choices(threads, weights, k=count)):
        yield row(f"{700_000_000_000 + number}", chosen, chance)


def thread(number: int, chance: random.Random) -> Thread:
    """A post without comments."""
    moment = FIRST_POST + timedelta(days=DAYS * chance.random())
    title = " ".join(chance.choices(WORDS, k=chance.randint(3, 8))).capitalize()
    return Thread(f"{900_000_000_000 + number}", title, CHANNELS[number % len(CHANNELS)], moment)


def row(comment_id: str, below: Thread, chance: random.Random) -> tuple[str, ...]:
    """One comment `below` a post; the post remembers it."""
    is_own = chance.random() < OWN_SHARE
    is_reply = bool(below.comment_ids) and (is_own or chance.random() < REPLY_SHARE)
    parent = chance.choice(below.comment_ids) if is_reply else ""
    below.comment_ids.append(comment_id)
    below.moment += timedelta(seconds=chance.expovariate(1 / 3600))
    return (
        comment_id,
        parent,
        below.post_id,
        below.title,
        below.channel,
        "IT der Stadtwerke" if is_own else f"Person {int(AUTHORS * chance.random() ** 2)}",
        f"{below.moment:%d.%m.%Y %H:%M}",
        text(chance),
        str(int(chance.paretovariate(1.2)) - 1),
        "ja" if is_own else "nein",
    )


def text(chance: random.Random) -> str:
    """Word soup, or one of the things that many say."""
    if chance.random() < REPEATED_SHARE:
        return chance.choice(REPEATED)
    words = chance.choices(WORDS, k=max(1, min(600, int(chance.lognormvariate(2.4, 0.9)))))
    soup = " ".join(words).capitalize() + chance.choice(ENDS)
    return soup.replace(" und ", "\nund ", 1) if chance.random() < 0.1 else soup
