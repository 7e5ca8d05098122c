import copy
from typing import Any

import pytest

from models.errors import ContractBroken
from tests.example_mart import TABLE
from transforms.published_contract import VERSION, breaks, contract_of, require_kept

NOW: dict[str, Any] = dict(contract_of({"example": TABLE}))


def changed(**columns: str) -> dict[str, Any]:
    contract = copy.deepcopy(NOW)
    contract["tables"]["example"]["columns"] |= columns
    return contract


def test_a_new_column_or_table_breaks_nothing() -> None:
    with_more = changed(author_count="count")
    with_more["tables"]["other"] = {"grain": [], "columns": {}}
    assert breaks(NOW, with_more) == []


@pytest.mark.parametrize(
    ("before", "told"),
    [
        pytest.param(changed(gone="count"), "`example.gone` was count and is gone", id="a column"),
        pytest.param(
            changed(week="day"), "`example.week` was day and is text", id="a column's kind"
        ),
    ],
)
def test_what_is_taken_away_is_told(before: dict[str, Any], told: str) -> None:
    assert breaks(before, NOW) == [told]
    with pytest.raises(ContractBroken, match="raise `VERSION`"):
        require_kept(before, NOW)


def test_a_table_that_is_gone_and_another_grain_are_told() -> None:
    before = copy.deepcopy(NOW)
    before["tables"]["old"] = {"grain": [], "columns": {}}
    before["tables"]["example"]["grain"] = ["topic"]
    assert breaks(before, NOW) == ["`example` has another grain", "the table `old` is gone"]


def test_a_higher_version_may_take_away() -> None:
    require_kept(changed(gone="count") | {"version": VERSION - 1}, NOW)
