"""Who of at most three speaks, in windows of 10 s: pyannote segmentation 3.0 (MIT)."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.engines.audio.wav import RATE, Wav
from pipeline.engines.networks import network

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 10.0  # seconds; what the network was trained on
STEP = 2.5  # each moment is heard in four windows; twice that halves the time and hears less well
BATCH = 4  # windows; more are no faster on a CPU
FRAME = 270 / RATE  # seconds from one answer to the next
FIRST = 991 / 2 / RATE  # middle of the first one
LOCAL = 3  # voices that a window can hold
NEAR = round(0.1 / FRAME)  # frames; windows that put a change this close mean the same one

# The network answers with one of these for each frame: nobody, one voice, or two at once.
ANSWERS = tuple(
    voices for count in range(3) for voices in itertools.combinations(range(LOCAL), count)
)


@dataclass(frozen=True)
class Window:
    """Ten seconds, and which of its own voices sound in each of its frames."""

    first: int  # frame of the recording
    active: "NDArray[np.bool_]"  # (frames, LOCAL); voices are numbered anew in each window

    @property
    def frames(self) -> slice:
        """Its place among the frames of the recording."""
        return slice(self.first, self.first + len(self.active))

    @property
    def alone(self) -> "NDArray[np.bool_]":
        """Frames in which exactly one voice sounds."""
        alone: NDArray[np.bool_] = self.active.sum(axis=1) == 1
        return alone


@dataclass(frozen=True)
class Activity:
    """What the windows say together about each frame of the recording."""

    voices: "NDArray[np.int8]"  # how many sound at once
    change: "NDArray[np.float32]"  # share of the windows that hear one voice follow another here


def windows(wav: Wav, threads: int) -> Iterator[Window]:
    """Listen to the whole recording, window by window."""
    session = network("segmentation", threads)
    table = np.zeros((len(ANSWERS), LOCAL), bool)
    for row, voices in enumerate(ANSWERS):
        table[row, list(voices)] = True
    more = max(0.0, wav.duration - WINDOW)
    every = [index * STEP for index in range(1 + int(np.ceil(more / STEP)))]
    for first in range(0, len(every), BATCH):
        starts = every[first : first + BATCH]
        sound = np.zeros((len(starts), 1, round(WINDOW * RATE)), np.float32)
        for row, start in enumerate(starts):
            piece = wav.read(start, start + WINDOW)
            sound[row, 0, : len(piece)] = piece
        for start, scores in zip(starts, session.run(None, {"x": sound})[0], strict=True):
            yield Window(round(start / FRAME), table[scores.argmax(axis=-1)])


def activity(heard: Sequence[Window]) -> Activity:
    """Let the windows vote, frame by frame."""
    length = heard[-1].frames.stop
    voices, change, weight = (np.zeros(length, np.float32) for _ in range(3))
    for window in heard:
        weight[window.frames] += trust(len(window.active))
        voices[window.frames] += window.active.sum(axis=1) * trust(len(window.active))
        change[window.frames] += _changes(window) * trust(len(window.active))
    return Activity(np.rint(voices / weight).astype(np.int8), (change / weight).astype(np.float32))


def trust(frames: int) -> "NDArray[np.float32]":
    """How much each frame of a window counts: the network hears the middle best."""
    return np.hamming(frames).astype(np.float32) + np.float32(0.05)


def seconds(frame: int) -> float:
    """When a frame begins."""
    return max(0.0, frame * FRAME + FIRST - FRAME / 2)


def _changes(window: Window) -> "NDArray[np.bool_]":
    """Near each place where one voice alone is followed by another, pauses not counted."""
    near = np.zeros(len(window.active), bool)
    places = np.flatnonzero(window.alone)
    who = window.active[places].argmax(axis=1)
    for place in np.flatnonzero(np.diff(who)):
        middle = (places[place] + places[place + 1]) // 2
        near[max(0, middle - NEAR) : middle + NEAR + 1] = True
    return near
