import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import yaml

from flows.automations import ANY, POOL, automations, deploy, payload
from flows.settings import Notify
from models.errors import GiveUp
from tests.test_docs import ROOT


@pytest.mark.usefixtures("workplace")
def test_without_a_webhook_nothing_is_made() -> None:
    with pytest.raises(GiveUp, match="`webhook` under `\\[notify\\]`"):
        deploy()


@pytest.mark.usefixtures("workplace")
def test_an_address_in_the_settings_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RESONANZ_NOTIFY__WEBHOOK", "https://chat.example.org/hooks/s3cret")
    with pytest.raises(GiveUp) as raised:
        deploy()
    assert "s3cret" not in str(raised.value)


def test_failures_are_told_at_once_and_lateness_after_the_minutes_of_the_settings() -> None:
    failed, late = automations(uuid4(), Notify(late_minutes=45))
    assert failed.trigger.within == timedelta(0)  # type: ignore[union-attr]
    assert late.trigger.within == timedelta(minutes=45)  # type: ignore[union-attr]


def told(reason: str | None) -> str:
    """The message of a run that failed for a reason, as Prefect's own templates make it."""
    from prefect.server.utilities.user_templates import (
        render_user_template_sync,
        validate_user_template,
    )

    context = {
        "flow_run": SimpleNamespace(name="a-b", state=SimpleNamespace(message=reason)),
        "flow": SimpleNamespace(name="daily"),
    }
    validate_user_template(payload("failed"))
    text = json.loads(render_user_template_sync(payload("failed"), context))["text"]
    return str(text).removeprefix("Resonanz: run `a-b` of `daily` failed: ")


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (None, "no reason given"),
        ('exited with "143"\nand\\left', 'exited with "143"\nand\\left'),
        (f"{ANY}GiveUp: Set `x`: it is empty.", "GiveUp: Set `x`: it is empty."),
        (f"{ANY}GateFailed: 3 checks failed", "GateFailed: 3 checks failed"),
        (f"{ANY}ValueError: Das ist eine Katastrophe", "the error is in its log"),
    ],
    ids=["none", "signs", "ours", "gate", "unforeseen"],
)
def test_the_message_gives_the_reason_but_quotes_nobody(reason: str | None, text: str) -> None:
    assert told(reason) == text


def test_every_deployment_is_in_the_pool_that_is_watched() -> None:
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    pools = {deployment["work_pool"]["name"] for deployment in declared["deployments"]}
    assert pools == {POOL}


def test_schedules_keep_out_of_the_hour_that_comes_twice_or_never() -> None:
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    schedules = [one for made in declared["deployments"] for one in made["schedules"]]
    assert {schedule["timezone"] for schedule in schedules} == {"Europe/Berlin"}
    hours = {schedule["cron"].split()[1] for schedule in schedules}
    assert "2" not in hours
    assert len(hours) >= 3
