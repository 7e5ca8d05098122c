import pytest
from pydantic import ValidationError

from flows.settings.arriving import Fetch, Sources


def test_a_mapping_reaches_the_readers() -> None:
    given = {"match": "umfrage*", "columns": {"text": "Meinung"}}
    (mapping,) = Sources.model_validate({"mappings": [given]}).rules().mappings
    assert (mapping.match, mapping.columns) == ("umfrage*", {"text": "Meinung"})


def test_two_accounts_need_two_names() -> None:
    account = {"source": "hackernews_api", "name": "hn"}
    with pytest.raises(ValidationError, match="two accounts are called `hn`"):
        Fetch.model_validate({"accounts": [account, account]})
