"""Two channels with a speaker on each -> voices: who leads says who speaks.

The network still says when somebody does. Where a side holds more than one person, or much is said
in the middle, the sound of the voices has to tell, as everywhere else.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.engines.audio import sides
from pipeline.engines.audio.sides import HOP, LEAST_SECONDS
from pipeline.engines.audio.wav import Wav
from pipeline.engines.base import Heard
from pipeline.engines.voices import clustering, segmentation
from pipeline.engines.voices.campplus import CamPlusPlus
from pipeline.engines.voices.pieces import Piece, runs
from pipeline.model import Voice, Voices

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPOKEN_IN_THE_MIDDLE = 0.02  # share of speech: more is somebody who sits on neither side

SHORTEST, BRIDGED = 0.2, 0.3  # seconds of speech, and of a gap within it

# How a side is looked into for a second person.
SAMPLES = 60  # pieces that are compared
PIECE = 2.0  # seconds
SECOND_PERSON = 0.05  # share of the pieces that a second person must have


def voices(audio: Path, kept: Path, threads: int, heard: Heard) -> Voices | None:
    """Who sounds when, by the sides; None where they do not tell all people apart."""
    leads = sides.read(np.load(kept))
    if leads is None:
        return None
    with Wav(audio) as wav:
        duration = wav.duration
        speech = _speech(wav, len(leads.loud), threads, heard)
    spoken = max(1, int((speech & leads.loud).sum()))
    if (speech & leads.middle).sum() > max(LEAST_SECONDS / HOP, SPOKEN_IN_THE_MIDDLE * spoken):
        return None
    cam = CamPlusPlus(threads)
    for side in range(2):
        alone = list(_spans(speech & leads.alone[:, side], duration))
        if not _one_person(alone, cam, audio):
            return None
    talking = _without_pauses(leads.sounding & speech[:, None], speech)
    spans = [
        Voice(f"S{side + 1}", round(start, 3), round(end, 3))
        for side in range(2)
        for start, end in _spans(talking[:, side], duration)
    ]
    return Voices("channels", tuple(spans))


def _speech(wav: Wav, hops: int, threads: int, heard: Heard) -> "NDArray[np.bool_]":
    """Hops in which the network hears anybody."""
    windows = []
    for window in segmentation.windows(wav, threads):
        windows.append(window)
        heard(min(len(windows) * segmentation.STEP, wav.duration))
    frames = segmentation.activity(windows).voices > 0
    at = (np.arange(hops) + 0.5) * HOP
    places = ((at - segmentation.seconds(0)) / segmentation.FRAME).astype(int)
    speech: NDArray[np.bool_] = frames[np.clip(places, 0, len(frames) - 1)]
    return speech


def _without_pauses(
    sounding: "NDArray[np.bool_]", speech: "NDArray[np.bool_]"
) -> "NDArray[np.bool_]":
    """While the network hears speech, who spoke last goes on until the other begins."""
    whole = sounding.copy()
    for first, last in runs(speech):
        part = whole[first:last]
        led = np.flatnonzero(part.any(axis=1))
        if len(led):
            before = np.searchsorted(led, np.arange(len(part)), side="right") - 1
            part[:] = part[led[np.maximum(before, 0)]]
    return whole


def _spans(sounding: "NDArray[np.bool_]", duration: float) -> Iterator[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for first, last in runs(sounding):
        start, end = first * HOP, min(last * HOP, duration)
        if joined and start - joined[-1][1] <= BRIDGED:
            start = joined.pop()[0]
        joined.append((start, end))
    yield from (span for span in joined if span[1] - span[0] >= SHORTEST)


def _one_person(spans: Sequence[tuple[float, float]], cam: CamPlusPlus, audio: Path) -> bool:
    """Whether what a side says alone sounds like one person."""
    found = [
        Piece(start + at * PIECE, start + (at + 1) * PIECE, goes_on=at > 0)
        for start, end in spans
        for at in range(int((end - start) / PIECE))
    ]
    if len(found) < 2:
        return True
    # Neighbours are taken together: how alike they are says how alike one person's pieces are.
    pairs = np.linspace(0, len(found) // 2 - 1, SAMPLES // 2).round().astype(int)
    chosen = [found[at] for pair in np.unique(pairs) for at in (2 * pair, 2 * pair + 1)]
    points = cam.embed(audio, [(piece.start, piece.end) for piece in chosen])
    people = clustering.people(chosen, points)
    owners = clustering.owners(chosen, points, people)
    most = np.bincount(owners, minlength=len(people)).max()
    return bool(len(chosen) - most < SECOND_PERSON * len(chosen))
