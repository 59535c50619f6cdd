"""Speech cut into pieces so short that one person spoke each, and long enough to tell whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.engines.audio.wav import RATE, Wav
from pipeline.engines.voices.segmentation import NEAR, Activity, seconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGREED = 0.4  # share of windows that must hear a change for a cut there
SHORTEST = 3  # frames between two such cuts
# The network misses changes between alike voices that leave no gap (a third of them, for some
# pairs), so long speech is cut where it is quietest: a change leaves at least a dip.
LONGEST = 2.0  # seconds
EDGE = 0.6  # seconds at both ends in which no dip is looked for
READ = 30.0  # seconds
BRIEFEST = 0.05  # seconds; less is not one row of features
HOP = 0.01  # seconds between two measurements of loudness
SMOOTH = 6  # measurements; the gap between two speakers is longer than the one in "t" or "p"


@dataclass(frozen=True)
class Piece:
    """Speech of one person, from start to end, in seconds."""

    start: float
    end: float
    goes_on: bool  # cut at a dip only: most likely the person of the piece before
    change: float = 0.0  # share of the windows that hear another voice begin with it

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


def pieces(wav: Wav, activity: Activity) -> Iterator[Piece]:
    """Cut what one voice says alone: at pauses, at changes of voice, at dips of loudness."""
    ended = 0
    for first, last in runs(activity.voices == 1):
        cuts = [first]
        for begin, end in runs(activity.change[first:last] >= AGREED):
            middle = first + (begin + end) // 2
            if min(middle - cuts[-1], last - middle) > SHORTEST:
                cuts.append(middle)
        for begin, end in zip(cuts, [*cuts[1:], last], strict=True):
            # A change in a pause is heard in its middle, one without a pause about there.
            change = activity.change[max(0, ended - NEAR) : begin + NEAR + 1].max()
            ended = end
            yield from _cut(wav, seconds(begin), min(seconds(end), wav.duration), float(change))


def runs(true: "NDArray[np.bool_]") -> list[tuple[int, int]]:
    """First and one-past-last index of each run of truth.

    >>> runs(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _cut(wav: Wav, start: float, end: float, change: float) -> Iterator[Piece]:
    times = [start]
    while end - times[-1] > LONGEST:
        # By the half minute: under music, hours can go by without a pause.
        first, last = times[-1], min(end, times[-1] + READ)
        loudness = _loudness(wav.read(first, last))
        dips = _dips(loudness, 0, len(loudness))
        if not dips:
            break
        times += [first + dip * HOP for dip in dips]
    times.append(end)
    for index in range(len(times) - 1):
        if times[index + 1] - times[index] >= BRIEFEST:
            goes_on = index > 0
            yield Piece(times[index], times[index + 1], goes_on, 0.0 if goes_on else change)


def _loudness(sound: "NDArray[np.float32]") -> "NDArray[np.float32]":
    size = round(HOP * RATE)
    count = len(sound) // size
    power = (sound[: count * size].reshape(count, size) ** 2).mean(axis=1)
    if count >= SMOOTH:
        power = np.convolve(np.log10(power + 1e-9), np.ones(SMOOTH) / SMOOTH, "same")
    loudness: NDArray[np.float32] = power.astype(np.float32)
    return loudness


def _dips(loudness: "NDArray[np.float32]", first: int, last: int) -> list[int]:
    if last - first <= LONGEST / HOP:
        return []
    edge = round(EDGE / HOP)
    dip = first + edge + int(loudness[first + edge : last - edge].argmin())
    return [*_dips(loudness, first, dip), dip, *_dips(loudness, dip, last)]
