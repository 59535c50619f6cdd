"""Who sounds when, by pyannote.audio's community-1: for people with a Hugging Face token.

The token is the library's own affair: `hf auth login` keeps it where huggingface_hub looks for it.
"""

import contextlib
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.config import DiarizeOptions
from pipeline.engines.audio.wav import RATE, Wav
from pipeline.engines.base import Heard
from pipeline.errors import MissingModel, MissingTool
from pipeline.model import Voice, Voices

MODEL = "pyannote/speaker-diarization-community-1"
# The two long steps of its work; what it tells of the others is not worth a bar.
STEPS = ("segmentation", "embeddings")


class PyannoteVoices:
    """A `Diarizer`."""

    def diarize(self, audio: Path, options: DiarizeOptions, heard: Heard) -> Voices:
        """Who sounds when. Raises MissingTool and MissingModel, each with its cure."""
        pipeline = self._pipeline
        import torch

        if options.threads:
            torch.set_num_threads(options.threads)
        with Wav(audio) as wav:
            duration = wav.duration
            sound = torch.from_numpy(wav.read(0, duration))[None]

        def told(step: str, *_: object, total: int = 0, completed: int = 0, **__: object) -> None:
            if step in STEPS and total:
                heard(duration * (STEPS.index(step) + completed / total) / len(STEPS))

        given = {"waveform": sound, "sample_rate": RATE}
        found = pipeline(given, num_speakers=options.speakers, hook=told).speaker_diarization
        spans = [
            Voice(str(who), max(0.0, round(span.start, 3)), round(span.end, 3))
            for span, _, who in found.itertracks(yield_label=True)
        ]
        return Voices("pyannote", tuple(sorted(spans, key=lambda span: (span.start, span.end))))

    @cached_property
    def _pipeline(self) -> Any:
        try:
            from pyannote.audio import Pipeline
            from pyannote.audio.telemetry import set_telemetry_metrics
        except ImportError as error:
            raise MissingTool(
                "pyannote.audio",
                f"The engine 'pyannote' is an extra: {error}.",
                'Run: pip install "mytake[pyannote]". Or set diarize.engine to "offline".',
            ) from error
        set_telemetry_metrics(False)  # else it reports each run to its makers
        with contextlib.redirect_stdout(sys.stderr):  # it prints; our stdout holds results only
            pipeline = _loaded(Pipeline)
        import torch

        if torch.cuda.is_available():
            pipeline.to(torch.device("cuda"))
        return pipeline


def _loaded(kind: Any) -> Any:
    from huggingface_hub.errors import HfHubHTTPError

    try:
        pipeline = kind.from_pretrained(MODEL)
    except HfHubHTTPError as error:
        raise _refused(_first_line(error)) from error
    except OSError as error:  # no network, or none allowed
        raise MissingModel(
            MODEL,
            f"It is not on this machine yet, and the hub was not reached: {_first_line(error)}",
            'Connect to the internet once, or set diarize.engine to "offline".',
        ) from error
    if pipeline is None:  # how the library says that a part of it was refused
        raise _refused("no reason given")
    return pipeline


def _refused(said: str) -> MissingModel:
    return MissingModel(
        MODEL,
        f"Hugging Face does not hand it out without a token: {said}",
        f"Accept its conditions at https://hf.co/{MODEL}, make a token that may read at "
        "https://hf.co/settings/tokens, and run `hf auth login`. "
        'Or set diarize.engine to "offline", which needs no account.',
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
