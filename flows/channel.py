"""One look at a channel, with Prefect watching: a run of `article` for each video it takes."""

import itertools
import logging
import os
from datetime import UTC
from pathlib import Path
from typing import Any

from prefect import flow, runtime
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import house, watch
from flows.api import LATER, VIDEO, Api
from flows.clean import sweep
from pipeline.channels import Decision
from pipeline.engines.room import size
from pipeline.errors import InterviewError, Stopped
from pipeline.history import History

log = logging.getLogger("pipeline.watch")  # below what Prefect is told of


@flow(name="channel", flow_run_name="{name}", persist_result=False)
def channel(name: str, config: str = "config/mytake.toml", output: str | None = None) -> State[Any]:
    """List what is new on one channel, and ask for an article of each video that is wanted.

    Sound whose time is over goes first: who only serves never types `mytake clean`.
    """
    opened = house.opened(Path(config), Path(output) if output else None)
    if name not in opened.channels:
        return Completed(name="Gone", message=f"{name} is watched no more.")
    if overtaken(name, opened):
        return Completed(name="Overtaken", message="A later look has been there already.")
    for old in sweep(opened.output, opened.config.clean):
        if old.freed:
            log.info("%s of sound deleted, %.0f days old: %s", size(old.freed), old.days, old.title)
    try:
        seen = watch.look(name, opened)
    except InterviewError as error:
        return Failed(message=str(error))
    if seen.rest:
        until = f"{seen.rest.until:%Y-%m-%d %H:%M} UTC"
        return Completed(name="Resting", message=f"Until {until}: {seen.rest.why}")
    asked = sum(ask(name, one, opened) for one in seen.taken)
    return Completed(message=f"{len(seen.decisions)} listed, {asked} asked for.")


def overtaken(name: str, opened: house.House) -> bool:
    """Was it looked at after this look's time had come? After a night switched off many are."""
    register, due = History(opened.output).register(name), runtime.flow_run.scheduled_start_time
    return bool(due and register.looked and register.looked > due.astimezone(UTC))


def ask(name: str, one: Decision, opened: house.House) -> bool:
    """Ask for its article, once: the same key gives the same run, even one that was cancelled."""
    history, source = History(opened.output), one.listed.source
    api = Api(os.environ["PREFECT_API_URL"])
    deployment = api.deployment(VIDEO)["id"]
    before = history.failure(source.key)
    tries = before.tries if before else 0
    for number in itertools.count():
        run = api.start(
            deployment,
            {"url": source.address, "channel": name},
            f"{name} · {one.listed.title}",
            LATER,
            f"{source.key}-{tries}-{number}",
        )
        state = run["state"]["type"]
        if state == "CANCELLED":
            why = Stopped(one.listed.title, "Somebody stopped its run.")
            history.fail(source, one.listed.title, name, why, opened.config.watch)
            return False
        if state not in ("COMPLETED", "FAILED", "CRASHED"):  # new, or still under way
            return True
    return False
