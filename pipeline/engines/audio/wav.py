"""Pieces of a mono 16 kHz, 16-bit wav, so that no one holds hours of samples."""

import wave
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from pipeline.errors import UnreadableFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000


class Wav:
    """An open recording. Use as a context."""

    def __init__(self, file: Path) -> None:
        try:
            self._wave = wave.open(str(file), "rb")  # noqa: SIM115 (closed by __exit__)
        except (OSError, EOFError, wave.Error) as error:
            raise UnreadableFile(file, str(error) or "It ends in its first bytes.") from error
        shape = (self._wave.getframerate(), self._wave.getnchannels(), self._wave.getsampwidth())
        if shape != (RATE, 1, 2):
            raise UnreadableFile(file, "It is not mono, 16 kHz, 16 bit: that is what models hear.")
        self.samples = self._wave.getnframes()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wave.close()

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.samples / RATE

    def read(self, start: float, end: float) -> "NDArray[np.float32]":
        """Samples in -1..1 between two seconds; fewer where the recording has no more."""
        first = min(max(0, round(start * RATE)), self.samples)
        last = min(max(first, round(end * RATE)), self.samples)
        self._wave.setpos(first)
        sound = np.frombuffer(self._wave.readframes(last - first), "<i2")
        return sound.astype(np.float32) / np.float32(32768)
