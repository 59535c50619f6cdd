"""One article, with Prefect watching: the same stages, each a task with retries and a history."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.exceptions import PrefectException
from prefect.states import Completed, Failed

from flows import artifacts, house, path, watch
from flows.api import NO_ROOM
from flows.screen import tell_steps
from flows.writing import written
from pipeline import publish
from pipeline.config import Config, Style
from pipeline.errors import InterviewError
from pipeline.model import Published, Source
from pipeline.sources import sources
from pipeline.store import Work

# No fault of a recording: the server is away for a moment, or the run was taken back.
NOT_OURS = (PrefectException, httpx.HTTPError)

T = TypeVar("T")

tell_steps()


def may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Only what may pass in a minute is tried again: no network yes, a private video no."""
    try:
        state.result()
    except InterviewError as error:
        return error.may_pass and not error.stops_channel  # asking on gets the address banned
    except Exception:  # a bug: another try changes nothing
        return False
    return False


def watched(work: Work, pauses: Sequence[float] = (5, 30, 120)) -> path.Step:
    """`work.step`, as Prefect tasks; `pauses` in seconds before each further try.

    The kept steps are the cache: Prefect's own collides across tasks and misses changes of code.
    The inputs are bound, not passed: Prefect would walk through every word of the transcript.
    """

    def step(stage: Callable[..., T], *inputs: object, variant: str = "") -> T:
        @task(
            name=f"{stage.__name__}-{variant}" if variant else stage.__name__,
            retries=len(pauses),
            retry_delay_seconds=list(pauses),
            retry_condition_fn=may_pass,
            cache_policy=NO_CACHE,
            persist_result=False,
        )
        def run() -> T:
            with artifacts.hearing(work.root.name):
                result = work.step(stage, *inputs, variant=variant)
            artifacts.show(result)
            return result

        return run()

    return step


@flow(name="article", flow_run_name="{source.address}", persist_result=False)
def article(
    source: Source,
    config: Config,
    style: Style,
    output: Path,
    others: dict[str, Style] | None = None,
    *,
    asked: dict[str, str] | None = None,
    again_from: str | None = None,
) -> Published:
    """Turn one recording into an article, and record how that went."""
    return written(
        source,
        config,
        style,
        output,
        others or {},
        asked=asked,
        again_from=again_from,
        steps=watched,
    )


@flow(name="article", persist_result=False)
def video(
    url: str,
    channel: str | None = None,
    again_from: str | None = None,
    config: str = "config/mytake.toml",
    output: str | None = None,
) -> State[Any]:
    """Turn one video into an article, as its channel's rules ask for.

    `again_from`: a stage to do again, with all after it. A run that was killed goes on where it
    was: what it did again already is not done a third time.
    """
    opened = house.opened(Path(config), Path(output) if output else None)
    try:
        order = _order(url, channel, opened)
    except InterviewError as error:
        return Failed(message=str(error))
    if runtime.flow_run.run_count <= 1:
        order = replace(order, again_from=again_from)
    # Two short tries; the channel's next look is the third. Others wait for this worker meanwhile.
    outcome = watch.attempt(order, opened, lambda work: watched(work, (5, 15)), NOT_OURS)
    if outcome.state == "no room":
        return Failed(name=NO_ROOM, message=outcome.why)
    if outcome.state == "failed":
        return Failed(message=outcome.why)
    if outcome.published is None:
        return Completed(name="PutOff", message=outcome.why)
    newest = publish.newest(outcome.published.article)  # article.md may have been edited
    return Completed(message=f"{outcome.why}: {newest}")


def _order(url: str, channel: str | None, opened: house.House) -> watch.Order:
    (source, *_) = sources(url, opened.config.sources, opened.config.download)
    order = watch.order_of(url, source, opened)
    return replace(order, channel=channel or order.channel)
