import pytest

from flows.reading.table_refusals import require_comments
from flows.reading.table_types import BrokenTable


@pytest.mark.parametrize(
    "header",
    ["FROM,TO,DATE,CONTENT", "Von,An,Datum,Nachricht", "From,To,Sent At,Message,Direction"],
)
def test_letters_to_somebody_are_refused(header: str) -> None:
    with pytest.raises(BrokenTable, match="messages to somebody") as caught:
        require_comments(header.split(","), {})
    assert caught.value.reason == "private message"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("First Name,Last Name,Company,Job Title,Text,Creation Date,Status", "Text"),
        ("Vorname,Nachname,E-Mail,Telefon,Firma,Bemerkung,Erstellt am", "Bemerkung"),
        ("First Name,Last Name,E-mail Address,Business Phone,Notes,Birthday", "Notes"),
    ],
)
def test_lists_of_people_are_refused(header: str, text: str) -> None:
    with pytest.raises(BrokenTable, match="people"):
        require_comments(header.split(","), {"text": text})


@pytest.mark.parametrize(
    "header",
    [
        "Titel des Beitrags,Link zum Beitrag,Erstellungsdatum,Impressionen,Klicks,Kommentare",
        "Page Name,Post Created,Message,Total Interactions,Likes,Comments,Reach",
    ],
)
def test_posts_and_their_numbers_are_refused(header: str) -> None:
    with pytest.raises(BrokenTable, match="posts"):
        require_comments(header.split(","), {"text": header.split(",")[0]})


def test_posts_of_a_blog_are_refused() -> None:
    header = ["id", "date", "content.rendered", "comment_status", "ping_status"]
    with pytest.raises(BrokenTable, match="WordPress"):
        require_comments(header, {"text": "content.rendered"})


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Vorname,Nachname,E-Mail,Was denken Sie?,Datum", "Was denken Sie?"),
        ("Vorname,Nachname,E-Mail,Firma,Telefon,Ihr Kommentar,Datum", "Ihr Kommentar"),
        ("Name,E-Mail,Abteilung,Text,Datum", "Text"),
        ("title,author,text,date", "text"),
    ],
)
def test_what_people_said_stays_theirs(header: str, text: str) -> None:
    require_comments(header.split(","), {"text": text})
