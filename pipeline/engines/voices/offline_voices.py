"""Who sounds when, with no account: speech in short pieces, a point for each, joined by likeness.

`segmentation` finds who speaks in windows of 10 s, `pieces` cuts what is said alone, `campplus`
makes a point of each piece, `clustering` finds whose points belong together. Where two speak at
once, the windows say who the second one is. Memory grows with the length, never with its square.
"""

import itertools
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.config import DiarizeOptions, cores
from pipeline.engines.audio.wav import Wav
from pipeline.engines.base import Heard
from pipeline.engines.voices import clustering, segmentation
from pipeline.engines.voices.campplus import SIZE, CamPlusPlus, features
from pipeline.engines.voices.pieces import Piece, pieces, runs
from pipeline.engines.voices.segmentation import FIRST, FRAME, LOCAL, STEP, Activity, Window
from pipeline.model import Voice, Voices

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

BRIDGED = 0.15  # seconds; a gap within one voice that is no gap
SHORTEST_SPAN = 0.05  # seconds
HINT = 0.3  # cosine; what it is worth if all windows take a short piece for one person's
# Cosine of two people. The four of 22 recordings with a pair above it had 0.4 to 2.7 % of their
# words at the wrong person; most strangers stay below 0.4.
ALIKE = 0.52
NEVER_ALONE = 0.3  # how much a window's word counts on a voice that it never hears alone


class OfflineVoices:
    """A `Diarizer`."""

    def diarize(self, audio: Path, options: DiarizeOptions, heard: Heard) -> Voices:
        """Who sounds when; `options.speakers` people where it is given, else as many as found."""
        threads = options.threads or cores()
        with Wav(audio) as wav:
            windows = []
            for window in segmentation.windows(wav, threads):
                windows.append(window)
                heard(min(len(windows) * STEP, wav.duration) / 2)  # the first of two passes
            activity = segmentation.activity(windows)
            found = list(pieces(wav, activity))
            points = np.zeros((len(found), SIZE), np.float32)
            cam = CamPlusPlus(threads)
            for row, piece in enumerate(found):
                points[row] = cam.point(features(wav.read(piece.start, piece.end)))
                heard((wav.duration + piece.end) / 2)
            duration = wav.duration
        heard(duration)
        if not found:
            return Voices("offline", ())
        people = clustering.people(found, points, options.speakers)
        owners = clustering.owners(found, points, people)
        votes = _votes(windows, _alone(activity, found, owners), len(people))
        owners = clustering.owners(found, points, people, _hints(found, votes))
        sounding = _sounding(windows, activity, found, owners, len(people))
        spans = sorted(_spans(sounding, duration), key=lambda span: span[1:])
        ids = _ids(spans)
        return Voices(
            "offline",
            tuple(Voice(ids[person], round(a, 3), round(b, 3)) for person, a, b in spans),
            doubts=tuple(_alike(people, ids)),
        )


def _alone(
    activity: Activity, found: Sequence[Piece], owners: "NDArray[np.intp]"
) -> "NDArray[np.intp]":
    """Who speaks alone in each frame; -1: nobody, or several."""
    alone = np.full(len(activity.voices), -1)
    for piece, person in zip(found, owners, strict=True):
        alone[_frame(piece.start) : _frame(piece.end)] = person
    return alone


def _hints(found: Sequence[Piece], votes: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Whose the windows take a piece for that is too short to tell by itself.

    They hear it beside all that is said in those ten seconds. Not so where a piece was cut at a
    dip: there the windows may have missed a change.
    """
    hints = np.zeros((len(found), votes.shape[1]), np.float32)
    for row, piece in enumerate(found):
        goes_on = piece.goes_on or any(after.goes_on for after in found[row + 1 : row + 2])
        if piece.length < clustering.LONG_ENOUGH and not goes_on:
            here = votes[_frame(piece.start) : _frame(piece.end)].sum(axis=0)
            hints[row] = HINT * here / max(float(here.sum()), 1e-9)
    return hints


def _sounding(
    windows: Sequence[Window],
    activity: Activity,
    found: Sequence[Piece],
    owners: "NDArray[np.intp]",
    people: int,
) -> "NDArray[np.bool_]":
    """Which people sound in each frame: whose piece it is, and where voices overlap, by vote."""
    alone = _alone(activity, found, owners)
    votes = _votes(windows, alone, people)
    ranks = np.argsort(np.argsort(-votes, axis=1, kind="stable"), axis=1)
    voices = np.where(alone < 0, activity.voices, 0)
    sounding: NDArray[np.bool_] = (ranks < voices[:, None]) & (votes > 0)
    owned = np.flatnonzero(alone >= 0)
    sounding[owned, alone[owned]] = True
    return sounding


def _votes(
    windows: Sequence[Window], alone: "NDArray[np.intp]", people: int
) -> "NDArray[np.float32]":
    """How surely each person sounds in each frame, as the windows hear it.

    A window's voices are the people who own what those voices say alone.
    """
    votes = np.zeros((len(alone), people), np.float32)
    for window in windows:
        owned = np.zeros((LOCAL, people))
        for voice in range(LOCAL):
            here = alone[window.frames][window.active[:, voice] & window.alone]
            owned[voice] = np.bincount(here[here >= 0], minlength=people)
        present = np.flatnonzero(window.active.any(axis=0))
        rows, owners = linear_sum_assignment(-owned[present])
        trust = segmentation.trust(len(window.active))
        for voice, person in zip(present[rows], owners, strict=True):
            sure = 1 if owned[voice, person] else NEVER_ALONE
            votes[window.frames, person] += window.active[:, voice] * trust * sure
    return votes


def _frame(second: float) -> int:
    return round((second - FIRST + FRAME / 2) / FRAME)


def _spans(sounding: "NDArray[np.bool_]", duration: float) -> Iterator[tuple[int, float, float]]:
    for person in range(sounding.shape[1]):
        joined: list[tuple[float, float]] = []
        for first, last in runs(sounding[:, person]):
            start, end = segmentation.seconds(first), min(segmentation.seconds(last), duration)
            if joined and start - joined[-1][1] <= BRIDGED:
                start = joined.pop()[0]
            joined.append((start, end))
        yield from ((person, a, b) for a, b in joined if b - a > SHORTEST_SPAN)


def _ids(spans: Sequence[tuple[int, float, float]]) -> dict[int, str]:
    """ "S1", "S2" … for the people, in order of appearance."""
    ids: dict[int, str] = {}
    for person, *_ in spans:
        ids.setdefault(person, f"S{len(ids) + 1}")
    return ids


def _alike(people: "NDArray[np.float32]", ids: dict[int, str]) -> Iterator[str]:
    """A doubt for each two people who may have been taken for each other."""
    for (one, first), (other, second) in itertools.combinations(ids.items(), 2):
        if people[one] @ people[other] >= ALIKE:
            log.warning(
                "%s and %s sound alike: check who says what in transcript.md; if it is one person, "
                "or if there are more, say how many with --speakers",
                first, second,
            )  # fmt: skip
            yield f"{first} and {second} sound alike: what one said may stand under the other."
