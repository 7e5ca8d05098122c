"""What the models said of each comment, side by side: `classified.said`, made of what is heard."""

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from flows.publishing.hearing import Options
from flows.warehouse import carry_out
from transforms.estimates.evidence import Flags, Places
from transforms.estimates.listening import AllChosen, AnyChosen, Chosen, Listener, OneOf
from transforms.estimates.members import Column

SAID = """
    CREATE OR REPLACE TEMP TABLE shared_said AS
    SELECT numbered.comment_id, said.* EXCLUDE (comment)
    FROM wanted AS said
    JOIN numbered USING (comment)
"""


class Said:
    """Listens to what `classified.said` tells of `comment_count` comments.

    The view says the same in SQL, for whoever asks it. There a list is made for each comment: that
    takes thrice as long, and DuckDB can't put what it needs for it aside on disk.
    """

    def __init__(self, comment_count: int, options: Options) -> None:
        self._options = options
        self._anything = AnyChosen(comment_count)
        self._sentiment, self._language = Chosen(comment_count), Chosen(comment_count)
        self._topics = AllChosen()
        self._question, self._request, self._toxic, self._reply = (
            OneOf(comment_count, options.place(head, label))
            for head, label in (
                ("intent", "question"),
                ("intent", "request"),
                ("toxic", "yes"),
                ("needs_reply", "yes"),
            )
        )

    def listeners(self) -> Mapping[str, Sequence[Listener]]:
        """Who listens to which head."""
        own: dict[str, tuple[Listener, ...]] = {
            "sentiment": (self._sentiment,),
            "language": (self._language,),
            "topic": (self._topics,),
            "intent": (self._question, self._request),
            "toxic": (self._toxic,),
            "needs_reply": (self._reply,),
        }
        return {head: (self._anything, *own.get(head, ())) for head in self._options.heads}

    def store(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the temporary table `shared_said`, while comments are numbered."""
        carry_out(connection, SAID, self.table())

    def table(self) -> pa.Table:
        """The columns of the view, with a comment's number in the place of its id."""
        here = np.flatnonzero(self._anything.is_chosen | self._reply.is_said)
        return pa.table(
            {
                "comment": here.astype(np.int32),
                "sentiment": self._named("sentiment", self._sentiment.place[here]),
                "typicality": known(
                    self._sentiment.probability[here], self._sentiment.place[here] >= 0
                ),
                "language": self._named("language", self._language.place[here]),
                "topics": self._listed(here),
                "is_question": self._question.is_chosen[here],
                "is_request": self._request.is_chosen[here],
                "is_toxic": self._toxic.is_chosen[here],
                "needs_reply": known(self._reply.is_chosen[here], self._reply.is_said[here]),
                "reply_score": known(self._reply.probability[here], self._reply.is_said[here]),
            }
        )

    def _named(self, head: str, place: Column) -> pa.DictionaryArray:
        """The labels at `place`; none where it is -1."""
        labels = pa.array(self._options.labels(head), pa.string())
        return pa.DictionaryArray.from_arrays(known(place, place >= 0), labels)

    def _listed(self, here: Places) -> pa.ListArray:
        """The topics of each comment, the surest first."""
        comment, place = self._topics.surest_first()
        offsets = np.append(np.searchsorted(comment, here), len(comment)).astype(np.int32)
        # As texts: of a list of places DuckDB 1.5 can't read one without any.
        labels = pa.array(self._options.labels("topic"), pa.large_string())
        return pa.ListArray.from_arrays(offsets, labels.take(pa.array(place)))


def known(values: Column, is_known: Flags) -> pa.Array:
    """`values` where they are known, and nothing elsewhere."""
    return pa.array(values, mask=~is_known)
