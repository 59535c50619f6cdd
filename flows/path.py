"""One recording to one article: the order of the stages, and nothing else."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.attribute import attribute
from pipeline.compose import compose
from pipeline.config import Config, Style
from pipeline.correct import correct
from pipeline.diarize import diarize
from pipeline.download import download
from pipeline.edit import edit
from pipeline.engines import keys
from pipeline.engines.people import spellings
from pipeline.engines.voices import voice_memory
from pipeline.errors import NoSpeech, UnreadableCaptions
from pipeline.glossary import glossary
from pipeline.identify import identify
from pipeline.model import Interview, Published, Source, Written
from pipeline.outline import outline
from pipeline.prepare import prepare
from pipeline.publish import publish
from pipeline.recognise import recognise
from pipeline.remember import remember
from pipeline.render import render
from pipeline.store import Work
from pipeline.transcribe import transcribe
from pipeline.unite import unite
from pipeline.verify import verify

T = TypeVar("T")


# Their order; what is done again from one of them on is done again from there to the end.
STAGES = (
    "download", "glossary", "prepare", "transcribe", "correct", "diarize", "attribute",
    "unite", "recognise", "identify", "remember", "edit", "outline", "compose", "verify", "render",
    "publish",
)  # fmt: skip


def forget_from(work: Work, stage: str) -> None:
    """Do that stage and all after it again, whatever is kept of them."""
    work.forget(STAGES[STAGES.index(stage) :])


class Step(Protocol):
    """Runs a stage, or gives its kept result: `Work.step`, or the same watched by Prefect."""

    def __call__(self, stage: Callable[..., T], *inputs: object, variant: str = "") -> T:
        """The stage's result for these inputs."""
        ...


def write(
    source: Source,
    config: Config,
    style: Style,
    output: Path,
    step: Step,
    others: Mapping[str, Style] | None = None,
) -> Published:
    """Take one recording all the way. Raises InterviewError where it cannot go on.

    `others`: styles by their names, written beside the main one.
    """
    recording = step(download, source, config.download)
    terms = step(glossary, recording.video, config.glossary)
    plain = recording.untitled  # a title that was mended changes nothing that is heard
    with _told_by_title(recording.video.title, source):
        audio = step(prepare, plain, config.prepare) if plain.audio else None
        # Nor does another size of the copy for the reviewer.
        sound = replace(audio, listening=None) if audio else None
        said = step(transcribe, plain, sound, terms.prompt, config.transcribe)
    # Names that were mended in another video of the channel; Whisper hears nothing anew for them.
    mended = {**spellings.known(recording.video, output), **config.correct.spellings}
    respelled = config.correct.model_copy(update={"spellings": mended})
    transcript = step(correct, said, spellings.taught(terms, mended), respelled)
    # Who speaks is read only in captions that say it: another Whisper model finds the same voices.
    captions = transcript if sound is None or transcript.voices else None
    voices = step(diarize, sound, captions, config.diarize)
    turns = step(attribute, transcript, voices, sound, config.attribute)
    if config.unite.same:
        turns = step(unite, turns, config.unite)
    video = recording.video
    # None where the channel is not switched on: then no voice is compared, and none is kept.
    known = voice_memory.known(video, config.identify.remember, output)
    familiar = step(recognise, sound, turns, known) if sound and known else ()
    speakers = step(identify, video, turns, familiar, config.identify)
    if sound and known is not None:
        step(remember, video, sound, turns, speakers, familiar, str(output))
    edited = step(edit, video, transcript, turns, speakers, config.edit)
    topics = step(outline, video, turns, edited, speakers, config.outline)
    heard = (video, transcript, turns, edited, speakers, topics)
    # Without a model its knobs redo nothing.
    model = (config.llm,) if config.compose.writer == "llm" else ()
    keys.give(os.environ)
    article = step(compose, *heard, config.compose, style, *model)
    receipt = step(verify, *heard, article, config.verify, config.compose, style)
    beside = []
    for name, other in sorted((others or {}).items()):
        options = config.compose.model_copy(update={"style": name})
        written = step(compose, *heard, options, other, *model, variant=name)
        found = step(verify, *heard, written, config.verify, options, other, variant=name)
        beside.append(Written(written, found))
    interview = Interview(
        video, audio, transcript, voices, turns, speakers, edited, topics, article, receipt,
        tuple(beside),
    )  # fmt: skip
    pages = step(render, interview, config.render)
    return step(publish, video, pages, config.publish, str(output))


@contextmanager
def _told_by_title(title: str, source: Source) -> Iterator[None]:
    try:
        yield
    except NoSpeech as error:
        raise NoSpeech(title, *error.args[1:]) from error
    except UnreadableCaptions as error:
        if source.kind != "captions":
            raise
        raise UnreadableCaptions(source.address, *error.args[1:]) from error  # not our copy of it
