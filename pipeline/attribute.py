"""Words + voices -> turns: who said it.

Others give each word to the voice that sounds at its time, and err at every change of speaker: the
edges of voices are off by half a second. So words are cut into units that one person spoke (at
sentence ends, pauses and changes of voice), each unit is listened to again as a whole, and goes to
the voice it sounds like.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.config import AttributeOptions
from pipeline.engines import base
from pipeline.engines.voices.viterbi import best_path
from pipeline.model import Audio, Transcript, Turn, Turns, Voice, Voices, Word
from pipeline.speech import normal

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION: Final = 2

# Engines whose voices come from people, text or channels: listening again cannot better them.
TOLD = frozenset({"captions", "text", "replay", "channels"})

SENTENCE_END = (".", "?", "!", "…")
CLOSING = "\"'”’)]»"

# Seconds.
TELLING = 1.5  # shorter units say little about a voice: they do not shape its middle
WEIGHTIEST = 3.0  # a longer unit says no more
BRIEF = 1.0  # longer than this nobody just agrees
AT_EDGE = 0.3  # words this close to a change inside a sentence may be the other's

# In cosine times seconds, as the likeness of a unit to a voice is counted.
CHANGE_AT_END = 0.03  # what a change of speaker costs after a sentence or a pause
CHANGE_WITHIN = 0.1  # and within one
HEARD_THEN = 0.15  # what each second is worth in which the voice was heard then

UNSURE = 0.1  # cosine by which the next best voice must be farther, or the words are doubtful
ROUNDS = 3

# Said while the other one goes on speaking, these take no turn.
AGREES = (
    frozenset(["mm", "mhm", "mmhmm", "mm-hm", "mm-hmm", "uh-huh", "hm", "hmm", "oh", "ah", "wow"])
    | frozenset(["yeah", "yes", "yep", "no", "right", "sure", "okay", "ok", "exactly", "really"])
    | frozenset(["absolutely", "of", "course", "i", "see"])
)


@dataclass(frozen=True)
class Unit:
    """Words that one person spoke, as far as the text can tell."""

    first: int
    last: int
    start: float
    end: float
    at_end: bool  # a sentence ends or a pause begins after it

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


def attribute(
    transcript: Transcript, voices: Voices, audio: Audio | None, options: AttributeOptions
) -> Turns:
    """Give each word to one speaker, then join neighbours into turns."""
    words = transcript.words
    if not words or not voices.spans:
        return _turns(words, ["S1"] * len(words), frozenset(), voices)
    at_time = _by_time(words, voices.spans)
    if audio is None or voices.engine in TOLD or len(set(at_time)) == 1:
        return _turns(words, at_time, frozenset(), voices)
    units = list(_units(words, at_time, options.pause))
    points = base.voiceprints().embed(audio.path, [(unit.start, unit.end) for unit in units])
    owners, unsure = _owners(units, points, [at_time[unit.first] for unit in units])
    agreed = set(_agreements(words, units, owners))
    for place in agreed:
        owners[place] = owners[place - 1]
    labels = [owner for unit, owner in zip(units, owners, strict=True) for _ in _words(unit)]
    doubtful = frozenset(word for place in agreed | unsure for word in _words(units[place]))
    return _turns(words, labels, doubtful | _at_edges(words, units, owners), voices)


def _by_time(words: Sequence[Word], spans: Sequence[Voice]) -> list[str]:
    """The voice that sounds longest during each word; in a gap, the nearest one."""
    labels: list[str] = []
    starts = np.array([span.start for span in spans])
    ends = np.array([span.end for span in spans])
    names = np.array([span.speaker for span in spans])
    for word in words:
        overlap = np.minimum(ends, word.end) - np.maximum(starts, word.start)
        during = overlap > 0
        if not during.any():
            labels.append(str(names[overlap.argmax()]))  # the least negative: the nearest
            continue
        sums: dict[str, float] = {}
        for name, seconds in zip(names[during].tolist(), overlap[during].tolist(), strict=True):
            sums[name] = sums.get(name, 0.0) + seconds
        labels.append(max(sums, key=lambda name: sums[name]))
    return labels


def _units(words: Sequence[Word], at_time: Sequence[str], pause: float) -> Iterator[Unit]:
    first = 0
    for index, word in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else None
        at_end = (
            after is None
            or word.text.rstrip(CLOSING).endswith(SENTENCE_END)
            or after.start - word.end > pause
        )
        if at_end or at_time[index] != at_time[index + 1]:
            start = words[first].start
            yield Unit(first, index, start, max(start, word.end), at_end)
            first = index + 1


def _words(unit: Unit) -> range:
    return range(unit.first, unit.last + 1)


def _owners(
    units: Sequence[Unit], points: "NDArray[np.float32]", at_time: Sequence[str]
) -> tuple[list[str], set[int]]:
    """Whose each unit is, and which ones might as well be another's."""
    names = list(dict.fromkeys(at_time))
    owner = np.array([names.index(label) for label in at_time])
    heard_then = np.eye(len(names))[owner]
    lengths = np.array([unit.length for unit in units])
    weights = np.minimum(lengths, WEIGHTIEST)[:, None]
    costs = [CHANGE_AT_END if unit.at_end else CHANGE_WITHIN for unit in units[:-1]]
    for _ in range(ROUNDS):
        likeness = points @ _middles(points, lengths, owner, len(names)).T + HEARD_THEN * heard_then
        owner = best_path(likeness * weights, costs)
    ranked = np.sort(likeness, axis=1)
    chosen = likeness[np.arange(len(units)), owner]
    lead = chosen - np.where(chosen == ranked[:, -1], ranked[:, -2], ranked[:, -1])
    near_change = np.zeros(len(units), bool)
    for place in np.flatnonzero(np.diff(owner)):
        near_change[place : place + 2] = True
    unsure = np.flatnonzero(near_change & (lead < UNSURE))
    return [names[person] for person in owner], set(unsure.tolist())


