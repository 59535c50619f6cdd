"""Where several workers share a server: what a killed one was at is taken up by another.

A run tells the server that it is alive. One that fell silent is scheduled again; the steps it
finished are kept, and should it be alive after all, its lock keeps the second one away.
"""

from datetime import timedelta
from typing import Final

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

NAME: Final = "mytake: take up what a killed worker left"
BEAT: Final = (
    30  # seconds: Prefect's least; workers are told so by PREFECT_FLOWS_HEARTBEAT_FREQUENCY
)
SILENCE: Final = timedelta(seconds=3 * BEAT)


def register(client: SyncPrefectClient) -> None:
    """Tell the server, once. Its workers must beat: PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30."""
    if not client.read_automations_by_name(NAME):
        client.create_automation(automation())


def automation() -> AutomationCore:
    """Whatever the server hears of a run that was alive keeps it from being taken for dead."""
    trigger = EventTrigger(
        after={"prefect.flow-run.heartbeat"},
        expect={"prefect.flow-run.*"},
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENCE,
    )
    again = ChangeFlowRunState(
        state=StateType.SCHEDULED,
        name="AwaitingRetry",
        message=f"Nothing was heard of it for {SILENCE.seconds} s.",
        force=True,
    )
    return AutomationCore(name=NAME, trigger=trigger, actions=[again])
