"""Speech to a point that stands for the voice: CAM++ of 3D-Speaker (Apache-2.0)."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import kaldi_native_fbank
import numpy as np

from pipeline.config import cores
from pipeline.engines.audio.wav import RATE, Wav
from pipeline.engines.networks import FOLDER, network

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 192  # dimensions of a point
HOP = 0.01  # seconds from one row of features to the next
LONGEST = 10.0  # seconds of one piece that are heard; more cost time and say no more
FEWEST = 20  # rows; a shorter sound is repeated up to this many


class CamPlusPlus:
    """A `Voiceprints`. One person's points lie within cosine 0.4 or so of each other."""

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or cores()

    def embed(self, audio: Path, spans: Sequence[tuple[float, float]]) -> "NDArray[np.float32]":
        """Shape (spans, 192), rows of unit length; zeros for a span without a sound in it."""
        points = np.zeros((len(spans), SIZE), np.float32)
        with Wav(audio) as wav:
            for row, (start, end) in enumerate(spans):
                middle, half = (start + end) / 2, min(end - start, LONGEST) / 2
                points[row] = self.point(features(wav.read(middle - half, middle + half)))
        return points

    def point(self, rows: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """The point of one voice's features, which may be from here and there."""
        if not len(rows):
            return np.zeros(SIZE, np.float32)
        if len(rows) < FEWEST:
            rows = np.resize(rows, (FEWEST, rows.shape[1]))
        given = (rows - rows.mean(axis=0))[None]
        raw = network("campplus", self._threads).run(None, {"x": given})[0][0]
        return unit(unit(raw) - self._middle)

    @cached_property
    def _middle(self) -> "NDArray[np.float32]":
        # What all voices have in common (251 speakers of LibriSpeech). Without it, strangers look
        # alike and no threshold fits two recordings.
        middle: NDArray[np.float32] = np.load(FOLDER / "campplus_mean.npy")
        return middle


def features(sound: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Kaldi's 80 mel bands, a row every 10 ms; no rows for less than 25 ms."""
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.frame_opts.samp_freq = RATE
    options.mel_opts.num_bins = 80
    bank = kaldi_native_fbank.OnlineFbank(options)
    bank.accept_waveform(RATE, sound)
    bank.input_finished()
    rows = [bank.get_frame(index) for index in range(bank.num_frames_ready)]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, 80), np.float32)


def unit(points: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The same directions with length 1; zeros stay zeros."""
    lengths = np.linalg.norm(points, axis=-1, keepdims=True)
    found: NDArray[np.float32] = (points / np.maximum(lengths, 1e-9)).astype(np.float32)
    return found
