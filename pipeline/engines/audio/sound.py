"""A recording of any kind, as a stream of short pieces of sound; and back into a small file."""

import contextlib
import errno
import os
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pipeline.engines.audio.ffmpeg import ONLY_RECORDINGS, binary, environment
from pipeline.engines.audio.wav import RATE
from pipeline.errors import UnreadableFile

SECONDS = 10  # of a piece: 320 kB
WIDTH = 2  # bytes of a sample


def pieces(path: Path) -> Iterator[Any]:
    """Mono 16 kHz of a recording as pydub's AudioSegments, the whole never in memory.

    pydub's own `from_file` holds all of the decoded recording: 2 GB for three hours of stereo.
    Raises UnreadableFile with what ffmpeg said.
    """
    wanted = ("-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1")
    with _ffmpeg(path, *_only_sound(path), *wanted) as stream:
        while data := stream.read(SECONDS * RATE * WIDTH):
            yield piece(data)


def stereo(path: Path) -> Iterator[bytes]:
    """16-bit 16 kHz of a recording's two channels, two seconds at a time."""
    wanted = ("-ac", "2", "-ar", str(RATE), "-f", "s16le", "pipe:1")
    with _ffmpeg(path, *_only_sound(path), *wanted) as stream:
        while data := stream.read(2 * RATE * WIDTH * 2):
            yield data


def piece(data: bytes) -> Any:
    """Samples as pydub knows them."""
    with warnings.catch_warnings():
        # It misses an ffmpeg on PATH, and has no need of one here.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    whole = data[: len(data) - len(data) % WIDTH]
    return AudioSegment(whole, sample_width=WIDTH, frame_rate=RATE, channels=1)


def small_copy(path: Path, target: Path, kbps: int, gain: float) -> None:
    """Mono AAC in MP4, `gain` dB louder: every browser plays it, and jumps in it to the moment.

    Ogg Opus is half the size, but Safari before 18.4 is silent on it; mp3 has no index of times.
    """
    # Whole numbers first: mixed as fractions, two channels come out 3 dB louder, and may clip.
    filters = "aformat=sample_fmts=s16:channel_layouts=mono"
    if gain:
        filters += f",volume={gain:.1f}dB,alimiter=limit=0.9:level=0"
    wanted = ("-af", filters, "-ar", "24000", "-c:a", "aac", "-b:a", f"{kbps}k")
    # The index first, so that it plays before all of it is there.
    kept = ("-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", f"file:{target}")
    with _ffmpeg(path, *_only_sound(path), *wanted, *kept) as stream:
        stream.read()


def _only_sound(path: Path) -> tuple[str, ...]:
    return (*ONLY_RECORDINGS, "-i", f"file:{path.absolute()}", "-vn", "-sn", "-dn")


@contextlib.contextmanager
def _ffmpeg(path: Path, *words: str) -> Iterator[IO[bytes]]:
    """Run ffmpeg, give its output. It ends with us: with the `with`, or when its pipe breaks."""
    command = [str(binary("ffmpeg")), "-nostdin", "-v", "error", "-y", *words]
    with tempfile.TemporaryFile() as said:  # no pipe: a damaged file fills it, and all stands still
        running = subprocess.Popen(  # noqa: S603 - no shell
            command, stdout=subprocess.PIPE, stderr=said, env=environment()
        )
        assert running.stdout
        try:
            yield running.stdout
            code = running.wait()
        finally:
            running.kill()
            running.wait()
            running.stdout.close()
        if code:
            said.seek(0)
            _complain(path, said.read(100_000).decode(errors="replace"))


def _complain(path: Path, said: str) -> None:
    lines = [line.rpartition("] ")[2] for line in said.strip().splitlines()] or ["ffmpeg failed."]
    if any("No space left on device" in line for line in lines):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    raise UnreadableFile(path, f"ffmpeg says: {lines[-1]}")
