"""What was found before, read from its file: tests and demonstrations need no model."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline import store
from pipeline.config import DiarizeOptions, TranscribeOptions
from pipeline.engines.base import Heard
from pipeline.engines.voices import rttm
from pipeline.errors import ConfigError
from pipeline.model import Transcript, Voice, Voices

T = TypeVar("T")


class ReplayTranscript:
    """A `Transcriber` that gives back a transcript.json."""

    def transcribe(
        self, audio: Path, options: TranscribeOptions, heard: Heard, **more: object
    ) -> Transcript:
        """What the file holds, whatever the recording."""
        _ = audio, heard, more
        file = _named(options.replay, "transcribe.replay", "a transcript.json")
        return _loaded(Transcript, file, "transcribe.replay")


class ReplayVoices:
    """A `Diarizer` that gives back a voices.json or an RTTM file."""

    def diarize(self, audio: Path, options: DiarizeOptions, heard: Heard) -> Voices:
        """What the file holds, whatever the recording."""
        _ = audio, heard
        file = _named(options.replay, "diarize.replay", "a voices.json or an .rttm file")
        if file.suffix.lower() == ".rttm":
            spans = _rttm(file)
        elif file.read_bytes().lstrip()[:1] == b"{":  # a step's result: it says what found them
            return _loaded(Voices, file, "diarize.replay")
        else:
            spans = _loaded(tuple[Voice, ...], file, "diarize.replay")
        return Voices("replay", tuple(sorted(spans, key=lambda span: (span.start, span.end))))


def _named(name: str | None, knob: str, what: str) -> Path:
    if not name:
        raise ConfigError(knob, "The replay engine reads a file.", f"Name {what} there.")
    file = Path(name).expanduser()
    if not file.is_file():
        raise ConfigError(f"{knob} = {name}", "There is no such file.", f"Name {what} there.")
    return file


def _loaded(kind: type[T], file: Path, knob: str) -> T:
    try:
        return store.load(kind, file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the beginning"
        raise ConfigError(
            f"{knob} = {file}", f"At {where}: {first['msg']}.", "Name a file that mytake wrote."
        ) from error


def _rttm(file: Path) -> tuple[Voice, ...]:
    try:
        return tuple(rttm.read(file.read_text(encoding="utf-8")))
    except ValueError as error:  # a file that is not text, too
        raise ConfigError(f"diarize.replay = {file}", str(error), "Mend that line.") from error
