"""One recording to one article: the order of the stages, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.attribute import attribute
from pipeline.compose import compose
from pipeline.config import Config, Style
from pipeline.diarize import diarize
from pipeline.download import download
from pipeline.edit import edit
from pipeline.identify import identify
from pipeline.model import Interview, Published, Source
from pipeline.outline import outline
from pipeline.prepare import prepare
from pipeline.publish import publish
from pipeline.render import render
from pipeline.transcribe import transcribe
from pipeline.verify import verify

T = TypeVar("T")


class Step(Protocol):
    """Runs a stage, or gives its kept result: `Work.step`, or the same watched by Prefect."""

    def __call__(self, stage: Callable[..., T], *inputs: object) -> T:
        """The stage's result for these inputs."""
        ...


def write(source: Source, config: Config, style: Style, output: Path, step: Step) -> Published:
    """Take one recording all the way. Raises InterviewError where it cannot go on."""
    recording = step(download, source, config.download)
    audio = step(prepare, recording, config.prepare) if recording.audio else None
    # Who only listens is told of no copy for the reviewer: another size of it is heard the same.
    sound = replace(audio, listening=None) if audio else None
    transcript = step(transcribe, recording, sound, config.transcribe)
    voices = step(diarize, sound, transcript, config.diarize)
    turns = step(attribute, transcript, voices, sound, config.attribute)
    video = recording.video
    speakers = step(identify, video, turns, config.identify)
    edited = step(edit, video, transcript, turns, speakers, config.edit)
    topics = step(outline, video, turns, edited, speakers, config.outline)
    heard = (video, transcript, turns, edited, speakers, topics)
    article = step(compose, *heard, config.compose, style)
    receipt = step(verify, *heard, article, config.verify, config.compose, style)
    interview = Interview(
        video, audio, transcript, voices, turns, speakers, edited, topics, article, receipt
    )
    pages = step(render, interview, config.render)
    return step(publish, video, pages, config.publish, str(output))
