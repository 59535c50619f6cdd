"""Tells a Prefect server what there is to run, and when: the same again changes nothing.

Two deployments, `article/video` and `channel/look`; each channel is a schedule of the latter.
Where this grows past one machine, they are what any Prefect worker runs: the pool is of its type
`process`, the flows are named by module.
"""

import contextlib
from dataclasses import replace
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import (
    DeploymentScheduleCreate,
    DeploymentUpdate,
    WorkPoolCreate,
)
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.utilities.callables import parameter_schema

from flows.api import CHANNEL, LATER, LOOK, NOW, POOL, VIDEO
from flows.house import House
from pipeline.channels import Channel
from pipeline.history import History

PRIORITIES = {LOOK: 1, NOW: 2, LATER: 3}


def deploy(house: House) -> None:
    """Register the flows and the schedules of all channels."""
    from flows.article import video
    from flows.channel import channel

    with get_client(sync_client=True) as client:
        _pool(client)
        _flow(client, video, VIDEO, "flows.article:video", LATER, house)
        number = _flow(client, channel, CHANNEL, "flows.channel:channel", LOOK, house)
        _schedules(client, number, house)


def _pool(client: SyncPrefectClient) -> None:
    with contextlib.suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    for queue, priority in PRIORITIES.items():
        with contextlib.suppress(ObjectAlreadyExists):
            client.create_work_queue(name=queue, work_pool_name=POOL, priority=priority)


def _flow(
    client: SyncPrefectClient,
    flow: Flow[..., Any],
    name: str,
    entrypoint: str,
    queue: str,
    house: House,
) -> UUID:
    told: dict[str, Any] = {
        "entrypoint": entrypoint,
        "description": flow.description,
        "work_queue_name": queue,
        "parameters": {"config": str(house.file), "output": str(house.output)},
        "parameter_openapi_schema": parameter_schema(flow).model_dump(),
    }
    try:
        there = client.read_deployment_by_name(name)
    except ObjectNotFound:
        return client.create_deployment(
            flow_id=client.create_flow(flow),
            name=name.partition("/")[2],
            work_pool_name=POOL,
            enforce_parameter_schema=True,
            **told,
        )
    # Not created anew: that deletes every schedule, and with it who paused it.
    if any(getattr(there, field) != value for field, value in told.items()):
        client.update_deployment(there.id, DeploymentUpdate(**told))
    return there.id


def _schedules(client: SyncPrefectClient, deployment: UUID, house: House) -> None:
    """One schedule a channel; those of channels that are gone are deleted."""
    there = {one.slug: one for one in client.read_deployment_schedules(deployment)}
    history = History(house.output)
    for slug, one in there.items():
        if slug not in house.channels:
            client.delete_deployment_schedule(deployment, one.id)
    for name, channel in house.channels.items():
        with history.registering(name):
            register = history.register(name)
            _schedule(client, deployment, name, channel, there.get(name), register.paused)
            if register.paused != channel.paused:
                history.keep(name, replace(register, paused=channel.paused))


def _schedule(
    client: SyncPrefectClient,
    deployment: UUID,
    name: str,
    channel: Channel,
    there: DeploymentSchedule | None,
    was_paused: bool,
) -> None:
    """Make it as the file says; who paused it on Prefect's page finds it paused."""
    schedule = CronSchedule(cron=channel.cron, timezone=channel.timezone)
    if there is None:
        one = DeploymentScheduleCreate(
            schedule=schedule, active=not channel.paused, slug=name, parameters={"name": name}
        )
        client.create_deployment_schedules(deployment, [one])
        return
    resumed = was_paused and not channel.paused
    active = resumed or (there.active and not channel.paused)
    if active != there.active or _differs(there.schedule, schedule):
        client.update_deployment_schedule(deployment, there.id, active=active, schedule=schedule)


def _differs(one: Any, other: CronSchedule) -> bool:
    return (getattr(one, "cron", None), getattr(one, "timezone", None)) != (
        other.cron,
        other.timezone,
    )
