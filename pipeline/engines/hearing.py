"""How both Whispers listen: part by part, where somebody speaks, and never to silence or music."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from pipeline.engines.base import Heard
from pipeline.engines.wav import Wav
from pipeline.engines.whisper_words import Piece, words_of
from pipeline.model import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound = NDArray[np.float32]

Span = tuple[float, float]

# Seconds. Whisper holds all it is given at once (3 h: 10 GB); and parts this short can be heard
# side by side, which one network on several threads gains little from.
LONGEST_PART = 100.0
# Seconds that are listened to before and after speech: the voice detector takes that long to wake
# up after music, where the host says who is there. At 0.4 s it lost 11 words of 159, so: 6.
MARGIN = 2.0
# Seconds. A language is told by the middle of the longest part: an interview may begin with a song.
ENOUGH = 30.0
# Seconds that a word lasts at most, unless somebody is heard all the while.
LONGEST_WORD = 1.0

Speech = Callable[["Sound"], list[Span]]  # where somebody speaks
Language = Callable[["Sound"], str]  # which one they speak
Listen = Callable[["Sound", str], Iterable[Piece]]  # what they say, in that language


def hear(
    audio: Path,
    speech: Speech,
    language: Language,
    listen: Listen,
    heard: Heard,
    at_once: int = 1,
) -> tuple[str, tuple[Word, ...]]:
    """The language and the words of a mono 16 kHz wav; no words where nobody speaks.

    So many parts are listened to `at_once`, each in a thread of its own; the words are the same.
    """
    with Wav(audio) as wav:
        spans = speech(wav.read(0, wav.duration))
        found = list(parts(spans, wav.duration))
        if not found:
            return "und", ()
        start, end = max(found, key=lambda part: part[1] - part[0])
        middle = max(start, (start + end - ENOUGH) / 2)
        spoken = language(wav.read(middle, min(end, middle + ENOUGH)))
        one_reads = Lock()
        done: dict[Span, float] = {}  # seconds of each part that are heard

        def words(part: Span) -> list[Word]:
            start, end = part
            with one_reads:
                sound = wav.read(start, end)
            pieces = []
            for piece in listen(sound, spoken):
                pieces.append(piece)
                done[part] = piece.words[-1].end if piece.words else done.get(part, 0)
                heard(sum(list(done.values())))
            said = words_of(pieces, end - start, spoken)
            return [_trimmed(word, start, spans) for word in said]

        with ThreadPoolExecutor(at_once) as listeners:
            said = list(chain.from_iterable(listeners.map(words, found)))
        heard(wav.duration)
    return spoken, tuple(said)


def parts(spans: list[Span], duration: float) -> Iterator[Span]:
    """What to listen to at a time: speech with short pauses, and a margin, cut at pauses.

    >>> list(parts([(10, 50), (52, 90), (91, 150), (200, 220)], 221))
    [(8.0, 90.5), (90.5, 152.0), (198.0, 221)]
    """
    runs: list[Span] = []
    for start, end in spans:
        joined = runs and start - runs[-1][1] < 2 * MARGIN and end - runs[-1][0] <= LONGEST_PART
        runs.append((runs.pop()[0], end) if joined else (start, end))
    ends = [float("-inf"), *(end for _, end in runs)]
    starts = [*(start for start, _ in runs), float("inf")]
    for place, (start, end) in enumerate(runs):
        # Two parts never hold the same words: the margin ends in the middle of the pause.
        before = max(0, start - MARGIN, (ends[place] + start) / 2)
        after = min(duration, end + MARGIN, (end + starts[place + 1]) / 2)
        yield before, after


def _trimmed(word: Word, offset: float, spans: list[Span]) -> Word:
    """At its place in the recording, without the silence beside it that Whisper adds to a word."""
    start, end = offset + word.start, offset + word.end
    if end - start > LONGEST_WORD:
        heard = [(a, b) for a, b in spans if a < end and b > start]
        if heard:
            start, end = max(start, heard[0][0]), min(end, heard[-1][1])
    return Word(word.text, round(start, 3), round(end, 3), word.probability)
