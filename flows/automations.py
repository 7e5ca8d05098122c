"""Prefect's automations as code: who is told when a scheduled run fails, or does not start."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.automations import AutomationCore, CallWebhook, EventTrigger, Posture
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient, get_client

from flows.fetching.secrets import secret
from flows.settings import Notify, load_settings
from models.errors import ContractBroken, GateFailed, GiveUp, TryAgain

POOL = "resonanz"
"""The work pool of `prefect.yaml`: whose runs are watched."""

BLOCK = "resonanz-alerts"
"""The Webhook block that keeps the address: Prefect encrypts it, and shows it to nobody."""

ENDED = {"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"}
RUNS: dict[str, Any] = {"prefect.resource.id": "prefect.flow-run.*"}

OF_THE_POOL: dict[str, Any] = {
    "prefect.resource.role": "work-pool",
    "prefect.resource.name": POOL,
}
"""Runs that the pool started: of `daily`, not also of each stage in it."""

ANY = "Flow run encountered an exception: "
"""How Prefect begins what it says of a run that raised an error; the error's name follows."""

OURS = tuple(kind.__name__ for kind in (GiveUp, TryAgain, GateFailed, ContractBroken))
"""Errors that were written for people. Any other might quote a comment, which stays here."""


def payload(what: str) -> str:
    """What Slack, Mattermost and Teams take, an object with a `text`: a template of Prefect's."""
    return (
        '{% set said = flow_run.state.message or "no reason given" %}'
        f'{{% set error = said.removeprefix("{ANY}") %}}'
        f'{{% set is_ours = said == error or error.split(":")[0] in {OURS!r} %}}'
        '{"text": {{ ("Resonanz: run `" + flow_run.name + "` of `" + flow.name + "` '
        f'{what}: " + (error if is_ours else "the error is in its log")) | tojson }}}}}}'
    )


def deploy() -> list[str]:
    """Let the server that `PREFECT_API_URL` names tell of failed and late runs; safe to run twice.

    Returns the names of the automations. Raises `GiveUp` if the settings name no webhook.
    """
    settings = load_settings().notify
    if settings.webhook is None:
        raise GiveUp(
            "`webhook` under `[notify]` of `settings.toml` is empty, expected `env:NAME` or "
            "`block:NAME`: name where the address of the webhook is."
        )
    block = save_block(secret(settings.webhook))
    made = list(automations(block, settings))
    with get_client(sync_client=True) as client:
        for automation in made:
            put(automation, client)
    return [automation.name for automation in made]


def save_block(address: str) -> UUID:
    """Keep the address of the webhook where automations find it."""
    saved: Any = Webhook(url=address).save(BLOCK, overwrite=True, _sync=True)  # type: ignore[call-arg,arg-type]
    return UUID(str(saved))


def put(automation: AutomationCore, client: SyncPrefectClient) -> None:
    """Create an automation in the place of those of the same name."""
    for known in client.read_automations_by_name(automation.name):
        client.delete_automation(known.id)
    client.create_automation(automation)


def automations(block: UUID, settings: Notify) -> Iterator[AutomationCore]:
    """What is watched: runs that ended badly, and runs that did not start in time."""
    yield AutomationCore(
        name="resonanz: a run failed",
        description="Made by `resonanz automations`.",
        trigger=EventTrigger(
            expect=ENDED,
            match=RUNS,
            match_related=OF_THE_POOL,
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
        ),
        actions=[CallWebhook(block_document_id=block, payload=payload("failed"))],
    )
    yield AutomationCore(
        name="resonanz: a run is late",
        description="Made by `resonanz automations`.",
        trigger=EventTrigger(
            after={"prefect.flow-run.Late"},
            expect={"prefect.flow-run.*"},
            match=RUNS,
            match_related=OF_THE_POOL,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            within=timedelta(minutes=settings.late_minutes),
        ),
        actions=[CallWebhook(block_document_id=block, payload=payload("is late"))],
    )
