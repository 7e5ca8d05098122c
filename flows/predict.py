"""Lines of text in, one JSON answer a line out, in the same order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, TextIO

from flows.checkpoint import load_current
from flows.reading.json_rows import json_value
from flows.settings import load_settings
from flows.settings.named_files import read_taxonomy
from models.encoder import Encoder, Reading
from transforms.classify import chosen, is_uncertain
from transforms.language import languages
from transforms.taxonomy import HEAD, Taxonomy

LINES_AT_A_TIME = 512
"""Enough to keep the model busy, few enough that answers come while input still does."""

PLURAL = {"topic": "topics", "intent": "intents"}
"""What the answers of a head with several labels are called."""


@dataclass(frozen=True)
class Question:
    """One line of the input: what to read, or why it can't be read."""

    id: object
    text: str = ""
    post: str | None = None
    error: str | None = None


def predict_lines(lines: BinaryIO, out: TextIO, plain: bool) -> None:
    """Answer every line of `lines`; a bad line is answered with an `error`, and the rest goes on.

    The model is loaded before the first line is read; raises `GiveUp` if that fails.
    """
    settings = load_settings().classify
    encoder, taxonomy = load_current(settings), read_taxonomy(settings.taxonomy_file)
    questions = plain_questions(lines) if plain else json_questions(lines)
    while batch := list(islice(questions, LINES_AT_A_TIME)):
        for answer in answers(batch, encoder, taxonomy):
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()


def plain_questions(lines: BinaryIO) -> Iterator[Question]:
    """Each line as a text; its id is its number, from 1."""
    for number, line in enumerate(lines, start=1):
        try:
            yield Question(number, line.decode("utf-8").rstrip("\r\n"))
        except UnicodeDecodeError as error:
            yield Question(number, error=f"line {number} is not UTF-8: {error.reason}")


def json_questions(lines: BinaryIO) -> Iterator[Question]:
    """Each line as `{"id", "text", "post"}`; blank lines are skipped."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield json_question(line, number)


def json_question(line: bytes, number: int) -> Question:
    """One line as a question, or as the error that it is."""
    try:
        value = json_value(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Question(None, error=f"line {number} is not UTF-8: {error.reason}")
    except ValueError:
        return Question(None, error=f"line {number} is not JSON")
    except RecursionError:
        return Question(None, error=f"line {number} is nested too deep")
    if not isinstance(value, dict):
        found = type(value).__name__
        return Question(None, error=f"line {number} is a JSON {found}, expected an object")
    name, text, post = value.get("id"), value.get("text"), value.get("post")
    if not isinstance(text, str):
        found = "nothing" if text is None else type(text).__name__
        return Question(name, error=f"line {number}: `text` is {found}, expected a string")
    if post is not None and not isinstance(post, str):
        found = type(post).__name__
        return Question(name, error=f"line {number}: `post` is {found}, expected a string")
    return Question(name, text, post)


def answers(
    questions: list[Question], encoder: Encoder, taxonomy: Taxonomy
) -> Iterator[dict[str, Any]]:
    """One answer a question, in order."""
    good = [question for question in questions if question.error is None]
    texts = [question.text for question in good]
    reading = encoder.read(texts, [question.post for question in good])
    spoken = iter(languages(texts))
    place = 0
    for question in questions:
        if question.error is not None:
            yield {"id": question.id, "error": question.error}
            continue
        heads = head_answers(reading, place, encoder)
        if "topics" in heads:
            heads["topics"] = own_topics(reading, place, encoder, taxonomy, question.text)
        yield {"id": question.id, **heads, "language": next(spoken)[0]}
        place += 1


def head_answers(reading: Reading, place: int, encoder: Encoder) -> dict[str, Any]:
    """Every head's answer to the text at `place` of `reading`."""
    answer: dict[str, Any] = {}
    for head in encoder.heads:
        values = reading.probabilities[head.name][place]
        is_chosen = chosen(values[None, :], head)[0]
        scored = [
            (label, round(float(value), 4))
            for label, value in zip(head.labels, values, strict=True)
        ]
        picked = [pair for pair, yes in zip(scored, is_chosen, strict=True) if yes]
        if head.many:
            best_first = sorted(picked, key=lambda pair: -pair[1])
            answer[PLURAL.get(head.name, head.name)] = [
                {"label": label, "probability": value} for label, value in best_first
            ]
        elif head.name == "sentiment":
            answer[head.name] = {"label": picked[0][0], "probabilities": dict(scored)}
        else:
            answer[head.name] = {"label": picked[0][0], "probability": picked[0][1]}
        if not head.many:
            answer[head.name]["uncertain"] = bool(is_uncertain(values[None, :], head)[0])
    if reading.deciding and (sentence := reading.deciding[place]):
        answer["sentiment"]["decided_by"] = sentence
    return answer


def own_topics(
    reading: Reading, place: int, encoder: Encoder, taxonomy: Taxonomy, text: str
) -> list[dict[str, Any]]:
    """The topics of the user's taxonomy that apply to the text at `place`, likeliest first."""
    head = next(head for head in encoder.heads if head.name == HEAD)
    values = reading.probabilities[HEAD][place]
    marks = chosen(values[None, :], head)[0]
    said = {
        label: (float(value), bool(mark))
        for label, value, mark in zip(head.labels, values, marks, strict=True)
    }
    applying = [(name, p) for name, p, applies in taxonomy.judge(said, text) if applies]
    return [
        {"label": name, "probability": round(probability, 4)}
        for name, probability in sorted(applying, key=lambda pair: -pair[1])
    ]