def _middles(
    points: "NDArray[np.float32]",
    lengths: "NDArray[np.float64]",
    owner: "NDArray[np.intp]",
    people: int,
) -> "NDArray[np.float32]":
    middles = np.zeros((people, points.shape[1]), np.float32)
    for person in range(people):
        mine = owner == person
        if (mine & (lengths >= TELLING)).any():
            mine &= lengths >= TELLING
        weights = np.minimum(lengths[mine], WEIGHTIEST)[:, None]
        middles[person] = (points[mine] * weights).sum(axis=0)
    norms = np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)
    directions: NDArray[np.float32] = (middles / norms).astype(np.float32)
    return directions


def _agreements(
    words: Sequence[Word], units: Sequence[Unit], owners: Sequence[str]
) -> Iterator[int]:
    """Units that only agree in the middle of another's sentence: they take no turn."""
    for place in range(1, len(units) - 1):
        before, unit = units[place - 1], units[place]
        interrupts = owners[place - 1] == owners[place + 1] != owners[place]
        agrees = _agrees([words[index].text for index in _words(unit)])
        goes_on = not words[before.last].text.rstrip(CLOSING).endswith(SENTENCE_END)
        if interrupts and goes_on and unit.length <= BRIEF and agrees:
            yield place


def _at_edges(
    words: Sequence[Word], units: Sequence[Unit], owners: Sequence[str]
) -> frozenset[int]:
    """Words beside a change of speaker that neither a sentence end nor a pause marks."""
    found: set[int] = set()
    for (before, owner), (after, other) in pairwise(zip(units, owners, strict=True)):
        if owner == other or before.at_end:
            continue
        edge = (before.end + after.start) / 2
        near = range(max(0, before.last - 3), min(len(words), after.first + 4))
        found.update(
            index
            for index in near
            if words[index].end > edge - AT_EDGE and words[index].start < edge + AT_EDGE
        )
    return frozenset(found)


def _turns(
    words: Sequence[Word], labels: Sequence[str], doubtful: frozenset[int], voices: Voices
) -> Turns:
    """Join neighbours of one speaker; ids of speakers are those of the voices."""
    turns: list[Turn] = []
    for speaker, group in groupby(range(len(words)), key=lambda index: labels[index]):
        indexes = list(group)
        said = [words[index] for index in indexes]
        turns.append(
            Turn(
                id=f"t{len(turns) + 1}",
                speaker=speaker,
                start=said[0].start,
                end=max(word.end for word in said),
                text=" ".join(word.text for word in said),
                words=(indexes[0], indexes[-1]),
            )
        )
    for place, turn in enumerate(turns):
        turns[place] = replace(turn, aside=_is_aside(turns, place))
    return Turns(tuple(turns), tuple(sorted(doubtful)), voices.proven, voices.called, voices.doubts)


def _is_aside(turns: Sequence[Turn], place: int) -> bool:
    """Whether it only agrees between two sentences of somebody who goes on. An answer does not.

    Nor does a turn after an aside: then both put something in, and nobody goes on.
    """
    if not 0 < place < len(turns) - 1 or turns[place - 1].aside:
        return False
    before, turn, after = turns[place - 1 : place + 2]
    goes_on = before.speaker == after.speaker and not before.text.rstrip(CLOSING).endswith("?")
    return goes_on and turn.end - turn.start <= BRIEF and _agrees(turn.text.split())


def _agrees(words: Sequence[str]) -> bool:
    return AGREES.issuperset(normal(word) for word in words)
