"""RTTM: who sounds when, as other programs for speech read and write it (NIST, RT-09)."""

import math
import re
from collections.abc import Iterable, Iterator

from pipeline.model import Voice


def written(voices: Iterable[Voice], recording: str) -> str:
    """A line for each span. Speakers are the ids: names have spaces, which RTTM does not allow.

    >>> print(written([Voice("S1", 0.5, 2.0)], "tide mill"), end="")
    SPEAKER tide_mill 1 0.500 1.500 <NA> <NA> S1 <NA> <NA>
    """
    called = _field(recording)
    return "".join(
        f"SPEAKER {called} 1 {voice.start:.3f} {voice.end - voice.start:.3f}"
        f" <NA> <NA> {_field(voice.speaker)} <NA> <NA>\n"
        for voice in voices
    )


def read(text: str) -> Iterator[Voice]:
    """Every SPEAKER line. Raises ValueError that names the line that is none."""
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if not fields or fields[0] != "SPEAKER":
            continue
        try:
            start, seconds, who = float(fields[3]), float(fields[4]), fields[7]
            if not math.isfinite(start + seconds):
                raise ValueError("it never begins, or never ends")
            yield Voice(who, start, round(start + seconds, 6))
        except (IndexError, ValueError) as error:
            raise ValueError(f"Line {number} is not RTTM: {error}.") from error


def _field(text: str) -> str:
    return re.sub(r"[\s;]+", "_", text.strip()) or "<NA>"  # ";" begins a comment
