"""Comments that models have not labelled yet: found, given known answers, counted, fetched."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import duckdb
import polars as pl

from flows.storing.known import INPUT_NUMBER, meet, mend, note_labels_of
from flows.storing.labelled import is_of, waiting_files
from flows.warehouse import carry_out, frame, number

PENDING = f"""
    INSERT INTO pending BY NAME
    SELECT
        input.comment_id,
        input.input_hash,
        {INPUT_NUMBER}              AS input_number,
        unnest($versions)           AS model_version
    FROM (FROM classified.input WHERE {{is_looked_at}}) AS input
    SEMI JOIN (FROM classified.dated WHERE is_audience AND {{is_looked_at}}) AS dated
        ON dated.comment_id = input.comment_id
    WHERE input.text <> '' AND input.input_hash > $after
"""
"""Comments of the audience in their present wording, if they still have one: texts beyond their
retention period are gone."""

SINCE = """
    AND (
        input.comment_id IN (SELECT comment_id FROM classified.dated WHERE day >= $since)
        OR input.comment_id IN (SELECT comment_id FROM classified.audit)
    )
"""
"""Of these, what a model that is only tried reads: since a day, and what people judged."""

EMPTY = (
    "CREATE OR REPLACE TEMP TABLE pending (comment_id VARCHAR, input_hash VARCHAR, "
    "input_number BIGINT, model_version VARCHAR)"
)

WITHOUT = (
    "DELETE FROM pending USING {done} AS done WHERE done.comment_id = pending.comment_id "
    "AND done.{input} = pending.{input} AND done.model_version = pending.model_version"
)

TWINS = """
    CREATE OR REPLACE TEMP TABLE twin AS
    SELECT pending.comment_id, pending.input_hash, known.*
    FROM pending
    JOIN (
        SELECT
            input_number,
            model_version,
            min(comment_id)                         AS known_id,
            arg_min(label_count, comment_id)        AS label_count,
            arg_min(labelled_at_utc, comment_id)    AS labelled_at_utc
        FROM met
        WHERE labelled_at_utc IS NOT NULL
        GROUP BY ALL
    ) AS known USING (input_number, model_version)
"""
"""Pending comments, each with another one whose input was the same, and when that was labelled.

Where the time is not known the labels would have to be sought among all: a text is read again.
"""

COPIES = """
    INSERT INTO copied BY NAME
    SELECT near.* REPLACE (twin.comment_id AS comment_id, $now AS labelled_at_utc)
    FROM (
        FROM (FROM classified.label WHERE labelled_at_utc BETWEEN $first AND $last)
        -- The filter leaves nothing out: see `first_stored` in `flows/warehouse.py`.
        SEMI JOIN (FROM twin WHERE rowid >= 0) USING (input_hash)
    ) AS near
    JOIN twin
        ON twin.known_id = near.comment_id
        AND twin.input_hash = near.input_hash
        AND twin.model_version = near.model_version
        AND twin.labelled_at_utc = near.labelled_at_utc
"""
"""Labels lie as they were written, so that those of other times are left out where they lie. Of
most others only the hash is compared, which their neighbours share."""

FRAGMENTS = """
    DELETE FROM copied USING (
        SELECT twin.comment_id, twin.model_version
        FROM twin
        JOIN (
            SELECT comment_id, model_version, count(*) AS found FROM copied GROUP BY ALL
        ) AS counted USING (comment_id, model_version)
        WHERE counted.found <> twin.label_count
    ) AS fragment
    WHERE fragment.comment_id = copied.comment_id
        AND fragment.model_version = copied.model_version
"""
"""Of some comments not all labels are there as it was noted; a part of an answer is none."""

NEIGHBOURS = timedelta(minutes=1)
"""Time between two labellings that are looked for at once: what was labelled in between is read."""

NEXT = """
    WITH chosen AS (
        SELECT comment_id
        FROM pending
        WHERE model_version = $version AND input_hash IN (
            SELECT DISTINCT input_hash
            FROM pending
            WHERE model_version = $version
            ORDER BY input_hash
            LIMIT $count
        )
    )
    SELECT
        input.comment_id, input.input_hash, input.text, input.post_text, input.last_seen_at_utc
    FROM (FROM classified.input WHERE {is_looked_at}) AS input
    SEMI JOIN chosen ON chosen.comment_id = input.comment_id
"""
"""Whole groups of equal inputs, so that none is read in two shards."""

READ = f"""
    CREATE OR REPLACE TEMP TABLE read_input AS
    SELECT comment_id, text, {number("comment_id")} AS id_number FROM wanted
"""

STILL_WORDED = """
    SELECT comment_id
    FROM (
        SELECT comment_id, text
        FROM (FROM clean.comment WHERE last_seen_at_utc >= $earliest)
        -- The filter leaves nothing out: see `first_stored` in `flows/warehouse.py`.
        SEMI JOIN (FROM read_input WHERE rowid >= 0) USING (id_number)
    )
    SEMI JOIN read_input USING (comment_id, text)
