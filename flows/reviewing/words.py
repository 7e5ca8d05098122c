"""The words of a review sheet that are no question: its pages, its columns, its instructions."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.questions import Language


@dataclass(frozen=True)
class Words:
    """Titles of pages and columns, and what stands on the page of instructions."""

    audit: str
    training: str
    instructions: str
    machine: str
    number: str
    place: str
    post: str
    parent: str
    comment: str
    note: str
    comment_id: str
    pick: str
    heading: str
    guide: tuple[str, ...]
    meaning: tuple[str, str, str]


WORDS: Mapping[Language, Words] = {
    "de": Words(
        audit="Stichprobe",
        training="Training",
        instructions="Anleitung",
        machine="Maschine",
        number="Nr.",
        place="Wo und wann",
        post="Beitrag",
        parent="Antwort auf",
        comment="Kommentar",
        note="Notiz",
        comment_id="Kennung",
        pick="Bitte wählen Sie eine Antwort aus der Liste.",
        heading="Kommentare lesen und beurteilen",
        guide=(
            "Füllen Sie die gelben Zellen aus; ein Klick zeigt die möglichen Antworten. Alles "
            "andere ist gesperrt, damit die Antworten zu ihren Kommentaren passen.",
            "Lesen Sie den Kommentar zusammen mit dem Beitrag und, wo es einen gibt, dem "
            "Kommentar, auf den er antwortet. Beurteilen Sie nur den Kommentar.",
            "Die Seite „Stichprobe“ ist zufällig gezogen: Sie berichtigt die veröffentlichten "
            "Anteile. Beantworten Sie dort alles, auch das Langweilige und das Schwierige; was "
            "ausgelassen wird, verzerrt das Ergebnis.",
            "Die Seite „Training“ ist ausgesucht, weil das Modell dort unsicher war. Sie kann das "
            "Modell lehren und geht nie in Anteile ein. Sie darf warten.",
            "Bei Themen und Absichten heißt „keines davon“, dass nichts zutrifft; eine leere "
            "Zeile heißt, dass Sie nicht geantwortet haben.",
            "Was das Modell meint, steht auf einer ausgeblendeten Seite, damit es Ihr Urteil "
            "nicht lenkt. Blenden Sie sie erst ein, wenn Sie fertig sind.",
            "Lesen zwei Menschen dieselben Kommentare, besprechen sie sich erst danach.",
            "Zurück damit: resonanz review import DATEI. Halb Ausgefülltes geht auch, und eine "
            "berichtigte Datei ersetzt die frühere.",
        ),
        meaning=("Frage", "Antwort", "Was gemeint ist"),
    ),
    "en": Words(
        audit="Sample",
        training="Training",
        instructions="Instructions",
        machine="Machine",
        number="No.",
        place="Where and when",
        post="Post",
        parent="In reply to",
        comment="Comment",
        note="Note",
        comment_id="Key",
        pick="Please pick an answer from the list.",
        heading="Read comments and judge them",
        guide=(
            "Fill in the yellow cells; a click shows the answers. All else is locked, so that "
            "answers stay with their comments.",
            "Read the comment with its post and, where there is one, the comment that it answers. "
            "Judge the comment alone.",
            "The page “Sample” was drawn at random: it corrects the published shares. Answer all "
            "of it, the dull and the hard ones, too; what is left out bends the result.",
            "The page “Training” was picked because the model was unsure. It can teach the model "
            "and never goes into a share. It may wait.",
            "For topics and intents, “none of these” says that nothing applies; an empty row says "
            "that you have not answered.",
            "What the model thinks is on a hidden page, so that it does not lead your judgement. "
            "Unhide it when you are done, not before.",
            "If two people read the same comments, they talk about them afterwards.",
            "Bring it back: resonanz review import FILE. A half-filled one will do, and a "
            "corrected file replaces the earlier one.",
        ),
        meaning=("Question", "Answer", "What is meant"),
    ),
}
"""By language of the sheet."""
