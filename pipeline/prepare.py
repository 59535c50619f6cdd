"""Recording -> Audio: mono 16 kHz as the models hear it, and a small copy to listen to.

Where a speaker sits on each of two channels, the levels of both are kept too: see `sides`.
"""

import logging
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline import store
from pipeline.config import PrepareOptions
from pipeline.engines.audio import ffmpeg, sides, sound
from pipeline.engines.audio.wav import RATE, Wav
from pipeline.errors import NoSpeech, UnreadableFile
from pipeline.model import Audio, Recording

VERSION: Final = 2

log = logging.getLogger(__name__)

# All in dB below the loudest that a file can hold.
SILENT = -80.0  # a file whose loudest sample is below this holds nothing but rounding
QUIET = -40.0  # speech below this is made louder: at -75 the voice detector missed one word in 12
COMFORTABLE = -20.0  # the level it is brought to


@dataclass
class Levels:
    """How loud a recording is, second by second, in dB below the loudest that a file can hold."""

    seconds: list[float] = field(default_factory=list)
    peak: float = float("-inf")

    def note(self, piece: Any) -> None:
        """Measure a piece (a pydub AudioSegment)."""
        self.peak = max(self.peak, piece.max_dBFS)
        self.seconds += [second.dBFS for second in piece[::1000]]

    @property
    def gain(self) -> float:
        """By how many dB to make it louder: 0 unless its loud tenth, speech, is too quiet."""
        sounding = sorted(second for second in self.seconds if second > SILENT)
        loud = sounding[len(sounding) * 9 // 10] if sounding else 0.0
        return COMFORTABLE - loud if loud < QUIET else 0.0


def prepare(recording: Recording, options: PrepareOptions, *, folder: Path) -> Audio:
    """Make both files. Raises UnreadableFile, and NoSpeech where there is only silence."""
    assert recording.audio, "captions only: there is nothing to prepare"
    for left in folder.glob("*.part"):  # by a killed run, whose ffmpeg may still be writing to it
        left.unlink()
    source, part, whole = recording.audio, folder / "16k.wav.part", folder / "16k.wav"
    told = ffmpeg.probe(source)

    levels = Levels()
    _write(part, _noted(sound.pieces(source), levels))
    if not levels.seconds:
        raise UnreadableFile(source, "There is no sound in it.")
    if levels.peak < SILENT:
        raise NoSpeech(recording.video.title, "It is silent from end to end.")
    if gain := levels.gain:
        log.info("%s is quiet: made %.0f dB louder", source.name, gain)
        louder = folder / "louder.wav.part"
        _write(louder, (piece.apply_gain(gain) for piece in _again(part)))
        louder.replace(part)
    part.replace(whole)

    with Wav(whole) as wav:
        duration = wav.duration
    _warn_if_cut(source, told.duration, duration)
    listening = _listening(source, options, gain, folder) if options.listening_copy else None
    kept = _sides(source, folder) if told.channels == 2 else None
    return Audio(whole, listening, duration, store.digest(whole), kept)


def _sides(source: Path, folder: Path) -> Path | None:
    """The levels of both channels, where a different person speaks on each."""
    levels = sides.levels(sound.stereo(source))
    if not sides.tell_apart(levels):
        return None
    log.info("%s has a speaker on each channel: the channels say who speaks", source.name)
    part, whole = folder / "sides.npy.part", folder / "sides.npy"
    with part.open("wb") as file:
        np.save(file, levels)
    return part.replace(whole)


def _noted(pieces: Iterable[Any], levels: Levels) -> Iterator[Any]:
    for piece in pieces:
        levels.note(piece)
        yield piece


def _write(target: Path, pieces: Iterable[Any]) -> None:
    with wave.open(str(target), "wb") as file:
        file.setparams((1, sound.WIDTH, RATE, 0, "NONE", ""))
        for piece in pieces:
            file.writeframes(piece.raw_data)


def _again(source: Path) -> Iterator[Any]:
    with wave.open(str(source), "rb") as file:
        while data := file.readframes(sound.SECONDS * RATE):
            yield sound.piece(data)


def _listening(source: Path, options: PrepareOptions, gain: float, folder: Path) -> Path:
    # Its size is in its name: a copy of another size is another result.
    whole = folder / f"listen-{options.listening_kbps}k.m4a"
    part = whole.with_suffix(".m4a.part")
    sound.small_copy(source, part, options.listening_kbps, gain)
    return part.replace(whole)


def _warn_if_cut(source: Path, said: float | None, duration: float) -> None:
    if said and duration < 0.98 * said - 1:
        log.warning(
            "%s should last %.0f s, and only %.0f s of it can be heard: the rest is taken as lost",
            source.name, said, duration,
        )  # fmt: skip
