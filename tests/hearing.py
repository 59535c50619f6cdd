"""The sample as the models hear it."""

from pathlib import Path

from pipeline import store
from pipeline.config import PrepareOptions
from pipeline.model import Audio, Recording, Video
from pipeline.prepare import prepare

SAMPLE = Path(__file__).parent / "sample"


def sample_audio(folder: Path) -> Audio:
    """Mono 16 kHz of the sample, made in `folder`."""
    sound = SAMPLE / "tide-mill.opus"
    recording = Recording(Video("tide-mill", None, "tide-mill"), sound, store.digest(sound))
    return prepare(recording, PrepareOptions(listening_copy=False), folder=folder)
