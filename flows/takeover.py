"""Where several workers share a server: what a killed one was at is taken up by another.

A run tells the server that it is alive. One that fell silent is scheduled again; the steps it
finished are kept, and should it be alive after all, its lock keeps the second one away.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

BEAT: Final = 30  # seconds, Prefect's least

# (what it is, what was last heard of the run, how long nothing else is): a worker may die with a
# run in its hands that it has not begun, and a busy machine takes a while to begin one.
SILENCES: Final = (
    ("fell silent", ("heartbeat",), timedelta(seconds=3 * BEAT)),
    (
        "was never begun",
        ("Submitting", "Pending", "InfrastructurePending", "Running"),
        timedelta(minutes=5),
    ),
)


def register() -> None:
    """Tell the server, once. Its workers must beat: PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30."""
    with get_client(sync_client=True) as client:
        for automation in automations():
            if not client.read_automations_by_name(automation.name):
                client.create_automation(automation)


def automations() -> Iterator[AutomationCore]:
    """One for each kind of silence. Whatever else the server hears of a run ends it."""
    for what, heard, silence in SILENCES:
        trigger = EventTrigger(
            after={f"prefect.flow-run.{event}" for event in heard},
            expect={"prefect.flow-run.*"},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=silence,
        )
        again = ChangeFlowRunState(
            state=StateType.SCHEDULED,
            name="AwaitingRetry",
            message=f"Its worker {what}: nothing was heard of it for {silence.seconds} s.",
            force=True,
        )
        name = f"mytake: take up a run that {what}"
        yield AutomationCore(name=name, trigger=trigger, actions=[again])
