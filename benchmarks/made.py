"""Sound that nobody made with a mouth, and recordings of hours."""

import random
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.engines.audio.wav import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sound = NDArray[np.float64]  # -1 to 1

PIECE = 60  # seconds that are made at a time


def silence(_: np.random.Generator) -> "Sound":
    """A minute of nothing at all."""
    return np.zeros(PIECE * RATE)


def noise(chance: np.random.Generator) -> "Sound":
    """A minute of hiss with a hum under it, now louder, now softer: an open microphone."""
    at = np.arange(PIECE * RATE) / RATE
    hiss = chance.normal(0, 0.05, PIECE * RATE) * (1 + 0.5 * np.sin(2 * np.pi * at / 7))
    return np.asarray(hiss + 0.05 * np.sin(2 * np.pi * 50 * at))


def music(chance: np.random.Generator) -> "Sound":
    """A minute of chords, a tune over them, and a drum."""
    sound = np.zeros(PIECE * RATE)
    beat = RATE // 2
    for place in range(0, len(sound), beat):
        root = 110 * 2 ** ((0, 5, 7, 3)[place // (4 * beat) % 4] / 12)
        notes = [root, root * 2 ** (4 / 12), root * 1.5, root * 2 ** (chance.integers(12, 25) / 12)]
        at = np.arange(min(beat, len(sound) - place)) / RATE
        for note in notes:
            for overtone in (1, 2, 3, 5):
                wave_ = np.sin(2 * np.pi * note * overtone * at) * np.exp(-3 * at) / overtone
                sound[place : place + len(at)] += 0.08 * wave_
        drum = chance.normal(0, 0.3, len(at)) * np.exp(-60 * at)
        sound[place : place + len(at)] += drum
    return sound


def applause(chance: np.random.Generator) -> "Sound":
    """A minute of a hall: some 80 claps a second, swelling and ebbing."""
    sound = np.zeros(PIECE * RATE)
    clap = np.exp(-np.arange(RATE // 50) / (RATE / 250))
    for place in chance.integers(0, len(sound) - len(clap), 80 * PIECE):
        loud = chance.uniform(0.05, 0.3)
        sound[place : place + len(clap)] += loud * clap * chance.normal(0, 1, len(clap))
    at = np.arange(len(sound)) / RATE
    return np.asarray(sound * (0.6 + 0.4 * np.sin(2 * np.pi * at / 20)))


SOUNDS: dict[str, Callable[[np.random.Generator], "Sound"]] = {
    "silence": silence,
    "noise": noise,
    "music": music,
    "applause": applause,
}


def write(kind: str, seconds: int, target: Path) -> Path:
    """Always the same file for the same kind and length."""
    chance = np.random.default_rng(1)
    with wave.open(str(target), "wb") as wav:
        wav.setparams((1, 2, RATE, 0, "NONE", ""))
        for start in range(0, seconds, PIECE):
            sound = SOUNDS[kind](chance)[: (seconds - start) * RATE]
            wav.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return target


def long(wavs: Sequence[Path], hours: float, target: Path) -> Path:
    """Pieces of 20 to 90 seconds from here and there in the recordings, one after the other.

    Always the same for the same recordings. They are mono 16 kHz, and never whole in memory.
    """
    chance = random.Random(1)
    left = round(hours * 3600 * RATE)
    with wave.open(str(target), "wb") as long:
        long.setparams((1, 2, RATE, 0, "NONE", ""))
        while left > 0:
            with wave.open(str(chance.choice(wavs)), "rb") as wav:
                size = min(left, chance.randint(20, 90) * RATE, wav.getnframes())
                wav.setpos(chance.randint(0, wav.getnframes() - size))
                long.writeframes(wav.readframes(size))
            left -= size
    return target
