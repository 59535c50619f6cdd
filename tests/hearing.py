"""The sample as the models hear it, whole or made harder to hear."""

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import store
from pipeline.config import PrepareOptions
from pipeline.engines.audio.wav import RATE, Wav
from pipeline.model import Audio, Recording, Video, Voice, Word
from pipeline.prepare import prepare

SAMPLE = Path(__file__).parent / "sample"
Sound = NDArray[np.float64]


def sample_audio(folder: Path) -> Audio:
    """Mono 16 kHz of the sample, made in `folder`."""
    return prepared(SAMPLE / "tide-mill.opus", folder)


def prepared(sound: Path, folder: Path) -> Audio:
    recording = Recording(Video("tide-mill", None, "tide-mill"), sound, store.digest(sound))
    return prepare(recording, PrepareOptions(listening_copy=False), folder=folder)


def sample_sound(folder: Path, seconds: float) -> Sound:
    """Its first seconds, as samples."""
    with Wav(sample_audio(folder).path) as wav:
        return wav.read(0, seconds).astype(np.float64)


def sample_turns(seconds: float) -> list[Voice]:
    """Who speaks when in its first seconds: "host", "guest"."""
    return [
        Voice(turn["speaker"], turn["start"], min(turn["end"], seconds))
        for turn in _truth()
        if turn["start"] < seconds
    ]


def sample_words(seconds: float) -> list[Word]:
    """Every word of its first seconds, by start."""
    words = [Word(w["text"], w["start"], w["end"]) for turn in _truth() for w in turn["words"]]
    return sorted((word for word in words if word.end < seconds), key=lambda word: word.start)


def written(path: Path, *channels: Sound, rate: int = RATE) -> Path:
    """A wav of these channels, samples in -1..1."""
    with wave.open(str(path), "wb") as file:
        file.setparams((len(channels), 2, rate, 0, "NONE", ""))
        samples = np.clip(np.column_stack(channels), -1, 1) * 32767
        file.writeframes(samples.round().astype("<i2").tobytes())
    return path


def side_by_side(sound: Sound, turns: list[Voice], bleed: float) -> tuple[Sound, Sound]:
    """The host left and the guest right, each heard on the other's side so many dB lower."""
    gains = {who: np.full(len(sound), 10 ** (bleed / 20)) for who in ("host", "guest")}
    for turn in turns:
        gains[turn.speaker][round((turn.start - 0.1) * RATE) : round((turn.end + 0.1) * RATE)] = 1
    hiss = np.random.default_rng(0).standard_normal((2, len(sound))) * 0.0005
    left, right = (sound * gains[who] + noise for who, noise in zip(gains, hiss, strict=True))
    return left, right


def _truth() -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = json.loads((SAMPLE / "truth.json").read_text("utf-8"))["turns"]
    return turns
