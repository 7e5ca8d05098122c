"""What a spreadsheet makes of a cell: texts that it would run are made harmless."""

import polars as pl

RUNS_AS_FORMULA = r"^[\s\x00-\x1f\x{200b}\x{feff}\"']*[=+\-@＝＋－＠]|^[\t\r\n]"
"""A text cell that starts so is run by Excel and LibreOffice (OWASP: CSV injection), the wide signs
of East Asian keyboards, too; blanks and quotes before are what some take off first."""

RUNS_WITHIN = r"([;,\t|\r\n][\"']?)([=@＝＠]|[+\-＋－][\w(\"'@=.])"
"""The same behind a sign at which a spreadsheet set to another country parts the line: the rest is
then a cell of its own. `;-)` and `5,- ` run as nothing."""


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with an apostrophe before every text that a spreadsheet would run as a formula.

    Lists of texts become one text, separated by commas: a cell holds one value.
    """
    lists = [name for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
    flat = frame.with_columns(pl.col(lists).list.join(", "))
    texts = [name for name, kind in flat.schema.items() if kind == pl.String]
    return flat.with_columns(_harmless(flat[name]) for name in texts)


def _harmless(texts: pl.Series) -> pl.Series:
    # Of a million texts some thousand would run: only these are written anew.
    risky = (texts.str.contains(RUNS_AS_FORMULA) | texts.str.contains(RUNS_WITHIN)).arg_true()
    if risky.is_empty():
        return texts
    chosen = texts.gather(risky).to_frame("text")
    within = pl.col("text").str.replace_all(RUNS_WITHIN, "$1'$2")
    would_run = pl.col("text").str.contains(RUNS_AS_FORMULA)
    mended = pl.when(would_run).then(pl.concat_str(pl.lit("'"), within)).otherwise(within)
    return texts.clone().scatter(risky, chosen.select(mended).to_series())
