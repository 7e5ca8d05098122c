"""Which full sweeps are believed: records of a file in, all but doubtful `Swept` ones out."""

from collections.abc import Iterable, Iterator

from models.canonical import Comments, Record, Rejected, Swept


def believed(records: Iterable[Record | Comments]) -> Iterator[Record | Comments]:
    """Yield `records`, but for each `Swept` whose post had a record that was rejected.

    Nobody knows which comment that was: whichever it is, it would be taken for deleted. The
    records of a post stand together and end with its `Swept`.
    """
    is_doubtful = False
    for record in records:
        if isinstance(record, Swept):
            if not is_doubtful:
                yield record
            is_doubtful = False
        else:
            is_doubtful = is_doubtful or isinstance(record, Rejected)
            yield record
