"""One article, with Prefect watching: the same stages, each a task with retries and a history."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from flows import again, path
from pipeline.config import Config, Style
from pipeline.errors import InterviewError
from pipeline.model import Published, Source
from pipeline.store import Work

T = TypeVar("T")


def may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Only what may pass by itself is tried again: a rate limit yes, a private video no."""
    try:
        state.result()
    except InterviewError as error:
        return error.may_pass
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
            return work.step(stage, *inputs, variant=variant)

        return run()

    return step


@flow(name="article", flow_run_name="{source.address}", persist_result=False)
def article(
    source: Source,
    config: Config,
    style: Style,
    output: Path,
    others: dict[str, Style] | None = None,
) -> Published:
    """Turn one recording into an article, and record how that went."""
    with Work(output / ".work" / source.key) as work:
        again.keep(work, source, config)
        return path.write(source, config, style, output, watched(work), others)