"""
"""When a comment was last seen only becomes later: of a day's, most others are not looked at."""


def find_pending(
    connection: duckdb.DuckDBPyConnection,
    versions: Sequence[str],
    since: date | None = None,
    after: str = "",
) -> dict[str, list[str]]:
    """Make `pending`: the comments that each of `versions` has yet to label, by hash `after` one.

    Beside it stands `met`: who has the inputs of these comments, or had, labelled. `since` leaves
    out earlier comments, but for those that people judged. What is looked through is the narrow
    table, once for all versions; it is mended before. Returns the conditions under which comments
    were looked at, each with its versions.
    """
    mend(connection)
    connection.execute(EMPTY)
    looked_for = conditions(connection, versions)
    for is_looked_at, of_them in looked_for.items():
        named: dict[str, object] = {"versions": of_them, "after": after}
        question = PENDING.format(is_looked_at=is_looked_at)
        if since is not None:
            question, named = question + SINCE, named | {"since": since}
        connection.execute(question, named)
    meet(connection, "pending")
    connection.execute(WITHOUT.format(done="met", input="input_number"))
    return looked_for


def conditions(
    connection: duckdb.DuckDBPyConnection, versions: Sequence[str]
) -> dict[str, list[str]]:
    """Which comments are looked at -> the versions for which these are."""
    found: dict[str, list[str]] = {}
    for version, files in waiting_files(connection, versions).items():
        found.setdefault(is_of(files), []).append(version)
    return found


def counted(connection: duckdb.DuckDBPyConnection, table: str) -> Counter[str]:
    """How many comments stand in `table`, by version."""
    return Counter(
        dict(
            connection.execute(
                f"SELECT model_version, count(DISTINCT comment_id) FROM {table} GROUP BY ALL"
            ).fetchall()
        )
    )


def copy_known(connection: duckdb.DuckDBPyConnection, now: datetime) -> Counter[str]:
    """Give `pending` comments the labels that the same input has under another comment.

    They are pending no more; returns how many they were, by version.
    """
    connection.execute(TWINS)
    connection.execute("CREATE OR REPLACE TEMP TABLE copied AS FROM classified.label LIMIT 0")
    for first, last in stretches(connection):
        connection.execute(COPIES, {"first": first, "last": last, "now": now})
    connection.execute(FRAGMENTS)
    copied = counted(connection, "copied")
    if copied:
        connection.execute("INSERT INTO classified.label BY NAME FROM copied")
        note_labels_of(connection, "copied")
        connection.execute(WITHOUT.format(done="copied", input="input_hash"))
    return copied


def stretches(connection: duckdb.DuckDBPyConnection) -> list[tuple[datetime, datetime]]:
    """First and last moment of each stretch of time in which a `twin` was labelled."""
    found: list[tuple[datetime, datetime]] = []
    for (moment,) in connection.execute(
        "SELECT DISTINCT labelled_at_utc FROM twin ORDER BY ALL"
    ).fetchall():
        if found and moment <= found[-1][1] + NEIGHBOURS:
            found[-1] = (found[-1][0], moment)
        else:
            found.append((moment, moment))
    return found


def first_pending(
    connection: duckdb.DuckDBPyConnection, version: str, is_looked_at: str, count: int
) -> pl.DataFrame:
    """The first `count` inputs, by hash, that are `pending`, with all comments that have them."""
    return connection.execute(
        NEXT.format(is_looked_at=is_looked_at), {"version": version, "count": count}
    ).pl()


def still_worded(connection: duckdb.DuckDBPyConnection, inputs: pl.DataFrame) -> pl.DataFrame:
    """Those of `inputs` whose comment is still there, in the words that were read.

    They were read a while ago. Somebody may have been erased since, on another machine even.
    """
    carry_out(connection, READ, inputs.select("comment_id", "text"))
    earliest = inputs["last_seen_at_utc"].min()
    present = frame(connection, STILL_WORDED, {"earliest": earliest})
    return inputs.join(present, on="comment_id", how="semi", maintain_order="left")


def unlabelled(
    connection: duckdb.DuckDBPyConnection, inputs: pl.DataFrame, version: str
) -> pl.DataFrame:
    """Those of `inputs` (comment_id, input_hash) that `version` has not labelled yet."""
    connection.register("shard", inputs.select("comment_id", "input_hash"))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE asked AS SELECT *, {INPUT_NUMBER} AS input_number FROM shard"
    )
    meet(connection, "asked")
    return frame(
        connection,
        "SELECT comment_id, input_hash FROM asked "
        "ANTI JOIN (FROM met WHERE model_version = $version) AS done "
        "USING (comment_id, input_number)",
        {"version": version},
    )
