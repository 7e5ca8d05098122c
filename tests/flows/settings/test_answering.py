import pytest
from pydantic import ValidationError

from flows.settings.answering import Digest, Reply


@pytest.mark.parametrize(
    "minutes",
    [
        pytest.param({"question": 6}, id="one of four"),
        pytest.param({"question": 6, "request": 8, "reply": 10, "question mark": 0}, id="no time"),
    ],
)
def test_every_kind_of_answer_takes_some_time(minutes: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="expected minutes above 0 for each of `question`"):
        Reply(minutes=minutes)


@pytest.mark.parametrize("host", [None, "localhost", "127.0.0.1", "::1"])
def test_mail_to_this_machine_needs_no_encryption(host: str | None) -> None:
    assert Digest(smtp_host=host, smtp_encryption="none").smtp_host == host


def test_mail_to_another_machine_does() -> None:
    with pytest.raises(ValidationError, match="without encryption only to a server on this"):
        Digest(smtp_host="mail.example.org", smtp_encryption="none")
