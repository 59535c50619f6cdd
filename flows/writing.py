"""One recording written, whoever asks: a person, a channel's look, the page for reviewing."""

from collections.abc import Callable, Mapping
from pathlib import Path

from flows import kept, limits, path
from pipeline.config import Config, Style
from pipeline.model import Published, Source
from pipeline.store import Work

Steps = Callable[[Work], path.Step]  # how the steps of a recording are done


def plainly(work: Work) -> path.Step:
    """With no Prefect at all."""
    return work.step


def written(
    source: Source,
    config: Config,
    style: Style,
    output: Path,
    others: Mapping[str, Style],
    *,
    asked: Mapping[str, str] | None = None,
    again_from: str | None = None,
    steps: Steps = plainly,
) -> Published:
    """Write it, as a person told while reviewing; nobody else works on it meanwhile.

    `asked`: who is who, which beats that. `again_from`: a stage to do again, with all after it.
    """
    with limits.working(source.key, config, output) as work:
        if again_from:
            path.forget_from(work, again_from)
        kept.keep(work, source, config)
        told = kept.as_told(config, output, source, asked)
        return path.write(source, told, style, output, steps(work), others)
