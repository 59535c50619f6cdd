"""Room on the disk: asked for before a big step begins, so that no step ends half way."""

import shutil
from pathlib import Path
from typing import Final

from pipeline.errors import NoRoom

GB: Final = 1_000_000_000

# Bytes for each second of a recording, rather too many.
DOWNLOADED: Final = 20_000  # the best sound that YouTube has, 160 kbit/s
HEARD: Final = 32_000  # mono, 16 kHz, 16 bit
LISTENING: Final = 125  # for each kbit/s of the listening copy
WRITTEN: Final = 3_000  # words, voices and turns; twice, as pages


def ask(place: Path, step: str, needed: float, keep_free: float) -> None:
    """Raises NoRoom where so many bytes more would leave less than `keep_free` GB."""
    free = shutil.disk_usage(place).free
    if free - needed < keep_free * GB:
        raise NoRoom(place, size(free), step, size(needed), size(keep_free * GB))


def size(amount: float) -> str:
    """Bytes, in words.

    >>> size(0), size(999_400), size(12_345_678), size(2.5e9)
    ('0 MB', '1.0 MB', '12 MB', '2.5 GB')
    """
    if amount >= GB:
        return f"{amount / GB:.1f} GB"
    megabytes = amount / 1e6
    return f"{megabytes:.0f} MB" if megabytes >= 10 or not megabytes else f"{megabytes:.1f} MB"
