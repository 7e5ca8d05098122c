"""What each head answered, comment by comment: all labels are gone through once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from flows.publishing.numbering import SIGNATURE, placed
from flows.warehouse import batches, carry_out, frame
from transforms.estimates.listening import (
    Labels,
    Listener,
    ManyAnswers,
    OneAnswer,
    standing,
)
from transforms.estimates.members import Answers, Column, Comments
from transforms.marts import sql_marts
from transforms.statements import Shares

GIVEN = """
    SELECT head, label, model_version
    FROM (SELECT DISTINCT head, label, model_version FROM classified.label)
    SEMI JOIN ops.current_model USING (head, model_version)
"""
"""What the models that count ever answered."""

FOUND = """
    SELECT DISTINCT answer.head, audited.label, answer.model_version
    FROM classified.label AS answer
    JOIN audited USING (comment_id, input_hash, head)
    JOIN ops.current_model USING (head, model_version)
    WHERE audited.is_chosen
"""
"""What people chose of comments that these have answered."""

HEARD = f"""
    SELECT
        numbered.comment,
        coalesce(option.number, -1)::SMALLINT           AS option,
        answer.probability,
        answer.is_chosen::UTINYINT                      AS is_chosen,
        coalesce(answer.is_uncertain::TINYINT, -1)      AS is_uncertain
    FROM classified.label AS answer
    JOIN numbered
        ON numbered.signature = {SIGNATURE.format("answer.comment_id")}
        AND numbered.wording = hash(answer.input_hash)
    LEFT JOIN option USING (head, label, model_version)
"""
"""All labels of today's wordings as numbers, the option -1 for answers of models that do not count.
They are read where they lie, and in that order: grouped by DuckDB they take thrice as long. It
joins comments first here, while their texts are still looked up once for all labels of one: an
inner join with the options it may put first, and then took five times as long. Comments are looked
up by numbers of 128 bits in all: with texts, those of ten million do not fit into 1 GB, and all
labels go to disk and back."""

BATCH = 500_000
"""Labels that are heard together: some 10 MB."""

DRAWABLE = """
    SELECT DISTINCT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day
    FROM drawn
    WHERE head = getvariable('head')
"""
"""Days of which people were asked about some comments, drawn at random."""

GOLD_OF_ONE = """
    SELECT
        comment,
        any_value(comment_id)   AS comment_id,
        0                       AS question,
        max(option.place)       AS gold,
        any_value(drawn_share)  AS drawn_share
    FROM audited
    JOIN option USING (head, label)
    WHERE head = getvariable('head') AND is_chosen
    GROUP BY comment
"""

GOLD_OF_MANY = """
    SELECT comment, comment_id, option.place AS question, is_chosen::BIGINT AS gold, drawn_share
    FROM audited
    JOIN option USING (head, label)
    WHERE head = getvariable('head')
    UNION ALL
    SELECT
        comment,
        any_value(comment_id),
        (SELECT count(*) FROM option WHERE head = getvariable('head')),
        (NOT bool_or(is_chosen))::BIGINT,
        any_value(drawn_share)
    FROM audited
    WHERE head = getvariable('head')
    GROUP BY comment
"""

GOLD = """
    SELECT
        comment,
        question::BIGINT                AS question,
        gold::BIGINT                    AS gold,
        (hash(comment_id) >> 1)::BIGINT AS mark,
        drawn_share
    FROM ({})
    ORDER BY comment_id, question
"""
"""What people said. The `mark` of a comment does not change from one publish to the next."""

OPTION = pl.Schema({"head": pl.String(), "label": pl.String(), "model_version": pl.String()})


@dataclass(frozen=True)
class Heard:
    """The comments of a publish, and what each head, by its name, said of them."""

    comments: Comments
    answers: Mapping[str, Answers]


class Options:
    """The labels of every head, in alphabetical order, each with a number over all heads."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows.unique().sort("head", "label").with_row_index("number")
        first = self.rows.group_by("head", maintain_order=True).agg(pl.min("number"))
        self._first = {str(head): int(number) for head, number in first.rows()}
        self.heads = tuple(self._first)
        of = self.rows["head"].to_list()
        # The last of them, -1, is of no head.
        self._head = np.array([*(self.heads.index(head) for head in of), len(self.heads)], np.uint8)
        place = [number - self._first[head] for number, head in enumerate(of)]
        self._place = np.array(place, np.uint8)

    def labels(self, head: str) -> tuple[str, ...]:
        """Those of one head; none if it has answered nothing."""
        return tuple(self.rows.filter(head=head)["label"])

    def place(self, head: str, label: str) -> int | None:
        """That of a label among those of its head; None if it was never answered."""
        labels = self.labels(head)
        return labels.index(label) if label in labels else None

    def table(self) -> pl.DataFrame:
        """A row an option, with its `place` among those of its head."""
        return self.rows.with_columns(place=pl.Series(self._place).cast(pl.Int64))

    def apart(self, option: Column) -> Iterator[tuple[str, Column, Column]]:
        """Of labels by number: each head, which of the labels are its, and their places there."""
        of = self._head[option]
        for number, head in enumerate(self.heads):
            here = np.flatnonzero(of == number)
            if len(here):
                yield head, here, self._place[option[here]]


