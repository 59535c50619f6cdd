"""Engines: what each must do, and where each lives.

To add one: write pipeline/engines/NAME.py with a class that has the protocol's method, add its line
to the table below, and name it in config/mytake.toml. `docs/engines.md` walks through an example.
"""

import difflib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.config import (
    ComposeOptions,
    DiarizeOptions,
    LlmOptions,
    Style,
    TranscribeOptions,
    VerifyOptions,
)
from pipeline.errors import UnknownEngine
from pipeline.model import Article, Edited, Speaker, Topic, Transcript, Turns, Video, Voices

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Heard = Callable[[float], None]  # told how many seconds of audio are done


class Transcriber(Protocol):
    """Audio to words."""

    def transcribe(
        self, audio: Path, options: TranscribeOptions, heard: Heard, *, terms: str, folder: Path
    ) -> Transcript:
        """Words with times (seconds) of a mono 16 kHz wav. No words where nobody speaks.

        `terms` may be said, as they are spelled. In `folder` is what a killed run left there.
        """
        ...


class Diarizer(Protocol):
    """Audio to voices."""

    def diarize(self, audio: Path, options: DiarizeOptions, heard: Heard) -> Voices:
        """Who sounds when, in a mono 16 kHz wav; voices are "S1", "S2" … in order of appearance."""
        ...


class Voiceprints(Protocol):
    """Short pieces of audio to points in a space where one person's voice stays together."""

    def embed(self, audio: Path, spans: Sequence[tuple[float, float]]) -> "NDArray[np.float32]":
        """Shape (spans, dimensions), rows of unit length; spans in seconds of a 16 kHz wav."""
        ...


class Embedder(Protocol):
    """Texts to points in a space where like meanings stay together."""

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Shape (texts, dimensions), rows of unit length."""
        ...


class Writer(Protocol):
    """An outline to an article."""

    def write(
        self,
        video: Video,
        transcript: Transcript,
        turns: Turns,
        edited: Edited,
        speakers: Sequence[Speaker],
        topics: Sequence[Topic],
        options: ComposeOptions,
        style: Style,
        *,
        llm: LlmOptions | None = None,
        folder: Path | None = None,
    ) -> Article:
        """An article in which every statement cites the turns it rests on.

        `llm` is told to the writer that uses one; in `folder` it keeps what passed between them.
        """
        ...


@dataclass(frozen=True, slots=True)
class Scored:
    """What an engine for support found."""

    scores: tuple[float | None, ...]  # 0..1 for each pair; None: it could not be scored
    note: str = ""  # why not, in words for the receipt
    may_pass: bool = False  # another run should ask again


class Support(Protocol):
    """Whether a source bears what a sentence in other words says."""

    enough: float  # a lower score is for a person to look at, where the configuration names none

    def score(self, pairs: Sequence[tuple[str, str]], options: VerifyOptions) -> Scored:
        """How well each (sentence, source) belongs together. Tells in `note` what went wrong."""
        ...


# name in config -> where it lives; imported on first use, so --help loads no torch
TRANSCRIBERS: Mapping[str, str] = {
    "faster-whisper": "pipeline.engines.hearing.faster_whisper:FasterWhisper",
    "openai-whisper": "pipeline.engines.hearing.openai_whisper:OpenAIWhisper",
    "captions": "pipeline.engines.hearing.captions:Captions",
    "replay": "pipeline.engines.replay:ReplayTranscript",
}
DIARIZERS: Mapping[str, str] = {
    "offline": "pipeline.engines.voices.offline_voices:OfflineVoices",
    "pyannote": "pipeline.engines.voices.pyannote_voices:PyannoteVoices",
    "replay": "pipeline.engines.replay:ReplayVoices",
}
VOICEPRINTS: Mapping[str, str] = {"campplus": "pipeline.engines.voices.campplus:CamPlusPlus"}
EMBEDDERS: Mapping[str, str] = {"minilm": "pipeline.engines.topics.minilm:MiniLM"}
WRITERS: Mapping[str, str] = {
    "extract": "pipeline.engines.writing.extract:Extract",
    "llm": "pipeline.engines.language_models.model_writer:ModelWriter",
}

SUPPORTS: Mapping[str, str] = {
    "embedding": "pipeline.engines.checking.support_embedding:Embeddings",
    "minicheck": "pipeline.engines.checking.support_minicheck:MiniCheck",
}


def known(kind: str, table: Mapping[str, str], name: str) -> str:
    """The name itself. Raises UnknownEngine with the nearest known names."""
    if name not in table:
        near = difflib.get_close_matches(name, table, n=1)
        names = ", ".join(sorted(table)) + (f" (did you mean '{near[0]}'?)" if near else "")
        raise UnknownEngine(kind, name, names)
    return name


@cache  # one instance a process: a model loads once, however many videos follow
def _instance(place: str) -> Any:
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)()


def transcriber(name: str) -> Transcriber:
    """The transcriber of that name."""
    found: Transcriber = _instance(TRANSCRIBERS[known("transcribe engine", TRANSCRIBERS, name)])
    return found


def diarizer(name: str) -> Diarizer:
    """The diarizer of that name."""
    found: Diarizer = _instance(DIARIZERS[known("diarize engine", DIARIZERS, name)])
    return found


def voiceprints(name: str = "campplus") -> Voiceprints:
    """The voice embedder of that name."""
    found: Voiceprints = _instance(VOICEPRINTS[known("voiceprint engine", VOICEPRINTS, name)])
    return found


def embedder(name: str = "minilm") -> Embedder:
    """The sentence embedder of that name."""
    found: Embedder = _instance(EMBEDDERS[known("embedder", EMBEDDERS, name)])
    return found


def writer(name: str) -> Writer:
    """The writer of that name."""
    found: Writer = _instance(WRITERS[known("writer", WRITERS, name)])
    return found


def support(name: str) -> Support:
    """The engine of that name that scores support."""
    found: Support = _instance(SUPPORTS[known("support engine", SUPPORTS, name)])
    return found
