"""What Whisper listens to at a time: half minutes of speech, cut in pauses, without long pauses.

What it hears turns on where its half minutes begin, and on how much of each is speech. Of a record
of 1949, begun at four moments, 9 of 121 wrong words are right where pauses are shortened; and there
are fewer half minutes to listen to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[float, float]  # from, to: seconds of the recording

LONGEST = 30.0  # seconds; more Whisper does not see at once
# Seconds of a pause that are listened to after speech, and as many before the next.
KEPT = 0.4
# Beside a long pause it is more: the voice detector takes that long to wake up after music, where
# the host says who is there. At 0.4 s it lost 11 words of 159, so: 6.
LONG_PAUSE, MARGIN = 4.0, 2.0
# There are as few half minutes as can be, but a sentence that is cut is heard worse: to cut where
# nobody pauses counts as half of one more, in a pause of so many seconds as half of that.
CUT, HALF = 0.5, 0.8


@dataclass(frozen=True, slots=True)
class Part:
    """Spans of the recording that are listened to as if each followed right after the other."""

    spans: tuple[Span, ...]

    @property
    def start(self) -> float:
        """In seconds of the recording."""
        return self.spans[0][0]

    @property
    def end(self) -> float:
        """In seconds of the recording."""
        return self.spans[-1][1]

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return sum(end - start for start, end in self.spans)

    def between(self, start: float, end: float) -> "Part":
        """What of it lies between two seconds of the recording.

        >>> Part(((10, 12), (20, 23))).between(11, 21)
        Part(spans=((11, 12), (20, 21)))
        """
        spans = ((max(first, start), min(last, end)) for first, last in self.spans)
        return Part(tuple((first, last) for first, last in spans if first < last))

    def place(self, start: float, end: float) -> Span:
        """Where in the recording a word is that sounds from `start` to `end` of the part.

        >>> Part(((10, 12), (20, 23))).place(1.5, 2.25), Part(((10, 12), (20, 23))).place(1.75, 4)
        ((11.5, 12), (20, 22.0))
        """
        before = 0.0
        for first, last in self.spans:
            if (start + end) / 2 < before + last - first:
                break
            before += last - first
        else:
            before -= last - first  # a word may end a little after the sound
        start, end = (min(max(at - before + first, first), last) for at in (start, end))
        return start, end


def parts(speech: Sequence[Span], duration: float) -> list[Part]:
    """What to listen to at a time, of a recording of so many seconds in which somebody speaks.

    >>> parts([(10, 20), (22, 30), (90, 95)], 200)
    [Part(spans=((8.0, 20.4), (21.6, 32.0))), Part(spans=((88.0, 97.0),))]
    """
    padded = list(_padded(speech, duration))
    pauses = [after - before for (_, before), (after, _) in pairwise(speech)]
    return [Part(tuple(joined(padded[a:b]))) for a, b in _cut(padded, pauses)]


def _padded(speech: Sequence[Span], duration: float) -> Iterator[Span]:
    """With what is kept of the pause before and after; neighbours meet in the middle of one."""
    ends = [float("-inf"), *(end for _, end in speech)]
    starts = [*(start for start, _ in speech), float("inf")]
    for place, (start, end) in enumerate(speech):
        last, following = ends[place], starts[place + 1]
        room = max(0.0, (LONGEST - (end - start)) / 2)
        before = min(room, KEPT if start - last < LONG_PAUSE else MARGIN)
        after = min(room, KEPT if following - end < LONG_PAUSE else MARGIN)
        yield (
            max(0, start - before, (last + start) / 2),
            min(duration, end + after, (end + following) / 2),
        )


def _cut(padded: Sequence[Span], pauses: Sequence[float]) -> list[tuple[int, int]]:
    """Which spans are heard together, as the places of the first and after the last."""
    best: list[tuple[float, int]] = [(0.0, 0)]  # what it costs up to here, where the last begins
    for end in range(1, len(padded) + 1):
        ways, seconds = list[tuple[float, int]](), 0.0
        for first in reversed(range(end)):
            seconds += padded[first][1] - padded[first][0]
            if seconds > LONGEST and ways:
                break
            cut = CUT / (1 + pauses[first - 1] / HALF) if first else 0
            ways.append((best[first][0] + 1 + cut, first))
        best.append(min(ways))
    cuts = [len(padded)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    return list(pairwise(reversed(cuts)))


def joined(spans: Sequence[Span]) -> Iterator[Span]:
    """One span where several touch."""
    first, last = spans[0]
    for start, end in spans[1:]:
        if start > last:
            yield first, last
            first = start
        last = end
    yield first, last