def asked_heads() -> list[Shares]:
    """The heads whose shares are published, each once."""
    published = [mart.shares for mart in sql_marts() if mart.shares]
    return [
        Shares(
            head,
            many=any(shares.many for shares in published if shares.head == head),
            with_none=any(shares.with_none for shares in published if shares.head == head),
        )
        for head in sorted({shares.head for shares in published})
    ]


def options_of(connection: duckdb.DuckDBPyConnection, asked: Iterable[Shares]) -> Options:
    """The labels of all heads that count now, as temporary table `option`, too.

    Of a head with one label also those that people chose in audits of comments that it has
    answered: left out, its audits would be no audits, and the rest no random sample. For these the
    model's probability is 0. Where several labels may apply, one the model never gives is none.
    """
    one = [shares.head for shares in asked if not shares.many]
    found = frame(connection, FOUND).filter(pl.col("head").is_in(one))
    options = Options(pl.concat([frame(connection, GIVEN), found]).cast(OPTION))
    carry_out(connection, "CREATE OR REPLACE TEMP TABLE option AS FROM wanted", options.table())
    return options


def listen(
    connection: duckdb.DuckDBPyConnection,
    options: Options,
    listeners: Mapping[str, Sequence[Listener]],
) -> None:
    """Let the listeners of each head hear all its labels that count."""
    for batch in batches(connection, HEARD, BATCH):
        comment, option, probability, is_chosen, is_uncertain = (
            column.to_numpy() for column in batch.columns
        )
        for head, here, place in options.apart(option):
            labels = Labels(
                comment[here].astype(np.int64),
                place,
                probability[here],
                is_chosen[here].astype(np.bool_),
                is_uncertain[here],
            )
            for listener in listeners[head]:
                listener.take(labels)


def answer_of(shares: Shares, options: Options, comment_count: int) -> OneAnswer | ManyAnswers:
    """What listens to the labels of a head whose shares are asked for."""
    count = len(options.labels(shares.head))
    if shares.many:
        return ManyAnswers(comment_count, count, shares.with_none)
    return OneAnswer(comment_count, count)


def answers_of(
    connection: duckdb.DuckDBPyConnection,
    shares: Shares,
    heard: OneAnswer | ManyAnswers,
    labels: tuple[str, ...],
    comments: Comments,
) -> Answers:
    """What a head answered, and people beside it, once for all marts that ask it."""
    connection.execute(f"SET VARIABLE head = '{shares.head}'")
    days = frame(connection, DRAWABLE)["day"].to_numpy()
    gold = GOLD_OF_MANY if shares.many else GOLD_OF_ONE
    return Answers(
        labels=labels,
        is_given=standing(heard.is_given, comments.place),
        is_uncertain=standing(heard.is_uncertain, comments.place),
        is_drawable=np.isin(comments.day, days),
        said=heard.said(comments.place),
        gold=placed(connection, GOLD.format(gold), comments),
    )


def hear(
    connection: duckdb.DuckDBPyConnection,
    comments: Comments,
    options: Options,
    asked: Sequence[Shares],
    others: Mapping[str, Sequence[Listener]],
) -> Heard:
    """What the heads in `asked` answered; the `others` listen to those that they name, too."""
    comment_count = len(comments.place)
    found = {shares.head: answer_of(shares, options, comment_count) for shares in asked}
    listeners = {
        head: [*others.get(head, ()), *([found[head]] if head in found else ())]
        for head in options.heads
    }
    listen(connection, options, listeners)
    return Heard(
        comments,
        {
            shares.head: answers_of(
                connection, shares, found[shares.head], options.labels(shares.head), comments
            )
            for shares in asked
        },
    )
