"""Suites in, verdicts by Great Expectations out.

The only module that imports Great Expectations, and late: that alone takes seconds. Only verdicts,
counts and keys leave it, never other values: texts of comments belong in no log and on no page.
"""

import logging
import os
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import polars as pl

from models.errors import GiveUp
from models.findings import MOST_SHOWN, Finding, Judgement
from transforms.suites import Suite

ROW_SCHEMA = {"row": pl.Int64, "column": pl.String, "expectation": pl.String}

LONGEST_NAME = 60
"""Characters by which a row is named."""


def get_ready() -> None:
    """Load Great Expectations, which takes seconds, before there is anything to judge."""
    _quiet_gx()


def judge(suites: Iterable[Suite]) -> Judgement:
    """Every expectation's verdict on the frame of its suite, and a page on each suite."""
    findings: list[Finding] = []
    pages: dict[str, str] = {}
    whole = _whole_frame()
    for suite in suites:
        result = _validated(suite, whole)
        findings += [_finding(suite, entry) for entry in result.results]
        pages[suite.name] = _page(result)
    return Judgement(tuple(findings), pages)


def broken_rows(suite: Suite) -> tuple[pl.DataFrame, list[Finding]]:
    """(row, column, expectation) for each row that breaks a critical expectation; all findings.

    `row` counts from 0; a row that breaks several comes once, with the first of them.
    """
    result = _validated(suite, _whole_frame())
    broken = [
        (row, *_subject(entry))
        for entry in result.results
        if not entry.success and _severity(entry) == "critical"
        for row in _rows(entry)
    ]
    rows = pl.DataFrame(broken, schema=ROW_SCHEMA, orient="row")
    findings = [_finding(suite, entry) for entry in result.results]
    return rows.unique("row", keep="first", maintain_order=True).sort("row"), findings


def _whole_frame() -> Any:
    """What takes a frame as a batch, in a context of its own, which lasts as long as it.

    One for all suites: a context writes its whole configuration anew for each thing added to it.
    """
    context = _quiet_gx().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("gate").add_dataframe_asset("suite")
    return asset.add_batch_definition_whole_dataframe("whole")


def _validated(suite: Suite, whole: Any) -> Any:
    gx = _quiet_gx()
    batch = whole.get_batch({"dataframe": suite.frame.to_pandas()})
    expected = list(suite.expectations(gx.expectations))
    result = batch.validate(
        gx.ExpectationSuite(name=suite.name, expectations=expected),
        # Numbers of rows, but no examples of what stands in them.
        result_format={"result_format": "COMPLETE", "partial_unexpected_count": 0},
    )
    for entry in result.results:
        _require_judged(suite, entry)
        if suite.row_count is not None:
            _tell_of_all(entry, suite.row_count)
    return result


def _tell_of_all(entry: Any, row_count: int) -> None:
    """Let the result be of all rows: those that were not judged break nothing."""
    found = entry.result or {}
    if found.get("element_count"):
        broken_count = found.get("unexpected_count") or 0
        found |= {
            "element_count": row_count,
            "unexpected_percent": 100 * broken_count / row_count,
        }


def _require_judged(suite: Suite, entry: Any) -> None:
    """Raise `GiveUp` for an expectation that could not be judged: that is no verdict."""
    told = entry.exception_info or {}
    faults = told.values() if "raised_exception" not in told else [told]
    if any(fault.get("raised_exception") for fault in faults):
        column, expectation = _subject(entry)
        raise GiveUp(
            f"`{suite.name}.{column}`: `{expectation}` can't be judged. The expectation does not "
            "fit the column: mend it where the suite is declared."
        )


def _finding(suite: Suite, entry: Any) -> Finding:
    column, expectation = _subject(entry)
    rows = _rows(entry)
    found = entry.result or {}
    return Finding(
        table=suite.name,
        expectation=expectation,
        column=column,
        passed=bool(entry.success),
        broken_count=int(found.get("unexpected_count") or len(rows) or (not entry.success)),
        severity=_severity(entry),
        where=_named(suite, rows),
    )


def _subject(entry: Any) -> tuple[str, str]:
    """The column, "" if it is about several or all, and what is expected of it."""
    config = entry.expectation_config
    column = config.kwargs.get("column") or config.kwargs.get("column_A") or ""
    kind = config.type.removeprefix("expect_").replace("_", " ")
    return str(column), str(config.description or kind)


def _severity(entry: Any) -> Any:
    return str(getattr(entry.expectation_config.severity, "value", "critical"))


def _rows(entry: Any) -> list[int]:
    if entry.success:
        return []
    return [int(row) for row in (entry.result or {}).get("unexpected_index_list") or []]


def _named(suite: Suite, rows: Sequence[int]) -> tuple[str, ...]:
    if not suite.keys or not rows:
        return ()
    named = suite.frame.select(suite.keys)[list(rows[:MOST_SHOWN])].rows()
    return tuple(" ".join(map(str, keys))[:LONGEST_NAME] for keys in named)


def _page(result: Any) -> str:
    """The result as Great Expectations shows it, without what its checks found in single rows."""
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

    for entry in result.results:
        for name in [name for name in entry.result or {} if name.startswith(("unexp", "partial"))]:
            if name not in ("unexpected_count", "unexpected_percent"):
                del entry.result[name]
    # When it was judged says the page before it; equal results give equal pages.
    (result.meta.get("batch_markers") or {}).pop("ge_load_time", None)
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    return str(_view().render(document))


@cache
def _view() -> Any:
    """The page's templates, compiled once."""
    from great_expectations.render.view.view import DefaultJinjaPageView

    view: Any = DefaultJinjaPageView()
    return view


@cache
def _quiet_gx() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("great_exp")]:
        logging.getLogger(name).setLevel(logging.ERROR)
    return gx
